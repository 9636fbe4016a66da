import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Package } from "../../engines/contents/model.ts";
import type { BuildDates, PendingUpdate } from "../../engines/updates/model.ts";
import { pendingUpdates } from "./pending-updates.ts";

const now = new Date("2026-06-10T12:00:00Z");
const MAX_AGE_DAYS = 7;

const libc: Package = {
  ...{ type: "deb", name: "libc6", version: "2.41-12", architecture: "amd64", licenses: [] },
  ...{ purl: "pkg:deb/debian/libc6@2.41-12?arch=amd64", path: "var/lib/dpkg/status" },
};

function update(changes: Partial<PendingUpdate> = {}): PendingUpdate {
  return {
    package: libc,
    available: "2.41-12+deb13u1",
    availableSource: "2.41-12+deb13u1",
    suite: "trixie-security",
    securitySuite: true,
    mixed: false,
    since: { at: "2026-06-09T00:00:00Z", by: "release" },
    fixes: [],
    ...changes,
  };
}

function severities(built: BuildDates, updates: readonly PendingUpdate[] | undefined): string[] {
  const pending = updates === undefined ? undefined : { packages: 1, suites: [], updates };
  return [...pendingUpdates.evaluate({ built, pending, maxAgeDays: MAX_AGE_DAYS }, now)].map(
    ({ severity }) => severity,
  );
}

const young = { image: "2026-06-08T00:00:00Z" };
const old = { image: "2026-06-01T00:00:00Z" };
const long = { at: "2026-05-01T00:00:00Z", by: "seen" } as const;

describe("with a look-up", () => {
  const cases: readonly [name: string, built: BuildDates, updates: readonly PendingUpdate[], severities: string[]][] = [
    ["a young image that lacks nothing", young, [], []],
    ["an old image that lacks nothing", old, [], []],
    ["a young image that lacks a new security update", young, [update()], ["medium"]],
    ["a young image that lacks another update", young, [update({ securitySuite: false, since: long })], ["low"]],
    ["an old image that lacks any update", old, [update({ securitySuite: false })], ["high"]],
    ["a security update that has been there for long", young, [update({ since: long })], ["high"]],
    ["the same in an image without an age", {}, [update({ since: long })], ["high"]],
    [
      "an update that mends a known flaw is one of security",
      young,
      [update({ securitySuite: false, since: long, fixes: ["CVE-2026-0001"] })],
      ["high"],
    ],
    [
      "any update may be one where no suite tells them apart",
      young,
      [update({ securitySuite: false, mixed: true, since: long }), update({ securitySuite: false, mixed: true })],
      ["high", "low"],
    ],
  ];
  for (const [name, built, updates, expected] of cases) {
    test(name, () => assert.deepEqual(severities(built, updates), expected));
  }

  test("the day after which it is too long", () => {
    const since = (at: string) => severities({}, [update({ since: { at, by: "release" } })]);
    assert.deepEqual(since("2026-06-03T12:00:00Z"), ["medium"]);
    assert.deepEqual(since("2026-06-02T12:00:00Z"), ["high"]);
  });
});

test("without a look-up the age alone speaks", () => {
  assert.deepEqual(severities(young, undefined), []);
  assert.deepEqual(severities({}, undefined), []);
  assert.deepEqual(severities(old, undefined), ["high"]);
});

test("a finding names the package, what is newer, where and since when", () => {
  const pending = { packages: 1, suites: [], updates: [update({ since: long, fixes: ["CVE-2026-0001"] })] };
  const [finding] = pendingUpdates.evaluate({ built: young, pending, maxAgeDays: MAX_AGE_DAYS }, now);
  assert.equal(finding?.subject, "libc6:amd64");
  assert.equal(finding.title, "libc6 2.41-12+deb13u1 is available in trixie-security");
  assert.deepEqual(finding.matches.ids, ["image/pending-updates"]);
  assert.deepEqual(finding.evidence, {
    installed: "2.41-12",
    available: "2.41-12+deb13u1",
    suite: "trixie-security",
    pending: "for at least 40 days",
    fixes: "CVE-2026-0001",
    "image's age": "2 days",
  });
});
