import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signer, Statement } from "../../engines/trust/model.ts";
import {
  GENERATOR,
  generatorStatement,
  githubSigner,
  githubStatement,
} from "../../engines/trust/provenance/provenance.fixture.ts";
import type { AttestationRule, TrustRules } from "../../engines/trust/rules-model.ts";
import { decideTrust } from "./decide.ts";
import {
  attested,
  imageWith,
  now,
  release,
  rule,
  rulesOf,
  security,
  signed,
  statement,
  stranger,
} from "./trust.fixture.ts";

type Made = readonly [Signer, Statement, string?];

function decided(wanted: AttestationRule, made: readonly Made[], own: Partial<TrustRules> = {}) {
  const image = imageWith([
    signed(release),
    ...made.map(([by, content, at]) => attested(by, content, at === undefined ? {} : { at })),
  ]);
  const decision = decideTrust(image, rulesOf([rule({ attestations: [wanted] })], own), now);
  const [, requirement] = decision.subject.requirements;
  assert.ok(requirement !== undefined);
  return { decision, requirement };
}

function outcome(wanted: AttestationRule, ...made: readonly Made[]): string {
  const { requirement } = decided(wanted, made);
  return `${requirement.outcome}: ${requirement.reason}`;
}

const slsa: AttestationRule = { type: "slsa", level: 2, source: "github.com/shop/api", ref: "refs/tags/*" };

test("provenance by a builder that is known counts where its source is the rule's", () => {
  assert.equal(
    outcome(slsa, [release, githubStatement()]),
    "met: slsa: SLSA level 2 by https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1 from github.com/shop/api refs/tags/v1 aaaaaaaaaaaa",
  );
  assert.match(
    outcome({ ...slsa, level: 3 }, [githubSigner({}, GENERATOR), generatorStatement()]),
    /^met: slsa: SLSA level 3/,
  );
  assert.equal(outcome(slsa), "missed: no attestation of type slsa");
  assert.match(outcome({ ...slsa, level: 3 }, [release, githubStatement()]), /^missed: .*: level 2 by .*, not 3$/);
  assert.match(
    outcome(slsa, [security, githubStatement()]),
    /^missed: .* no builder is known for which this signer may speak/,
  );
  assert.match(
    outcome({ ...slsa, signedBy: ["security"] }, [release, githubStatement()]),
    /^missed: .* counts: signed by .*, whom the rule does not name$/,
  );
});

test("a builder of the policy's own speaks for the ids that it states, up to its level", () => {
  const builders = [{ signer: "security", ids: ["https://builds.example.com/*"], level: 3 as const }];
  const statement = (builder: string): Statement => githubStatement({ builder });
  const { requirement } = decided({ ...slsa, level: 3 }, [[security, statement("https://builds.example.com/7")]], {
    builders,
  });
  assert.equal(requirement.outcome, "met");
  assert.deepEqual(requirement.counted, ["security"]);
  const foreign = decided(slsa, [[security, statement("https://builds.example.com/7/x")]], { builders });
  assert.match(foreign.requirement.reason, /may not speak for the builder/);
  const low = decided({ ...slsa, level: 3 }, [[security, statement("https://builds.example.com/7")]], {
    builders: builders.map((one) => ({ ...one, level: 1 as const })),
  });
  assert.match(low.requirement.reason, /level 1 by/);
});

test("a later attestation that counts makes up for one that does not", () => {
  const { requirement } = decided(slsa, [
    [release, githubStatement({ repository: "https://github.com/evil/api" })],
    [release, githubStatement()],
  ]);
  assert.equal(requirement.outcome, "met");
  assert.deepEqual(
    requirement.attempts.map((attempt) => [attempt.signature, attempt.outcome]),
    [
      [1, "refused"],
      [2, "counts"],
    ],
  );
});

const vuln: AttestationRule = { type: "vuln", signedBy: ["security"], maxAgeDays: 7, noneFrom: "high" };

function scan(result: unknown, scanFinishedOn: string | undefined = "2026-11-25T10:00:00Z"): Statement {
  return statement("https://cosign.sigstore.dev/attestation/vuln/v1", {
    scanner: { uri: "pkg:generic/scanner@1", result },
    metadata: { scanFinishedOn },
  });
}

const inToto = (score: string, annotations: object[] = []) => [
  { id: "CVE-1", severity: [{ method: "nvd", score }], annotations },
];

test("a scan is judged by what it found, when it ended and who says so", () => {
  assert.equal(outcome(vuln, [security, scan([])]), "met: vuln: scanned by pkg:generic/scanner@1");
  assert.match(outcome(vuln, [stranger, scan([])]), /^missed: no attestation of type vuln counts: key sha256:7/);
  assert.match(
    outcome(vuln, [security, scan([], "2026-11-19T10:00:00Z"), "2026-11-26T10:00:00Z"]),
    /scanned 8 days ago, at most 7$/,
  );
  assert.match(outcome(vuln, [security, scan([], "yesterday")]), /does not say when the scan ended/);
  assert.match(outcome(vuln, [security, scan([], "2026-12-25T10:00:00Z")]), /is not yet/);
  assert.match(
    outcome(vuln, [security, statement("https://in-toto.io/attestation/vulns/v0.2", {})]),
    /scanner\.uri is missing/,
  );
  const { decision } = decided(vuln, [[security, scan([])]]);
  assert.deepEqual([decision.verdict, decision.validUntil], ["trusted", "2026-12-02T10:00:00.000Z"]);
});

test("severities are read from each scanner's own report, and what cannot be read is unknown", () => {
  assert.match(outcome(vuln, [security, scan(inToto("9.8"))]), /CVE-1 \(critical\), none from high on is allowed/);
  assert.match(outcome(vuln, [security, scan(inToto("6.9"))]), /^met/);
  assert.match(outcome(vuln, [security, scan(inToto("HIGH"))]), /^missed/);
  assert.equal(
    outcome(vuln, [security, scan(inToto("CVSS:3.1/AV:N"))]),
    "unknown: the severity of CVE-1 is not known (1 in all)",
  );
  const fixable: AttestationRule = { ...vuln, fixableOnly: true };
  // That nothing names a fixed version is not that there is none.
  assert.equal(
    outcome(fixable, [security, scan(inToto("9.8"))]),
    "unknown: whether there is a fix of CVE-1 the report does not say (1 in all)",
  );
  assert.match(outcome(fixable, [security, scan(inToto("5.0"))]), /^met/);
  assert.match(outcome(fixable, [security, scan(inToto("9.8", [{ fixedVersion: "2" }]))]), /^missed/);
  const trivy = (Severity: string) => ({
    SchemaVersion: 2,
    ArtifactName: "a",
    Results: [{ Vulnerabilities: [{ VulnerabilityID: "CVE-2", Severity, FixedVersion: "2" }] }],
  });
  assert.match(outcome(fixable, [security, scan(trivy("CRITICAL"))]), /^missed: .*CVE-2/);
  assert.match(outcome(vuln, [security, scan({ SchemaVersion: 2, ArtifactName: "a" })]), /^met/);
  const grype = (state: string) => ({
    descriptor: { name: "grype" },
    matches: [{ vulnerability: { id: "CVE-3", severity: "High", fix: { state } } }],
  });
  assert.match(outcome(fixable, [security, scan(grype("fixed"))]), /^missed: .*CVE-3/);
  assert.match(outcome(fixable, [security, scan(grype("not-fixed"))]), /^met/);
  assert.match(outcome(fixable, [security, scan(grype("wont-fix"))]), /^met/);
  assert.match(outcome(fixable, [security, scan(grype("unknown"))]), /^unknown: .*CVE-3/);
  const own = (complete: boolean, severity: string) => ({
    complete,
    vulnerabilities: [{ id: "CVE-4", severity }],
    gaps: [],
  });
  assert.match(outcome(vuln, [security, scan(own(true, "low"))]), /^met/);
  assert.equal(outcome(vuln, [security, scan(own(false, "low"))]), "unknown: the scan was not complete");
  assert.match(outcome(vuln, [security, scan(own(false, "high"))]), /^missed: .*CVE-4/);
  assert.match(outcome(vuln, [security, scan({ other: 1 })]), /^unknown: the scanner's report is of no form/);
  assert.match(outcome(vuln, [security, scan([{}])]), /^unknown: an entry of scanner\.result has no id/);
  const { noneFrom: _, ...ageAlone } = vuln;
  assert.match(outcome(ageAlone, [security, scan({ other: 1 })]), /^met/);
});

test("bills of materials, VEX documents and tests are what their types say", () => {
  const sbom: AttestationRule = { type: "sbom" };
  const spdx = { spdxVersion: "SPDX-2.3", creationInfo: { created: "2026-11-20T00:00:00Z" } };
  assert.equal(outcome(sbom, [release, statement("https://spdx.dev/Document", spdx)]), "met: sbom: spdx");
  assert.equal(
    outcome(sbom, [release, statement("https://cyclonedx.org/bom/v1.6", { bomFormat: "CycloneDX" })]),
    "met: sbom: cyclonedx",
  );
  assert.match(
    outcome({ ...sbom, formats: ["spdx"] }, [
      release,
      statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX" }),
    ]),
    /format differs: cyclonedx, not spdx/,
  );
  assert.match(outcome(sbom, [release, statement("https://spdx.dev/Document", {})]), /neither SPDX nor CycloneDX/);
  assert.match(outcome(sbom, [stranger, statement("https://spdx.dev/Document", spdx)]), /^missed/);
  assert.equal(
    outcome(sbom, [release, statement("https://spdx.dev/DocumentX", spdx)]),
    "missed: no attestation of type sbom",
  );

  const vex: AttestationRule = { type: "vex" };
  const openVex = { "@context": "https://openvex.dev/ns/v0.2.0", statements: [] };
  assert.equal(outcome(vex, [release, statement("https://openvex.dev/ns/v0.2.0", openVex)]), "met: vex");
  assert.match(outcome(vex, [release, statement("https://openvex.dev/ns", { statements: [] })]), /no OpenVEX document/);

  const tests: AttestationRule = { type: "test" };
  const result = (own: object) => statement("https://in-toto.io/attestation/test-result/v0.1", own);
  assert.equal(outcome(tests, [release, result({ result: "PASSED" })]), "met: test");
  assert.match(outcome(tests, [release, result({ result: "WARNED" })]), /did not pass: WARNED/);
  assert.match(outcome(tests, [release, result({ result: "PASSED", failedTests: ["a"] })]), /did not pass: 1 failed/);
  assert.match(outcome(tests, [release, result({})]), /result is missing/);
});

test("a verification summary is of this repository, by the verifier that the rule names, and passed", () => {
  const vsa: AttestationRule = { type: "vsa", verifier: "https://v.example.com", level: 3 };
  const summary = (own: object = {}) =>
    statement("https://slsa.dev/verification_summary/v1", {
      verifier: { id: "https://v.example.com" },
      resourceUri: "oci://registry.example.com/shop/api:2.0.1",
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_BUILD_LEVEL_3"],
      ...own,
    });
  assert.equal(outcome(vsa, [release, summary()]), "met: vsa: verified by https://v.example.com, SLSA level 3");
  assert.match(outcome(vsa, [release, summary({ verifier: { id: "https://v.example.com/" } })]), /verifier differs/);
  assert.match(outcome(vsa, [release, summary({ verificationResult: "FAILED" })]), /did not pass/);
  assert.match(outcome(vsa, [release, summary({ verifiedLevels: ["SLSA_BUILD_LEVEL_2"] })]), /level 2 by .*, not 3/);
  assert.match(outcome(vsa, [release, summary({ resourceUri: "registry.example.com/evil/api" })]), /resource differs/);
  assert.match(outcome(vsa, [release, summary({ resourceUri: undefined })]), /does not say of which resource/);
  assert.match(outcome(vsa, [stranger, summary()]), /^missed/);
});

test("a predicate of any type is asked for by its URI", () => {
  const own: AttestationRule = { type: "https://example.com/review/v1" };
  assert.equal(
    outcome(own, [release, statement("https://example.com/review/v1", {})]),
    "met: https://example.com/review/v1",
  );
  assert.match(outcome(own, [release, statement("https://example.com/review/v10", {})]), /^missed: no attestation/);
});

test("an expression of the rule's own judges the predicate, and one that fails counts for nothing", () => {
  const type = "https://example.com/review/v1";
  const review = statement(type, { approved: true, reviewers: ["ada", "grace"], score: 7 });
  const said = (where: string) => outcome({ type, where }, [release, review]);
  assert.match(said("predicate.approved && predicate.reviewers.size() >= 2"), /^met/);
  assert.match(said(`predicateType == "${type}" && subject[0].digest.sha256.startsWith("99")`), /^met/);
  assert.match(said("predicate.score > 7"), /^missed: .*the rule's expression is false$/);
  assert.match(said("predicate.missing"), /^missed: .*the rule's expression fails: /);
  assert.match(said("predicate.score"), /neither true nor false/);
  assert.match(said("predicate ==="), /the rule's expression fails: /);
  assert.match(said("secrets.key == ''"), /the rule's expression fails: /);
  const foreign = outcome({ ...slsa, where: "true" }, [release, githubStatement({ external: { other: "1" } })]);
  assert.match(foreign, /^met/);
});
