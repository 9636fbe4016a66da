/**
 * What the real sensor wrote, with bytes changed, cut out, doubled or put in: read with all rules, it ends with one named problem or
 * none, and what is missing is never passed over in silence. `SEED=n CASES=n` for others.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isEvidenceProblem } from "../../../src/core/problem.ts";
import { createSyscallDetection } from "../../../src/engines/events/detect/syscalls.ts";
import type { LoadedRules } from "../../../src/engines/events/falco/model.ts";
import { FrameReader } from "../../../src/engines/events/frames/read.ts";
import { hooksOf } from "../../../src/guards/runtime/sensor/hooks.ts";
import { bundledRules } from "./bundled.ts";
import { cannotSense, startSensor } from "./sensor.ts";

const SEED = Number(process.env.SEED ?? 20261128);
const CASES = Number(process.env.CASES ?? 60);

interface Read {
  readonly events: number;
  readonly lost: number;
  readonly problem: string | undefined;
}

describe("frames of the sensor with errors in them", { skip: cannotSense() ?? false }, () => {
  let folder: string;
  let recorded: Buffer;
  let rules: LoadedRules;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-fuzzed-"));
    rules = await bundledRules();
    const file = join(folder, "events.frames");
    const sensor = await startSensor({ hooks: hooksOf(rules), denied: true, scope: "all", file });
    execFileSync("bash", ["-c", "for n in $(seq 30); do ls -l /etc /proc/self/fd | sort | head -1; done"], {
      stdio: "ignore",
    });
    await sensor.end();
    recorded = readFileSync(file);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function read(bytes: Buffer): Read {
    const detection = createSyscallDetection({ rules, matching: "all", wanted: new Set(), onAlert: () => undefined });
    let problem: string | undefined;
    try {
      const reader = new FrameReader("fuzzed", detection.sink);
      for (let at = 0; at < bytes.length; at += 65_536) reader.push(Buffer.from(bytes.subarray(at, at + 65_536)));
      reader.end();
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      problem = error.code;
    }
    detection.finish();
    const { events, lost } = detection.read();
    return { events, lost: lost.reduce((sum, { count }) => sum + count, 0), problem };
  }

  it("end with a problem, or count what is missing", (t) => {
    const whole = read(recorded);
    assert.ok(whole.events > 100, `${whole.events} events were recorded`);
    const random = randomFrom(SEED);
    const seen = new Map<string, number>();
    for (let number = 0; number < CASES; number += 1) {
      const result = read(changed(recorded, random));
      const key = result.problem ?? (result.lost > 0 ? "lost" : "none");
      seen.set(key, (seen.get(key) ?? 0) + 1);
      const fewer = result.events < whole.events - 2;
      assert.ok(!fewer || result.problem !== undefined || result.lost > 0, `case ${number}: events are missing unseen`);
    }
    t.diagnostic(`seed ${SEED}, ${whole.events} events: ${JSON.stringify([...seen])}`);
  });
});

/** One to four errors. */
function changed(bytes: Buffer, random: (below: number) => number): Buffer {
  let text = Buffer.from(bytes);
  for (let left = 1 + random(4); left > 0; left -= 1) {
    // Behind the stream's header and the first mark.
    const at = 48 + random(text.length - 64);
    const length = 1 + random(32);
    const kind = random(4);
    if (kind === 0) for (let one = at; one < at + length; one += 1) text[one] = random(256);
    else if (kind === 1) text = Buffer.concat([text.subarray(0, at), text.subarray(at + length)]);
    else if (kind === 2) text = Buffer.concat([text.subarray(0, at + length), text.subarray(at)]);
    else text.writeUInt16LE([0, 0xffff, 0x7fff, 8][random(4)] ?? 0, at);
  }
  return text;
}

/** Numbers that are the same for one seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}
