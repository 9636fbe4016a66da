/** The mix in the forms in which it is measured: decoded events, the sensor's frames, a capture. */
import { closeSync, openSync, writeSync } from "node:fs";
import { captureEvent, captureHeader, captureThreads, captureUsers } from "../../src/engines/events/capture/write.ts";
import { SyscallEvent } from "../../src/engines/events/event.ts";
import { FrameWriter } from "../../src/engines/events/frames/write.ts";
import type { SyscallSink } from "../../src/engines/events/sink.ts";
import { Machine } from "../../src/engines/events/state/machine.ts";
import type { Descriptor, Thread } from "../../src/engines/events/state/thread.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { mixContainers, mixEvents, mixThreads } from "./mix.ts";

const USERS = [
  { id: 0, name: "root", gid: 0 },
  { id: 1000, name: "app", gid: 1000 },
];

function tellHost(sink: SyscallSink): void {
  sink.machine({ hostname: "bench", addresses: ["\x0a\x00\x00\x09"], bootTime: 1n });
  for (const user of USERS) sink.user(user);
  for (const thread of mixThreads()) sink.thread(thread);
  for (const container of mixContainers()) sink.container(container);
}

/** Frames of who was there, and of the events: the latter can be read again and again. */
export function mixFrames(count: number): { readonly before: Buffer; readonly events: Buffer } {
  const parts: Buffer[] = [];
  const writer = new FrameWriter((bytes) => parts.push(bytes), "x86_64");
  tellHost(writer);
  const before = Buffer.concat(parts.splice(0));
  mixEvents(count, (event) => writer.event(event));
  return { before, events: Buffer.concat(parts) };
}

/**
 * @param known - most parameters of an event by code: newer ones are left out for a program that does not know them
 * @returns bytes written
 */
export function writeMixCapture(path: string, count: number, known: readonly number[] = []): number {
  const file = openSync(path, "w");
  let size = 0;
  let parts: Buffer[] = [];
  const flush = () => {
    size += writeSync(file, Buffer.concat(parts));
    parts = [];
  };
  parts.push(captureHeader({ hostname: "bench", addresses: ["\x0a\x00\x00\x09"], bootTime: 1n }));
  parts.push(captureUsers(USERS, []), captureThreads(mixThreads()));
  mixEvents(count, (event) => {
    event.parameters = Math.min(event.parameters, known[event.code] ?? event.parameters);
    parts.push(captureEvent(event));
    if (parts.length >= 10_000) flush();
  });
  flush();
  closeSync(file);
  return size;
}

/** One event as the state hands it on. */
interface Decoded {
  readonly code: number;
  readonly tid: number;
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly thread: Thread | undefined;
  readonly descriptor: Descriptor | undefined;
  readonly fd: number;
  readonly result: number | bigint | undefined;
}

export interface DecodedMix {
  readonly events: number;
  /** Hands on each event, its thread found and its parameters where they stand: what the state would have done is done. */
  replay(then: (event: SyscallEvent) => void): void;
}

export function decodedMix(count: number): DecodedMix {
  const decoded: Decoded[] = [];
  const machine = new Machine((event) => {
    const { code, tid, thread, fd, result, parameters } = event;
    const starts = Array.from(event.starts.subarray(0, parameters));
    const lengths = Array.from(event.lengths.subarray(0, parameters));
    const descriptor = event.descriptor === undefined ? undefined : { ...event.descriptor };
    decoded.push({ code, tid, bytes: Buffer.from(event.bytes), starts, lengths, thread, descriptor, fd, result });
  });
  tellHost(machine);
  mixEvents(count, (event) => machine.event(event));
  const event = new SyscallEvent();
  event.host = machine;
  const replay = (then: (event: SyscallEvent) => void) => {
    for (const each of decoded) {
      const { starts, lengths } = each;
      event.code = each.code;
      event.tid = each.tid;
      event.bytes = each.bytes;
      event.parameters = starts.length;
      for (let i = 0; i < starts.length; i++) {
        event.starts[i] = starts[i] ?? 0;
        event.lengths[i] = lengths[i] ?? -1;
      }
      event.thread = each.thread;
      event.descriptor = each.descriptor;
      event.fd = each.fd;
      event.result = each.result;
      event.number++;
      event.stamp = (event.stamp + 1) | 0;
      event.seconds = 1_700_000_000;
      // What was found of a process does not outlive its program.
      if (each.code === codes.execve) each.thread?.invalidate();
      then(event);
    }
  };
  return { events: decoded.length, replay };
}
