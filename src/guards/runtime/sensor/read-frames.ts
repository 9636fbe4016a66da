/** The frames of one sensor, from a stream to a sink. */
import type { Readable } from "node:stream";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import type { SensorNotices } from "../../../engines/events/frames/notices.ts";
import { FrameReader } from "../../../engines/events/frames/read.ts";
import type { SyscallSink } from "../../../engines/events/sink.ts";

export interface ReadingFrames {
  /** When the first bytes are there, or the stream is over. */
  readonly begun: Promise<void>;
  isOver(): boolean;
  /** When all was read: why the stream is not whole; undefined where it is. */
  readonly ended: Promise<string | undefined>;
}

/** Reads until the stream is over or is none. @param place - how the sensor is named to the user */
export function readFrames(stream: Readable, place: string, sink: SyscallSink, notices: SensorNotices): ReadingFrames {
  const reader = new FrameReader(place, sink, notices);
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string | undefined>();
  let isOver = false;

  function finish(why: string | undefined): void {
    if (isOver) return;
    isOver = true;
    stream.destroy();
    begun.resolve();
    ended.resolve(why);
  }

  stream.on("data", (chunk: Buffer) => {
    if (isOver) return;
    begun.resolve();
    const why = faultOf(() => reader.push(chunk));
    if (why !== undefined) finish(why);
  });
  stream.on("error", (error) => finish(systemCause(error)));
  stream.on("end", () => finish(faultOf(() => reader.end())));
  stream.on("close", () => finish("the stream was cut"));
  return { begun: begun.promise, isOver: () => isOver, ended: ended.promise };
}

function faultOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return error.message;
  }
}
