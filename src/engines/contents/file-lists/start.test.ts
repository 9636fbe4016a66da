import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { startOf } from "./start.ts";

interface Made {
  readonly wide?: boolean;
  readonly big?: boolean;
  /** Where the text is said to be. */
  readonly at?: number;
}

function program(loader: string, { wide = true, big = false, at = 200 }: Made = {}): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, big ? 2 : 1, 1]);
  const half = (value: number, to: number) => (big ? bytes.writeUInt16BE(value, to) : bytes.writeUInt16LE(value, to));
  const full = (value: number, to: number) => (big ? bytes.writeUInt32BE(value, to) : bytes.writeUInt32LE(value, to));
  const word = (value: number, to: number) => full(value, wide && big ? to + 4 : to);
  word(64, wide ? 32 : 28);
  half(wide ? 56 : 32, wide ? 54 : 42);
  half(1, wide ? 56 : 44);
  full(3, 64);
  word(at, 64 + (wide ? 8 : 4));
  word(loader.length + 1, 64 + (wide ? 32 : 16));
  bytes.write(`${loader}\0`, 200, "latin1");
  return bytes;
}

test("a program names its loader, in both widths and byte orders", () => {
  for (const wide of [true, false]) {
    for (const big of [true, false]) {
      const start = startOf(program("/lib/ld.so.1", { wide, big }));
      assert.deepEqual(start, { kind: "loader", path: "/lib/ld.so.1" }, `${wide} ${big}`);
    }
  }
});

test("scripts and static programs have none; of what was not read nothing is known", () => {
  assert.deepEqual(startOf(Buffer.from("#!/bin/sh\n")), { kind: "alone" });
  const alone = program("/lib/ld.so.1");
  alone.writeUInt32LE(1, 64);
  assert.deepEqual(startOf(alone), { kind: "alone" });
  assert.deepEqual(startOf(Buffer.alloc(0)), { kind: "unknown" });
  assert.deepEqual(startOf(program("/lib/ld.so.1", { at: 9000 })), { kind: "unknown" });
});

test("a program of this machine names the loader that this test was started by", () => {
  const head = readFileSync(process.execPath).subarray(0, 4096);
  const start = startOf(head);
  assert.ok(start.kind === "loader" && /\/ld/.test(start.path), JSON.stringify(start));
});

test("whatever the bytes", () => {
  const seed = program("/lib/ld.so.1");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(255), fc.nat(255))), fc.nat(256), (changes, length) => {
      const bytes = Buffer.from(seed.subarray(0, length));
      for (const [at, value] of changes) if (at > 3 && at < bytes.length) bytes[at] = value;
      assert.ok(["loader", "alone", "unknown"].includes(startOf(bytes).kind));
    }),
  );
});
