import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { itemByItem, jsonPieces, keyByKey, type Streamed } from "./pieces.ts";

test("pieces are what JSON.stringify writes, at any depth, whatever is written key by key and item by item", () => {
  const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant("two\nlines"), fc.constant({}), fc.constant([]));
  const pair = fc.letrec<{ node: readonly [plain: unknown, streamed: Streamed] }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      values.map((value) => [value, value] as const),
      fc.array(tie("node"), { maxLength: 3 }).map((nodes) => {
        const made = itemByItem(nodes, ([, streamed]) => streamed);
        return [nodes.map(([plain]) => plain), made] as const;
      }),
      fc.dictionary(fc.string(), tie("node"), { maxKeys: 3, noNullPrototype: true }).map((nodes) => {
        const entries = Object.entries(nodes);
        const plain = Object.fromEntries(entries.map(([key, [value]]) => [key, value]));
        return [plain, keyByKey(Object.fromEntries(entries.map(([key, [, value]]) => [key, value])))] as const;
      }),
    ),
  })).node;
  fc.assert(
    fc.property(pair, fc.boolean(), ([plain, streamed], isCompact) => {
      const written = [...jsonPieces(streamed, isCompact ? "compact" : "indented")].join("");
      assert.equal(written, isCompact ? JSON.stringify(plain) : JSON.stringify(plain, null, 2));
    }),
    runs(500),
  );
});
