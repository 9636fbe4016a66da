import assert from "node:assert/strict";
import { test } from "node:test";
import { ambiguousDocument } from "./ambiguous-document.ts";

test("a document of which two readers make two is found, with what of it", () => {
  const ambiguity = { place: "web@sha256:00", cause: 'it has the key "User" twice in one object' };
  const [draft, ...more] = [...ambiguousDocument.evaluate({ ambiguity }, new Date(0))];
  assert.equal(more.length, 0);
  assert.equal(draft?.title, 'Ambiguous image document: it has the key "User" twice in one object');
  assert.deepEqual([draft?.severity, draft?.evidence.document], ["high", "web@sha256:00"]);
});

test("documents that all read alike are not", () => {
  assert.deepEqual([...ambiguousDocument.evaluate({ ambiguity: undefined }, new Date(0))], []);
});
