import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inProcess } from "./in-process.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-audit-"));
  const pod = (name: string, container: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  securityContext: { runAsNonRoot: true }\n  containers:\n    - ${container}\n`;
  const context = "{ readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }";
  writeFileSync(join(folder, "good.yaml"), pod("good", `{ name: web, securityContext: ${context} }`));
  writeFileSync(join(folder, "bad.yaml"), pod("bad", "{ name: web, securityContext: { privileged: true } }"));
  writeFileSync(join(folder, "broken.yaml"), "apiVersion: v1\nkind: Pod\nspec: [\n");
});
after(() => rmSync(folder, { recursive: true, force: true }));

const audit = (...places: readonly string[]) =>
  inProcess(["workload", "audit", ...places, "--details", "--no-cache"], { cwd: folder, home: folder });

test("a good manifest ends with 0, a bad one with 1 and its place", async () => {
  assert.equal((await audit("good.yaml")).code, 0);
  const { code, stdout } = await audit("bad.yaml");
  assert.equal(code, 1);
  assert.match(stdout, /critical over workload\/privileged asset=Pod\/bad at=bad\.yaml:7:/);
});

test("what cannot be read ends with 3 and its place; what is not there with 2", async () => {
  const { code, stdout } = await audit("broken.yaml");
  assert.equal(code, 3);
  assert.match(stdout, /unknown workload\/manifest-not-parsed asset=broken\.yaml/);
  assert.equal((await audit("nowhere")).code, 2);
});

test("a folder is judged whole", async () => {
  const { code, stdout } = await audit();
  assert.equal(code, 1);
  for (const asset of ["Pod/bad", "broken.yaml"]) assert.ok(stdout.includes(`asset=${asset}`), asset);
});
