import assert from "node:assert/strict";
import { test } from "node:test";
import { isAccepted, refusalOf, unknownsAccepted } from "./accepted-unknown.ts";
import { fileAsset } from "./asset.ts";
import type { Gap } from "./evidence.ts";
import type { UnknownEntry } from "./unknown-entry.ts";

const now = new Date("2025-06-15T12:00:00Z");
const gap = (code: string): Gap => ({ code, reason: `${code} at a` });
const evaluation = (check: string, path: string, ...codes: readonly string[]) => ({
  check,
  asset: fileAsset(path),
  gaps: codes.map(gap),
});
const entry = (stated: Partial<UnknownEntry>): UnknownEntry => ({
  code: "a.b",
  reason: "known",
  owner: "team",
  expires: "2025-06-15",
  source: { path: "bulkhead.yaml", line: 3, column: 5 },
  ...stated,
});
const accepting = (codes: readonly string[], ...entries: readonly UnknownEntry[]) =>
  unknownsAccepted({ codes, entries, now, maxDays: 365 });

test("an entry accepts its code, under its check and asset, up to its last day", () => {
  const of = accepting([], entry({ check: "image/*", asset: "shop/**" }));
  assert.deepEqual(of(evaluation("image/x", "shop/web", "a.b")), [
    {
      code: "a.b",
      by: "policy",
      reason: "known",
      owner: "team",
      expires: "2025-06-15",
      source: { path: "bulkhead.yaml", line: 3, column: 5 },
    },
  ]);
  for (const other of [
    evaluation("build/x", "shop/web", "a.b"),
    evaluation("image/x", "other/web", "a.b"),
    evaluation("image/x", "shop/web", "a.c"),
  ]) {
    assert.deepEqual(of(other), []);
  }
});

test("an entry that has expired, is no date, or holds longer than the policy's limit does not count", () => {
  const limits = { now, maxDays: 30 };
  assert.equal(refusalOf({ expires: "2025-06-15" }, limits), undefined, "its last day");
  assert.equal(refusalOf({ expires: "2025-06-14" }, limits), "expired");
  assert.equal(refusalOf({ expires: "soon" }, limits), "expired");
  assert.equal(refusalOf({ expires: "2025-07-15" }, limits), undefined);
  assert.equal(refusalOf({ expires: "2025-07-17" }, limits), "too-long");
  assert.deepEqual(accepting([], entry({ expires: "2025-06-14" }))(evaluation("x/y", "a", "a.b")), []);
});

test("an evaluation is accepted where each of its codes is", () => {
  const of = accepting(["a.b"]);
  const both = evaluation("x/y", "a", "a.b", "c.d");
  assert.deepEqual(of(both), [{ code: "a.b", by: "option" }]);
  assert.equal(isAccepted({ ...both, accepted: of(both) }), false);
  const one = evaluation("x/y", "a", "a.b", "a.b");
  assert.equal(isAccepted({ ...one, accepted: of(one) }), true);
  assert.equal(isAccepted(one), false, "nobody was asked");
});

test("findings of unknown severity have a code of their own", () => {
  const unrated = evaluation("x/y", "a");
  assert.equal(isAccepted({ ...unrated, accepted: accepting(["a.b"])(unrated) }), false);
  assert.equal(isAccepted({ ...unrated, accepted: accepting(["severity.unknown"])(unrated) }), true);
});
