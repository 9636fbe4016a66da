import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { combine, type Verdict } from "./evaluation.ts";

test("any fail is fail, else any unknown is unknown, else pass", () => {
  assert.equal(combine(["pass", "unknown", "fail"]), "fail");
  assert.equal(combine(["pass", "unknown", "pass"]), "unknown");
  assert.equal(combine(["pass", "pass"]), "pass");
});

test("nothing judged is unknown", () => {
  assert.equal(combine([]), "unknown");
});

test("neither order nor grouping matters", () => {
  const verdicts = fc.array(fc.constantFrom<Verdict>("pass", "fail", "unknown"), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(verdicts, verdicts, (a, b) => {
      assert.equal(combine([...a, ...b]), combine([...b, ...a]));
      assert.equal(combine([combine(a), combine(b)]), combine([...a, ...b]));
    }),
  );
});
