/** The mix in the forms in which it is measured: decoded events, the sensor's frames, a capture. */
import { closeSync, openSync, writeSync } from "node:fs";
import { captureEvent, captureHeader, captureThreads, captureUsers } from "../../src/engines/events/capture/write.ts";
import { SyscallEvent } from "../../src/engines/events/event.ts";
import { FrameWriter } from "../../src/engines/events/frames/write.ts";
import type { SyscallSink } from "../../src/engines/events/sink.ts";
import { makeDescriptor } from "../../src/engines/events/state/descriptor.ts";
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
export interface MixFrames {
  readonly before: Buffer;
  readonly events: Buffer;
}

export function mixFrames(count: number): MixFrames {
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

export interface DecodedMix {
  readonly events: number;
  /** Hands on each event, its thread found and its parameters where they stand: what the state would have done is done. */
  replay(then: (event: SyscallEvent) => void): void;
}

/** The events as the state hands them on, side by side so that reading them back costs next to nothing. */
export function decodedMix(count: number): DecodedMix {
  const numbers: number[] = [];
  const parameters: number[] = [];
  const texts: Buffer[] = [];
  const threads: (Thread | undefined)[] = [];
  const descriptors: (Descriptor | undefined)[] = [];
  const results: SyscallEvent["result"][] = [];
  let size = 0;
  const machine = new Machine((event) => {
    numbers.push(event.code, event.tid, event.fd, event.parameters);
    for (let index = 0; index < event.parameters; index++) {
      const length = event.lengths[index] as number;
      const start = event.starts[index] as number;
      parameters.push(size, length);
      if (length <= 0) continue;
      texts.push(Buffer.from(event.bytes.subarray(start, start + length)));
      size += length;
    }
    threads.push(event.thread);
    // As it is now, of the shape that all have.
    const { descriptor } = event;
    descriptors.push(descriptor && Object.assign(makeDescriptor(descriptor.kind, descriptor.name), descriptor));
    results.push(event.result);
  });
  tellHost(machine);
  mixEvents(count, (event) => machine.event(event));
  const event = new SyscallEvent();
  event.host = machine;
  event.bytes = Buffer.concat(texts);
  event.seconds = 1_700_000_000;
  const own = Int32Array.from(numbers);
  const places = Int32Array.from(parameters);
  const replay = (then: (event: SyscallEvent) => void) => {
    const { starts, lengths } = event;
    let at = 0;
    for (let index = 0; index < threads.length; index++) {
      event.code = own[4 * index] as number;
      event.tid = own[4 * index + 1] as number;
      event.fd = own[4 * index + 2] as number;
      event.parameters = own[4 * index + 3] as number;
      for (let each = 0; each < event.parameters; each++) {
        starts[each] = places[at++] as number;
        lengths[each] = places[at++] as number;
      }
      event.thread = threads[index];
      event.descriptor = descriptors[index];
      event.result = results[index];
      event.number++;
      event.stamp = (event.stamp + 1) | 0;
      // What was found of a process does not outlive its program.
      if (event.code === codes.execve) event.thread?.invalidate();
      then(event);
    }
  };
  return { events: threads.length, replay };
}
