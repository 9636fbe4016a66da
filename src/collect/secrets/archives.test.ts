import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { tarOf } from "../../engines/oci/image.fixture.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { zipOf } from "../../formats/zip/zip.fixture.ts";
import { createAccumulator } from "./accumulator.ts";
import { archiveKindOf, createArchiveScanner } from "./archives.ts";

const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
const text = `# settings\nCODE=${sampleCode}\n`;
const entry = { name: "app/.env", content: text };

/** In two frames, as a program that packs on several threads writes them. */
function inFrames(content: Buffer): Buffer {
  const half = content.length >> 1;
  return Buffer.concat([content.subarray(0, half), content.subarray(half)].map((part) => zstdCompressSync(part)));
}

/** `path:line` of each secret, and why each archive was not read whole. */
function read(
  path: string,
  bytes: Buffer,
): { readonly found: string[]; readonly gaps: string[]; readonly whole: boolean } {
  const accumulator = createAccumulator("folder");
  const whole = createArchiveScanner(scanner, accumulator).scan(path, bytes);
  const { found, gaps } = accumulator.finish();
  return {
    found: found.secrets.map((fact) => `${fact.path}:${fact.line}`),
    gaps: gaps.map(({ code, reason }) => `${code} ${reason}`),
    whole,
  };
}

describe("archives", () => {
  test("are read: zip, tar, gzip and zstd, by their bytes", () => {
    const inside: Readonly<Record<string, Buffer>> = {
      "backup.zip": zipOf([{ name: "readme", content: "x" }, entry]),
      "app.jar": zipOf([{ ...entry, stored: true }]),
      "backup.tar": tarOf([entry]),
      "backup.tar.gz": gzipSync(tarOf([entry])),
      "backup.tgz": gzipSync(tarOf([entry])),
      "backup.tar.zst": zstdCompressSync(tarOf([entry])),
      "frames.tar.zst": inFrames(tarOf([{ name: "readme", content: "x".repeat(4_000) }, entry])),
      "no-extension": zipOf([entry]),
    };
    for (const [path, bytes] of Object.entries(inside)) {
      assert.deepEqual(read(path, bytes), { found: [`${path}!app/.env:2`], gaps: [], whole: true }, path);
    }
    assert.deepEqual(read("logs/app.log.gz", gzipSync(text)).found, ["logs/app.log.gz!app.log:2"]);
  });

  test("within one another are read as deep as the bound", () => {
    const twice = tarOf([{ name: "inner.zip", content: zipOf([entry]) }]);
    assert.deepEqual(read("a.tar", twice), { found: ["a.tar!inner.zip!app/.env:2"], gaps: [], whole: true });
    let deep = zipOf([entry]);
    for (let level = 0; level < 4; level++) deep = zipOf([{ name: `${level}.zip`, content: deep, stored: true }]);
    const { gaps, whole } = read("a.zip", deep);
    assert.match(
      gaps.join(),
      /secrets\.archive folder: an archive was not read whole, first a\.zip!3\.zip.*within one another/,
    );
    assert.equal(whole, false);
  });

  test("that are encrypted, broken, of an unread kind or over the bounds are told, and what comes before is kept", () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const cases: Readonly<Record<string, readonly [bytes: Buffer, found: number, reason: RegExp]>> = {
      "locked.zip": [zipOf([entry, { ...entry, name: "b", encrypted: true }]), 1, /encrypted/],
      "cut.tar.gz": [gzipSync(tarOf([entry])).subarray(0, 60), 0, /inflated/],
      "cut.tar.zst": [inFrames(tarOf([entry])).subarray(0, -3), 0, /inflated/],
      "bomb.zst": [inFrames(zeros), 0, /inflates to more than/],
      "frames.zst": [Buffer.concat(Array(10_001).fill(zstdCompressSync(Buffer.alloc(0)))), 0, /more than 10000 frames/],
      "cut.tar": [tarOf([entry, { name: "b", content: "x".repeat(2_000) }]).subarray(0, 2_560), 1, /cut\.tar/],
      "cut.zip": [zipOf([entry]).subarray(0, 90), 0, /end record|cut off/],
      "old.tar.bz2": [Buffer.from(`BZh9${"x".repeat(40)}`), 0, /no reader/],
      "bomb.gz": [gzipSync(zeros), 0, /inflates to more than/],
      "bomb.zip": [zipOf([{ name: "zeros", content: zeros }]), 0, /inflates to more than/],
    };
    for (const [path, [bytes, count, reason]] of Object.entries(cases)) {
      const { found, gaps, whole } = read(path, bytes);
      assert.equal(found.length, count, path);
      assert.match(gaps.join(), reason, path);
      assert.equal(whole, false, path);
    }
  });

  test("count as one gap, with the first of them", () => {
    const accumulator = createAccumulator("folder");
    const archives = createArchiveScanner(scanner, accumulator);
    for (const path of ["a.7z", "b.7z"]) archives.scan(path, Buffer.alloc(40, 1));
    archives.tooLarge("c.zip");
    assert.deepEqual(
      accumulator.finish().gaps.map(({ reason }) => reason),
      ["folder: 3 archives were not read whole, first a.7z: there is no reader for this kind of archive"],
    );
  });

  test("mutated, throw nothing", () => {
    for (const bytes of [zipOf([entry]), tarOf([entry]), gzipSync(tarOf([entry]))]) {
      fc.assert(
        fc.property(mutatedBytes(bytes), (mutated) => {
          assert.equal(typeof read("a", mutated).whole, "boolean");
        }),
        runs(60),
      );
    }
  });

  test("are told by their first bytes, however few there are", () => {
    for (let length = 0; length < 300; length++) archiveKindOf("a", Buffer.alloc(length, 0x1f));
    assert.equal(archiveKindOf("a.zip", Buffer.from("not an archive, though named as one")), undefined);
  });
});
