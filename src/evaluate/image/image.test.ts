import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alpine310,
  apkDatabase,
  debian13,
  dpkgStatus,
  imageOf,
  npmPackage,
  openFixture,
} from "../../collect/image/image-files.fixture.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { Problem } from "../../core/problem.ts";
import { formatScope, type Scope } from "../../core/scope.ts";
import type { FixtureEntry, FixtureImage } from "../../engines/oci/image.fixture.ts";
import type { NamedImage } from "../../engines/oci/open.ts";
import { type RawRecord, recordBelow, withDatabase } from "../../engines/vulnerability/database/advisories.fixture.ts";
import type { ScanContext } from "../../scan/context.ts";
import { scanImage } from "../../scan/image.ts";
import { evaluateUnopened } from "./image.ts";

const now = new Date("2026-01-02T00:00:00Z");
const asOf = "2026-01-01";
const none = new Problem({ kind: "unavailable", code: "database.missing", place: "here", cause: "there is none" });
const npm: RawRecord = { ecosystem: "npm", asOf, complete: true };
const alpine: RawRecord = { ecosystem: "Alpine", releases: ["v3.10"], asOf, complete: true };
const debian: RawRecord = { ecosystem: "Debian", releases: ["13"], asOf, complete: true };
const critical = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };
const flaw = recordBelow("GHSA-aaaa-bbbb-cccc", "npm", "a", "1.0.1", critical);

async function named(image: FixtureImage): Promise<NamedImage> {
  return { image: await openFixture(image), name: "web", lineage: "shop/web", reference: "shop/web:1" };
}

/** What one layer of entries is judged against a database with these records and this coverage. */
async function judged(
  entries: readonly FixtureEntry[],
  {
    records = [flaw],
    coverage = [npm, alpine, debian],
    ...changes
  }: Partial<ScanContext> & {
    readonly records?: readonly RawRecord[];
    readonly coverage?: readonly RawRecord[];
  } = {},
): Promise<Evaluation[]> {
  const all = await withDatabase(records, coverage, async (advisories) =>
    scanImage(await named(imageOf(entries)), { now, policy: defaultPolicy, advisories, ...changes }),
  );
  return all.filter(({ check }) => check === "image/known-vulnerabilities");
}

function part(scope: Scope | undefined): string | undefined {
  return scope === undefined ? undefined : formatScope(scope);
}

/** `scope: verdict, reason` of each. */
function verdicts(evaluations: readonly Evaluation[]): string[] {
  return evaluations.map(({ scope, verdict, reason }) => `${part(scope)}: ${verdict}, ${reason}`);
}

test("one evaluation for each ecosystem, each with its own verdict", async () => {
  assert.deepEqual(verdicts(await judged([alpine310, apkDatabase({ musl: "1.1.22-r2" }), npmPackage("a", "1.0.0")])), [
    "Alpine:v3.10: pass, no findings",
    "npm: fail, 1 finding at or above the threshold (critical with a fix available)",
  ]);
});

test("the asset is the image's config, with where it was met", async () => {
  const image = imageOf([npmPackage("a", "1.0.1")]);
  const [evaluation] = await scanImage(await named(image), { now, policy: defaultPolicy, advisories: none });
  assert.deepEqual(evaluation?.asset, {
    kind: "image",
    id: image.config,
    identifiedBy: "config",
    lineage: "shop/web",
    name: "web",
    references: [{ reference: "shop/web:1", manifestDigest: image.manifest, observedAt: now.toISOString() }],
  });
});

test("a finding says its layer and that layer's instruction", async () => {
  const [, evaluation] = await withDatabase([flaw], [npm], async (advisories) =>
    scanImage(await named(imageOf([alpine310, apkDatabase({ musl: "1" })], [npmPackage("a", "1.0.0")])), {
      now,
      policy: defaultPolicy,
      advisories,
    }),
  );
  assert.deepEqual(
    evaluation?.findings[0]?.locations.map((location) => location.kind === "image" && location.layer.index),
    [1],
  );
  const [location] = evaluation?.findings[0]?.locations ?? [];
  assert.ok(location?.kind === "image");
  assert.deepEqual([location.layer.instruction, location.layer.of], ["RUN step 2", 2]);
});

test("a broken database of one ecosystem leaves the others their verdicts", async () => {
  const evaluations = await judged([
    alpine310,
    { name: "lib/apk/db/installed", content: "P:musl\nV:1.1.22-r2\n\nno field\n\n" },
    npmPackage("a", "1.0.1"),
  ]);
  assert.deepEqual(
    evaluations.map(({ scope, verdict }) => [part(scope), verdict]),
    [
      ["Alpine:v3.10", "unknown"],
      ["npm", "pass"],
    ],
  );
  assert.match(evaluations[0]?.reason ?? "", /^\/lib\/apk\/db\/installed: /);
});

test("a database without one readable package has a verdict of its own: unknown", async () => {
  const evaluations = await judged([
    { name: "var/lib/rpm/rpmdb.sqlite", content: "broken" },
    { name: "usr/lib/sysimage/rpm/Packages.db", content: "ndb" },
    npmPackage("a", "1.0.1"),
  ]);
  assert.deepEqual(
    evaluations.map(({ scope, verdict, gaps }) => [part(scope), verdict, gaps.length > 0]),
    [
      ["npm", "pass", false],
      ["rpm", "unknown", true],
    ],
  );
});

test("a gap that may be about anything makes every scope unknown, but proves no fail away", async () => {
  const sparse = { ...dpkgStatus({ bash: "1" }), flag: "S" };
  assert.deepEqual(
    (await judged([alpine310, apkDatabase({ musl: "1" }), npmPackage("a", "1.0.0"), sparse])).map(
      ({ verdict }) => verdict,
    ),
    ["unknown", "fail"],
  );
  const [alone] = await judged([sparse]);
  assert.deepEqual([alone?.scope, alone?.verdict], [undefined, "unknown"]);
});

test("an image in which nothing was found is unknown, not clean", async () => {
  const [evaluation, ...others] = await judged([{ name: "app", content: "a static binary" }]);
  assert.deepEqual([evaluation?.verdict, others.length], ["unknown", 0]);
  assert.match(evaluation?.reason ?? "", /no packages found/);
});

test("a distribution without its package database is unknown", async () => {
  const evaluations = await judged([debian13, npmPackage("a", "1.0.1")]);
  const others = evaluations.filter(({ scope }) => part(scope) !== "npm");
  assert.equal(evaluations.length - others.length, 1);
  assert.ok(others.length > 0 && others.every(({ verdict }) => verdict === "unknown"));
});

test("without a database the answer is unknown, and says which", async () => {
  const evaluations = await judged([npmPackage("a", "1.0.0")], { advisories: none });
  assert.deepEqual(verdicts(evaluations), ["undefined: unknown, here: there is none"]);
});

test("no, undeclared, incomplete and stale coverage prove no pass, and take no fail away", async () => {
  const clean = [npmPackage("a", "1.0.1")];
  const affected = [npmPackage("a", "1.0.0")];
  const cases: Parameters<typeof judged>[1][] = [
    { records: [], coverage: [] },
    { coverage: [] },
    { coverage: [{ ...npm, complete: false }] },
    { coverage: [{ ...npm, asOf: "2025-12-01" }] },
  ];
  for (const options of cases) {
    const [evaluation] = await judged(clean, options);
    assert.equal(evaluation?.verdict, "unknown", JSON.stringify(options));
    if (options?.records === undefined) assert.equal((await judged(affected, options))[0]?.verdict, "fail");
  }
});

test("coverage counts from the source's own date, for as long as the policy says", async () => {
  const [evaluation] = await judged([npmPackage("a", "1.0.1")]);
  assert.deepEqual(
    [evaluation?.observedAt, evaluation?.validUntil],
    ["2026-01-01T00:00:00.000Z", "2026-01-08T00:00:00.000Z"],
  );
  const late = await judged([npmPackage("a", "1.0.1")], { now: new Date("2026-01-08T00:00:01Z") });
  assert.match(
    verdicts(late)[0] ?? "",
    /unknown, vulnerabilities: data from 2026-01-01 is 8 days old; the limit is 7 days/,
  );
  assert.equal(late[0]?.gaps[0]?.remedy, "run `bulkhead db update`");
});

test("an advisory with impossible ranges is unknown where its package is installed", async () => {
  const affected = (events: readonly object[]) => ({
    id: "GHSA-bad0-bad0-bad0",
    modified: "2025-01-01T00:00:00Z",
    affected: [{ package: { ecosystem: "npm", name: "a" }, ranges: [{ type: "SEMVER", events }] }],
  });
  const impossible = [
    [{ introduced: "2.0.0" }, { fixed: "1.0.0" }],
    [{ fixed: "1.0.0" }],
    [{ introduced: "not a version" }, { fixed: "1.0.0" }],
    [{ introduced: "0", fixed: "1.0.0" }],
    [],
  ];
  for (const events of impossible) {
    const records = [affected(events)];
    const [hit] = await judged([npmPackage("a", "1.5.0")], { records });
    assert.equal(hit?.verdict, "unknown", JSON.stringify(events));
    const [other] = await judged([npmPackage("b", "1.5.0")], { records });
    assert.equal(other?.verdict, "pass", JSON.stringify(events));
  }
});

test("an image that could not be opened is unknown, with the problem as its reason", () => {
  const [evaluation, base] = evaluateUnopened(fileAsset("web.tar"), none, {
    now,
    policy: defaultPolicy,
    searchesSecrets: false,
  });
  assert.deepEqual([evaluation?.verdict, evaluation?.reason], ["unknown", "here: there is none"]);
  assert.equal(evaluation?.asset.name, "web.tar");
  assert.deepEqual([base?.check, base?.verdict], ["image/base-not-accepted", "unknown"]);
});

test("an image whose documents can be read in two ways is a finding, beside all that is unknown of it", () => {
  const cause = 'it has the key "User" twice in one object';
  const twice = new Problem({ kind: "input", code: "oci.ambiguous", place: "web@sha256:0", cause });
  const evaluations = evaluateUnopened(fileAsset("web"), twice, { now, policy: defaultPolicy, searchesSecrets: false });
  assert.deepEqual(
    evaluations.map(({ check, verdict }) => [check, verdict]),
    [
      ["image/known-vulnerabilities", "unknown"],
      ["image/ambiguous-document", "fail"],
      ["image/base-not-accepted", "unknown"],
    ],
  );
  assert.match(evaluations[1]?.findings[0]?.title ?? "", /Ambiguous image document: it has the key "User" twice/);
});

test("a layer that cannot be read makes the whole image unknown, once for each check", async () => {
  const image = imageOf([npmPackage("a", "1.0.0")]);
  const opened = await named(image);
  const broken = {
    ...opened,
    image: { ...opened.image, layers: opened.image.layers.map((layer) => ({ ...layer, size: layer.size - 1 })) },
  };
  const evaluations = await withDatabase([flaw], [npm], (advisories) =>
    scanImage(broken, { now, policy: defaultPolicy, advisories }),
  );
  assert.deepEqual(
    evaluations.map(({ check, verdict, gaps }) => [check, verdict, gaps[0]?.code]),
    [
      ["image/known-vulnerabilities", "unknown", "oci.digest-mismatch"],
      ["image/ambiguous-document", "pass", undefined],
      ["image/base-not-accepted", "unknown", "oci.digest-mismatch"],
      // Its configuration was read, and names a user by number.
      ["image/runs-as-root", "pass", undefined],
    ],
  );
});
