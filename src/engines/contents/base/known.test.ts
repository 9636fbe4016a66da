import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { bounds as ociBounds } from "../../oci/bounds.ts";
import { sha256 } from "../../oci/image.fixture.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { formatKnownBases, knownBases, parseKnownBases } from "./known.ts";
import type { KnownBase } from "./model.ts";
import { baseKinds } from "./model.ts";

const digest = fc.string().map((text) => sha256(Buffer.from(text)));
const base: fc.Arbitrary<KnownBase> = fc.record(
  {
    name: fc.string({ minLength: 1, maxLength: 40 }),
    digest,
    chainId: digest,
    layers: fc.integer({ min: 1, max: ociBounds.layers }),
    kind: fc.constantFrom(...baseKinds),
    created: fc.constant("2026-01-01T00:00:00Z"),
  },
  { requiredKeys: ["name", "chainId", "layers", "kind"] },
);

test("property: what is written is read back, sorted, and the same bases give the same bytes", () => {
  fc.assert(
    fc.property(fc.uniqueArray(base, { selector: ({ name, chainId }) => `${name} ${chainId}` }), (bases) => {
      const text = formatKnownBases(bases);
      const read = parseKnownBases(text, "x");
      assert.equal(formatKnownBases(read), text);
      assert.equal(formatKnownBases([...bases].reverse()), text);
      const key = (each: KnownBase) => JSON.stringify([each.name, each.chainId, each.layers, each.kind]);
      assert.deepEqual(read.map(key).sort(), bases.map(key).sort());
    }),
  );
});

test("property: a broken list is refused or read, never anything else", () => {
  const seed = Buffer.from(formatKnownBases(fc.sample(base, { numRuns: 3, seed: 1 })));
  fc.assert(
    fc.property(mutatedBytes(seed), (bytes) => {
      try {
        for (const { layers, kind } of parseKnownBases(bytes.toString("utf8"), "x")) {
          assert.ok(layers > 0 && baseKinds.includes(kind));
        }
      } catch (error) {
        assert.ok(error instanceof Problem && error.code === "bases.document");
      }
    }),
  );
});

test("what is not a list, and a list with one broken entry, is refused with its place", () => {
  for (const text of [
    "",
    "[]",
    "null",
    '{"schema":"bulkhead/bases/v1"}',
    '{"schema":"bulkhead/bases/v1","bases":[{}]}',
  ]) {
    assert.throws(() => parseKnownBases(text, "here"), { code: "bases.document", place: "here" });
  }
});

test("of two names of one chain of layers the first counts, whatever their order", () => {
  const chainId = sha256(Buffer.from("x"));
  const entries: KnownBase[] = ["b", "a"].map((name) => ({ name, chainId, layers: 1, kind: "slim" }));
  for (const list of [entries, [...entries].reverse()]) assert.equal(knownBases(list).get(chainId)?.name, "a");
});
