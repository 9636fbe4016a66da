import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldPatch } from "../../../core/finding.ts";
import { patchFile } from "./file.ts";

const STREAM = `\ufeff# first
a: 1
---
# second
items:
  - b: 1
  - b: 2 # two
...
--- {c: 1}
---
`;

const set = (path: FieldPatch["path"], value: unknown): FieldPatch => ({ path, op: "set", value });

test("each patch finds its document, and the object in it; all else stays", () => {
  const made = patchFile(STREAM, [
    { document: 3, root: [], patch: set(["c"], 2) },
    { document: 1, root: ["items", 1], patch: set(["d"], "x") },
    { document: 1, root: ["items", 0], patch: set(["d"], "z") },
  ]);
  const after = STREAM.replace("- b: 1", "- b: 1\n    d: z")
    .replace("# two", "# two\n    d: x")
    .replace("c: 1", "c: 2");
  assert.deepEqual(made, { text: after });
});

test("what cannot be made is named", () => {
  const bad = { document: 0, root: [], patch: set(["a", "b"], 1) };
  const good = { document: 0, root: [], patch: set(["b"], 1) };
  assert.deepEqual(patchFile(STREAM, [good, bad]), {
    refused: [{ reason: "a single value has no fields", among: [bad], alone: true }],
  });
});

test("patches of many objects of one list are made in a few readings", () => {
  const items = Array.from({ length: 2_000 }, (_, index) => `  - name: n${index}\n    spec:\n      a: 1\n`).join("");
  const patches = Array.from({ length: 2_000 }, (_, index) =>
    ["u", "v", "w"].map((name) => ({ document: 0, root: ["items", index], patch: set(["spec", "deep", name], index) })),
  ).flat();
  const made = patchFile(`items:\n${items}`, patches);
  assert.ok("text" in made, JSON.stringify(made).slice(0, 300));
  assert.equal(made.text.match(/^ {8}[uvw]: /gm)?.length, 6_000);
});
