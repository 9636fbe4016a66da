import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RULES } from "./rules.ts";

const DOCUMENT = join(import.meta.dirname, "../../../../docs/package-contents.md");

test("every rule is documented, with its severity and title", () => {
  const text = readFileSync(DOCUMENT, "utf8");
  for (const [id, { severity, title }] of Object.entries(RULES)) {
    assert.ok(text.includes(`| \`${id}\` | ${severity} | ${title} |`), id);
  }
  assert.equal(text.match(/^\| `/gm)?.length, Object.keys(RULES).length);
});
