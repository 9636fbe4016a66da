import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluation } from "../../../core/evaluation.ts";
import { evaluated, now, pullPolicy } from "./gate.fixture.ts";
import { outcomesOf } from "./outcomes.ts";
import { reasonText, refusalOf } from "./refusal.ts";

const digest = `sha256:${"1".repeat(64)}` as const;

function found(more: Partial<Evaluation["findings"][number]>): Evaluation {
  const evaluation = evaluated(digest as never, ["critical"]);
  return { ...evaluation, findings: evaluation.findings.map((finding) => ({ ...finding, ...more })) };
}

const said = (evaluation: Evaluation) => outcomesOf([evaluation], pullPolicy(), now).map(({ message }) => message);

test("the flaw is named, and so is the file", () => {
  assert.deepEqual(said(found({})), ["critical: CVE-2026-0 in form-data 4.0.0"]);
  assert.deepEqual(said(found({ title: "curl: fifteen flaws" })), ["critical: CVE-2026-0: curl: fifteen flaws"]);
  const secret = { title: "Private key", matches: { ids: ["image/embedded-secret"], path: "srv/deploy.key" } };
  assert.deepEqual(said(found(secret)), ["critical: Private key, in srv/deploy.key"]);
});

test("those that are denied come first, fails before unknowns, the most severe first", () => {
  const high = found({ severity: "high", title: "b" });
  const critical = found({ title: "a" });
  const unknown: Evaluation = { ...critical, verdict: "unknown", reason: "nobody knows", findings: [] };
  const policy = pullPolicy({ gate: { checks: { "image/other": "warn" } } });
  const warned = { ...critical, check: "image/other" };
  const order = outcomesOf([unknown, warned, high, critical], policy, now);
  assert.deepEqual(
    order.map(({ action, message }) => `${action} ${message}`),
    ["deny critical: CVE-2026-0: a", "deny high: CVE-2026-0: b", "deny nobody knows", "warn critical: CVE-2026-0: a"],
  );
});

test("texts of images cannot break a line or fill a page", () => {
  const outcomes = outcomesOf([found({ title: `a\r\nWarning: none\u001b[2J${"x".repeat(5_000)}` })], pullPolicy(), now);
  const [first] = outcomes;
  assert.ok(first !== undefined);
  const { message } = refusalOf(outcomes, { image: "shop/web:1" });
  for (const text of [message, reasonText(first)]) {
    assert.ok(!/\p{Cc}/u.test(text), text);
    assert.ok(text.length <= 1_500);
  }
});

test("a refusal of very many reasons tells some, and how many there are", () => {
  const { findings, ...evaluation } = evaluated(digest as never, ["critical"]);
  const [one] = findings;
  const many = Array.from({ length: 500 }, (_, n) => ({ ...one, subject: `${n}` }) as (typeof findings)[number]);
  const outcomes = outcomesOf([{ ...evaluation, findings: many }], pullPolicy(), now);
  assert.ok(outcomes.length <= 20);
  assert.ok(JSON.stringify(refusalOf(outcomes, { image: "shop/web:1" })).length < 10_000);
});
