import assert from "node:assert/strict";
import { test } from "node:test";
import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Package } from "../../engines/contents/model.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import type { ScopeMatches, VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { knownVulnerabilities } from "./known-vulnerabilities.ts";

const diffId = sha256(Buffer.from("layer"));
const layers: readonly LayerReference[] = [
  { index: 0, of: 2, diffId },
  { index: 1, of: 2, diffId, instruction: "RUN npm ci", historyIndex: 3 },
];
const minimist: Package = {
  type: "npm",
  name: "minimist",
  version: "1.2.5",
  licenses: [],
  purl: "pkg:npm/minimist@1.2.5",
  path: "app/node_modules/minimist/package.json",
  layer: 1,
};
const match: VulnerabilityMatch = {
  id: "CVE-2021-44906",
  ids: ["CVE-2021-44906", "GHSA-xvch-5gv4-984h"],
  advisories: [
    {
      id: "GHSA-xvch-5gv4-984h",
      source: "npm",
      fixedVersions: ["1.2.6"],
      references: ["https://a.example", "https://b.example"],
    },
    { id: "GHSA-copy", source: "npm", fixedVersions: ["1.2.6"], references: ["https://a.example"] },
  ],
  package: minimist,
  severity: "critical",
  severitySource: "advisory",
  fixedVersion: "1.2.6",
  summary: "Prototype pollution",
};

function scopeOf(matches: readonly VulnerabilityMatch[]): ScopeMatches {
  return { scope: "npm", packageTypes: ["npm"], packages: 1, coverage: [], gaps: [], settled: [], matches };
}

function draftOf(changes: Partial<VulnerabilityMatch> = {}, of: readonly LayerReference[] = layers): FindingDraft {
  const vulnerabilities = scopeOf([{ ...match, ...changes }]);
  const [draft, ...others] = knownVulnerabilities.evaluate(
    { inventory: { packages: [] }, vulnerabilities, layers: of },
    new Date(0),
  );
  assert.ok(draft !== undefined && others.length === 0);
  return draft;
}

test("a match is a finding with its package, place, layer and fix", () => {
  const draft = draftOf();
  assert.equal(draft.title, "Prototype pollution");
  assert.deepEqual(draft.locations, [{ kind: "image", path: minimist.path, layer: layers[1] }]);
  assert.deepEqual(draft.fix, {
    kind: "upgrade",
    version: "1.2.6",
    text: "upgrade minimist from 1.2.5 to 1.2.6 or later",
  });
  assert.deepEqual(draft.matches.ids, ["CVE-2021-44906", "GHSA-xvch-5gv4-984h"]);
  assert.deepEqual(draft.references, ["https://a.example", "https://b.example"]);
});

test("no finding, no matches", () => {
  const vulnerabilities = scopeOf([]);
  const facts = { inventory: { packages: [] }, vulnerabilities, layers };
  assert.deepEqual([...knownVulnerabilities.evaluate(facts, new Date(0))], []);
});

test("the subject outlives an upgrade that does not fix the flaw, and a rebuild that moves the layer", () => {
  const upgraded = { ...minimist, version: "1.2.4", purl: "pkg:npm/minimist@1.2.4", layer: 0 };
  assert.equal(draftOf({ package: upgraded }).subject, draftOf().subject);
  assert.doesNotMatch(draftOf().subject, /1\.2\.5|sha256/);
  const scoped = { ...minimist, name: "@a/b", purl: "pkg:npm/%40a/b@1.2.5" };
  assert.match(draftOf({ package: scoped }).subject, /pkg:npm\/%40a\/b at /);
});

test("the same flaw of the same package in two places is two findings", () => {
  const elsewhere = { ...minimist, path: "other/node_modules/minimist/package.json" };
  assert.notEqual(draftOf({ package: elsewhere }).subject, draftOf().subject);
});

test("the name to show comes first among those that an exception may use, wherever it is in the list", () => {
  assert.deepEqual(draftOf({ id: "GHSA-z", ids: ["CVE-1", "GHSA-z"] }).matches.ids, ["GHSA-z", "CVE-1"]);
});

test("without a fixed version there is no fix, and without a summary the id is the title", () => {
  const { fixedVersion: _, ...unfixed } = match;
  const vulnerabilities = scopeOf([{ ...unfixed, summary: "" }]);
  const [draft] = knownVulnerabilities.evaluate({ inventory: { packages: [] }, vulnerabilities, layers }, new Date(0));
  assert.deepEqual([draft?.fix, draft?.title], [undefined, "CVE-2021-44906"]);
});

test("a package of a folder, or of a layer that is not known, is at a path", () => {
  const { layer: _, ...unlayered } = minimist;
  for (const draft of [draftOf({ package: unlayered }, []), draftOf({ package: minimist }, [])]) {
    assert.deepEqual(draft.locations, [{ kind: "file", path: `/${minimist.path}` }]);
  }
});

test("the source package is shown where it has another name", () => {
  const libssl = { ...minimist, name: "libssl1.1", source: { name: "openssl", version: "1.1.1" } };
  assert.equal(draftOf({ package: libssl }).evidence.source, "openssl");
  assert.equal(draftOf({ package: { ...libssl, name: "openssl" } }).evidence.source, undefined);
});

test("what the catalogues say ranks a flaw and says why", () => {
  const exploited = { dateAdded: "2021-11-03", ransomware: true };
  const epss = { score: 0.97123, percentile: 0.9991, asOf: "2026-01-01T00:00:00.000Z" };
  const both = draftOf({ exploited, epss });
  assert.deepEqual(both.priority, {
    score: 8 + 0.97123,
    exploited: true,
    epss: 0.97123,
    mark: "exploited",
    reasons: ["exploited in the wild (KEV 2021-11-03, by ransomware)", "EPSS 0.97 (99th percentile)", "fix available"],
  });
  assert.equal(both.evidence.EPSS, "0.97 (99th percentile), 2026-01-01");
  const score = (changes: Partial<VulnerabilityMatch>) => draftOf(changes).priority?.score ?? 0;
  assert.ok(score({ exploited }) > score({ epss: { ...epss, score: 1 } }));
  assert.ok(score({ epss }) > score({}));
  const idle = { ...minimist, loaded: { state: "not loaded", reason: "no file of it was opened" } } as const;
  assert.ok(
    score({ exploited, package: idle }) >
      score({ epss, package: { ...idle, loaded: { state: "loaded", reason: "" } } }),
  );
  assert.ok(score({ package: idle }) < score({}));
  assert.equal(score({ package: { ...idle, loaded: { ...idle.loaded, stale: true } } }), 0);
  assert.equal(draftOf().priority, undefined);
  const ordinals = [0, 0.01, 0.02, 0.03, 0.11, 0.123, 0.21, 1].map(
    (percentile) => draftOf({ epss: { ...epss, percentile } }).priority?.reasons[0],
  );
  assert.deepEqual(
    ordinals.map((reason) => /\((\w+)/.exec(reason ?? "")?.[1]),
    ["0th", "1st", "2nd", "3rd", "11th", "12th", "21st", "99th"],
  );
});

test("a flaw that the distribution calls unimportant says so", () => {
  const draft = draftOf({ severity: "negligible", severitySource: "distribution" });
  assert.deepEqual(draft.priority?.reasons, ["unimportant, says the distribution", "fix available"]);
});
