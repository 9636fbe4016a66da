import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultDisplay } from "./display.ts";
import { renderPlain } from "./rendered.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";

const details = { ...defaultDisplay, details: true };

test("the summary", () => {
  assert.equal(
    renderPlain(sampleReport, { all: false }),
    `tool: bulkhead 0.1.0
subject: examples/shop/insecure
control: 1 unknown Slim or distroless bases: no check of this control exists yet
control: 2 fail Images scanned and criticals blocked: 2 of 3 package sets: 2 findings at or over their thresholds
control: 10 pass Mesh mTLS: 4 of 4 namespaces: strict everywhere
fix: 1 over critical=1 check=image/known-vulnerabilities id=CVE-2021-44906 asset=shop/web:1.4 at="/app/node_modules/minimist/package.json (layer 3/3)" what="upgrade minimist to 1.2.6"
fix: 2 over high=1 check=policy/expired-exception asset=bulkhead.yaml at=bulkhead.yaml:15:5 what="The exception for CVE-2020-7598 expired on 2025-05-31" fix="fix what it names and remove it, or let shop team decide again and set a new date"
asset: fail asset=shop/web:1.4 critical=1 high=3 unknown=1: 1 of 3 checks, 1 unknown
asset: fail asset=bulkhead.yaml high=1: 1 of 1 check
unknown: advisories.no-coverage: no advisories for Debian:13 (bulkhead db import them): 1 check of shop/web:1.4
policy: trusted: git:origin/main:bulkhead.yaml · 1 finding excepted
loosened: bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to low; refused
database: demo advisories, as of 2025-06-14, 200 records of 3 sources
note: the advisory database is the demo's: it knows what concerns the shop alone
worst: critical: shop/web:1.4, /app/node_modules/minimist/package.json (layer 3/3): CVE-2021-44906 minimist 1.2.5: minimist can be made to run what it should not
next: bulkhead explain image/known-vulnerabilities · --details · --format html=report.html
result: fail: 1 of 3 controls fails, 1 unknown · 2 findings at or above the threshold · exit code 1
`,
  );
});

test("the whole report with its findings", () => {
  assert.equal(
    renderPlain(sampleReport, { all: false, display: details }),
    `tool: bulkhead 0.1.0
subject: examples/shop/insecure
control: 1 unknown Slim or distroless bases: no check of this control exists yet
control: 2 fail Images scanned and criticals blocked: 2 of 3 package sets: 2 findings at or over their thresholds
control: 10 pass Mesh mTLS: 4 of 4 namespaces: strict everywhere
fix: 1 over critical=1 check=image/known-vulnerabilities id=CVE-2021-44906 asset=shop/web:1.4 at="/app/node_modules/minimist/package.json (layer 3/3)" what="upgrade minimist to 1.2.6"
fix: 2 over high=1 check=policy/expired-exception asset=bulkhead.yaml at=bulkhead.yaml:15:5 what="The exception for CVE-2020-7598 expired on 2025-05-31" fix="fix what it names and remove it, or let shop team decide again and set a new date"
layer: image fail: image scan
layer: cluster unknown: not assessed
evaluation: fail image/known-vulnerabilities asset=shop/web:1.4 identity=sha256:aaaaaaaaaaaa scope=npm: 1 finding at or above the threshold (critical with a fix available)
evidence: asset=shop/web:1.4 identity=sha256:aaaaaaaaaaaa scope=npm: packages=11 advisories="demo.jsonl as of 2025-06-10"
finding: critical over CVE-2021-44906 package=minimist version=1.2.5 fixed=1.2.6 asset=shop/web:1.4 scope=npm at=/app/node_modules/minimist/package.json layer=3/3 instruction="RUN npm ci --omit=dev" title="minimist can be made to run what it should not" fix="upgrade minimist to 1.2.6"
finding: high under CVE-2020-8203 package=lodash version=4.17.15 fixed=4.17.19 asset=shop/web:1.4 scope=npm at=/app/node_modules/lodash/package.json layer=3/3 instruction="RUN npm ci --omit=dev" title="lodash can be made to run what it should not" fix="upgrade lodash to 4.17.19"
finding: unknown under GHSA-xx4c-jj58-r7x6 package=@scope/a-rather-long-package-name version=10.0.0-rc.1 asset=shop/web:1.4 scope=npm at=/app/node_modules/some/deeply/nested/node_modules/@scope/a-rather-long-package-name/package.json layer=3/3 instruction="RUN npm ci --omit=dev" title="@scope/a-rather-long-package-name can be made to run what it should not"
excepted: critical over CVE-2019-10744 package=lodash.template version=4.4.0 fixed=4.5.0 asset=shop/web:1.4 scope=npm at=/app/node_modules/lodash.template/package.json layer=3/3 instruction="RUN npm ci --omit=dev" title="lodash.template can be made to run what it should not" fix="upgrade lodash.template to 4.5.0": only used at build time (shop team, until 2025-12-31, bulkhead.yaml:9:5)
evaluation: unknown image/known-vulnerabilities asset=shop/web:1.4 identity=sha256:aaaaaaaaaaaa scope=Debian:13: no advisories for Debian:13
evidence: asset=shop/web:1.4 identity=sha256:aaaaaaaaaaaa scope=Debian:13: packages=88 advisories=none
unknown: asset=shop/web:1.4 identity=sha256:aaaaaaaaaaaa scope=Debian:13: no advisories for Debian:13 (bulkhead db import them)
evaluation: pass image/known-vulnerabilities asset=shop/web:1.4 identity=sha256:aaaaaaaaaaaa scope=Alpine:v3.10: 2 findings, all below the threshold (critical with a fix available)
finding: high under CVE-2019-14697 package=musl version=1.1.22-r2 fixed=1.1.22-r3 asset=shop/web:1.4 scope=Alpine:v3.10 at=/lib/apk/db/installed layer=1/3 instruction="ADD file:0123456789abcdef in /" title="musl can be made to run what it should not" fix="upgrade musl to 1.1.22-r3"
finding: high under CVE-2019-14697 package=musl-utils version=1.1.22-r2 fixed=1.1.22-r3 asset=shop/web:1.4 scope=Alpine:v3.10 at=/lib/apk/db/installed layer=1/3 instruction="ADD file:0123456789abcdef in /" title="musl-utils can be made to run what it should not" fix="upgrade musl-utils to 1.1.22-r3"
evaluation: fail policy/expired-exception asset=bulkhead.yaml: 1 finding at or above the threshold (high or above)
finding: high over policy/expired-exception asset=bulkhead.yaml at=bulkhead.yaml:15:5 title="The exception for CVE-2020-7598 expired on 2025-05-31" fix="fix what it names and remove it, or let shop team decide again and set a new date"
policy: trusted: git:origin/main:bulkhead.yaml · 1 finding excepted
loosened: bulkhead.yaml:6:18 tried to loosen unknownSeverity from unknown to low; refused
database: demo advisories, as of 2025-06-14, 200 records of 3 sources
note: the advisory database is the demo's: it knows what concerns the shop alone
worst: critical: shop/web:1.4, /app/node_modules/minimist/package.json (layer 3/3): CVE-2021-44906 minimist 1.2.5: minimist can be made to run what it should not
next: bulkhead explain image/known-vulnerabilities · --all · --format html=report.html
result: fail: 1 of 3 controls fails, 1 unknown · 2 findings at or above the threshold · exit code 1
`,
  );
});

test("a value with blanks or quotes in it is quoted, and never makes a line of its own", () => {
  const finding = vulnerability("CVE-1", "low", ['a "b"=c', "", "1\n2"], ["x y/z", 0]);
  const report = { ...sampleReport, evaluations: [{ ...npm, findings: [finding], excepted: [] }] };
  const line = renderPlain(report, { all: false, display: details })
    .split("\n")
    .find((some) => some.startsWith("finding: "));
  assert.match(
    line ?? "",
    /^finding: low under CVE-1 package="a \\"b\\"=c" version="" fixed="1\\n2" .* at="\/x y\/z" layer=1\/3 /,
  );
});

test("the worst ten of an evaluation are listed, or all", () => {
  const findings = Array.from({ length: 12 }, (_, i) => vulnerability(`CVE-${i}`, "low", ["p", "1"], ["p", 1]));
  const report = { ...sampleReport, evaluations: [{ ...npm, findings }] };
  const count = (all: boolean) => renderPlain(report, { all, display: details }).match(/^finding: /gm)?.length;
  assert.equal(count(false), 10);
  assert.match(
    renderPlain(report, { all: false, display: details }),
    /^more: asset=shop\/web:1\.4 .*: 2 more: 2 low \(--all shows them\)$/m,
  );
  assert.equal(count(true), 12);
});
