import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretRule } from "./rule.ts";
import { ruleSamples } from "./rules/all-samples.fixture.ts";
import { token } from "./rules/forms.ts";
import { secretRules } from "./rules/index.ts";
import { mayBegin, prepareRule } from "./window.ts";

const given = { id: "made", title: "Made", reference: "https://example.com" };

function beginningOf(body: string, ...keywords: string[]): string | undefined {
  return prepareRule(token({ ...given, body, keywords })).beginning?.toString("latin1");
}

test("what every match begins with is told where it is the keyword, or begins with it", () => {
  assert.equal(beginningOf("ghx_[a-z]{8}", "ghx_"), "ghx_");
  assert.equal(beginningOf("st\\.[a-z]{8}", "st."), "st.");
  assert.equal(beginningOf("AbC-key[0-9]{8}", "abc-"), "AbC-key");
  assert.equal(beginningOf("abc(?:d|e)[0-9]{8}", "abc"), "abc");
});

test("and nowhere else", () => {
  assert.equal(beginningOf("pat?[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("pat{0,2}[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("pat[0-9]{8}|key[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("(?:x-)?pat[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("[0-9]{8}-pat", "pat"), undefined);
  assert.equal(beginningOf("pat[0-9]{8}", "pat", "other"), undefined);
  const rule = token({ ...given, body: "pat[0-9]{8}", keywords: ["pat"] });
  const others: Partial<SecretRule>[] = [
    { pattern: new RegExp(rule.pattern.source, "i") },
    { pattern: /pat[0-9]{8}/ },
    { after: 8 },
  ];
  for (const other of others) assert.equal(prepareRule({ ...rule, ...other }).beginning, undefined);
});

test("a match may begin at its beginning alone, and there as a word", () => {
  const rule = prepareRule(token({ ...given, body: "Pat_[0-9]{8}", keywords: ["pat_"] }));
  const at = (text: string, place: number) => mayBegin(rule, Buffer.from(text), place);
  assert.deepEqual([at("Pat_", 0), at(" Pat_1", 1), at('"Pat_1', 1)], [true, true, true]);
  assert.deepEqual([at("pat_", 0), at("xPat_1", 1), at("_Pat_1", 1), at("Pat", 0)], [false, false, false, false]);
});

test("the samples of rules begin so", () => {
  let count = 0;
  for (const rule of secretRules) {
    const { beginning } = prepareRule(rule);
    if (beginning === undefined) continue;
    for (const text of ruleSamples[rule.id]?.found ?? []) {
      const secret = rule.pattern.exec(text)?.groups?.secret;
      if (secret === undefined) continue;
      count += 1;
      assert.ok(secret.startsWith(beginning.toString("latin1")), rule.id);
    }
  }
  assert.ok(count > 100, `${count} samples`);
});
