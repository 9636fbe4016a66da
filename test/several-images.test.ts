/** Several references in one `image scan`: one report, and the exit code of the worst. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fixtureImage, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-several-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...words: readonly string[]) =>
  inProcess(["image", "scan", ...words, "--now", "2026-01-02T00:00:00Z", "--quiet"], { cwd: folder, home: folder });

before(() => {
  const config = (User: string) => ({ config: { created: "2026-01-01T00:00:00Z", config: { User } } });
  writeLayout(join(folder, "rootless"), { "shop/a:1": fixtureImage([], config("10001")) });
  writeLayout(join(folder, "root"), { "shop/b:1": fixtureImage([], config("0")) });
  mkdirSync(join(folder, "broken"));
  writeFileSync(join(folder, "broken", "oci-layout"), "{}");
});

interface Json {
  exitCode: number;
  subject: string;
  evaluations: { check: string; verdict: string; asset: { name: string }; findings: unknown[] }[];
}

test("one report has them all, each once, and its exit code is that of the worst", async () => {
  const { code, stdout } = await run(
    "oci:rootless",
    "oci:root",
    "oci:rootless",
    "--format",
    "json",
    "--fail-on",
    "medium",
  );
  const report = JSON.parse(stdout) as Json;
  assert.equal(report.subject, "oci:rootless, oci:root");
  const users = report.evaluations.filter(({ check }) => check === "image/runs-as-root");
  assert.deepEqual(users.map(({ asset, findings }) => [asset.name, findings.length]).sort(), [
    ["oci:root", 1],
    ["oci:rootless", 0],
  ]);
  assert.equal(code, 1);
});

test("one that is broken is unknown among others, and alone an error", async () => {
  const { stdout } = await run("oci:rootless", "oci:broken", "--format", "json");
  const { evaluations, exitCode } = JSON.parse(stdout) as Json;
  const broken = evaluations.filter(({ asset }) => asset.name === "oci:broken");
  assert.ok(broken.length > 0 && broken.every(({ verdict }) => verdict === "unknown"));
  assert.ok(evaluations.some(({ asset }) => asset.name === "oci:rootless"));
  assert.equal(exitCode, 3);
  assert.equal((await run("oci:broken")).code, 2);
  assert.equal((await run("oci:rootless", "oci:nowhere")).code, 2, "a slip in a name ends the run");
});

test("an image for another platform is scanned, and the report says so", async () => {
  const config = { config: { architecture: "riscv64", created: "2026-01-01T00:00:00Z", config: { User: "10001" } } };
  writeLayout(join(folder, "foreign"), { "shop/c:1": fixtureImage([], config) });
  const said = /scanned for linux\/riscv64, not this machine's linux\/\w+: /;
  assert.match((await run("oci:foreign")).stdout, said);
  assert.doesNotMatch((await run("oci:foreign", "--platform", "linux/riscv64")).stdout, said);
});
