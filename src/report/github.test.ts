import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { nastyText, withTexts } from "./hostile.fixture.ts";
import { renderGithub } from "./rendered.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";

test("errors for what is above the threshold, with file and line where there is one", () => {
  assert.deepEqual(renderGithub(sampleReport).split("\n"), [
    "::error title=critical CVE-2021-44906 in minimist 1.2.5::minimist can be made to run what it should not. In /app/node_modules/minimist/package.json (layer 3/3) of shop/web:1.4. Fix: upgrade minimist to 1.2.6",
    "::error file=bulkhead.yaml,line=15,col=5,title=high policy/expired-exception::The exception for CVE-2020-7598 expired on 2025-05-31. Fix: fix what it names and remove it, or let shop team decide again and set a new date",
    "::warning title=unknown image/known-vulnerabilities::shop/web:1.4, Debian:13: no advisories for Debian:13 (bulkhead db import them)",
    "::warning title=high CVE-2020-8203 in lodash 4.17.15::lodash can be made to run what it should not. In /app/node_modules/lodash/package.json (layer 3/3) of shop/web:1.4. Fix: upgrade lodash to 4.17.19",
    "::warning title=high CVE-2019-14697 in musl 1.1.22-r2::musl can be made to run what it should not. In /lib/apk/db/installed (layer 1/3) of shop/web:1.4. Fix: upgrade musl to 1.1.22-r3",
    "::warning title=high CVE-2019-14697 in musl-utils 1.1.22-r2::musl-utils can be made to run what it should not. In /lib/apk/db/installed (layer 1/3) of shop/web:1.4. Fix: upgrade musl-utils to 1.1.22-r3",
    "::notice title=unknown GHSA-xx4c-jj58-r7x6 in @scope/a-rather-long-package-name 10.0.0-rc.1::@scope/a-rather-long-package-name can be made to run what it should not. In /app/node_modules/some/deeply/nested/node_modules/@scope/a-rather-long-package-name/package.json (layer 3/3) of shop/web:1.4. No fix is known",
    "bulkhead: findings at or above the threshold (exit code 1)",
    "",
  ]);
});

test("ten of a level, the worst, and how many more", () => {
  const findings = Array.from({ length: 25 }, (_, i) =>
    vulnerability(`CVE-2024-${i}`, i < 12 ? "medium" : i < 15 ? "high" : "low", ["p", "1", "2"], ["p", 0]),
  );
  const lines = renderGithub({ ...sampleReport, evaluations: [{ ...npm, findings }] }).split("\n");
  const titles = lines.filter((line) => line.startsWith("::warning")).map((line) => /title=(\w+)/.exec(line)?.[1]);
  assert.deepEqual(titles, [...Array<string>(3).fill("high"), ...Array<string>(7).fill("medium")]);
  assert.equal(lines.filter((line) => line.startsWith("::notice")).length, 10);
  assert.equal(lines.at(-3), "5 more of level warning: GitHub shows 10 of each");
});

test("what separates is escaped as the runner undoes it", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const odd = {
    ...finding,
    title: "100% of a::b, c",
    locations: [{ kind: "file", path: "a,b:c%.yaml", line: 3 }] as const,
  };
  const [line] = renderGithub({ ...sampleReport, evaluations: [{ ...npm, findings: [odd] }] }).split("\n");
  assert.equal(
    line,
    "::error file=a%2Cb%3Ac%25.yaml,line=3,title=critical CVE-2021-44906 in minimist 1.2.5::100%25 of a::b, c. Fix: upgrade minimist to 1.2.6",
  );
});

test("no text adds a command, a property or a line", () => {
  const shape = (text: string) =>
    text.split("\n").map((line) => [line.startsWith("::"), line.split("::", 2)[1]?.replace(/=[^,]*/g, "=")]);
  const expected = shape(renderGithub(sampleReport));
  fc.assert(
    fc.property(nastyText, (nasty) => {
      const report = withTexts(sampleReport, (clean) => `${clean}${nasty}`) as Report;
      const text = renderGithub(report);
      assert.deepEqual(shape(text).slice(0, -2), expected.slice(0, -2));
      assert.doesNotMatch(text.split("\n").at(-2) ?? "", /##\[/);
    }),
    runs(100),
  );
});
