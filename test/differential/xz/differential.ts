/** Our decoder of .xz files beside xz itself: what it packed, with any settings, whole, joined and broken. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readXz } from "../../../src/formats/xz/xz.ts";
import type { Differential, Reading } from "../differential.ts";
import type { Random } from "../random.ts";

const LIMIT = 1024 * 1024;

export const differential: Differential = {
  reader: "xz",
  consumer: "xz",
  needs: ["xz"],
  cases: { short: 60, soak: 3_000 },
  // What is read has had its digest compared, and has it compared again: its own checks are passed over.
  accepting: "harmless",
  generate(random) {
    const streams = Array.from({ length: random.once(4) ? 2 : 1 }, () => packed(random));
    if (random.once(6))
      streams.push(random.pick([Buffer.alloc(4), Buffer.alloc(8), Buffer.alloc(3), Buffer.from("junk")]));
    let bytes = Buffer.concat(streams);
    if (random.once(6)) bytes = bytes.subarray(0, random.below(bytes.length));
    if (random.once(4) && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  consume: async (cases) => cases.map((bytes) => readingOf(xz(["-dc"], bytes))),
  read(bytes) {
    const read = readXz(bytes, LIMIT);
    return Buffer.isBuffer(read) ? contentOf(read) : { kind: "refused", why: read.fault };
  },
};

function packed(random: Random): Buffer {
  const words = Array.from({ length: 1 + random.below(8) }, () => random.bytes(1 + random.below(12)));
  const pieces = Array.from({ length: random.below(400) }, () =>
    random.once(5) ? random.bytes(3) : random.pick(words),
  );
  const lc = random.below(5);
  const settings = `preset=${random.below(7)},lc=${lc},lp=${random.below(5 - lc)},pb=${random.below(5)},dict=4KiB`;
  const options = [`--check=${random.pick(["none", "crc32", "crc64", "sha256"])}`, "-T1"];
  if (random.once(3)) options.push(`--block-size=${100 + random.below(900)}`);
  return xz(["-zc", `--lzma2=${settings}`, ...options], Buffer.concat(pieces)) ?? Buffer.alloc(0);
}

function xz(options: readonly string[], input: Buffer): Buffer | undefined {
  const { status, stdout } = spawnSync("xz", [...options, "-q"], { input, maxBuffer: LIMIT * 2 });
  return status === 0 ? stdout : undefined;
}

function readingOf(content: Buffer | undefined): Reading {
  return content === undefined ? { kind: "refused", why: "xz says no" } : contentOf(content);
}

function contentOf(content: Buffer): Reading {
  return { kind: "value", value: `${content.length} ${createHash("sha256").update(content).digest("hex")}` };
}
