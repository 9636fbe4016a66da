import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFingerprinter } from "./fingerprint.ts";
import { sampleCode, sampleRules } from "./sample-rules.fixture.ts";
import { createSecretScanner } from "./scan.ts";
import type { FileSecrets } from "./stream.ts";

const fingerprint = createFingerprinter();
const scanner = createSecretScanner({ rules: sampleRules, fingerprint });

const randomValue = ["q8Zr", "2Lm0", "Xv5T"].join("");

function scan(text: string | Buffer, path = "config.env"): FileSecrets {
  return scanner.scan(path, Buffer.isBuffer(text) ? text : Buffer.from(text));
}

function scanInChunks(bytes: Buffer, sizes: readonly number[], path = "config.env"): FileSecrets {
  const stream = scanner.open(path);
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    stream.write(bytes.subarray(at, at + size));
    at += size;
  }
  return stream.end();
}

test("what is found does not depend on the chunks", () => {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(sampleCode, "cod_", "pair_id=", `pair_id=x pair_key=${"k1".repeat(8)}`) },
    fc.constantFrom("\n", "\n\n", "é", " ", `password = '${randomValue}'`, "bulkhead:allow sample-code tested", "x"),
    fc.nat(1_200).map((length) => "y".repeat(length)),
    fc.nat(900).map((length) => "line\n".repeat(length)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 }),
      fc.nat(20_000),
      (pieces, sizes, padding) => {
        // Around the length at which a stream begins to work on what it has.
        const bytes = Buffer.from(`${"z\n".repeat(125_000)}${"z".repeat(padding)}${pieces.join("")}`.repeat(2));
        assert.deepEqual(scanInChunks(bytes, sizes).secrets, scan(bytes).secrets);
      },
    ),
    { numRuns: 40 },
  );
});
