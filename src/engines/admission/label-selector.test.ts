import assert from "node:assert/strict";
import { test } from "node:test";
import { selects } from "./label-selector.ts";

const known = { labels: { env: "prod" }, whole: true };

test("everything that a selector states has to hold", () => {
  assert.equal(selects({ matchLabels: { env: "prod" } }, known), true);
  assert.equal(selects({ matchLabels: { env: "prod", tier: "web" } }, known), false);
  assert.equal(selects({ matchLabels: { tier: "web" } }, { ...known, whole: false }), undefined);
  assert.equal(selects({ matchExpressions: [{ key: "env", operator: "Gt", values: ["1"] }] }, known), undefined);
});

test("a field that is null is one that is not there", () => {
  assert.equal(selects({ matchLabels: null, matchExpressions: null }, known), true);
  const exists = { key: "env", operator: "Exists", values: null };
  assert.equal(selects({ matchLabels: null, matchExpressions: [exists] }, known), true);
});
