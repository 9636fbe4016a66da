/**
 * A process that does nothing but follow events, as users run it: tells as JSON how long each round over a stream took of the
 * processor, and its memory before the first of them and after the last.
 *
 * Words: the folder of the rules' data, the cache, frames of who was there, frames of events, rounds after those that warm up.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { FrameReader } from "../../src/engines/events/frames/read.ts";
import { Machine } from "../../src/engines/events/state/machine.ts";
import { readRulesData } from "./data.ts";
import { counting, detectorOf, loadPublic, measured } from "./detector.ts";

export interface Followed {
  /** Milliseconds of the processor, of each round. */
  readonly times: readonly number[];
  /** Bytes. */
  readonly before: number;
  readonly after: number;
  readonly events: number;
  readonly found: number;
}

const CHUNK = 1024 * 1024;

const [data = "", cache = "", threads = "", events = "", more = ""] = process.argv.slice(2);
const detector = detectorOf(loadPublic(readRulesData(data, cache).rules));

/** Until nothing is compiled any more and all that is kept of the stream is there. */
const WARM_UP = 2;

const counted = counting(detector);
const reader = new FrameReader("mix", new Machine(counted.hear));
reader.push(readFileSync(threads));

function follow(): void {
  const file = openSync(events, "r");
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSync(file, chunk);
    if (read === 0) break;
    reader.push(chunk.subarray(0, read));
  }
  closeSync(file);
}

function memory(): number {
  gc?.();
  return process.memoryUsage.rss();
}

for (let round = 0; round < WARM_UP; round++) follow();
const before = memory();
const times = Array.from({ length: Number(more) }, () => measured(follow));
const told: Followed = { times, before, after: memory(), events: counted.events, found: counted.found };
process.stdout.write(JSON.stringify(told));
