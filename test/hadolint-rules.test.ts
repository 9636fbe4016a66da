/** The rules of hadolint whose comments count are those that docs/build-lint.md names, for the checks that it names. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checks } from "../src/checks/index.ts";
import { hadolintRules } from "../src/checks/knowledge/hadolint-rules.ts";

const rows = readFileSync(join(import.meta.dirname, "..", "docs", "build-lint.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, rules, names] = /^\| (DL[^|]*) \| ([^|]*) \|$/.exec(line) ?? [];
    return rules === undefined || names === undefined ? [] : [{ rules, names }];
  });

test("each rule stands in the page, in the row of its checks, and each check is there", () => {
  for (const [rule, ids] of hadolintRules) {
    const row = rows.find(({ rules }) => rules.split(", ").includes(rule));
    assert.ok(row !== undefined, rule);
    for (const id of ids) {
      assert.ok(row.names.includes(`\`${id.slice("build/".length)}\``), `${rule} ${id}`);
      assert.ok(
        checks.some((check) => check.id === id),
        id,
      );
    }
  }
});

test("each rule for which the page names a check is taken", () => {
  for (const { rules, names } of rows) {
    if (!names.startsWith("`")) continue;
    for (const rule of rules.split(", ")) assert.ok(hadolintRules.has(rule), rule);
  }
});
