import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { anyCase } from "./any-case.ts";
import { secretRules } from "./index.ts";

test("letters stand for both cases, in classes too, and what is escaped stays", () => {
  assert.equal(anyCase("ab|c{2,3}"), "[aA][bB]|[cC]{2,3}");
  assert.equal(anyCase("[\\w. -]{0,20}?"), "[\\w. -]{0,20}?");
  assert.equal(anyCase("[a-fX_]\\b\\d"), "[a-fA-FxX_]\\b\\d");
  assert.equal(anyCase("[^a\\]]z"), "[^aA\\]][zZ]");
});

test("it matches what the flag i matches", () => {
  const sources = ["discord", "(?:api|app)[_ .-]{0,2}key", "[a-c_]x\\d", "[^q]\\wz"];
  const text = fc.array(fc.constantFrom(...[..."discorDapKEYkeyxXzZqQ1_. -"]), { maxLength: 30 });
  fc.assert(
    fc.property(fc.constantFrom(...sources), text, (source, characters) => {
      const joined = characters.join("");
      assert.equal(new RegExp(anyCase(source)).exec(joined)?.[0], new RegExp(source, "i").exec(joined)?.[0]);
    }),
    runs(500),
  );
});

test("no rule relies on V8's modifiers", () => {
  assert.deepEqual(
    secretRules.filter(({ pattern }) => /\(\?[a-z]*-?[a-z]*:/.test(pattern.source.replaceAll("(?:", ""))),
    [],
  );
});
