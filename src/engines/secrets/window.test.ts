import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretRule } from "./rule.ts";
import { ruleSamples } from "./rules/all-samples.fixture.ts";
import { token } from "./rules/forms.ts";
import { secretRules } from "./rules/index.ts";
import { mayBegin, prepareRule } from "./window.ts";

const given = { id: "made", title: "Made", reference: "https://example.com" };

/** As it would be written, a class in brackets. */
function beginningOf(body: string, ...keywords: string[]): string | undefined {
  const { beginning } = prepareRule(token({ ...given, body, keywords }));
  return beginning?.map(charactersOf).join("");
}

function charactersOf(mask: Uint8Array): string {
  const characters = [...mask.keys()].filter((byte) => mask[byte] === 1).map((byte) => String.fromCharCode(byte));
  return characters.length === 1 ? characters.join("") : `[${characters.join("")}]`;
}

test("what every match begins with is told where it begins with a keyword", () => {
  assert.equal(beginningOf("ghx_[a-c]{2}\\.x[a-z]", "ghx_"), "ghx_[abc][abc].x[abcdefghijklmnopqrstuvwxyz]");
  assert.equal(beginningOf("st\\.[0-2-]{1,8}z", "st."), "st.[-012]");
  assert.equal(beginningOf("AbC-key[01]{2}", "abc-"), "AbC-key[01][01]");
  assert.equal(beginningOf("abc(?:d|e)[0-9]{8}", "abc"), "abc");
  assert.equal(beginningOf("x[a-c]_[0-9]?", "xa_", "XB_", "xc"), "x[abc]_");
  assert.equal(beginningOf("pat[01]", "pat", "other"), "pat[01]");
});

test("and nowhere else", () => {
  assert.equal(beginningOf("pat?[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("pat{0,2}[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("pat[0-9]{8}|key[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("(?:x-)?pat[0-9]{8}", "pat"), undefined);
  assert.equal(beginningOf("[0-9]{8}-pat", "pat"), undefined);
  assert.equal(beginningOf("x[a-c]_[0-9]{8}", "xa_", "xb_"), undefined);
  const rule = token({ ...given, body: "pat[0-9]{8}", keywords: ["pat"] });
  const others: Partial<SecretRule>[] = [
    { pattern: new RegExp(rule.pattern.source, "i") },
    { pattern: /pat[0-9]{8}/ },
    { after: 8 },
  ];
  for (const other of others) assert.equal(prepareRule({ ...rule, ...other }).beginning, undefined);
});

test("a match may begin at its beginning alone, and there as a word", () => {
  const rule = prepareRule(token({ ...given, body: "Pat_[0-9]{2}[a-z]{0,8}", keywords: ["pat_"] }));
  const at = (text: string, place: number) => mayBegin(rule, Buffer.from(text), place, true);
  assert.deepEqual([at("Pat_12", 0), at(" Pat_12", 1), at('"Pat_12', 1)], [true, true, true]);
  assert.deepEqual([at("pat_12", 0), at("xPat_12", 1), at("_Pat_12", 1), at("Pat_1", 0)], [false, false, false, false]);
});

test("the samples of rules begin so, and lead to a match", () => {
  let [begun, led] = [0, 0];
  for (const rule of secretRules) {
    const prepared = prepareRule(rule);
    for (const text of ruleSamples[rule.id]?.found ?? []) {
      const found = rule.pattern.exec(text);
      const secret = found?.groups?.secret;
      if (found === null || secret === undefined) continue;
      if (prepared.beginning !== undefined) {
        begun += 1;
        assert.ok(mayBegin(prepared, Buffer.from(text), text.indexOf(secret, found.index), true), rule.id);
      }
      if (rule.leads === undefined) continue;
      led += 1;
      const at = rule.keywords.map((keyword) => found[0].toLowerCase().indexOf(keyword)).filter((place) => place >= 0);
      for (const isText of [true, false]) {
        assert.ok(
          at.some((place) => rule.leads?.(Buffer.from(found[0]), place, isText)),
          `${rule.id} in ${text}`,
        );
      }
    }
  }
  assert.ok(begun > 100 && led > 5, `${begun} and ${led} samples`);
});

test("a class of a rule has the characters that it has in the expression", () => {
  const classes = new Set(
    secretRules.flatMap(({ pattern }) => pattern.source.match(/\[(?!\^)(?:\\.|[^\]\\])+\]/g) ?? []),
  );
  let count = 0;
  for (const one of classes) {
    const mask = prepareRule(token({ ...given, body: `kw_${one}`, keywords: ["kw_"] })).beginning?.[3];
    if (mask === undefined) continue;
    count += 1;
    const expression = new RegExp(`^${one}$`);
    for (let byte = 0; byte < 256; byte++) {
      assert.equal(mask[byte] === 1, expression.test(String.fromCharCode(byte)), `${byte} in ${one}`);
    }
  }
  assert.ok(count > 20, `${count} of ${classes.size}`);
});
