import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { attacksOn, textOf } from "./expressions/attacks.ts";
import { countConstructed, type FoundExpression, ruleExpressions, writtenExpressions } from "./expressions/found.ts";
import { slowPartsOf } from "./expressions/verdicts.ts";
import { endsInTime } from "./watched-child.ts";

/** Slow by their shape, and not where they are used: the source of each → why. */
const ACCEPTED: Readonly<Record<string, string>> = {};

/** `new RegExp` in src/: look whether another one is as linear as these before the number is raised. */
const CONSTRUCTED = 22;

/** What grows without bound does not end; what grows with a square is found by its shape, and by the conformance suite. */
const LENGTH = 5_000;
const MOST_MILLISECONDS = 540_000;

suite("every expression of the project is linear", () => {
  const written = writtenExpressions();

  test("none is found that two repetitions of it could share a text", () => {
    const slow = written.flatMap((found) => {
      const parts = found.source in ACCEPTED ? undefined : slowPartsOf(found);
      return parts === undefined ? [] : [`${found.place}: /${found.source}/ (${parts})`];
    });
    assert.deepEqual(slow, []);
  });

  test("all are found", () => {
    assert.ok(written.length > 700);
    assert.ok(ruleExpressions().length > 350);
    // Each is put together of texts of our own, and bounded or without repetitions beside one another.
    assert.equal(countConstructed(), CONSTRUCTED);
  });

  test("each ends on what its own repetitions take, over and over", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-expressions-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const WRITTEN = join(folder, "written.json");
    writeFileSync(WRITTEN, JSON.stringify(written));
    const measure = join(import.meta.dirname, "expressions/measure.ts");
    await endsInTime(measure, [String(LENGTH)], MOST_MILLISECONDS, { WRITTEN });
  });
});

suite("the tool itself", () => {
  const found = (source: string): FoundExpression => ({ place: "made", source, flags: "", bound: 100 });

  test("tells what is slow", () => {
    for (const source of ["a+$", "^a*a*$", "(?:a+)+$", "\\(.*\\|.*\\)"])
      assert.notEqual(slowPartsOf(found(source)), undefined, source);
    for (const source of ["^a+$", "^a*b*$", "[ab]"]) assert.equal(slowPartsOf(found(source)), undefined, source);
  });

  test("makes the texts on which they are", () => {
    const texts = (source: string): string[] => attacksOn(source, "").map((attack) => textOf(attack, 12));
    assert.ok(texts("^x(?:--?[a-]+ )*y").some((text) => /^x(?:--?a ){2,}/.test(text)));
    assert.ok(texts("\\s+$").some((text) => text.startsWith("   ")));
    assert.ok(texts("\\b(?:for|read(?: -\\w+)*) x").some((text) => text.startsWith("read -read")));
    assert.ok(texts("#.*z").some((text) => text.startsWith("###") || text.startsWith("#a#a")));
  });
});
