import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../../core/asset.ts";
import { absent, present } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import type { Package } from "../../engines/contents/model.ts";
import type { PendingUpdate, PendingUpdates } from "../../engines/updates/model.ts";
import type { VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { evaluateUpdates, summaryOf } from "../../evaluate/image/rebuild.ts";
import { scanUpdates } from "../../scan/image.ts";
import { defaultPolicy } from "../policy/default.ts";
import { lookUpUpdates, withFixes } from "./updates.ts";

const now = new Date("2026-06-10T12:00:00Z");
const context = { policy: defaultPolicy, now, maxAgeDays: defaultPolicy.advisories.maxAgeDays };
const asset = fileAsset("image");

function installed(name: string): Package {
  const purl = `pkg:deb/debian/${name}@1`;
  return { type: "deb", name, version: "1", licenses: [], purl, path: "var/lib/dpkg/status" };
}

function pendingOf(...updates: readonly Partial<PendingUpdate>[]): PendingUpdates {
  const whole = updates.map(
    (each, i): PendingUpdate => ({
      package: installed(`package-${i}`),
      available: "2",
      availableSource: "2",
      suite: "trixie",
      securitySuite: false,
      mixed: false,
      since: { at: "2026-06-09T00:00:00Z", by: "release" },
      fixes: [],
      ...each,
    }),
  );
  return { packages: 9, suites: [], updates: whole };
}

test("the summary counts packages, those that mend a flaw, and the days of the oldest", () => {
  assert.equal(summaryOf(pendingOf(), now, true), "no rebuild needed: no pending updates");
  assert.equal(
    summaryOf(pendingOf({}), now, true),
    "rebuild needed: 1 package, none with a fix for a known vulnerability, oldest pending 1 day",
  );
  assert.equal(
    summaryOf(pendingOf({ fixes: ["CVE-1"] }, { since: { at: "2026-04-30T00:00:00Z", by: "seen" } }), now, true),
    "rebuild needed: 2 packages, 1 with a fix for a known vulnerability, oldest pending 41 days",
  );
});

test("a look-up that was not whole has no last word", () => {
  assert.match(summaryOf(pendingOf(), now, false), /^unknown: pending/);
  assert.match(summaryOf(pendingOf({}), now, false), /^rebuild needed: at least 1 package,/);
});

test("an update mends what is fixed in its source's version or below", () => {
  const match = (id: string, owner: Package, fixedVersion?: string): VulnerabilityMatch => ({
    ...{ id, ids: [id], advisories: [], package: owner, severity: "high", summary: "" },
    ...(fixedVersion === undefined ? {} : { fixedVersion }),
  });
  const pending = pendingOf({ available: "5+b9", availableSource: "5" }, {});
  const [first, second] = pending.updates.map((update) => update.package) as [Package, Package];
  const matches = [
    match("CVE-B", first, "5"),
    match("CVE-A", first, "4"),
    match("CVE-C", first, "6"),
    match("CVE-D", first),
    match("CVE-E", second, "2~rc1"),
    match("CVE-F", { ...second, path: "elsewhere" }, "1.5"),
  ];
  assert.deepEqual(
    withFixes(pending, matches).updates.map(({ fixes }) => fixes),
    [["CVE-A", "CVE-B"], ["CVE-E"]],
  );
});

test("the verdict without a look-up", () => {
  const verdict = (image?: string, base?: string) => {
    const built = { ...(image === undefined ? {} : { image }), ...(base === undefined ? {} : { base }) };
    const [evaluation] = evaluateUpdates(asset, built, undefined, context);
    return [evaluation?.verdict, evaluation?.reason];
  };
  const [young, old] = ["2026-06-08T00:00:00Z", "2026-05-01T00:00:00Z"];
  assert.equal(verdict(young, young)[0], "pass");
  assert.deepEqual(verdict(young), ["unknown", "the build date of its base is unknown"]);
  assert.match(verdict(young, old).join(), /^unknown,its base is of 2026-05-01/);
  assert.equal(verdict(old, young)[0], "fail");
  assert.deepEqual(verdict(), ["unknown", "has no build date"]);
});

test("the verdict with a look-up", () => {
  const at = now.toISOString();
  const gaps = [{ code: "updates.expired", reason: "a suite is over" }];
  const verdict = (image: string | undefined, pending: PendingUpdates, own = present(pending, at)) =>
    evaluateUpdates(asset, image === undefined ? {} : { image }, own, context)[0]?.verdict;
  const [young, old] = ["2026-06-08T00:00:00Z", "2026-05-01T00:00:00Z"];
  assert.equal(verdict(old, pendingOf()), "pass");
  assert.equal(verdict(undefined, pendingOf()), "pass");
  assert.equal(verdict(old, pendingOf({})), "fail");
  assert.equal(verdict(young, pendingOf({})), "pass");
  assert.equal(verdict(undefined, pendingOf({})), "unknown");
  assert.equal(verdict(young, pendingOf(), present(pendingOf(), at, { gaps })), "unknown");
  // What was found counts, whatever could not be looked up.
  assert.equal(verdict(old, pendingOf({}), present(pendingOf({}), at, { gaps })), "fail");
  const stale = present(pendingOf(), at, { validUntil: "2026-06-10T00:00:00Z" });
  assert.equal(verdict(old, pendingOf(), stale), "unknown");
});

test("times that no build has are none", async () => {
  const gone = absent<never>({ code: "x", reason: "not read" });
  const judged = async (image: string) => {
    const advisories = new Problem({
      ...{ kind: "unavailable", code: "x", place: "x", cause: "none" },
    });
    const all = { ...context, advisories, judgesAge: true };
    const files = async () => ({ sources: [], keys: [], gaps: [] });
    const [evaluation] = await scanUpdates(asset, gone, { image }, files, all);
    return evaluation?.reason;
  };
  for (const date of ["1970-01-01T00:00:00Z", "1980-01-01T00:00:01Z", "2030-01-01T00:00:00Z", "yesterday", ""]) {
    assert.equal(await judged(date), "has no build date", date);
  }
  assert.notEqual(await judged("2026-01-01T00:00:00Z"), "has no build date");
});

test("sources that cannot be read make the answer unknown, and end nothing", async () => {
  const at = now.toISOString();
  const lookup = { from: {}, keyring: [] };
  const failing = async (error: Error) =>
    await lookUpUpdates(
      present({ packages: [installed("a")] }, at),
      async () => {
        throw error;
      },
      lookup,
      context,
    );
  const problem = new Problem({ kind: "unavailable", code: "oci.unreachable", place: "layer 1", cause: "gone" });
  const evidence = await failing(problem);
  assert.deepEqual([evidence.state, evidence.gaps[0]?.code], ["absent", "oci.unreachable"]);
  await assert.rejects(failing(new TypeError("a bug")), TypeError);
});
