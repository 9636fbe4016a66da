import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { fileAsset } from "../core/asset.ts";
import type { Report } from "../core/report.ts";
import { defaultDisplay } from "./display.ts";
import { renderTable } from "./rendered.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";
import { displayWidth } from "./width.ts";

const plain = { columns: 80, color: false, all: false };
const detailed = { ...plain, display: { ...defaultDisplay, details: true } };

test("the whole report with its findings at 80 columns", () => {
  assert.equal(
    renderTable(sampleReport, detailed),
    `bulkhead 0.1.0 · examples/shop/insecure

CONTROLS ─────────────────────────────────────────── 1 pass · 1 fail · 1 unknown
 1  Slim or distroless bases              ? unknown
    no check of this control exists yet
 2  Images scanned and criticals blocked  ✗ fail
    2 of 3 package sets: 2 findings at or over their thresholds
    worst: CVE-2021-44906 minimist 1.2.5, CVE-2020-8203 lodash 4.17.15
10  Mesh mTLS                             ✓ pass
    4 of 4 namespaces: strict everywhere

LAYERS ────────────────────────────────────────────────────── 1 fail · 1 unknown
    image    ✗ fail     image scan
    cluster  ? unknown  not assessed

FIX FIRST ───────────────────────────────────────────────────────────── resolves
 1  upgrade minimist to 1.2.6: shop/web:1.4                           1 critical
    image/known-vulnerabilities · CVE-2021-44906 · …/package.json (layer 3/3)
 2  Exceptions that have expired: bulkhead.yaml                           1 high
    policy/expired-exception · bulkhead.yaml:15:5
    fix: fix what it names and remove it, or let shop team decide again and set
    a new date

FINDINGS ─────────────────────────── 1 critical · 4 high · 1 of unknown severity

shop/web:1.4 ─────────────────────── 1 critical · 3 high · 1 of unknown severity

✗ fail  shop/web:1.4 · npm · sha256:aaaaaaaaaaaa · image/known-vulnerabilities
  1 finding at or above the threshold (critical with a fix available)
  packages: 11 · advisories: demo.jsonl as of 2025-06-10

  SEVERITY    ID                   PACKAGE                     FIXED IN  LAYER
✗ critical    CVE-2021-44906       minimist 1.2.5              1.2.6     3/3
              /app/node_modules/minimist/package.json
  high        CVE-2020-8203        lodash 4.17.15              4.17.19   3/3
              /app/node_modules/lodash/package.json
  unknown     GHSA-xx4c-jj58-r7x6  @scope/a-rather-long-pack…  no fix    3/3
              …/node_modules/@scope/a-rather-long-package-name/package.json

  layer 3/3  RUN npm ci --omit=dev

  excepted: CVE-2019-10744 lodash.template 4.4.0: only used at build time (shop
  team, until 2025-12-31, bulkhead.yaml:9:5)

? unknown  shop/web:1.4 · Debian:13 · image/known-vulnerabilities
  packages: 88 · advisories: none
  unknown: no advisories for Debian:13 (bulkhead db import them)

✓ pass  shop/web:1.4 · Alpine:v3.10 · image/known-vulnerabilities
  2 findings, all below the threshold (critical with a fix available)

  SEVERITY    ID              PACKAGE               FIXED IN   LAYER
  high        CVE-2019-14697  musl 1.1.22-r2        1.1.22-r3  1/3
  high        CVE-2019-14697  musl-utils 1.1.22-r2  1.1.22-r3  1/3

  path       /lib/apk/db/installed
  layer 1/3  ADD file:0123456789abcdef in /

bulkhead.yaml ─────────────────────────────────────────────────────────── 1 high

✗ fail  bulkhead.yaml · policy/expired-exception
  1 finding at or above the threshold (high or above)

✗ high        The exception for CVE-2020-7598 expired on 2025-05-31
              bulkhead.yaml:15:5
              fix: fix what it names and remove it, or let shop team decide
                   again and set a new date

────────────────────────────────────────────────────────────────────────────────
policy    trusted: git:origin/main:bulkhead.yaml · 1 finding excepted
          bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to
          low; refused
database  demo advisories, as of 2025-06-14, 200 records of 3 sources
note      the advisory database is the demo's: it knows what concerns the shop
          alone
worst     critical: shop/web:1.4, /app/node_modules/minimist/package.json (layer
          3/3): CVE-2021-44906 minimist 1.2.5: minimist can be made to run what
          it should not
next      bulkhead explain image/known-vulnerabilities · --all · --format
          html=report.html
✗ fail: 1 of 3 controls fails, 1 unknown · 2 findings at or above the threshold
· exit code 1
`,
  );
});

test("the whole report with its findings at 120 columns", () => {
  assert.equal(
    renderTable(sampleReport, { ...detailed, columns: 120 }),
    `bulkhead 0.1.0 · examples/shop/insecure

CONTROLS ─────────────────────────────────────────────────────────────────────────────────── 1 pass · 1 fail · 1 unknown
 1  Slim or distroless bases              ? unknown  no check of this control exists yet
 2  Images scanned and criticals blocked  ✗ fail     2 of 3 package sets: 2 findings at or over their thresholds
    worst: CVE-2021-44906 minimist 1.2.5, CVE-2020-8203 lodash 4.17.15
10  Mesh mTLS                             ✓ pass     4 of 4 namespaces: strict everywhere

LAYERS ────────────────────────────────────────────────────────────────────────────────────────────── 1 fail · 1 unknown
    image    ✗ fail     image scan
    cluster  ? unknown  not assessed

FIX FIRST ───────────────────────────────────────────────────────────────────────────────────────────────────── resolves
 1  upgrade minimist to 1.2.6: shop/web:1.4                                                                   1 critical
    image/known-vulnerabilities · CVE-2021-44906 · /app/node_modules/minimist/package.json (layer 3/3)
 2  The exception for CVE-2020-7598 expired on 2025-05-31: bulkhead.yaml                                          1 high
    policy/expired-exception · bulkhead.yaml:15:5
    fix: fix what it names and remove it, or let shop team decide again and set a new date

FINDINGS ─────────────────────────────────────────────────────────────────── 1 critical · 4 high · 1 of unknown severity

shop/web:1.4 ─────────────────────────────────────────────────────────────── 1 critical · 3 high · 1 of unknown severity

✗ fail  shop/web:1.4 · npm · sha256:aaaaaaaaaaaa · image/known-vulnerabilities
  1 finding at or above the threshold (critical with a fix available)
  packages: 11 · advisories: demo.jsonl as of 2025-06-10

  SEVERITY    ID                   PACKAGE                                   FIXED IN  LAYER  PATH
✗ critical    CVE-2021-44906       minimist 1.2.5                            1.2.6     3/3    …/minimist/package.json
  high        CVE-2020-8203        lodash 4.17.15                            4.17.19   3/3    …/lodash/package.json
  unknown     GHSA-xx4c-jj58-r7x6  @scope/a-rather-long-package-name 10.0.…  no fix    3/3    …/package.json

  layer 3/3  RUN npm ci --omit=dev

  excepted: CVE-2019-10744 lodash.template 4.4.0: only used at build time (shop team, until 2025-12-31,
  bulkhead.yaml:9:5)

? unknown  shop/web:1.4 · Debian:13 · sha256:aaaaaaaaaaaa · image/known-vulnerabilities
  packages: 88 · advisories: none
  unknown: no advisories for Debian:13 (bulkhead db import them)

✓ pass  shop/web:1.4 · Alpine:v3.10 · sha256:aaaaaaaaaaaa · image/known-vulnerabilities
  2 findings, all below the threshold (critical with a fix available)

  SEVERITY    ID              PACKAGE               FIXED IN   LAYER
  high        CVE-2019-14697  musl 1.1.22-r2        1.1.22-r3  1/3
  high        CVE-2019-14697  musl-utils 1.1.22-r2  1.1.22-r3  1/3

  path       /lib/apk/db/installed
  layer 1/3  ADD file:0123456789abcdef in /

bulkhead.yaml ─────────────────────────────────────────────────────────────────────────────────────────────────── 1 high

✗ fail  bulkhead.yaml · policy/expired-exception
  1 finding at or above the threshold (high or above)

✗ high        The exception for CVE-2020-7598 expired on 2025-05-31
              bulkhead.yaml:15:5
              fix: fix what it names and remove it, or let shop team decide again and set a new date

────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
policy    trusted: git:origin/main:bulkhead.yaml · 1 finding excepted
          bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to low; refused
database  demo advisories, as of 2025-06-14, 200 records of 3 sources
note      the advisory database is the demo's: it knows what concerns the shop alone
worst     critical: shop/web:1.4, /app/node_modules/minimist/package.json (layer 3/3): CVE-2021-44906 minimist 1.2.5:
          minimist can be made to run what it should not
next      bulkhead explain image/known-vulnerabilities · --all · --format html=report.html
✗ fail: 1 of 3 controls fails, 1 unknown · 2 findings at or above the threshold · exit code 1
`,
  );
});

test("the summary at 100 columns", () => {
  assert.equal(
    renderTable(sampleReport, { ...plain, columns: 100 }),
    `bulkhead 0.1.0 · examples/shop/insecure

CONTROLS ─────────────────────────────────────────────────────────────── 1 pass · 1 fail · 1 unknown
 1  Slim or distroless bases              ? unknown       no check of this control exists yet
 2  Images scanned and criticals blocked  ✗ fail     2/3  web:1.4: CVE-2021-44906 minimist 1.2.5
10  Mesh mTLS                             ✓ pass     4/4  strict everywhere

FIX FIRST ───────────────────────────────────────────────────────────────────────────────── resolves
 1  upgrade minimist to 1.2.6: shop/web:1.4                                               1 critical
    image/known-vulnerabilities · CVE-2021-44906 · …/node_modules/minimist/package.json (layer 3/3)
 2  Exceptions that have expired: bulkhead.yaml                                               1 high
    policy/expired-exception · bulkhead.yaml:15:5
    fix: fix what it names and remove it, or let shop team decide again and set a new date

ASSETS ────────────── critical  high medium   low other ─────────────────────────────────── 2 assets
  shop/web:1.4                1     3      ·     ·     1  ✗ fail 1 of 3 checks
  bulkhead.yaml               ·     1      ·     ·     ·  ✗ fail 1 of 1 check

UNKNOWN ──────────────────────────────────────────────────────────────────────────────────── 1 cause
? no advisories for Debian:13
  1 check of shop/web:1.4  → bulkhead db import them

policy    trusted: git:origin/main:bulkhead.yaml · 1 finding excepted
          bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to low; refused
database  demo advisories, as of 2025-06-14, 200 records of 3 sources
note      the advisory database is the demo's: it knows what concerns the shop alone
worst     critical: shop/web:1.4, /app/node_modules/minimist/package.json (layer 3/3): CVE-2021-449…
next      bulkhead explain image/known-vulnerabilities · --details · --format html=report.html
✗ fail: 1 of 3 controls fails, 1 unknown · 2 findings at or above the threshold · exit code 1
`,
  );
});

test("the summary at 60 columns", () => {
  assert.equal(
    renderTable(sampleReport, { ...plain, columns: 60 }),
    `bulkhead 0.1.0 · examples/shop/insecure

CONTROLS ─────────────────────── 1 pass · 1 fail · 1 unknown
 1  Slim or distroless bases              ? unknown
    no check of this control exists yet
 2  Images scanned and criticals blocked  ✗ fail     2/3
    web:1.4: CVE-2021-44906 minimist 1.2.5
10  Mesh mTLS                             ✓ pass     4/4

FIX FIRST ───────────────────────────────────────── resolves
 1  upgrade minimist to 1.2.6: shop/web:1.4       1 critical
    image/known-vulnerabilities · CVE-2021-44906 · …/3)
 2  Exceptions that have expired: bulkhead.yaml       1 high
    policy/expired-exception · bulkhead.yaml:15:5
    fix: fix what it names and remove it, or let shop team
    decide again and set a new date

ASSETS ──────────────────────────────────────────── 2 assets
✗ fail     shop/web:1.4  1 critical, 3 high, 1 u…
✗ fail     bulkhead.yaml  1 high

UNKNOWN ──────────────────────────────────────────── 1 cause
? no advisories for Debian:13
  1 check of shop/web:1.4  → bulkhead db import them

policy    trusted: git:origin/main:bulkhead.yaml · 1 finding
          excepted
          bulkhead.yaml:6:18 tried to loosen unknownSeverity
          from unknown to low; refused
database  demo advisories, as of 2025-06-14, 200 records of…
note      the advisory database is the demo's: it knows wha…
worst     critical: shop/web:1.4, /app/node_modules/minimis…
next      bulkhead explain image/known-vulnerabilities ·
          --details · --format html=report.html
✗ fail: 1 of 3 controls fails, 1 unknown · 2 findings at or
above the threshold · exit code 1
`,
  );
});

test("no line is wider than the terminal, however narrow it is", () => {
  for (const columns of [40, 60, 80, 100, 160]) {
    for (const line of renderTable(sampleReport, { ...plain, columns }).split("\n")) {
      assert.ok(displayWidth(line) <= columns, `${columns}: ${line}`);
    }
    for (const line of renderTable(sampleReport, { ...detailed, columns }).split("\n")) {
      assert.ok(displayWidth(line) <= columns, `${columns}: ${line}`);
    }
  }
});

test("colours add nothing but colours, and are not there unexpectedly for", () => {
  const coloured = renderTable(sampleReport, { ...plain, color: true });
  assert.equal(stripVTControlCharacters(coloured), renderTable(sampleReport, plain));
  assert.notEqual(coloured, renderTable(sampleReport, plain));
  assert.ok(!renderTable(sampleReport, plain).includes("\u001b"));
});

const many: Report = {
  ...sampleReport,
  evaluations: [
    {
      ...npm,
      findings: Array.from({ length: 14 }, (_, i) =>
        vulnerability(
          `CVE-2025-${100 + i}`,
          i < 12 ? "high" : "low",
          [`p${i}`, "1.0", "1.1"],
          [`p${i}/package.json`, 1],
        ),
      ),
    },
  ],
};

test("the worst ten of an evaluation are shown, and how many more there are", () => {
  const [, worst = ""] = renderTable(many, detailed).split("FINDINGS");
  assert.match(worst, /CVE-2025-109/);
  assert.doesNotMatch(worst, /CVE-2025-110/);
  assert.match(worst, /^ {2}4 more: 2 high, 2 low \(--all shows them\)$/m);
  const all = renderTable(many, { ...plain, all: true });
  assert.match(all, /CVE-2025-113/);
  assert.doesNotMatch(all, /more:/);
});

const crowded: Report = {
  ...sampleReport,
  controls: Array.from({ length: 10 }, (_, i) => ({
    ...(sampleReport.controls?.[1] ?? assert.fail()),
    number: (i + 1) as 1,
  })),
  notes: Array.from({ length: 30 }, (_, i) => `note ${i}`),
  evaluations: Array.from({ length: 200 }, (_, i) => ({
    ...npm,
    asset: fileAsset(`registry.example.com/shop/web-${i}:1.4`),
    findings: Array.from({ length: 20 }, (_, j) =>
      vulnerability(`CVE-2025-${i}-${j}`, "critical", [`p${j % 50}`, "1.0", `1.${i}`], [`p${j}/package.json`, 1]),
    ),
    gaps: [{ code: `some.gap-${i}`, reason: `part ${i} is missing`, remedy: "find it" }],
  })),
};

test("however much was found, the summary has two screens, and each line fits", () => {
  for (const [columns, most] of [
    [80, 80],
    [100, 68],
    [140, 68],
  ] as const) {
    const lines = renderTable(crowded, { ...plain, columns })
      .trimEnd()
      .split("\n");
    assert.ok(lines.length <= most, `${lines.length} lines at ${columns} columns`);
    for (const line of lines) assert.ok(displayWidth(line) <= columns, line);
    for (const heading of ["CONTROLS", "FIX FIRST", "ASSETS", "UNKNOWN"]) {
      assert.ok(
        lines.some((line) => line.startsWith(heading)),
        heading,
      );
    }
    assert.match(lines.join("\n"), /191 more: 191 fail/);
  }
});

test("notes that say what a command has fixed are whole", () => {
  const { controls: _, layers: __, ...rest } = sampleReport;
  const notes = Array.from({ length: 30 }, (_, i) => `Dockerfile:${i}: fixed: ${"a long text ".repeat(10)}end ${i};`);
  const table = renderTable({ ...rest, notes }, plain).replaceAll(/\n {10}/g, " ");
  assert.match(table, /end 23;/);
  assert.doesNotMatch(table, /end 24;/);
  assert.match(table, /6 more notes \(--details\)/);
  const all = renderTable({ ...rest, notes }, detailed).replaceAll(/\n {10}/g, " ");
  assert.match(all, /end 29;/);
});

test("a report without controls, findings or databases is still one", () => {
  const { controls: _, layers: __, ...rest } = sampleReport;
  const bare: Report = { ...rest, evaluations: [], databases: [], notes: [], policy: { kind: "default" }, exitCode: 0 };
  assert.equal(
    renderTable(bare, plain),
    `bulkhead 0.1.0 · examples/shop/insecure

policy    untrusted: built-in defaults (no policy file)
next      --details · --format html=report.html
✓ pass: nothing to scan was found, allowed by --fail-on · exit code 0
`,
  );
});

test("a policy of the tree is called untrusted", () => {
  const table = renderTable({ ...sampleReport, policy: { kind: "tree", path: "bulkhead.yaml" } }, plain);
  assert.match(table, /^policy {4}untrusted: bulkhead\.yaml is in the scanned directory/m);
});
