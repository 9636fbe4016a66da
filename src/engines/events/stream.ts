/** Streams of events of system calls, told by their first bytes: captures and the sensor's frames. */
import { Problem } from "../../core/problem.ts";
import { CaptureReader, isCapture } from "./capture/read.ts";
import type { SensorNotices } from "./frames/notices.ts";
import { FrameReader, isFrames } from "./frames/read.ts";
import type { SyscallSink } from "./sink.ts";

/** What reads a stream piece by piece, in memory that does not grow with it. */
export interface EventReader {
  /** The next bytes, which are the reader's from then on. @throws Problem `events.…`; the reader is of no use after */
  push(chunk: Buffer): void;
  /** The stream is over. @throws Problem where it was cut */
  end(): void;
}

/** @throws Problem `events.unsupported` for what is no stream of such events */
export function readerOf(start: Buffer, place: string, sink: SyscallSink, notices: SensorNotices = {}): EventReader {
  if (isCapture(start)) return new CaptureReader(place, sink);
  if (isFrames(start)) return new FrameReader(place, sink, notices);
  throw new Problem({
    kind: "input",
    code: "events.unsupported",
    place,
    cause: "neither a capture nor frames of the sensor",
  });
}
