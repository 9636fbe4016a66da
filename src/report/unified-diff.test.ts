import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { unifiedDiff } from "./unified-diff.ts";

test("a change comes with three lines before and behind, and far ones apart", () => {
  const before = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`);
  const after = before.with(4, "five\n").toSpliced(17, 1);
  assert.equal(
    unifiedDiff("web/Dockerfile", before.join(""), after.join("")),
    `--- a/web/Dockerfile
+++ b/web/Dockerfile
@@ -2,7 +2,7 @@
 2
 3
 4
-5
+five
 6
 7
 8
@@ -15,6 +15,5 @@
 15
 16
 17
-18
 19
 20
`,
  );
});

test("the same text is no patch, and a missing line end is said", () => {
  assert.equal(unifiedDiff("a", "x\n", "x\n"), "");
  const patch = unifiedDiff("a", "x", "x\n");
  assert.equal(patch, "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n");
  assert.match(unifiedDiff("a", "", "x\n"), /^@@ -0,0 \+1 @@$/m);
  assert.match(unifiedDiff("a", "x\n", ""), /^@@ -1 \+0,0 @@$/m);
});

test("names that would not be read back are quoted", () => {
  assert.match(unifiedDiff('a\n"é', "x\n", "y\n"), /^--- "a\/a\\012\\"\\303\\251"$/m);
  assert.match(unifiedDiff("a b", "x\n", "y\n"), /^--- a\/a b\t$/m);
});

/** What `patch` does with it. */
function applied(text: string, patch: string): string {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  const result: string[] = [];
  let at = 0;
  for (const hunk of patch.split(/^(?=@@ )/m).slice(1)) {
    const [head = "", ...body] = hunk.split(/(?<=\n)/);
    const [, start = "", count = "1"] = /^@@ -(\d+)(?:,(\d+))? /.exec(head) ?? [];
    const from = count === "0" ? Number(start) : Number(start) - 1;
    result.push(...lines.slice(at, from));
    at = from;
    for (const [index, line] of body.entries()) {
      if (line.startsWith("\\")) continue;
      const cut = body[index + 1]?.startsWith("\\") === true ? line.slice(1, -1) : line.slice(1);
      if (!line.startsWith("+")) assert.equal(cut, lines[at++]);
      if (!line.startsWith("-")) result.push(cut);
    }
  }
  return [...result, ...lines.slice(at)].join("");
}

const texts = fc
  .array(fc.constantFrom("a", "b", "c", "", "+", "-x", "\\"), { maxLength: 40 })
  .chain((lines) => fc.constantFrom(lines.join("\n"), lines.map((line) => `${line}\n`).join("")));

test("applied, it makes the one text of the other", () => {
  fc.assert(fc.property(texts, texts, (before, after) => applied(before, unifiedDiff("f", before, after)) === after));
});

test("texts that have nothing in common are replaced, in bounded time", () => {
  const before = Array.from({ length: 3_000 }, (_, index) => `a${index}\n`).join("");
  const after = Array.from({ length: 3_000 }, (_, index) => `b${index}\n`).join("");
  assert.equal(applied(before, unifiedDiff("f", before, after)), after);
});
