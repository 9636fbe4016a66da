import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { unopenedImage } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { assetEnd } from "../../core/relation.ts";
import type { ImageTrust } from "../../engines/trust/model.ts";
import { githubSigner, githubStatement, WORKFLOW } from "../../engines/trust/provenance/provenance.fixture.ts";
import type { AttestationRule } from "../../engines/trust/rules-model.ts";
import { decideTrust } from "./decide.ts";
import { evaluateTrust } from "./evaluate.ts";
import { trustRelations } from "./relations.ts";
import {
  amd64,
  arm64,
  attested,
  child,
  imageWith,
  index,
  now,
  refused,
  release,
  rule,
  rulesOf,
  security,
  signed,
  statement,
  stranger,
} from "./trust.fixture.ts";

const asset = unopenedImage("registry.example.com/shop/api:2.0.1");
const policy: Policy = { ...defaultPolicy, origin: { kind: "trusted", name: "p", loosened: [] } };

function evaluated(
  image: ImageTrust | Problem,
  rules: ReturnType<typeof rule>[],
  vouched = true,
  manifest = index,
): Evaluation[] {
  const decided = image instanceof Problem ? image : decideTrust(image, rulesOf(rules, {}, vouched), now);
  return evaluateTrust(asset, { decided, rules, manifest }, { policy, now });
}

/** Check → verdict, of those that are not passed. */
function verdicts(...from: Parameters<typeof evaluated>): Record<string, string> {
  const open = evaluated(...from).filter(({ verdict }) => verdict !== "pass");
  return Object.fromEntries(open.map(({ check, verdict }) => [check, verdict]));
}

function titles(evaluations: readonly Evaluation[]): string[] {
  return evaluations.flatMap(({ findings }) => findings.map(({ title }) => title));
}

const sbomRule: AttestationRule = { type: "sbom" };
const vulnRule: AttestationRule = { type: "vuln", maxAgeDays: 7, noneFrom: "high" };
const slsaRule: AttestationRule = {
  type: "slsa",
  level: 2,
  source: "github.com/shop/api",
  ref: "refs/tags/*",
  workflow: ".github/workflows/release.yml",
};
const full = rule({ attestations: [sbomRule, vulnRule, slsaRule] });
const sbom = attested(release, statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX" }));

function scan(result: unknown, scanFinishedOn = "2026-11-25T10:00:00Z") {
  const scanner = { uri: "pkg:generic/scanner@1", result };
  return attested(
    release,
    statement("https://in-toto.io/attestation/vulns/v0.2", { scanner, metadata: { scanFinishedOn } }),
  );
}

const built = attested(release, githubStatement());

test("an image with all that its rule asks for passes every check", () => {
  const children = [child("linux/amd64", amd64, [signed(release, { subject: amd64 })])];
  const evaluations = evaluated(imageWith([signed(release), sbom, scan([]), built], { children }), [full]);
  assert.deepEqual([...new Set(evaluations.map(({ verdict }) => verdict))], ["pass"]);
  assert.equal(evaluations.length, 17);
  assert.deepEqual(evaluations[0]?.evidence, { digest: index, signatures: "4" });
});

test("each way in which an image is not signed as asked is found by one check", () => {
  const only = [rule()];
  const two = [rule({ signedBy: { of: ["release", "security"], atLeast: 2 } })];
  const old = [rule({ maxAgeDays: 1 })];
  const broken = (code: "trust.subject" | "trust.signature" | "trust.log") => refused({ code, reason: "no" });
  assert.deepEqual(verdicts(imageWith([]), only), { "registry/unsigned-image": "fail" });
  assert.deepEqual(verdicts(imageWith([signed(stranger)]), only), { "registry/untrusted-signer": "fail" });
  for (const code of ["trust.unknown-key", "trust.unknown-root"] as const) {
    const image = imageWith([refused({ code, reason: "nobody vouches for it" })]);
    assert.deepEqual(verdicts(image, only), { "registry/untrusted-signer": "fail" });
  }
  for (const code of ["trust.subject", "trust.signature", "trust.log"] as const) {
    assert.deepEqual(verdicts(imageWith([broken(code)]), only), { "registry/invalid-signature": "fail" });
  }
  assert.deepEqual(verdicts(imageWith([signed(release)]), two), { "registry/too-few-signers": "fail" });
  assert.deepEqual(verdicts(imageWith([signed(release)]), old), { "registry/stale-signature": "fail" });
  // What came farthest decides.
  assert.deepEqual(verdicts(imageWith([broken("trust.signature"), signed(stranger)]), only), {
    "registry/untrusted-signer": "fail",
  });
});

test("a finding names what was needed, where the policy says so, and why", () => {
  const stated = rule({ statedAt: { path: "bulkhead.yaml", line: 14, column: 7 } });
  const [finding] = evaluated(imageWith([signed(stranger)]), [stated]).flatMap(({ findings }) => findings);
  assert.ok(finding !== undefined);
  assert.equal(finding.subject, "registry.example.com/shop/**: signed by release");
  assert.deepEqual(finding.locations, [{ kind: "file", path: "bulkhead.yaml", line: 14, column: 7 }]);
  assert.match(finding.detail ?? "", /^not signed by release: signed by key sha256:7/);
  assert.equal(finding.evidence.code, "trust.signer");
});

test("attestations are missing, old, or say no", () => {
  const rules = [full];
  const with_ = (...more: Parameters<typeof imageWith>[0]) => imageWith([signed(release), built, ...more]);
  assert.deepEqual(verdicts(with_(sbom), rules), { "registry/missing-attestation": "fail" });
  assert.deepEqual(verdicts(with_(sbom, scan([], "2026-11-01T00:00:00Z")), rules), {
    "registry/stale-attestation": "fail",
  });
  const critical = [{ id: "CVE-1", severity: [{ method: "nvd", score: "9.8" }] }];
  assert.deepEqual(verdicts(with_(sbom, scan(critical)), rules), { "registry/rejected-attestation": "fail" });
  assert.deepEqual(verdicts(with_(sbom, scan({})), rules), {
    "registry/missing-attestation": "unknown",
    "registry/rejected-attestation": "unknown",
    "registry/stale-attestation": "unknown",
  });
  const foreign = attested(stranger, statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX" }));
  assert.deepEqual(verdicts(with_(foreign, scan([])), rules), { "registry/missing-attestation": "fail" });
});

test("each thing that is wrong with a build is found by its own check", () => {
  const image = (
    own: Parameters<typeof githubStatement>[0],
    claims: Parameters<typeof githubSigner>[0] = {},
    identity?: string,
  ) => imageWith([signed(release), sbom, scan([]), attested(githubSigner(claims, identity), githubStatement(own))]);
  const found = (...of: Parameters<typeof image>) => verdicts(image(...of), [full]);
  assert.deepEqual(verdicts(imageWith([signed(release), sbom, scan([])]), [full]), {
    "build/provenance-missing": "fail",
  });
  assert.deepEqual(found({ builder: `${WORKFLOW}x` }), { "build/provenance-builder": "fail" });
  assert.deepEqual(found({ runner: "self-hosted" }, { runner: "self-hosted" }), { "build/provenance-level": "fail" });
  const evil = "https://github.com/evil/api";
  assert.deepEqual(
    found(
      { repository: evil },
      { sourceRepository: evil, buildConfigUri: `${evil}/.github/workflows/release.yml@refs/tags/v1` },
    ),
    {
      "build/provenance-source": "fail",
    },
  );
  const main = WORKFLOW.replace("tags/v1", "heads/main");
  assert.deepEqual(found({ ref: "refs/heads/main" }, { sourceRef: "refs/heads/main", buildConfigUri: main }), {
    "build/provenance-ref": "fail",
  });
  assert.deepEqual(found({ trigger: "pull_request_target" }, { trigger: "pull_request_target" }), {
    "build/provenance-trigger": "fail",
  });
  const other = WORKFLOW.replace("release", "other");
  assert.deepEqual(found({ path: ".github/workflows/other.yml" }, { buildConfigUri: other }), {
    "build/provenance-workflow": "fail",
  });
  const aged = rule({ attestations: [{ ...slsaRule, maxAgeDays: 1 }] });
  assert.deepEqual(verdicts(imageWith([signed(release), built]), [aged]), { "build/provenance-age": "fail" });
});

test("of an index the images that are not signed themselves are found, and where the rule asks it is a fail", () => {
  const children = [
    child("linux/amd64", amd64, [signed(release, { subject: amd64 })]),
    child("linux/arm64", arm64, []),
  ];
  const image = imageWith([signed(release)], { children });
  const loose = evaluated(image, [rule()]);
  assert.deepEqual(titles(loose), ["The index is signed, the image in it is not (linux/arm64)"]);
  assert.deepEqual(verdicts(image, [rule()]), {});
  // The one that is judged is signed.
  assert.deepEqual(titles(evaluated(image, [rule()], true, amd64)), []);
  assert.deepEqual(titles(evaluated(image, [rule({ eachImage: true })])), ["The image is not signed (linux/arm64)"]);
  const gap = { code: "registry.timeout", reason: "too slow" };
  const unread = imageWith([signed(release)], { children: [child("linux/arm64", arm64, [], [gap])] });
  assert.deepEqual(verdicts(unread, [rule()]), { "registry/unsigned-platform": "unknown" });
});

test("without a rule an unsigned image fails, and of a signed one nobody knows", () => {
  assert.deepEqual(verdicts(imageWith([]), []), { "registry/unsigned-image": "fail" });
  const evaluations = evaluated(imageWith([signed(release)]), []);
  assert.deepEqual([...new Set(evaluations.map(({ verdict }) => verdict))], ["unknown"]);
  assert.equal(evaluations[0]?.gaps[0]?.code, "trust.no-rule");
});

test("a registry that does not answer leaves everything unknown that a rule asks for", () => {
  const problem = new Problem({
    kind: "unavailable",
    code: "registry.unreachable",
    place: "registry.example.com",
    cause: "connection refused",
  });
  const checks = verdicts(problem, [full]);
  assert.deepEqual([...new Set(Object.values(checks))], ["unknown"]);
  assert.equal(Object.keys(checks).length, 16);
  assert.deepEqual(Object.keys(verdicts(problem, [])), [
    "registry/invalid-signature",
    "registry/stale-signature",
    "registry/too-few-signers",
    "registry/unsigned-image",
    "registry/untrusted-signer",
  ]);
});

test("by a policy that nobody vouches for an image fails, and never passes", () => {
  const evaluations = evaluated(imageWith([signed(release)]), [rule()], false);
  const own = evaluations.find(({ check }) => check === "registry/untrusted-signer");
  assert.deepEqual([own?.verdict, own?.gaps[0]?.code], ["unknown", "trust.untrusted-policy"]);
  assert.deepEqual(verdicts(imageWith([signed(stranger)]), [rule()], false), { "registry/untrusted-signer": "fail" });
});

test("who signed and what is attested are relations, of what is verified alone", () => {
  const image = imageWith([
    signed(release),
    signed(stranger),
    refused({ code: "trust.signature", reason: "no" }),
    sbom,
  ]);
  const relations = trustRelations(assetEnd(asset), decideTrust(image, rulesOf([rule()]), now), now);
  assert.deepEqual(
    relations.map(({ type, from, to }) => [type, from.kind, to.kind]),
    [
      ["signedBy", "image", "signer"],
      ["signedBy", "image", "signer"],
      ["attests", "attestation", "image"],
      ["signedBy", "attestation", "signer"],
    ],
  );
  const [first, second, third] = relations;
  assert.deepEqual(first?.evidence, {
    digest: index,
    form: "cosign-sig",
    place: "tag sha256-9.sig",
    signers: "release",
  });
  assert.equal(first?.since, "2026-11-24T10:00:00.000Z");
  assert.match(second?.evidence.refused ?? "", /whom the rule does not name/);
  assert.equal(third?.evidence.predicateType, "https://cyclonedx.org/bom");
  assert.equal(security.kind, "key");
});
