/**
 * The whole public rule set on the fixed mix: evaluated alone, from the sensor's frames with all state, and from a capture that
 * Falco's own library reads in the same run. Times are the processor's, so that what else the machine does counts little.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CaptureReader } from "../src/engines/events/capture/read.ts";
import type { SyscallEvent } from "../src/engines/events/event.ts";
import { ruleChecker } from "../src/engines/events/falco/compile/checker.ts";
import { compileRules } from "../src/engines/events/falco/compile/compile.ts";
import { syscallSubject, syscallVocabulary } from "../src/engines/events/falco/compile/sources.ts";
import { loadRules } from "../src/engines/events/falco/load.ts";
import type { CollectedRule, Detector, RuleText } from "../src/engines/events/falco/model.ts";
import { fieldsOf } from "../src/engines/events/fields/sources.ts";
import { FrameReader } from "../src/engines/events/frames/read.ts";
import { Machine } from "../src/engines/events/state/machine.ts";
import { type Bench, type BenchContext, type BenchResult, type Row, ratios, row } from "./bench.ts";
import { conditionText } from "./rules/condition-text.ts";
import { readRulesData } from "./rules/data.ts";
import { buildPeer, peerParameters, runPeer } from "./rules/peer.ts";
import { decodedMix, mixFrames, writeMixCapture } from "./rules/streams.ts";
import { formatBytes } from "./table.ts";

/** As bytes are read from a file or a socket. */
const CHUNK = 1024 * 1024;

function loadPublic(files: readonly RuleText[]): readonly CollectedRule[] {
  const checker = ruleChecker({ syscall: fieldsOf("syscall"), k8s_audit: fieldsOf("k8s_audit") });
  const { rules, errors } = loadRules(files, { checker });
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  // The whole set: what is off by default is asked too.
  return rules.map((rule) => ({ ...rule, enabled: true }));
}

function detectorOf(rules: readonly CollectedRule[]): Detector<SyscallEvent> {
  const fields = fieldsOf("syscall");
  const { detector, faults } = compileRules(rules, {
    ...syscallVocabulary(fields),
    subject: syscallSubject(fields),
    matching: "first",
    render: () => () => ({ text: "", fields: {} }),
  });
  const [fault] = faults;
  if (fault !== undefined) throw new Error(fault.message);
  return detector;
}

/** Milliseconds of the processor. */
function measured(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function push(reader: { push(bytes: Buffer): void }, bytes: Buffer): void {
  // A reader keeps what it is given.
  for (let at = 0; at < bytes.length; at += CHUNK) reader.push(Buffer.from(bytes.subarray(at, at + CHUNK)));
}

interface Counting {
  readonly hear: (event: SyscallEvent) => void;
  events: number;
  found: number;
}

function counting(detector: Detector<SyscallEvent>): Counting {
  const counted: Counting = {
    events: 0,
    found: 0,
    hear(event) {
      counted.events++;
      counted.found += detector.evaluate(event);
    },
  };
  return counted;
}

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
  const fromFrames = counting(detectorOf(rules));
  const machine = new Machine(fromFrames.hear);
  const reader = new FrameReader("mix", machine);
  push(reader, frames.before);
  const mixCapture = join(cache, "mix.scap");
  const peer = buildPeer(cache, note);
  writeMixCapture(mixCapture, million, peer === undefined ? [] : peerParameters(peer));
  note("the mix is written");

  const conditions = rules
    .filter(({ source }) => source === "syscall")
    .map(({ condition }) => conditionText(condition));
  const captureDetector = detectorOf(rules);
  const times = { decoded: [] as number[], frames: [] as number[], capture: [] as number[], small: [] as number[] };
  const peers = { mix: [] as number[], small: [] as number[] };
  const evaluated = counting(detector);
  // Once to warm up.
  for (let round = -1; round < rounds; round++) {
    const alone = measured(() => decoded.replay(evaluated.hear)) * per(decoded.events);
    const framed = measured(() => push(reader, frames.events)) * per(million);
    const read = measured(() => readCapture(mixCapture, captureDetector)) * per(million);
    if (round < 0) {
      for (let times = 0; times < 40; times++) readCaptures(captures, captureDetector);
      continue;
    }
    times.decoded.push(alone);
    times.frames.push(framed);
    times.capture.push(read);
    times.small.push(measured(() => readCaptures(captures, captureDetector)));
    if (peer !== undefined) {
      peers.mix.push(runPeer(peer, mixCapture, conditions, cache).seconds * 1000 * per(million));
      const small = captures.map((path) => runPeer(peer, path, conditions, cache).seconds * 1000);
      peers.small.push(small.reduce((sum, each) => sum + each, 0));
    }
    const all = [alone, framed, read, peers.mix.at(-1) ?? Number.NaN].map((each) => each.toFixed(0)).join(", ");
    note(`round ${round + 1} of ${rounds}: ${all} ms a million alone, from frames, from a capture, by libsinsp`);
  }

  const memory = [process.memoryUsage.rss()];
  const more = short ? 2 : 10;
  for (let times = 0; times < more; times++) push(reader, frames.events);
  memory.push(process.memoryUsage.rss());
  note(`${fromFrames.events} events from frames, ${fromFrames.found} found`);

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
      row("a million events from frames, state and all", "ms", times.frames, 2000),
      row("a million events from a capture, state and all", "ms", times.capture),
      ...peerRows(times, peers),
      row(`memory after ${more} million events more, to before`, "ratio", [(memory[1] ?? 0) / (memory[0] ?? 1)], 1.1),
      row("memory at the end", "bytes", memory.slice(1)),
    ],
  };
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
