import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { type Asset, fileAsset, unopenedImage } from "../../core/asset.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { EvaluationList } from "../../core/evaluations.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import { runs } from "../../core/runs.fixture.ts";
import { readReport } from "../../engines/reports/read.ts";
import * as samples from "../../engines/reports/samples.fixture.ts";
import { bytesOf, config, every, manifest, reference } from "../../engines/reports/samples.fixture.ts";
import { openVex } from "../../engines/vulnerability/vex/documents.fixture.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { readVex } from "../../engines/vulnerability/vex/read.ts";
import type { KnownIds } from "./flaws.ts";
import { addImports } from "./imports.ts";

const now = new Date("2026-11-28T12:00:00Z");
const knownVulnerabilities = {
  id: "image/known-vulnerabilities",
  title: "t",
  layer: "image",
  subject: "image-scope",
  category: "vulnerability",
  controls: [2],
  severity: "varies",
  documentation: { what: "w", why: "y", fix: "f", references: [] },
  needs: { drafts: "partial" },
  evaluate: ({ drafts }: { drafts: readonly FindingDraft[] }) => drafts,
} as const;

const minimist: FindingDraft = {
  subject: "CVE-2021-44906 pkg:npm/minimist at app/node_modules/minimist/package.json",
  severity: "medium",
  title: "Prototype pollution",
  locations: [{ kind: "file", path: "/app/node_modules/minimist/package.json" }],
  matches: {
    ids: ["CVE-2021-44906", "GHSA-xvch-5gv4-984h"],
    package: "minimist",
    version: "1.2.0",
    purl: "pkg:npm/minimist@1.2.0",
    path: "app/node_modules/minimist/package.json",
  },
  evidence: { id: "CVE-2021-44906" },
};

function image(id = config, manifestDigest = manifest): Asset {
  return {
    kind: "image",
    id: id as Digest,
    identifiedBy: "config",
    lineage: "registry.example.com/shop/web",
    name: reference,
    references: [{ reference, manifestDigest: manifestDigest as Digest, observedAt: now.toISOString() }],
  };
}

function scanned(drafts: readonly FindingDraft[], asset: Asset = image(), policy: Policy = defaultPolicy): Evaluation {
  return runCheck(knownVulnerabilities, { drafts: present(drafts, now.toISOString()) }, { asset, policy, now });
}

const nothingKnown: KnownIds = { aliasesOf: () => [], exploited: () => undefined, epss: () => undefined };

interface Options {
  readonly policy?: Policy;
  readonly vex?: readonly VexDocument[];
  readonly known?: KnownIds;
}

function imported(own: readonly Evaluation[], reports: readonly unknown[], options: Options = {}) {
  const { policy = defaultPolicy, vex = [], known = nothingKnown } = options;
  const list = new EvaluationList(own);
  const read = reports.flatMap((report, index) => readReport(bytesOf(report), `report-${index}.json`));
  const notes = addImports(list, read, { policy, now, vex, known });
  return { evaluations: [...list], notes, theirs: [...list].slice(own.length) };
}

for (const [nth, { format, report }] of every.entries()) {
  test(`${format} (${nth}): what both found is one finding that names the other tool and its date`, () => {
    const { evaluations, theirs } = imported([scanned([minimist])], [report]);
    const [finding] = evaluations[0]?.findings ?? [];
    const dated = format === "Snyk JSON" ? "without a date" : "on 2026-11-27";
    assert.match(finding?.evidence.also ?? "", new RegExp(`${dated} \\(critical\\)$`));
    assert.equal(finding?.severity, "medium");
    assert.equal(evaluations[0]?.verdict, "pass");
    assert.deepEqual(
      theirs.map(({ check }) => check),
      format === "Trivy JSON" ? ["build/imported-results"] : [],
    );
  });

  test(`${format} (${nth}): what it alone found is a finding of its own that fails`, () => {
    const { theirs, evaluations } = imported([scanned([])], [report]);
    const found = theirs.find(({ check }) => check === "image/imported-vulnerabilities");
    assert.equal(found?.verdict, "fail");
    const [finding] = found.findings;
    assert.equal(finding?.severity, "critical");
    assert.equal(finding?.confidence, "medium");
    assert.match(finding?.title ?? "", /\(reported by (?:Trivy|Grype|Snyk|Amazon|Google)/);
    assert.equal(found.asset, evaluations[0]?.asset);
    assert.equal(evaluations[0]?.verdict, "pass");
  });
}

test("several tools that found one flaw are one finding, under all its names", () => {
  const { theirs } = imported(
    [scanned([])],
    [samples.trivy({ Results: flawOnly() }), samples.grype(), samples.cycloneDx()],
  );
  assert.equal(theirs.length, 1);
  assert.equal(theirs[0]?.findings.length, 1);
  const evidence = theirs[0]?.findings[0]?.evidence;
  assert.equal(
    evidence?.["reported by"],
    "Trivy 0.58.1 on 2026-11-27 (critical), Grype 0.87.0 on 2026-11-27 (critical)",
  );
});

/** The sample's vulnerabilities alone. */
function flawOnly(more: object = {}): readonly object[] {
  const { Results } = samples.trivy() as { Results: { Vulnerabilities: object[] }[] };
  const [first] = Results;
  const [flaw] = first?.Vulnerabilities ?? [];
  return [{ Target: "Node.js", Class: "lang-pkgs", Type: "node-pkg", Vulnerabilities: [{ ...flaw, ...more }] }];
}

test("a tag joins nothing: a report that states no digest is about an image of its own", () => {
  const untold = samples.trivy({ Metadata: { RepoTags: [reference] }, Results: flawOnly() });
  for (const asset of [image(), unopenedImage(reference)]) {
    const { theirs, evaluations } = imported([scanned([minimist], asset)], [untold]);
    assert.equal(evaluations[0]?.findings[0]?.evidence.also, undefined);
    assert.equal(theirs[0]?.asset.kind === "image" && theirs[0].asset.identifiedBy, "reference");
    assert.notEqual(theirs[0]?.asset.id, asset.id);
    assert.equal(theirs[0]?.asset.name, reference);
  }
});

test("an index joins nothing, and a report whose digests are of two images is of neither", () => {
  const index = `sha256:${"3".repeat(64)}`;
  const asset = image();
  const own: Asset = {
    ...asset,
    references: [{ reference, indexDigest: index as Digest, observedAt: now.toISOString() }],
  } as Asset;
  const ofIndex = samples.trivy({ Metadata: { RepoDigests: [`a@${index}`] }, Results: flawOnly() });
  assert.equal(imported([scanned([minimist], own)], [ofIndex]).evaluations[0]?.findings[0]?.evidence.also, undefined);
  const other = image(`sha256:${"4".repeat(64)}`, `sha256:${"5".repeat(64)}`);
  const both = samples.trivy({
    Metadata: { RepoDigests: [`a@${manifest}`, `a@sha256:${"5".repeat(64)}`] },
    Results: flawOnly(),
  });
  const { theirs } = imported([scanned([minimist]), scanned([minimist], other)], [both]);
  assert.equal(theirs[0]?.asset.kind === "image" && theirs[0].asset.identifiedBy, "reference");
  const contradicted = samples.trivy({
    Metadata: { ImageID: `sha256:${"6".repeat(64)}`, RepoDigests: [`a@${manifest}`] },
    Results: flawOnly(),
  });
  assert.notEqual(imported([scanned([])], [contradicted]).theirs[0]?.asset.id, config);
});

test("another version, another package and another flaw of the same are not the same", () => {
  const apart = (more: object) => {
    const { evaluations, theirs } = imported([scanned([minimist])], [samples.trivy({ Results: flawOnly(more) })]);
    return evaluations[0]?.findings[0]?.evidence.also === undefined && theirs.length === 1;
  };
  assert.ok(apart({ InstalledVersion: "1.2.1", PkgIdentifier: {} }));
  assert.ok(apart({ PkgName: "mkdirp", PkgIdentifier: { PURL: "pkg:npm/mkdirp@1.2.0" } }));
  assert.ok(apart({ PkgIdentifier: { PURL: "pkg:pypi/minimist@1.2.0" } }));
  // One advisory that bundles two CVEs does not make them one.
  assert.ok(apart({ VulnerabilityID: "CVE-2020-7598", VendorIDs: ["GHSA-xvch-5gv4-984h"] }));
  assert.ok(!apart({ VulnerabilityID: "GHSA-xvch-5gv4-984h", VendorIDs: [] }));
});

test("the database's aliases join what a tool calls by an id of its own", () => {
  const results = flawOnly({ VulnerabilityID: "NSWG-ECO-1", VendorIDs: [] });
  const known = { ...nothingKnown, aliasesOf: (id: string) => (id === "NSWG-ECO-1" ? ["CVE-2021-44906"] : []) };
  const { theirs } = imported([scanned([minimist])], [samples.trivy({ Results: results })], { known });
  assert.equal(theirs.length, 0);
});

test("a distribution's package is the same by its source's name, with and without an epoch", () => {
  const draft: FindingDraft = {
    ...minimist,
    matches: {
      ids: ["CVE-2026-1"],
      package: "libssl3",
      version: "1:3.0.11-1",
      purl: "pkg:deb/debian/libssl3@1:3.0.11-1?arch=amd64",
    },
    evidence: { source: "openssl" },
  };
  const report = samples.ecrBasic({
    imageScanFindings: {
      imageScanCompletedAt: samples.scannedAt,
      findings: [
        {
          name: "CVE-2026-1",
          severity: "HIGH",
          attributes: [
            { key: "package_name", value: "openssl" },
            { key: "package_version", value: "3.0.11-1" },
          ],
        },
      ],
    },
  });
  const { evaluations, theirs } = imported([scanned([draft])], [report]);
  assert.equal(evaluations[0]?.findings[0]?.evidence.also, "Amazon ECR on 2026-11-27 (high)");
  assert.equal(theirs.length, 0);
});

test("a report without findings passes nothing and covers nothing", () => {
  const clean = samples.trivy({ Results: [] });
  const { theirs } = imported([], [clean]);
  assert.deepEqual(
    theirs.map(({ verdict, gaps }) => [verdict, gaps.map(({ code }) => code)]),
    [["unknown", ["imports.not-scanned"]]],
  );
  // Beside an own scan it changes nothing.
  const own = scanned([minimist]);
  assert.deepEqual(imported([own], [clean]).evaluations, [own]);
  assert.match(
    imported([own], [clean]).notes[0] ?? "",
    /^import: report-0\.json, Trivy 0\.58\.1 of 2026-11-27, 0 findings$/,
  );
});

test("a report over the age that the policy allows is stale, and one without a date, or of tomorrow, says so", () => {
  const verdictOf = (report: unknown) => {
    const [found] = imported([scanned([])], [report]).theirs;
    return [found?.verdict, found?.gaps.map(({ code }: Gap) => code).join()];
  };
  const low = flawOnly({ Severity: "LOW" });
  assert.deepEqual(verdictOf(samples.trivy({ Results: low })), ["pass", ""]);
  assert.deepEqual(verdictOf(samples.trivy({ Results: low, CreatedAt: "2026-11-01T00:00:00Z" })), [
    "unknown",
    "evidence.stale",
  ]);
  assert.deepEqual(verdictOf(samples.trivy({ Results: low, CreatedAt: undefined })), ["unknown", "imports.undated"]);
  assert.deepEqual(verdictOf(samples.trivy({ Results: low, CreatedAt: "2099-01-01T00:00:00Z" })), [
    "unknown",
    "imports.undated",
  ]);
  // What was found stays found.
  assert.equal(verdictOf(samples.trivy({ Results: flawOnly(), CreatedAt: "2026-11-01T00:00:00Z" }))[0], "fail");
});

test("an unknown severity stays unknown, and makes the verdict so", () => {
  const [found] = imported([scanned([])], [samples.trivy({ Results: flawOnly({ Severity: "UNKNOWN" }) })]).theirs;
  assert.equal(found?.findings[0]?.severity, "unknown");
  assert.equal(found?.verdict, "unknown");
});

test("exceptions of the policy and VEX take their findings out as they take ours", () => {
  const source = { path: "bulkhead.yaml", line: 1, column: 1 };
  const exception = { ids: ["GHSA-xvch-5gv4-984h"], reason: "r", owner: "o", expires: "2026-12-31", source };
  const report = samples.trivy({ Results: flawOnly() });
  const [excepted] = imported([scanned([])], [report], {
    policy: { ...defaultPolicy, exceptions: [exception] },
  }).theirs;
  assert.deepEqual([excepted?.verdict, excepted?.excepted.length], ["pass", 1]);
  const statement = {
    vulnerability: { name: "CVE-2021-44906" },
    products: [{ "@id": `pkg:oci/web@${manifest}`, subcomponents: [{ "@id": "pkg:npm/minimist" }] }],
    status: "not_affected",
    justification: "vulnerable_code_not_in_execute_path",
  };
  const vex = [readVex(openVex([statement]), "vex.json")];
  const [dismissed] = imported([scanned([])], [report], { vex }).theirs;
  assert.deepEqual([dismissed?.verdict, dismissed?.excepted.length], ["pass", 1]);
  // What we excepted is found by both all the same.
  const policy = { ...defaultPolicy, exceptions: [exception] };
  const both = imported([scanned([minimist], image(), policy)], [report], { policy });
  assert.match(both.evaluations[0]?.excepted[0]?.finding.evidence.also ?? "", /^Trivy/);
  assert.equal(both.theirs.length, 0);
});

test("what is known to be exploited is over a threshold that says so", () => {
  const { vulnerability } = defaultPolicy.thresholds;
  const policy = {
    ...defaultPolicy,
    thresholds: { ...defaultPolicy.thresholds, vulnerability: { ...vulnerability, exploited: true } },
  };
  const known = { ...nothingKnown, exploited: () => ({ dateAdded: "2021-11-03", ransomware: false }) };
  const [found] = imported([scanned([])], [samples.trivy({ Results: flawOnly({ Severity: "LOW" }) })], {
    policy,
    known,
  }).theirs;
  assert.equal(found?.verdict, "fail");
});

test("packages of a directory are of the lockfile that declares them, below what was scanned", () => {
  const lockfile = { Target: "package-lock.json", Class: "lang-pkgs", Type: "npm", Vulnerabilities: flawsAt() };
  const report = samples.trivy({
    ArtifactName: "./app",
    ArtifactType: "filesystem",
    Metadata: {},
    Results: [lockfile],
  });
  const check = { ...knownVulnerabilities, id: "build/vulnerable-dependencies" };
  const lockfileOf = (path: string) => {
    const { purl, ...matches } = minimist.matches;
    const draft = { ...minimist, matches: { ...matches, ...(purl === undefined ? {} : { purl }), path } };
    const asset = fileAsset(path);
    return runCheck(check, { drafts: present([draft], now.toISOString()) }, { asset, policy: defaultPolicy, now });
  };
  const own = [lockfileOf("package-lock.json"), lockfileOf("app/package-lock.json")];
  const { evaluations, theirs } = imported(own, [report]);
  assert.equal(evaluations[0]?.findings[0]?.evidence.also, undefined);
  assert.match(evaluations[1]?.findings[0]?.evidence.also ?? "", /^Trivy/);
  assert.equal(theirs.length, 0);
  const [alone] = imported([], [report]).theirs;
  assert.deepEqual(
    [alone?.check, alone?.asset.id, alone?.verdict],
    ["build/imported-dependencies", "package-lock.json", "fail"],
  );
});

function flawsAt(): object[] {
  const [result] = flawOnly({ PkgPath: undefined }) as { Vulnerabilities: object[] }[];
  return result?.Vulnerabilities ?? [];
}

test("results of one rule in one file are one finding with its places, and secrets are their own", () => {
  const { theirs, notes } = imported([], [samples.sarif(), samples.sarif([samples.sarifResult()], "gitleaks")]);
  const [results, secrets] = theirs;
  assert.deepEqual([results?.check, secrets?.check], ["build/imported-results", "build/imported-secrets"]);
  const [finding] = results?.findings ?? [];
  assert.deepEqual(finding?.locations, [
    { kind: "file", path: "src/db.ts", line: 12, column: 3 },
    { kind: "file", path: "src/db.ts", line: 40 },
  ]);
  assert.equal(finding?.evidence.results, "2");
  assert.equal(finding?.subject, "Sast:sast/injection in src/db.ts");
  assert.equal(results?.verdict, "fail");
  assert.match(
    notes[0] ?? "",
    /Sast 3\.1\.0 without a date, 4 findings, suppressed by Sast: 1 suppressed insource, 1 absent/,
  );
});

test("no report takes a finding away, changes its severity or makes a verdict better", () => {
  const rank = { fail: 0, unknown: 1, pass: 2 } as const;
  fc.assert(
    fc.property(
      fc.subarray(every.map(({ report }) => report)),
      fc.subarray([minimist, { ...minimist, subject: "other", matches: { ids: ["CVE-2020-1"] } }]),
      fc.constantFrom("critical", "low", "unknown"),
      (reports, drafts, severity) => {
        const own = [scanned(drafts.map((draft) => ({ ...draft, severity })))];
        const { evaluations } = imported(own, reports);
        for (const [index, before] of own.entries()) {
          const after = evaluations[index];
          assert.ok(after !== undefined && rank[after.verdict] <= rank[before.verdict]);
          assert.deepEqual(
            after.findings.map(({ fingerprint, severity: now }) => [fingerprint, now]),
            before.findings.map(({ fingerprint, severity: now }) => [fingerprint, now]),
          );
        }
        const passed = evaluations.slice(own.length).filter(({ verdict }) => verdict === "pass");
        assert.ok(passed.every(({ findings }) => findings.length > 0));
      },
    ),
    runs(200),
  );
});

test("a result of unknown severity is not taken for the mild one beside it", () => {
  const at = (level: string, startLine: number) =>
    samples.sarifResult({ ruleId: "x/y", level }, "src/db.ts", { startLine });
  for (const results of [
    [at("note", 1), at("grave", 2)],
    [at("grave", 1), at("note", 2)],
  ]) {
    const [found] = imported([], [samples.sarif(results)]).theirs;
    assert.equal(found?.verdict, "unknown");
    assert.deepEqual(
      found.findings.map(({ severity, subject }) => `${severity}: ${subject}`),
      ["low: Sast:x/y in src/db.ts", "unknown: Sast:x/y in src/db.ts, unrated"],
    );
  }
  const [alone] = imported([], [samples.sarif([at("grave", 1)])]).theirs;
  assert.deepEqual(
    alone?.findings.map(({ subject }) => subject),
    ["Sast:x/y in src/db.ts"],
  );
});
