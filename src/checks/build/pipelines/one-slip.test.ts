import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isOneSlipAway } from "./one-slip.ts";

test("one character missing, added, replaced, or two swapped", () => {
  for (const slip of ["ction", "acton", "actio", "aaction", "actions", "aktion", "actoin"]) {
    assert.equal(isOneSlipAway(slip, "action"), true, slip);
  }
  for (const other of ["action", "act", "actionss", "noitca", ""])
    assert.equal(isOneSlipAway(other, "action"), false, other);
});

test("as the distance by definition has it", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 6 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      assert.equal(isOneSlipAway(one, other), slips(one).has(other) && one !== other);
      assert.equal(isOneSlipAway(one, other), isOneSlipAway(other, one));
    }),
  );
});

/** All texts that are one slip away, made one by one. */
function slips(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let at = 0; at <= text.length; at++) {
    const [before, behind] = [text.slice(0, at), text.slice(at)];
    found.add(before + behind.slice(1));
    if (behind.length > 1) found.add(`${before}${behind[1]}${behind[0]}${behind.slice(2)}`);
    for (const letter of ["a", "b", "/"]) {
      found.add(before + letter + behind);
      if (behind !== "") found.add(before + letter + behind.slice(1));
    }
  }
  return found;
}
