/**
 * Memory of a process that does nothing but follow events, after the first round over a stream and after many more, as JSON.
 *
 * Words: the folder of the rules' data, the cache, frames of who was there, frames of events, rounds that follow the first.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { FrameReader } from "../../src/engines/events/frames/read.ts";
import { Machine } from "../../src/engines/events/state/machine.ts";
import { readRulesData } from "./data.ts";
import { counting, detectorOf, loadPublic } from "./detector.ts";

const CHUNK = 1024 * 1024;

const [data = "", cache = "", threads = "", events = "", more = ""] = process.argv.slice(2);
const detector = detectorOf(loadPublic(readRulesData(data, cache).rules));
const reader = new FrameReader("mix", new Machine(counting(detector).hear));
reader.push(readFileSync(threads));

function follow(rounds: number): number {
  for (let round = 0; round < rounds; round++) {
    const file = openSync(events, "r");
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const read = readSync(file, chunk);
      if (read === 0) break;
      reader.push(chunk.subarray(0, read));
    }
    closeSync(file);
  }
  gc?.();
  return process.memoryUsage.rss();
}

const first = follow(1);
process.stdout.write(JSON.stringify([first, follow(Number(more))]));
