import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstallScriptChange, OriginFacts, PublishedProvenance, Standing } from "../../engines/packages/model.ts";
import { added, upgraded } from "../findings/dependency.fixture.ts";
import { dependencyArchiveHash } from "./dependency-archive-hash.ts";
import { dependencyConfusion } from "./dependency-confusion.ts";
import { dependencyCooldown } from "./dependency-cooldown.ts";
import { dependencyDeprecated } from "./dependency-deprecated.ts";
import { dependencyImplausibleVersion } from "./dependency-implausible-version.ts";
import { dependencyInstallScript } from "./dependency-install-script.ts";
import { dependencyLicenseChanged } from "./dependency-license-changed.ts";
import { dependencyProvenanceLost } from "./dependency-provenance-lost.ts";

const now = new Date("2026-11-25T12:00:00Z");

test("a version is too young until the cooldown is over, to the second", () => {
  const aged = (after: string, days = 7, change = upgraded()) =>
    [...dependencyCooldown.evaluate({ change, publication: { exempt: false, after }, days }, now)].map(
      ({ title, fix }) => [title, fix?.text],
    );
  assert.deepEqual(aged("2026-11-23T12:00:00Z"), [
    ["left 1.1.0 was published 2 days ago (cooldown: 7 days)", "stay on 1.0.0 until 2026-11-30"],
  ]);
  assert.match(aged("2026-11-25T11:00:00Z", 7, added())[0]?.[0] ?? "", /less than a day ago/);
  assert.equal(aged("2026-11-18T12:00:01Z").length, 1);
  assert.deepEqual(aged("2026-11-18T12:00:00Z"), []);
  // A clock ahead of ours is no age.
  assert.equal(aged("2027-01-01T00:00:00Z").length, 1);
  assert.deepEqual(
    [
      ...dependencyCooldown.evaluate(
        { change: added(), publication: { exempt: false, before: "2026-11-24T00:00:00Z" }, days: 7 },
        now,
      ),
    ],
    [],
  );
  const facts = { change: added(), publication: { exempt: true }, days: 7 };
  assert.equal(dependencyCooldown.applies?.(facts), false);
  assert.equal(dependencyCooldown.applies?.({ ...facts, publication: { exempt: false }, days: 0 }), false);
});

test("an implausible number counts where nothing leads to it", () => {
  const found = (facts: object) =>
    [
      ...dependencyImplausibleVersion.evaluate(
        { change: added({ version: "99.0.0" }), firstRelease: { implausible: true, plausibleVersions: 0, ...facts } },
        now,
      ),
    ].map(({ confidence }) => confidence);
  assert.deepEqual(found({}), ["high"]);
  const first = { firstPublished: "2026-11-20T00:00:00Z" };
  assert.deepEqual(found({ plausibleVersions: 2, ...first, published: "2026-11-21T00:00:00Z" }), ["medium"]);
  assert.deepEqual(found({ plausibleVersions: 40, ...first, published: "2028-01-01T00:00:00Z" }), []);
  assert.deepEqual(found({ plausibleVersions: 40 }), []);
  const plain = { change: added(), firstRelease: { implausible: false, plausibleVersions: 0 } };
  assert.equal(dependencyImplausibleVersion.applies?.(plain), false);
});

const signed: Extract<PublishedProvenance, { kind: "verified" }> = {
  kind: "verified",
  builder: "https://github.com/actions/runner/github-hosted",
  source: "github.com/shop/left",
  workflow: ".github/workflows/release.yml",
  signer: "https://github.com/shop/left/.github/workflows/release.yml",
};

test("provenance that is gone, refused or another is found; the same, and none at all, are not", () => {
  const found = (after: PublishedProvenance, before?: PublishedProvenance) =>
    [
      ...dependencyProvenanceLost.evaluate(
        { change: upgraded(), provenance: { after, ...(before === undefined ? {} : { before }) } },
        now,
      ),
    ].map(({ subject, title }) => [subject.slice("npm left: ".length), title.slice("left 1.1.0 ".length)]);
  assert.deepEqual(found({ kind: "none" }, signed), [["lost", "has no provenance, and the version before had"]]);
  assert.deepEqual(found({ kind: "refused", reason: "the signature is wrong" }), [
    ["refused", "has provenance that does not hold: the signature is wrong"],
  ]);
  assert.deepEqual(found({ ...signed, source: "github.com/other/left", workflow: "x.yml" }, signed), [
    ["source github.com/other/left", "was built by another source repository than the version before"],
  ]);
  assert.deepEqual(found({ ...signed, workflow: ".github/workflows/x.yml" }, signed), [
    ["workflow .github/workflows/x.yml", "was built by another workflow than the version before"],
  ]);
  assert.deepEqual(found(signed, signed), []);
  assert.deepEqual(found(signed), []);
  assert.deepEqual(found(signed, { kind: "none" }), []);
  assert.deepEqual(found({ kind: "none" }, { kind: "refused", reason: "x" }), []);
  const none = { change: added(), provenance: { after: { kind: "none" } as const } };
  assert.equal(dependencyProvenanceLost.applies?.(none), false);
});

test("what its publisher gave up is found, unless it was so before", () => {
  const plain: Standing = { yanked: false, archived: false, wasDeprecated: false };
  const found = (standing: Partial<Standing>, change = upgraded()) =>
    [...dependencyDeprecated.evaluate({ change, standing: { ...plain, ...standing } }, now)].map(
      ({ severity, title, detail }) => [severity, title.slice("left 1.1.0 ".length), detail],
    );
  assert.deepEqual(found({ deprecated: "use right" }), [["low", "is deprecated", "use right"]]);
  assert.equal(found({ deprecated: "x" }, upgraded({ direct: false }))[0]?.[0], "negligible");
  assert.deepEqual(found({ archived: true }), [["low", "is of an archived project", undefined]]);
  assert.deepEqual(found({ yanked: true, wasDeprecated: true, deprecated: "broken" }), [
    ["medium", "was withdrawn by its publisher (yanked)", undefined],
  ]);
  assert.deepEqual(found({ deprecated: "use right", wasDeprecated: true }), []);
  assert.deepEqual(found({}), []);
});

test("another license is found, another spelling of the same is not", () => {
  const found = (before: string | undefined, after: string | undefined) =>
    [
      ...dependencyLicenseChanged.evaluate(
        {
          change: upgraded(),
          licenseChange: { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
        },
        now,
      ),
    ].map(({ title }) => title.slice("left 1.1.0 ".length));
  assert.deepEqual(found("MIT", "BUSL-1.1"), ["changes its license from MIT to BUSL-1.1"]);
  assert.deepEqual(found("MIT", undefined), ["states no license any more (before: MIT)"]);
  assert.deepEqual(found("MIT License", "(MIT)"), []);
  assert.deepEqual(found("Apache License, Version 2.0", "Apache-2.0"), []);
  assert.deepEqual(found(undefined, "MIT"), []);
  assert.equal(dependencyLicenseChanged.applies?.({ change: added(), licenseChange: {} }), false);
});

test("an install script is found where it is new", () => {
  const found = (installScripts: Partial<InstallScriptChange>, change = upgraded()) =>
    [
      ...dependencyInstallScript.evaluate(
        { change, installScripts: { after: [], commands: {}, ...installScripts } },
        now,
      ),
    ].map(({ title, evidence }) => [title.slice("left 1.x.x ".length), evidence.postinstall]);
  const commands = { postinstall: "node setup.js" };
  assert.deepEqual(found({ after: ["postinstall"], before: [], commands }), [
    ["runs postinstall when it is installed, and the version before did not", "node setup.js"],
  ]);
  assert.deepEqual(found({ after: ["postinstall"], commands }, added()), [
    ["runs postinstall when it is installed", "node setup.js"],
  ]);
  assert.equal(found({ after: ["preinstall", "postinstall"], before: ["postinstall"] }).length, 1);
  assert.deepEqual(found({ after: ["postinstall"], before: ["postinstall"], commands }), []);
  assert.deepEqual(found({ after: ["postinstall"], before: ["install"] }), []);
  assert.deepEqual(found({ before: ["postinstall"] }), []);
  assert.deepEqual(found({}), []);
});

test("a private name from elsewhere fails, one from its registry does not", () => {
  const privateName = { name: "@shop/*", registry: "https://npm.shop.example/web/" };
  const found = (origin: Partial<OriginFacts>) =>
    [
      ...dependencyConfusion.evaluate(
        { change: added({ name: "@shop/left" }), origin: { from: [], unclaimed: false, ...origin } },
        now,
      ),
    ].map(({ severity, subject }) => [severity, subject]);
  const registry = (url: string) => ({ kind: "registry", url }) as const;
  const own = registry("https://npm.shop.example/web/@shop/left/-/left-1.0.0.tgz");
  const other = registry("https://registry.npmjs.org/@shop/left/-/left-1.0.0.tgz");
  assert.deepEqual(found({ privateName, from: [other] }), [["high", "npm @shop/left: from registry.npmjs.org"]]);
  assert.deepEqual(found({ privateName, from: [registry("https://npm.shop.example/webby/a.tgz")] })[0]?.[0], "high");
  assert.deepEqual(found({ privateName, from: [registry("http://npm.shop.example/web/a.tgz")] })[0]?.[0], "high");
  assert.deepEqual(
    found({
      privateName,
      from: [{ kind: "git", url: "https://github.com/shop/left", revision: "a".repeat(40) }],
    })[0]?.[0],
    "high",
  );
  assert.deepEqual(found({ privateName, from: [own] }), []);
  // An index that is searched besides can win.
  assert.equal(found({ privateName, from: [own, other] })[0]?.[0], "high");
  assert.deepEqual(found({ privateName, from: [{ kind: "workspace", url: "packages/left" }] }), []);
  assert.deepEqual(found({ from: [other], unclaimed: true }), [["low", "npm @shop/left: unknown to its registry"]]);
  assert.deepEqual(found({ from: [own], unclaimed: true }), []);
  assert.deepEqual(found({ from: [other] }), []);
  assert.equal(dependencyConfusion.applies?.({ change: added(), origin: { from: [], unclaimed: false } }), false);
});

test("hashes that do not agree fail, and a registry's signature that does not hold", () => {
  const change = added();
  const found = (archive: Parameters<typeof dependencyArchiveHash.evaluate>[0]["archive"]) =>
    [...dependencyArchiveHash.evaluate({ change, archive }, now)].map(({ severity, title }) => [
      severity,
      title.slice("left 1.0.0 ".length),
    ]);
  const mismatch = { between: "archive and lockfile", algorithm: "sha512", expected: "aa", actual: "bb" } as const;
  assert.deepEqual(found({ mismatches: [mismatch, { ...mismatch, between: "archive and registry" }] }), [
    ["high", "has different hashes: archive and lockfile do not agree"],
  ]);
  assert.deepEqual(found({ mismatches: [], signature: { state: "refused", reason: "another key" } }), [
    ["high", "has a registry signature that does not hold: another key"],
  ]);
  assert.deepEqual(found({ mismatches: [], signature: { state: "verified" } }), []);
  assert.deepEqual(found({ mismatches: [] }), []);
});
