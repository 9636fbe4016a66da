import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { isAccepted } from "./accepted-unknown.ts";
import { fileAsset } from "./asset.ts";
import { formatBaseline, parseBaseline } from "./baseline.ts";
import { acceptKnown, mayAbsorb, neverAbsorbed, UNKNOWN_DAYS, unknownsOf } from "./baseline-unknowns.ts";
import { denyAll } from "./enforcement.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Policy } from "./policy.ts";

const now = new Date("2025-06-15T12:00:00Z");
const policy = defaultPolicy;
const later = (days: number) => new Date(now.getTime() + days * 24 * 60 * 60 * 1000);

const unknown = (code = "a.b", reason = "a: not read", check = "build/x"): Evaluation => ({
  check,
  asset: fileAsset("a"),
  verdict: "unknown",
  reason,
  findings: [],
  excepted: [],
  evidence: {},
  gaps: [{ code, reason }],
  observedAt: now.toISOString(),
});

/** Through the file and back. */
const written = (evaluations: readonly Evaluation[], at = now, before?: ReturnType<typeof parseBaseline>) =>
  parseBaseline(
    formatBaseline([], unknownsOf(evaluations, { policy, now: at, ...(before ? { before: before.unknowns } : {}) })),
    "b.json",
  );
const known = (evaluation: Evaluation, baseline = written([unknown()]), at = now, under: Policy = policy) =>
  isAccepted(acceptKnown(evaluation, baseline.unknowns, { policy: under, now: at }));

test("a gap that was there is accepted, and nothing but the acceptance changes", () => {
  const evaluation = unknown();
  const accepted = acceptKnown(evaluation, written([evaluation]).unknowns, { policy, now });
  assert.deepEqual(accepted, {
    ...evaluation,
    accepted: [{ code: "a.b", by: "baseline", since: "2025-06-15", expires: "2025-09-13" }],
  });
});

test("another reason, code, check or asset counts", () => {
  assert.equal(known(unknown()), true);
  assert.equal(known(unknown("a.b", "b: not read")), false);
  assert.equal(known(unknown("a.c")), false);
  assert.equal(known(unknown("a.b", "a: not read", "build/y")), false);
  assert.equal(known({ ...unknown(), asset: fileAsset("b") }), false);
  const two = { ...unknown(), gaps: [...unknown().gaps, { code: "a.b", reason: "b: not read" }] };
  assert.equal(known(two), false, "one new reason of the same code");
});

test("an entry holds for a while, keeps its dates when it is written again, and gets new ones once it has expired", () => {
  const first = written([unknown()]);
  assert.equal(known(unknown(), first, later(UNKNOWN_DAYS)), true);
  assert.equal(known(unknown(), first, later(UNKNOWN_DAYS + 1)), false);
  const [again] = written([unknown()], later(10), first).unknowns.values();
  assert.deepEqual([again?.since, again?.expires], ["2025-06-15", "2025-09-13"]);
  const [renewed] = written([unknown()], later(UNKNOWN_DAYS + 1), first).unknowns.values();
  assert.equal(renewed?.since, "2025-09-14");
  const short = { ...policy, exceptionLimits: { ...policy.exceptionLimits, maxDays: 7 } };
  assert.equal(unknownsOf([unknown()], { policy: short, now })[0]?.expires, "2025-06-22");
});

test("it never absorbs a missing or stale database, an unread policy, or what the policy requires", () => {
  assert.ok(neverAbsorbed.includes("database.") && neverAbsorbed.includes("evidence.stale"));
  for (const code of [
    "database.missing",
    "database.broken",
    "database.version",
    "evidence.stale",
    "feeds.shrunk",
    "updates.stale-copy",
    "policy.unreadable",
    "kubernetes.secret-age",
  ]) {
    assert.equal(mayAbsorb(code, "image/x", policy), false, code);
    assert.equal(written([unknown(code)]).unknowns.size, 0, code);
  }
  assert.equal(mayAbsorb("a.b", "policy/expired-exception", policy), false);
  const requiring = {
    ...policy,
    enforcement: { ...policy.enforcement, ci: { ...denyAll, checks: { "build/*": "deny" as const } } },
  };
  assert.equal(known(unknown()), true);
  assert.equal(known(unknown(), written([unknown()]), now, requiring), false, "also where the file has it");
});

test("a file without the list is read, and one that was tampered with is refused", () => {
  assert.equal(parseBaseline(formatBaseline([]), "b.json").unknowns.size, 0);
  assert.doesNotMatch(formatBaseline([]), /unknowns/);
  const good = JSON.parse(formatBaseline([], unknownsOf([unknown()], { policy, now }))) as {
    unknowns: Record<string, unknown>[];
  };
  const refused = (change: Record<string, unknown>, message: RegExp) =>
    assert.throws(
      () => parseBaseline(JSON.stringify({ ...good, unknowns: [{ ...good.unknowns[0], ...change }] }), "b.json"),
      message,
    );
  refused({ code: "c.d" }, /fingerprint is not that of/);
  refused({ expires: "2035-01-01" }, /expires is more than 90 days after since/);
  refused({ since: "today" }, /since is not a date/);
  refused({ reason: 5 }, /reason is missing or not a text/);
  assert.throws(() => parseBaseline(JSON.stringify({ ...good, unknowns: {} }), "b.json"), /not a list/);
});
