import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { FORMS } from "./forms.ts";

/** Bytes alone: a file is read so. */
function isLatin(text: string): boolean {
  return [...text].every((character) => character.charCodeAt(0) < 256);
}

/** Texts that mostly match: without what only looks around, which the expression is asked for. */
function textsOf({ source }: RegExp): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(source.replaceAll(/\(\?[=!](?:\[[^\]]+\]|[^)])*\)|\\b/g, "")));
}

test("no form matches where what stands behind the name, or before it, says that none does", () => {
  for (const { first, behind, between, before, last } of FORMS) {
    fc.assert(
      fc.property(textsOf(between), fc.stringMatching(/^[ -~\t\n]{0,8}$/), (head, rest) => {
        const text = head + rest;
        if (!isLatin(text) || !first.includes(text[0] ?? "") || !between.test(text) || behind === undefined) return;
        const [next] = text.replace(/^[ \t]+/, "");
        assert.ok(next === undefined || (behind + first).includes(next), `${between} on ${JSON.stringify(text)}`);
      }),
      runs(60),
    );
    if (before === undefined || last === undefined) continue;
    fc.assert(
      fc.property(textsOf(before), (text) => {
        if (!isLatin(text) || !before.test(text)) return;
        const previous = text.replace(/[ \t]+$/, "").at(-1);
        assert.ok(previous === undefined || last.includes(previous), `${before} on ${JSON.stringify(text)}`);
      }),
      runs(60),
    );
  }
});
