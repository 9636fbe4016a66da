import assert from "node:assert/strict";
import { test } from "node:test";
import { inChunks } from "./chunks.ts";

test("pieces are written in few chunks, none of them held longer than it takes to fill", () => {
  const pieces = Array.from({ length: 50_000 }, (_, index) => `piece ${index} é\n`);
  const chunks = [...inChunks(pieces)];
  assert.equal(chunks.join(""), pieces.join(""));
  assert.ok(chunks.length > 5 && chunks.every((chunk) => chunk.length < 70_000));
  assert.deepEqual([...inChunks([])], []);
});
