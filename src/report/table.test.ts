import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Report } from "../core/report.ts";
import { renderTable } from "./rendered.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";
import { displayWidth } from "./width.ts";

const plain = { columns: 80, color: false, all: false };

test("the whole report at 80 columns", () => {
  assert.equal(
    renderTable(sampleReport, plain),
    `bulkhead 0.1.0 · examples/shop/insecure

CONTROLS ─────────────────────────────────────────── 1 pass · 1 fail · 1 unknown
 1  Slim or distroless bases              ? unknown
    no check of this control exists yet
 2  Images scanned and criticals blocked  ✗ fail
    2 of 3 package sets: 2 findings at or over their thresholds
    worst: CVE-2021-44906 minimist 1.2.5, CVE-2020-8203 lodash 4.17.15
10  Mesh mTLS                             ✓ pass
    4 of 4 namespaces: strict everywhere

LAYERS OF DEFENCE ─────────────────────────────────────────── 1 fail · 1 unknown
    image    ✗ fail     image scan
    cluster  ? unknown  nothing found

FINDINGS ─────────────────────────── 1 critical · 4 high · 1 of unknown severity

✗ fail  bulkhead.yaml · policy/expired-exception
  1 finding at or over the threshold (high or worse)

✗ high        The exception for CVE-2020-7598 expired on 2025-05-31
              bulkhead.yaml:15:5
              fix: fix what it names and remove it, or let shop team decide
                   again and set a new date

✗ fail  shop/web:1.4 · npm · sha256:aaaaaaaaaaaa · image/known-vulnerabilities
  1 finding at or over the threshold (critical with a fix available)
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

? unknown  shop/web:1.4 · Debian:13 · sha256:aaaaaaaaaaaa
  packages: 88 · advisories: none
  unknown: no advisories for Debian:13 (bulkhead db import them)

✓ pass  shop/web:1.4 · Alpine:v3.10 · sha256:aaaaaaaaaaaa
  2 findings, none at the threshold (critical with a fix available)

  SEVERITY    ID              PACKAGE               FIXED IN   LAYER
  high        CVE-2019-14697  musl 1.1.22-r2        1.1.22-r3  1/3
  high        CVE-2019-14697  musl-utils 1.1.22-r2  1.1.22-r3  1/3

  path       /lib/apk/db/installed
  layer 1/3  ADD file:0123456789abcdef in /

NEXT
 2  upgrade minimist to 1.2.6 in /app (layer 3/3, RUN npm ci --omit=dev): closes
    1 critical finding

────────────────────────────────────────────────────────────────────────────────
policy    trusted: git:origin/main:bulkhead.yaml
          bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to
          low; refused
database  demo advisories, as of 2025-06-14, 200 records of 3 sources
note      the advisory database is the demo's: it knows what concerns the shop
          alone
result    ✗ fail: findings at or over the threshold (exit code 1)
`,
  );
});

test("the whole report at 120 columns", () => {
  assert.equal(
    renderTable(sampleReport, { ...plain, columns: 120 }),
    `bulkhead 0.1.0 · examples/shop/insecure

CONTROLS ─────────────────────────────────────────────────────────────────────────────────── 1 pass · 1 fail · 1 unknown
 1  Slim or distroless bases              ? unknown  no check of this control exists yet
 2  Images scanned and criticals blocked  ✗ fail     2 of 3 package sets: 2 findings at or over their thresholds
    worst: CVE-2021-44906 minimist 1.2.5, CVE-2020-8203 lodash 4.17.15
10  Mesh mTLS                             ✓ pass     4 of 4 namespaces: strict everywhere

LAYERS OF DEFENCE ─────────────────────────────────────────────────────────────────────────────────── 1 fail · 1 unknown
    image    ✗ fail     image scan
    cluster  ? unknown  nothing found

FINDINGS ─────────────────────────────────────────────────────────────────── 1 critical · 4 high · 1 of unknown severity

✗ fail  bulkhead.yaml · policy/expired-exception
  1 finding at or over the threshold (high or worse)

✗ high        The exception for CVE-2020-7598 expired on 2025-05-31
              bulkhead.yaml:15:5
              fix: fix what it names and remove it, or let shop team decide again and set a new date

✗ fail  shop/web:1.4 · npm · sha256:aaaaaaaaaaaa · image/known-vulnerabilities
  1 finding at or over the threshold (critical with a fix available)
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
  2 findings, none at the threshold (critical with a fix available)

  SEVERITY    ID              PACKAGE               FIXED IN   LAYER
  high        CVE-2019-14697  musl 1.1.22-r2        1.1.22-r3  1/3
  high        CVE-2019-14697  musl-utils 1.1.22-r2  1.1.22-r3  1/3

  path       /lib/apk/db/installed
  layer 1/3  ADD file:0123456789abcdef in /

NEXT
 2  upgrade minimist to 1.2.6 in /app (layer 3/3, RUN npm ci --omit=dev): closes 1 critical finding

────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
policy    trusted: git:origin/main:bulkhead.yaml
          bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to low; refused
database  demo advisories, as of 2025-06-14, 200 records of 3 sources
note      the advisory database is the demo's: it knows what concerns the shop alone
result    ✗ fail: findings at or over the threshold (exit code 1)
`,
  );
});

test("no line is wider than the terminal, however narrow it is", () => {
  for (const columns of [40, 60, 80, 100, 160]) {
    for (const line of renderTable(sampleReport, { ...plain, columns }).split("\n")) {
      assert.ok(displayWidth(line) <= columns, `${columns}: ${line}`);
    }
  }
});

test("colours add nothing but colours, and are not there without being asked for", () => {
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
  const worst = renderTable(many, plain);
  assert.match(worst, /CVE-2025-109/);
  assert.doesNotMatch(worst, /CVE-2025-110/);
  assert.match(worst, /^ {2}4 more: 2 high, 2 low \(--all shows them\)$/m);
  const all = renderTable(many, { ...plain, all: true });
  assert.match(all, /CVE-2025-113/);
  assert.doesNotMatch(all, /more:/);
});

test("a report without controls, findings or databases is still one", () => {
  const { controls: _, layers: __, ...rest } = sampleReport;
  const bare: Report = { ...rest, evaluations: [], databases: [], notes: [], policy: { kind: "default" }, exitCode: 0 };
  assert.equal(
    renderTable(bare, plain),
    `bulkhead 0.1.0 · examples/shop/insecure

${"─".repeat(80)}
policy    untrusted: the defaults, as there is no policy file and no --policy
result    ✓ pass: nothing to judge was found, let through by --fail-on (exit
          code 0)
`,
  );
});

test("a policy of the tree is called untrusted", () => {
  const table = renderTable({ ...sampleReport, policy: { kind: "tree", path: "bulkhead.yaml" } }, plain);
  assert.match(table, /^policy {4}untrusted: bulkhead\.yaml comes from the tree under review/m);
});
