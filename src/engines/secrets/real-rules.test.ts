import assert from "node:assert/strict";
import { test } from "node:test";
import { createFingerprinter } from "./fingerprint.ts";
import { ruleSamples } from "./rules/all-samples.fixture.ts";
import { secretRules } from "./rules/index.ts";
import { createSecretScanner } from "./scan.ts";
import { prepareRule } from "./window.ts";

const fingerprint = createFingerprinter();

test("each rule's worst case is looked at in linear measure: keywords, and samples without their end", () => {
  for (const rule of secretRules) {
    const scanner = createSecretScanner({ rules: [rule], fingerprint, assignments: false });
    const { before, after } = prepareRule(rule);
    const { found = [], path = "a.env" } = ruleSamples[rule.id] ?? {};
    const starts = found.slice(0, 2).map((text) => text.slice(0, Math.ceil(text.length * 0.7)));
    for (const piece of [...rule.keywords, ...starts]) {
      const storm = Buffer.from(`${piece} `.repeat(Math.ceil(20_000 / (piece.length + 1))));
      const { examined } = scanner.scan(path, storm);
      // What base64 holds is shorter than it, and looked at once more.
      assert.ok(examined <= 4 * storm.length + 4 * (before + after), `${rule.id}: ${examined} of ${storm.length}`);
    }
  }
});

test("all rules together find each rule's samples: that rule, or one that says as much of the place", () => {
  const all = createSecretScanner({ rules: secretRules, fingerprint });
  const lost: string[] = [];
  for (const rule of secretRules) {
    const { found = [], path = "sample.txt" } = ruleSamples[rule.id] ?? {};
    for (const text of found) if (all.scan(path, Buffer.from(text)).secrets.length === 0) lost.push(rule.id);
  }
  assert.deepEqual(lost, []);
});

test("a password among tests ranks low, and what an issuer made at random does not", () => {
  const all = createSecretScanner({ rules: secretRules, fingerprint });
  const url = `https://ann:${["cat", "and", "mouse7"].join("-")}@git.shop.io/web.git\n`;
  const token = ruleSamples["github-personal-access-token"]?.found[0] ?? "";
  const ranks = (path: string, text: string) => all.scan(path, Buffer.from(text)).secrets.map((one) => one.wellKnown);
  for (const path of ["src/client.test.ts", "test/client.ts", "docs/client.md", "pkg/client_test.go"]) {
    assert.deepEqual(ranks(path, url), [true], path);
    assert.deepEqual(ranks(path, token), [undefined], path);
  }
  for (const path of ["src/client.ts", "src/contest/client.ts", "latest.md"]) {
    assert.deepEqual(ranks(path, url), [undefined], path);
  }
  assert.deepEqual(ranks("a", "ftp://anonymous:flabada@files.shop.io/"), [true]);
});
