/**
 * The whole public rule set on the fixed mix: evaluated alone, from the sensor's frames with all state, and from a capture that
 * Falco's own library reads in the same run. Times are the processor's, so that what else the machine does counts little.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CaptureReader } from "../src/engines/events/capture/read.ts";
import type { SyscallEvent } from "../src/engines/events/event.ts";
import type { Detector } from "../src/engines/events/falco/model.ts";
import { Machine } from "../src/engines/events/state/machine.ts";
import { type Bench, type BenchContext, type BenchResult, type Row, ratios, row } from "./bench.ts";
import { conditionText } from "./rules/condition-text.ts";
import { readRulesData } from "./rules/data.ts";
import { type Counting, counting, detectorOf, loadPublic, measured, push } from "./rules/detector.ts";
import type { Followed } from "./rules/follow.ts";
import { buildPeer, peerParameters, runPeer } from "./rules/peer.ts";
import { decodedMix, type MixFrames, mixFrames, writeMixCapture } from "./rules/streams.ts";
import { formatBytes } from "./table.ts";

/** Rounds before those that count. */
const WARM_UP = 2;

function readCapture(path: string, detector: Detector<SyscallEvent>): Counting {
  const counted = counting(detector);
  const raw = readFileSync(path);
  const reader = new CaptureReader(path, new Machine(counted.hear));
  push(reader, raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw);
  reader.end();
  return counted;
}

function readCaptures(paths: readonly string[], detector: Detector<SyscallEvent>): void {
  for (const path of paths) readCapture(path, detector);
}

async function run({ cache, data, short, note }: BenchContext): Promise<BenchResult> {
  const million = short ? 100_000 : 1_000_000;
  const rounds = short ? 3 : 5;
  const per = (events: number) => 1_000_000 / events;
  const { rules: files, captures } = readRulesData(data, cache);
  const rules = loadPublic(files);
  const detector = detectorOf(rules);
  note(`${rules.length} rules, ${detector.rules.length} of system calls`);

  const decoded = decodedMix(Math.min(million, 300_000));
  const frames = mixFrames(million);
  const mixCapture = join(cache, "mix.scap");
  const peer = buildPeer(cache, note);
  writeMixCapture(mixCapture, million, peer === undefined ? [] : peerParameters(peer));
  note("the mix is written");

  const conditions = rules
    .filter(({ source }) => source === "syscall")
    .map(({ condition }) => conditionText(condition));
  const captureDetector = detectorOf(rules);
  const times = { decoded: [] as number[], capture: [] as number[], small: [] as number[] };
  const peers = { mix: [] as number[], small: [] as number[] };
  const evaluated = counting(detector);
  // What is compiled late is compiled by then.
  for (let round = -WARM_UP; round < rounds; round++) {
    const alone = measured(() => decoded.replay(evaluated.hear)) * per(decoded.events);
    const read = measured(() => readCapture(mixCapture, captureDetector)) * per(million);
    if (round < 0) {
      for (let times = 0; times < 20; times++) readCaptures(captures, captureDetector);
      continue;
    }
    times.decoded.push(alone);
    times.capture.push(read);
    times.small.push(measured(() => readCaptures(captures, captureDetector)));
    if (peer !== undefined) {
      peers.mix.push(runPeer(peer, mixCapture, conditions, cache).seconds * 1000 * per(million));
      const small = captures.map((path) => runPeer(peer, path, conditions, cache).seconds * 1000);
      peers.small.push(small.reduce((sum, each) => sum + each, 0));
    }
    const all = [alone, read, peers.mix.at(-1) ?? Number.NaN].map((each) => each.toFixed(0)).join(", ");
    note(`round ${round + 1} of ${rounds}: ${all} ms a million alone, from a capture, by libsinsp`);
  }

  const more = short ? 2 : 10;
  const followed = followFrames(data, cache, frames, more);
  const framed = followed.times.map((time) => time * per(million));
  note(
    `${followed.events} events from frames, ${followed.found} found: ${framed.map((each) => each.toFixed(0)).join(", ")} ms`,
  );

  return {
    inputs: [
      `${detector.rules.length} public rules, all of them on, the first that holds`,
      "mix: 30% openat, 10% connect, 5% execve, 55% others, 10,000 processes in 200 containers, 50,000 paths",
      `${formatBytes(statSync(mixCapture).size)} of capture and ${formatBytes(frames.events.length)} of frames for ${million} events`,
      peer === undefined
        ? "Falco's own library is not here"
        : "Falco's own library: Debian's libfalcosecurity0, every event read",
    ],
    rounds,
    rows: [
      row("a million decoded events evaluated, of the processor", "ms", times.decoded, 1000),
      row("a million events from frames, state and all", "ms", framed, 2000),
      row("a million events from a capture, state and all", "ms", times.capture),
      ...peerRows(times, peers),
      row(`memory after ${more} million events more, to before`, "ratio", [followed.after / followed.before], 1.1),
      row("memory at the end", "bytes", [followed.after]),
    ],
  };
}

/** By a process of its own, that neither holds nor has compiled what is measured beside it. */
function followFrames(data: string, cache: string, { before, events }: MixFrames, rounds: number): Followed {
  const program = join(import.meta.dirname, "rules/follow.ts");
  const files = [join(cache, "mix.threads"), join(cache, "mix.events")] as const;
  writeFileSync(files[0], before);
  writeFileSync(files[1], events);
  const words = [data, cache, ...files, String(rounds)];
  const run = spawnSync(process.execPath, ["--expose-gc", program, ...words], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`follow: ${run.stderr}`);
  return JSON.parse(run.stdout) as Followed;
}

function peerRows(
  ours: { readonly capture: readonly number[]; readonly small: readonly number[] },
  peers: { readonly mix: readonly number[]; readonly small: readonly number[] },
): Row[] {
  if (peers.mix.length === 0) return [];
  return [
    row("the same capture by Falco's own library", "ms", peers.mix),
    row("ours to Falco's on that capture", "ratio", ratios(ours.capture, peers.mix), 1),
    row("ours to Falco's on the suite's captures", "ratio", ratios(ours.small, peers.small), 4),
  ];
}

export const rules: Bench = {
  about: "rules of runtime detection over events: evaluated alone, with state, beside Falco's own library",
  needs: [],
  run,
};
