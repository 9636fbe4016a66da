import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { inBytes, inChunks } from "./chunks.ts";

test("pieces are written in few chunks, none of them held longer than it takes to fill", () => {
  const pieces = Array.from({ length: 50_000 }, (_, index) => `piece ${index} é\n`);
  const chunks = [...inChunks(pieces)];
  assert.equal(chunks.join(""), pieces.join(""));
  assert.ok(chunks.length > 5 && chunks.every((chunk) => chunk.length < 70_000));
  assert.deepEqual([...inChunks([])], []);
});

test("bytes are those of the text, whatever the lengths of its pieces", () => {
  const length = fc.oneof(fc.nat(50), fc.nat(70_000));
  const piece = fc.tuple(fc.constantFrom("a", "é", "€", "😀"), length).map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const parts: Buffer[] = [];
      for (const chunk of inBytes(pieces)) parts.push(Buffer.from(chunk));
      assert.ok(Buffer.concat(parts).equals(Buffer.from(pieces.join(""))));
    }),
    runs(50),
  );
});
