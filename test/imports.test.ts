/** Reports of other scanners on the command line. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bytesOf, sarif, trivy } from "../src/engines/reports/samples.fixture.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-imports-"));
const options = { cwd: folder, home: join(folder, "home") };
mkdirSync(options.home);
mkdirSync(join(folder, "tree"));
after(() => rmSync(folder, { recursive: true }));

test("an imported critical vulnerability fails a check, and every report says whose word it is", async () => {
  writeFileSync(join(folder, "trivy.json"), bytesOf(trivy()));
  writeFileSync(join(folder, "sast.sarif"), bytesOf(sarif()));
  const formats = ["json", "sarif", "html", "table"].flatMap((format) => ["--format", `${format}=report.${format}`]);
  const imports = ["--import", "trivy.json", "--import", "sast.sarif"];
  const written = ["check", "tree", ...imports, "--now", "2026-11-28T00:00:00Z", "--format", "plain", ...formats];
  const { code, stdout, stderr } = await inProcess(written, options);
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^control: 2 fail /m);
  assert.match(stdout, /^note: import: trivy\.json, Trivy 0\.58\.1 of 2026-11-27, 2 findings, suppressed by Trivy: /m);
  assert.ok(stdout.split("\n").length < 80, stdout);
  for (const format of ["json", "sarif", "html", "table"]) {
    const report = readFileSync(join(folder, `report.${format}`), "utf8");
    assert.match(report, /reported by Trivy/, format);
    assert.match(report, /Sast/, format);
  }
  const { evaluations } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as {
    evaluations: { check: string; verdict: string; findings: { evidence: Record<string, string> }[] }[];
  };
  const found = evaluations.find(({ check }) => check === "image/imported-vulnerabilities");
  assert.equal(found?.findings[0]?.evidence["reported by"], "Trivy 0.58.1 on 2026-11-27 (critical)");
});

test("a broken report ends the run with one line that names the file and the place", async () => {
  writeFileSync(join(folder, "broken.json"), bytesOf(trivy({ Results: [{ Target: 1 }] })));
  const { code, stdout, stderr } = await inProcess(["image", "scan", "dir:tree", "--import", "broken.json"], options);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /imports\.invalid: broken\.json: Results\[0\]\.Target: not a string\n$/);
});
