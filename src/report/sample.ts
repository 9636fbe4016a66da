/** A report that uses everything a report can hold, for the tests of the formats. */
import { fileAsset, type ImageAsset } from "../core/asset.ts";
import type { CheckDescription } from "../core/check.ts";
import type { Digest } from "../core/digest.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { type Finding, type FindingDraft, fingerprintOf } from "../core/finding.ts";
import type { LayerReference } from "../core/location.ts";
import type { Report } from "../core/report.ts";
import { packagesScope } from "../core/scope.ts";

const digestOf = (character: string) => `sha256:${character.repeat(64)}` as Digest;
const observedAt = "2025-06-15T10:00:00.000Z";

const image: ImageAsset = {
  kind: "image",
  id: digestOf("a"),
  identifiedBy: "config",
  lineage: "shop/web",
  name: "shop/web:1.4",
  references: [{ reference: "shop/web:1.4", manifestDigest: digestOf("b"), observedAt }],
};

const layers: readonly LayerReference[] = [
  {
    index: 0,
    of: 3,
    diffId: digestOf("1"),
    historyIndex: 0,
    instruction: "/bin/sh -c #(nop) ADD file:0123456789abcdef in / ",
  },
  {
    index: 2,
    of: 3,
    diffId: digestOf("2"),
    historyIndex: 4,
    instruction: "RUN /bin/sh -c npm ci --omit=dev # buildkit",
  },
];

function finding(check: string, lineage: string, draft: FindingDraft, overThreshold: boolean): Finding {
  return { ...draft, check, fingerprint: fingerprintOf(check, lineage, draft.subject), overThreshold };
}

export function vulnerability(
  id: string,
  severity: Finding["severity"],
  [name, version, fixed]: readonly [name: string, version: string, fixed?: string],
  [path, layer]: readonly [path: string, layer: number],
): Finding {
  const reference = layers[layer] ?? (layers[0] as LayerReference);
  const over = severity === "critical" && fixed !== undefined;
  return finding(
    "image/known-vulnerabilities",
    image.lineage,
    {
      subject: `${id} pkg:generic/${name} at ${path}`,
      severity,
      title: `${name} can be made to run what it should not`,
      locations: [{ kind: "image", path, layer: reference }],
      matches: { ids: [id], package: name, version, purl: `pkg:generic/${name}@${version}`, path },
      ...(fixed === undefined ? {} : { fix: { kind: "upgrade", version: fixed, text: `upgrade ${name} to ${fixed}` } }),
      evidence: { installed: version },
      references: [`https://osv.dev/vulnerability/${id}`],
    },
    over,
  );
}

export const npm: Evaluation = {
  check: "image/known-vulnerabilities",
  asset: image,
  scope: packagesScope("npm"),
  verdict: "fail",
  reason: "1 finding at or above the threshold (critical with a fix available)",
  findings: [
    vulnerability(
      "CVE-2021-44906",
      "critical",
      ["minimist", "1.2.5", "1.2.6"],
      ["app/node_modules/minimist/package.json", 1],
    ),
    vulnerability(
      "CVE-2020-8203",
      "high",
      ["lodash", "4.17.15", "4.17.19"],
      ["app/node_modules/lodash/package.json", 1],
    ),
    vulnerability(
      "GHSA-xx4c-jj58-r7x6",
      "unknown",
      ["@scope/a-rather-long-package-name", "10.0.0-rc.1"],
      ["app/node_modules/some/deeply/nested/node_modules/@scope/a-rather-long-package-name/package.json", 1],
    ),
  ],
  excepted: [
    {
      finding: vulnerability(
        "CVE-2019-10744",
        "critical",
        ["lodash.template", "4.4.0", "4.5.0"],
        ["app/node_modules/lodash.template/package.json", 1],
      ),
      exception: {
        reason: "only used at build time",
        owner: "shop team",
        expires: "2025-12-31",
        source: { path: "bulkhead.yaml", line: 9, column: 5 },
      },
    },
  ],
  evidence: { packages: "11", advisories: "demo.jsonl as of 2025-06-10" },
  gaps: [],
  observedAt,
};

const debian: Evaluation = {
  check: "image/known-vulnerabilities",
  asset: image,
  scope: packagesScope("Debian:13"),
  verdict: "unknown",
  reason: "no advisories for Debian:13",
  findings: [],
  excepted: [],
  evidence: { packages: "88", advisories: "none" },
  gaps: [{ code: "advisories.no-coverage", reason: "no advisories for Debian:13", remedy: "bulkhead db import them" }],
  observedAt,
};

const alpine: Evaluation = {
  ...debian,
  scope: packagesScope("Alpine:v3.10"),
  verdict: "pass",
  reason: "2 findings, all below the threshold (critical with a fix available)",
  findings: [
    vulnerability("CVE-2019-14697", "high", ["musl", "1.1.22-r2", "1.1.22-r3"], ["lib/apk/db/installed", 0]),
    vulnerability("CVE-2019-14697", "high", ["musl-utils", "1.1.22-r2", "1.1.22-r3"], ["lib/apk/db/installed", 0]),
  ],
  evidence: {},
  gaps: [],
  validUntil: "2025-06-20T00:00:00.000Z",
};

const expired: Evaluation = {
  check: "policy/expired-exception",
  asset: fileAsset("bulkhead.yaml"),
  verdict: "fail",
  reason: "1 finding at or above the threshold (high or above)",
  findings: [
    finding(
      "policy/expired-exception",
      "bulkhead.yaml",
      {
        subject: "exception for CVE-2020-7598",
        severity: "high",
        title: "The exception for CVE-2020-7598 expired on 2025-05-31",
        locations: [{ kind: "file", path: "bulkhead.yaml", line: 15, column: 5 }],
        matches: { ids: ["policy/expired-exception"], path: "bulkhead.yaml" },
        fix: {
          kind: "instruction",
          text: "fix what it names and remove it, or let shop team decide again and set a new date",
        },
        evidence: { owner: "shop team" },
      },
      true,
    ),
  ],
  excepted: [],
  evidence: {},
  gaps: [],
  observedAt,
};

const checks: readonly CheckDescription[] = [
  {
    id: "policy/expired-exception",
    title: "Exceptions that have expired",
    layer: "policy",
    category: "configuration",
    controls: [2],
    severity: "high",
    documentation: {
      what: "An exception is past its date.",
      why: "Nobody accepts it any more.",
      fix: "Decide again.",
      references: [],
    },
    subject: "policy",
    needs: { policy: "partial" },
  },
  {
    id: "image/known-vulnerabilities",
    title: "Packages with known vulnerabilities",
    layer: "image",
    category: "vulnerability",
    controls: [2],
    severity: "varies",
    documentation: {
      what: "Compares packages with advisories.",
      why: "A published flaw is the cheapest way in.",
      fix: "Upgrade the package.",
      references: ["https://ossf.github.io/osv-schema/"],
    },
    subject: "image-scope",
    needs: { inventory: "partial", vulnerabilities: "partial" },
  },
];

/** What a run with `--baseline` made of the npm packages: one finding known, one new. */
export const knownAndNew = {
  baseline: { name: "known.json", entries: 6, known: 1, worsened: 2, resolved: 1, notEvaluated: 3, foreign: 0 },
  evaluations: [
    {
      ...npm,
      findings: npm.findings.slice(1, 2),
      baselined: npm.findings.slice(0, 1).map((known) => ({ finding: known, since: "2025-01-02" })),
    },
  ],
} satisfies Partial<Report>;

export const sampleReport: Report = {
  tool: { name: "bulkhead", version: "0.1.0" },
  subject: "examples/shop/insecure",
  startedAt: "2025-06-15T10:00:00.000Z",
  policy: {
    kind: "trusted",
    name: "git:origin/main:bulkhead.yaml",
    loosened: [
      { key: "unknownSeverity", path: "bulkhead.yaml", line: 6, column: 18, trusted: "unknown", wanted: "low" },
    ],
  },
  databases: [{ label: "demo advisories", asOf: "2025-06-14", detail: "200 records of 3 sources" }],
  evaluations: [alpine, debian, expired, npm],
  controls: [
    {
      number: 1,
      title: "Slim or distroless bases",
      verdict: "unknown",
      reason: "no check of this control exists yet",
      coverage: { assessed: 0, total: 0, noun: "images" },
      worst: [],
    },
    {
      number: 2,
      title: "Images scanned and criticals blocked",
      verdict: "fail",
      reason: "2 findings at or over their thresholds",
      coverage: { assessed: 2, total: 3, noun: "package sets" },
      worst: npm.findings.slice(0, 2),
      nextFix: "upgrade minimist to 1.2.6 in /app (layer 3/3, RUN npm ci --omit=dev): closes 1 critical finding",
    },
    {
      number: 10,
      title: "Mesh mTLS",
      verdict: "pass",
      reason: "strict everywhere",
      coverage: { assessed: 4, total: 4, noun: "namespaces" },
      worst: [],
    },
  ],
  layers: [
    { layer: "image", verdict: "fail", defends: ["image scan"], failing: ["image scan"] },
    { layer: "cluster", verdict: "unknown", defends: [], failing: [] },
  ],
  relations: [],
  notes: ["the advisory database is the demo's: it knows what concerns the shop alone"],
  checks,
  exitCode: 1,
};

/** A change of dependencies that is reviewed. */
export const reviewedChanges: Pick<Report, "changes"> = {
  changes: [
    {
      lockfile: "web/package-lock.json",
      counts: { added: 12, upgraded: 1, downgraded: 0, replaced: 0, removed: 1 },
      closes: 2,
      direct: [
        { kind: "added", type: "npm", name: "express", after: "5.1.0", brings: 10 },
        { kind: "upgraded", type: "npm", name: "lodash", before: "4.17.20", after: "4.17.21", brings: 0 },
        { kind: "removed", type: "npm", name: "left-pad", before: "1.3.0", brings: 0 },
        { kind: "unchanged", type: "npm", name: "vite", brings: 1 },
      ],
      others: 0,
    },
  ],
};
