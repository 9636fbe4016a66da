/** The sensor as a guard uses it, whoever started it. */
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { systemCause } from "../../../core/system-cause.ts";
import type { SensorNotices } from "../../../engines/events/frames/notices.ts";
import type { OpenSensor, Sensor, SensorOptions } from "../model.ts";
import { bounds } from "./bounds.ts";
import { createCommands, sensorProblem } from "./commands.ts";
import { type SensorProgram, startSensorProgram } from "./program.ts";
import { type ReadingFrames, readFrames } from "./read-frames.ts";

/** A program of this host is started; one that listens on a socket is spoken to. Told its hooks when this resolves. */
export const openSensor: OpenSensor = async (options) => {
  const { place } = options;
  return place.kind === "program" ? await startedSensor(options, place) : await listeningSensor(options, place.path);
};

async function startedSensor(
  options: SensorOptions,
  { file, words }: { readonly file: string; readonly words: readonly string[] },
): Promise<Sensor> {
  // From its start on, so that it attaches to nothing else before it is told.
  const program = await startSensorProgram({ file, words: [...words, "--hooks", options.hooks.join(",")] });
  const { frames } = program;
  if (frames === undefined) throw sensorProblem(file, "has no output");
  return await spokenTo(options, {
    place: file,
    frames,
    send: program.send,
    why: () => program.ended,
    end: () => endProgram(program),
  });
}

/** What does not end by itself now is ended. */
export async function endProgram(program: SensorProgram): Promise<void> {
  program.kill("SIGTERM");
  const late = new AbortController();
  const waits = delay(bounds.endMilliseconds, "late", { signal: late.signal }).catch(() => "ended");
  const first = await Promise.race([program.ended.then(() => "ended"), waits]);
  late.abort();
  if (first === "late") program.kill("SIGKILL");
  await program.ended;
}

async function listeningSensor(options: SensorOptions, path: string): Promise<Sensor> {
  const socket = await connected(path);
  return await spokenTo(options, {
    place: `unix:${path}`,
    isShared: true,
    frames: socket,
    send(line) {
      if (!socket.writable) return false;
      socket.write(line);
      return true;
    },
    why: async () => undefined,
    async end() {
      socket.destroy();
    },
  });
}

async function connected(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  const failed = (error: Error) => reject(sensorProblem(`unix:${path}`, systemCause(error)));
  socket.once("error", failed);
  socket.once("connect", () => {
    socket.off("error", failed);
    resolve(socket);
  });
  return await promise;
}

/** A sensor that runs, by its two streams. */
export interface Spoken {
  /** How it is named to the user. */
  readonly place: string;
  /** It goes on when this one has heard enough. */
  readonly isShared?: boolean;
  readonly frames: Parameters<typeof readFrames>[0];
  /** False: nobody takes it. */
  send(line: string): boolean;
  /** Why it ended, where somebody else than its stream tells. */
  why(): Promise<string | undefined>;
  /** Waits for its end, and brings it about. */
  end(): Promise<void>;
}

/** Hears it, and tells it its hooks. @throws Problem `runtime.sensor`, after it was ended */
export async function spokenTo(
  options: Omit<SensorOptions, "place">,
  { place, isShared = false, frames, send, why, end }: Spoken,
): Promise<Sensor> {
  const commands = createCommands(place, send);
  const notices: SensorNotices = {
    ...options.notices,
    answer(number, done, reason) {
      commands.answer(number, done, reason);
      options.notices.answer?.(number, done, reason);
    },
  };
  const reading = readFrames(frames, place, options.sink, notices);
  let isAsked = false;
  const ended = reading.ended.then(async (cut) => {
    commands.close("the sensor has ended");
    if (cut === undefined || isAsked) return undefined;
    const timeout = new AbortController();
    const late = delay(bounds.endMilliseconds, undefined, { signal: timeout.signal }).catch(() => undefined);
    const reason = await Promise.race([why(), late]);
    timeout.abort();
    // One that goes on writes what nobody can read.
    await end();
    return reason ?? cut;
  });
  const sensor: Sensor = {
    tell: (command) => commands.tell(command),
    ended,
    async stop() {
      isAsked = true;
      // Its own end comes after all that it has left, and so does any answer.
      await commands.tell(isShared ? "metrics" : "end").catch(() => undefined);
      if (isShared) frames.destroy();
      const timeout = new AbortController();
      const late = delay(bounds.endMilliseconds, undefined, { signal: timeout.signal }).catch(() => undefined);
      await Promise.race([reading.ended, late]);
      timeout.abort();
      await end();
      frames.destroy();
      await ended;
    },
  };
  try {
    await begins(reading, place, ended);
    await sensor.tell(`hooks ${options.hooks.join(",")}`);
  } catch (error) {
    isAsked = true;
    frames.destroy();
    await end();
    throw error;
  }
  return sensor;
}

async function begins(reading: ReadingFrames, place: string, ended: Promise<string | undefined>): Promise<void> {
  const timeout = new AbortController();
  const late = delay(bounds.answerMilliseconds, "late", { signal: timeout.signal }).catch(() => "late");
  const first = await Promise.race([reading.begun, late]);
  timeout.abort();
  if (first === "late") throw sensorProblem(place, `tells nothing for ${bounds.answerMilliseconds / 1_000} s`);
  // What is over before it began says why.
  if (reading.isOver()) throw sensorProblem(place, (await ended) ?? "ended at once");
}
