import assert from "node:assert/strict";
import { test } from "node:test";
import { addUrl } from "../add-url.ts";
import { baseWithoutDigest } from "../base-without-digest.ts";
import { findings } from "./lint.fixture.ts";

test("a password in an address is in no part of a finding", () => {
  const password = ["hunter", "2"].join("");
  const found = findings(addUrl, `FROM a:1\nADD https://me:${password}@example.com/a /a\n`);
  assert.equal(found.length, 1);
  assert.ok(!JSON.stringify(found).includes(password));
});

test("texts of a hostile file are one short line without control characters", () => {
  const [finding] = findings(baseWithoutDigest, `FROM a\u001b[2J${"b".repeat(10_000)}\n`);
  assert.ok(finding !== undefined);
  for (const text of [finding.title, finding.subject, finding.fix?.text ?? "", ...Object.values(finding.evidence)]) {
    assert.ok(text.length <= 400 && !text.includes("\u001b"), text);
  }
});

test("what comes again in a stage is numbered, and stages are told apart by name", () => {
  const text = "FROM a:1 AS Build\nADD https://x/a /\nADD https://x/a /\nFROM b:1\nADD https://x/a /\n";
  const found = findings(addUrl, text).map(({ subject, evidence }) => `${subject} (${evidence.stage})`);
  assert.deepEqual(found, [
    "stage build: ADD https://x/a (build)",
    "stage build: ADD https://x/a (2) (build)",
    "stage 1: ADD https://x/a (1)",
  ]);
});
