import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import type { Policy } from "../core/policy.ts";
import { Problem } from "../core/problem.ts";
import type { AttestationRule } from "../engines/trust/rules-model.ts";
import { recordBelow, withDatabase } from "../engines/vulnerability/database/advisories.fixture.ts";
import type { AdvisoryDatabase } from "../engines/vulnerability/database/open.ts";
import {
  amd64,
  arm64,
  attested,
  child,
  imageWith,
  index,
  now,
  release,
  rule,
  rulesOf,
  security,
  signed,
  statement,
  stranger,
} from "../evaluate/trust/trust.fixture.ts";
import { evaluateAttested } from "./attested-image.ts";
import { readyTrust } from "./trust.ts";

const REFERENCE = `registry.example.com/shop/api@${index}`;
const missing = new Problem({ kind: "unavailable", code: "database.missing", place: "db", cause: "no database found" });
const noMaterial = { material: { roots: [], authorities: [], keys: [] }, known: [] };
const records = [recordBelow("GHSA-1", "npm", "minimist", "1.2.6", { database_specific: { severity: "CRITICAL" } })];

function withAdvisories(work: (database: AdvisoryDatabase) => Promise<void>, asOf = "2026-11-26"): Promise<void> {
  return withDatabase(records, [{ ecosystem: "npm", asOf, complete: true }], work);
}

function sbom(version: string) {
  const component = { type: "library", name: "minimist", version, purl: `pkg:npm/minimist@${version}` };
  return statement("https://cyclonedx.org/bom", {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    components: [component],
  });
}

function scan(severity: string, { at = "2026-11-26T10:00:00Z", fixedVersion = "2" } = {}) {
  return statement("https://cosign.sigstore.dev/attestation/vuln/v1", {
    scanner: {
      uri: "pkg:generic/scanner@1",
      result: { complete: true, vulnerabilities: [{ id: "CVE-1", severity, fixedVersion }], gaps: [] },
    },
    metadata: { scanFinishedOn: at },
  });
}

interface Wish {
  readonly advisories?: AdvisoryDatabase | Problem;
  readonly attestations?: readonly AttestationRule[];
  readonly rules?: ReturnType<typeof rulesOf>;
  readonly policy?: Policy;
}

/** Of scans and vulnerabilities alone. */
async function judged(image: Parameters<typeof evaluateAttested>[1], wish: Wish = {}) {
  const { advisories = missing, attestations = [], policy = defaultPolicy } = wish;
  const rules = wish.rules ?? rulesOf([rule({ attestations })]);
  const opened = readyTrust(rules, noMaterial);
  const { evaluations } = await evaluateAttested(REFERENCE, image, { opened, policy, now, advisories });
  const of = (check: string) =>
    evaluations
      .filter((one) => one.check === check)
      .map(({ verdict, findings, gaps }) =>
        [verdict, ...findings.map(({ title }) => title), ...gaps.map(({ code }) => code)].join(" "),
      );
  return {
    scanned: of("registry/image-not-scanned"),
    reported: of("registry/reported-vulnerabilities"),
    known: of("image/known-vulnerabilities"),
    evaluations,
  };
}

test("an image without a scan that counts is not scanned, and its vulnerabilities are nobody's pass", async () => {
  const bare = await judged(imageWith([signed(release)]));
  assert.deepEqual(bare.scanned, ["fail The image is not scanned"]);
  assert.deepEqual([bare.reported, bare.known], [[], []]);
  const foreign = await judged(imageWith([signed(release), attested(stranger, sbom("1.2.8"))]));
  assert.deepEqual(foreign.scanned, ["fail The image is not scanned"]);
  const [finding] = foreign.evaluations.flatMap(({ check, findings }) =>
    check === "registry/image-not-scanned" ? findings : [],
  );
  assert.match(finding?.detail ?? "", /no SBOM or scan report of it counts: .*key/);
});

test("a verified SBOM is compared with the advisories, as image scan does it", async () => {
  await withAdvisories(async (advisories) => {
    const of = (version: string, by = release) =>
      judged(imageWith([signed(release), attested(by, sbom(version))]), { advisories });
    assert.deepEqual((await of("1.2.8")).known, ["pass"]);
    const affected = await of("1.2.5");
    assert.equal(affected.known.length, 1);
    assert.match(affected.known[0] ?? "", /^fail /);
    assert.deepEqual(affected.scanned, ["pass"]);
    assert.deepEqual((await of("1.2.8", stranger)).known, []);
  });
});

test("advisories that are stale, or not there, leave an image with an SBOM unknown", async () => {
  const image = imageWith([signed(release), attested(release, sbom("1.2.8"))]);
  await withAdvisories(async (advisories) => {
    assert.match((await judged(image, { advisories })).known[0] ?? "", /^unknown evidence.stale/);
  }, "2026-01-01");
  assert.match((await judged(image)).known[0] ?? "", /^unknown database.missing/);
});

test("of several SBOMs of one image the one that is judged worst counts, whichever was signed last", async () => {
  await withAdvisories(async (advisories) => {
    for (const [first, second] of [
      ["1.2.5", "1.2.8"],
      ["1.2.8", "1.2.5"],
    ] as const) {
      const image = imageWith([
        signed(release),
        attested(release, sbom(first), { at: "2026-11-20T10:00:00Z" }),
        attested(release, sbom(second), { at: "2026-11-24T10:00:00Z" }),
      ]);
      assert.match((await judged(image, { advisories })).known[0] ?? "", /^fail/);
    }
  });
});

test("a scan report is judged by the thresholds, for as long as advisories count", async () => {
  const of = (content: ReturnType<typeof statement>, policy = defaultPolicy) =>
    judged(imageWith([signed(release), attested(release, content)]), { policy }).then(({ reported }) => reported);
  assert.deepEqual(await of(scan("critical")), ["fail CVE-1"]);
  assert.deepEqual(await of(scan("high")), ["pass CVE-1"]);
  assert.deepEqual(await of(scan("critical", { fixedVersion: "" })), ["pass CVE-1"]);
  assert.deepEqual(await of(scan("low", { at: "2026-11-01T10:00:00Z" })), ["unknown CVE-1 evidence.stale"]);
  assert.deepEqual(await of(scan("low", { at: "2027-11-01T10:00:00Z" })), ["unknown CVE-1 trust.undecided"]);
  const excepted = {
    ids: ["CVE-1"],
    reason: "not reached",
    owner: "shop",
    expires: "2027-01-01",
    source: { path: "bulkhead.yaml", line: 1, column: 1 },
  };
  assert.deepEqual(await of(scan("critical"), { ...defaultPolicy, exceptions: [excepted] }), ["pass"]);
  const unread = statement("https://cosign.sigstore.dev/attestation/vuln/v1", {
    scanner: { uri: "pkg:generic/scanner@1", result: { other: 1 } },
    metadata: { scanFinishedOn: "2026-11-26T10:00:00Z" },
  });
  assert.deepEqual(await of(unread), ["unknown trust.undecided"]);
});

test("the youngest report counts, beside an SBOM only where there are no advisories to compare it with", async () => {
  const reports = [
    attested(release, scan("critical"), { at: "2026-11-20T10:00:00Z" }),
    attested(release, scan("low"), { at: "2026-11-24T10:00:00Z" }),
  ];
  assert.deepEqual((await judged(imageWith([signed(release), ...reports]))).reported, ["pass CVE-1"]);
  const both = imageWith([signed(release), attested(release, sbom("1.2.5")), attested(release, scan("low"))]);
  assert.deepEqual((await judged(both)).reported, ["pass CVE-1"]);
  await withAdvisories(async (advisories) => {
    const { reported, known } = await judged(both, { advisories });
    assert.deepEqual(reported, []);
    assert.match(known[0] ?? "", /^fail/);
  });
});

test("where a rule asks for SBOMs or scans, those whom it names make them, and nobody else", async () => {
  const attestations = [{ type: "vuln", signedBy: ["security"], maxAgeDays: 3, noneFrom: "low" }] as const;
  const of = (by: typeof security, at?: string) =>
    judged(imageWith([signed(release), attested(by, scan("low", at === undefined ? {} : { at }))]), { attestations });
  assert.deepEqual((await of(security)).scanned, ["pass"]);
  // What it found is a matter of the rule, and of the thresholds.
  assert.deepEqual((await of(security)).reported, ["pass CVE-1"]);
  assert.deepEqual((await of(release)).scanned, ["fail The image is not scanned"]);
  assert.deepEqual((await of(security, "2026-11-22T10:00:00Z")).scanned, ["fail The image is not scanned"]);
});

test("an index is scanned where it is itself, or every image in it", async () => {
  const image = (
    amd: readonly ReturnType<typeof scan>[],
    arm: readonly ReturnType<typeof scan>[],
    own = amd.slice(1),
  ) =>
    imageWith([signed(release), ...own.map((each) => attested(release, each))], {
      children: [
        child(
          "linux/amd64",
          amd64,
          amd.map((each) => attested(release, each, { subject: amd64 })),
        ),
        child(
          "linux/arm64",
          arm64,
          arm.map((each) => attested(release, each, { subject: arm64 })),
        ),
      ],
    });
  const half = await judged(image([scan("low")], []));
  assert.deepEqual(half.scanned, ["fail The image for linux/arm64 is not scanned"]);
  const whole = await judged(image([scan("low")], [scan("critical")]));
  assert.deepEqual([whole.scanned, whole.reported], [["pass"], ["fail CVE-1"]]);
  assert.deepEqual((await judged(image([], [], [scan("low")]))).scanned, ["pass"]);
  assert.deepEqual((await judged(image([], []))).scanned, [
    "fail The image for linux/amd64 is not scanned The image for linux/arm64 is not scanned",
  ]);
});

test("what could not be looked up, and what nobody's rule is about, is unknown", async () => {
  const gaps = [{ code: "registry.throttled", reason: "it answered 429" }];
  assert.deepEqual((await judged(imageWith([signed(release)], { gaps }))).scanned, ["unknown registry.throttled"]);
  const none = { rules: rulesOf([]) };
  assert.deepEqual((await judged(imageWith([attested(release, sbom("1.2.8"))]), none)).scanned, [
    "unknown trust.no-rule",
  ]);
  assert.deepEqual((await judged(imageWith([]), none)).scanned, ["fail The image is not scanned"]);
  const untrusted = { rules: rulesOf([rule()], {}, false) };
  assert.deepEqual((await judged(imageWith([attested(release, sbom("1.2.8"))]), untrusted)).scanned, [
    "unknown trust.no-rule",
  ]);
  const down = new Problem({ kind: "unavailable", code: "registry.unreachable", place: "r", cause: "refused" });
  const { evaluations } = await judged(down);
  assert.ok(evaluations.length > 5);
  assert.ok(evaluations.every(({ verdict }) => verdict === "unknown"));
});

test("a document that is no SBOM inside is unknown, and takes no verdict from another image", async () => {
  await withAdvisories(async (advisories) => {
    const broken = statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX", specVersion: "9" });
    const { known } = await judged(imageWith([signed(release), attested(release, broken)]), { advisories });
    assert.match(known[0] ?? "", /^unknown sbom.version/);
  });
});
