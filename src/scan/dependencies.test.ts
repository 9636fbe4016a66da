import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { absent, present } from "../core/evidence.ts";
import type { Lockfile, LockfileSide, ManifestMismatch } from "../engines/packages/model.ts";
import { withDatabase } from "../engines/vulnerability/database/advisories.fixture.ts";
import type { AdvisoryDatabase } from "../engines/vulnerability/database/open.ts";
import { type LookedUp, reviewSides } from "./dependencies.ts";

const now = new Date("2026-01-03T00:00:00Z");
const coverage = [{ ecosystem: "npm", asOf: "2026-01-02", complete: true }];

function advisory(id: string, name: string, events: readonly object[], more: object = {}): Record<string, unknown> {
  const ranges = [{ type: "SEMVER", events }];
  const severity = [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }];
  return {
    ...{ id, modified: "2026-01-01T00:00:00Z", summary: `About ${name}`, severity },
    ...{ affected: [{ package: { ecosystem: "npm", name }, ranges }], ...more },
  };
}

const records = [
  advisory("MAL-2026-1", "evil", [{ introduced: "0" }]),
  advisory("GHSA-flaw", "web", [{ introduced: "1.0.0" }, { fixed: "2.0.0" }], { aliases: ["CVE-2026-1"] }),
  advisory("GHSA-late", "web", [{ introduced: "1.5.0" }, { fixed: "2.0.0" }], { aliases: ["CVE-2026-2"] }),
];

function lockfile(packages: Readonly<Record<string, string>>, more: Partial<Lockfile> = {}): Lockfile {
  return {
    path: "package-lock.json",
    format: "package-lock 3",
    packages: Object.entries(packages).map(([name, version]) => ({
      ...{ type: "npm", name, version, licenses: [], direct: true },
      ...{ fetchedFrom: { kind: "registry", url: `https://registry.npmjs.org/${name}/-/${name}-${version}.tgz` } },
      hashes: { sha512: name.padEnd(128, "0") },
    })),
    ...{ mismatches: [], gaps: [] },
    ...more,
  };
}

function side(...lockfiles: readonly Lockfile[]): LockfileSide {
  return { name: "side", found: lockfiles.length, lockfiles, gaps: [] };
}

const nothing = async (): Promise<LookedUp> => ({});

async function review(
  before: LockfileSide,
  after: LockfileSide,
  lookUp: () => Promise<LookedUp> = nothing,
  use: (database: AdvisoryDatabase) => void = () => {},
) {
  return await withDatabase(records, coverage, async (advisories) => {
    use(advisories);
    return await reviewSides({ before, after }, { policy: defaultPolicy, now, advisories }, lookUp);
  });
}

function verdicts({ evaluations }: Awaited<ReturnType<typeof review>>): Record<string, string> {
  return Object.fromEntries(
    evaluations.map(({ check, verdict, findings }) => [
      check.replace("build/dependency-", ""),
      [verdict, ...findings.map(({ title, subject }) => (title.startsWith("About") ? subject : title))].join(": "),
    ]),
  );
}

test("a malicious package that comes fails, whether it is new or an upgrade", async () => {
  const { malicious } = verdicts(
    await review(side(lockfile({ web: "2.0.0" })), side(lockfile({ web: "2.0.0", evil: "1.0.0" }))),
  );
  assert.equal(malicious, "fail: evil 1.0.0 is a malicious package (MAL-2026-1)");
  const upgraded = verdicts(await review(side(lockfile({ evil: "1.0.0" })), side(lockfile({ evil: "1.0.1" }))));
  assert.equal(upgraded.malicious, "fail: evil 1.0.1 is a malicious package (MAL-2026-1)");
  const removed = await review(side(lockfile({ evil: "1.0.0", web: "2.0.0" })), side(lockfile({ web: "2.0.0" })));
  assert.ok(removed.evaluations.every(({ verdict }) => verdict === "pass"));
  assert.equal(removed.changes[0]?.counts.removed, 1);
  assert.equal(removed.changes[0]?.closes, 1);
});

test("a flaw fails where it comes, not where the version before had it", async () => {
  const added = verdicts(await review(side(lockfile({})), side(lockfile({ web: "1.6.0" }))));
  assert.match(added.vulnerable ?? "", /^fail: CVE-2026-1 .*: CVE-2026-2 /);
  const upgraded = verdicts(await review(side(lockfile({ web: "1.0.0" })), side(lockfile({ web: "1.6.0" }))));
  assert.match(upgraded.vulnerable ?? "", /^fail: CVE-2026-2 pkg:npm\/web at package-lock\.json$/);
  const closing = await review(side(lockfile({ web: "1.6.0" })), side(lockfile({ web: "2.0.0" })));
  assert.equal(verdicts(closing).vulnerable, "pass");
  assert.equal(closing.changes[0]?.closes, 2);
  // What another version of it still has is not closed.
  const twice = lockfile({ web: "2.0.0" });
  const [other] = lockfile({ web: "1.7.0" }).packages;
  assert.ok(other !== undefined);
  const both = { ...twice, packages: [...twice.packages, other] };
  const before = lockfile({ web: "1.6.0" });
  const kept = await review(side({ ...before, packages: [...before.packages, other] }), side(both));
  assert.equal(kept.changes[0]?.closes, 0);
});

test("without a database all that goes by it is unknown, once", async () => {
  const { Problem } = await import("../core/problem.ts");
  const advisories = new Problem({ kind: "unavailable", code: "database.missing", place: "x", cause: "no database" });
  const sides = { before: side(), after: side(lockfile({ web: "1.0.0", evil: "1.0.0" })) };
  const { evaluations } = await reviewSides(sides, { policy: defaultPolicy, now, advisories }, nothing);
  const own = evaluations.filter(({ check }) => /malicious|vulnerable/.test(check));
  assert.deepEqual(
    own.map(({ verdict, gaps }) => [verdict, gaps.map(({ reason }) => reason)]),
    [
      ["unknown", ["x: no database"]],
      ["unknown", ["x: no database"]],
    ],
  );
});

test("registries that are not asked are one cause however many packages come", async () => {
  const packages = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`p${at}`, "1.0.0"]));
  const gap = { code: "packages.offline", reason: "registries were not asked (--offline)" };
  const lookUp = async (): Promise<LookedUp> => ({ contents: absent(gap), license: absent(gap) });
  const { evaluations, changes } = await review(side(lockfile({})), side(lockfile(packages)), lookUp);
  const unknown = evaluations.filter(({ verdict }) => verdict === "unknown");
  assert.ok(unknown.length > 0);
  assert.deepEqual(
    [...new Set(unknown.flatMap(({ gaps }) => gaps.map(({ reason }) => reason)))],
    ["400 packages (p0 1.0.0, p1 1.0.0, p10 1.0.0, …): registries were not asked (--offline)"],
  );
  assert.equal(changes[0]?.counts.added, 400);
});

test("a lockfile that cannot be read is unknown with its place, and none beside it is silent", async () => {
  const gap = { code: "contents.unreadable", reason: "/package-lock.json: not JSON" };
  const broken = await review(side(lockfile({})), side(lockfile({}, { gaps: [gap] })));
  assert.ok(broken.evaluations.length > 5);
  assert.deepEqual(
    [...new Set(broken.evaluations.map(({ verdict, reason, asset }) => `${verdict} ${reason} ${asset.id}`))],
    ["unknown /package-lock.json: not JSON package-lock.json"],
  );
  // What was read of it still proves a fail.
  const partial = await review(side(lockfile({})), side(lockfile({ evil: "1.0.0" }, { gaps: [gap] })));
  assert.match(verdicts(partial).malicious ?? "", /^fail/);
  assert.ok(partial.evaluations.every(({ verdict }) => verdict !== "pass"));
  const unlisted = await review(side(), { ...side(lockfile({ web: "2.0.0" })), gaps: [gap] });
  assert.ok(unlisted.evaluations.some(({ asset, verdict }) => asset.id === "." && verdict === "unknown"));
});

test("a change without lockfiles is nothing that was reviewed, one without changes passes", async () => {
  assert.deepEqual((await review(side(), side())).evaluations, []);
  const same = await review(side(lockfile({ web: "2.0.0" })), side(lockfile({ web: "2.0.0" })));
  assert.deepEqual(
    same.evaluations.map(({ check, verdict }) => [check, verdict]),
    [["build/dependency-malicious", "pass"]],
  );
  assert.deepEqual(same.changes, []);
});

test("what the look-up brings reaches the checks, and a manifest that disagrees fails", async () => {
  const contents = {
    ...{ files: 2, bytes: 900, codeLines: 12, installScripts: [], capabilities: [], dependencies: [] },
    ...{ mismatches: ["it is called other"], threats: [] },
  };
  const mismatch: ManifestMismatch = {
    lockfile: "package-lock.json",
    manifest: "package.json",
    type: "npm",
    name: "web",
    wanted: "^3.0.0",
    locked: "2.0.0",
    kind: "outside",
  };
  const found = verdicts(
    await review(side(lockfile({})), side(lockfile({ web: "2.0.0" }, { mismatches: [mismatch] })), async () => ({
      contents: present(contents, now.toISOString()),
    })),
  );
  assert.match(found["archive-mismatch"] ?? "", /^fail: web 2\.0\.0 has an archive that contradicts/);
  assert.match(found.tiny ?? "", /^pass: web 2\.0\.0 is 12 lines of code$/);
  assert.match(
    found["manifest-mismatch"] ?? "",
    /^fail: package-lock\.json pins web 2\.0\.0, which package\.json excludes/,
  );
});
