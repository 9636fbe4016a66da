import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bulkhead } from "./bulkhead.ts";

const POD = `apiVersion: v1
kind: Pod
metadata: { name: made }
spec:
  containers:
    - { name: web, image: web, securityContext: { privileged: true } }
`;

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-render-test-"));
  for (const path of ["tree/chart/templates", "bin", "home"]) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, "tree/chart/Chart.yaml"), "apiVersion: v2\nname: chart\nversion: 1.0.0\n");
  writeFileSync(join(folder, "tree/chart/templates/pod.yaml"), "apiVersion: v1\nkind: Pod\nspec: {{ .Values }}\n");
  writeFileSync(join(folder, "bin/helm"), `#!/bin/sh\ncat <<'END'\n${POD}END\n`);
  chmodSync(join(folder, "bin/helm"), 0o755);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...written: readonly string[]) =>
  bulkhead([...written, "--format", "plain", "--no-cache"], {
    cwd: join(folder, "tree"),
    home: join(folder, "home"),
    environment: { PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}` },
  });

test("a chart is judged as helm renders it, on request alone", async () => {
  for (const command of [
    ["workload", "audit", "."],
    ["check", "."],
  ]) {
    const asked = await run(...command, "--render");
    assert.equal(asked.code, 1, command[0]);
    assert.match(asked.stdout, /workload\/privileged asset=Pod\/made at=chart\/\(rendered-chart\):6:/);
    assert.match(asked.stdout, /Helm charts rendered, with the values that they come with: 1 of 1/);
    assert.doesNotMatch(asked.stdout, /kubernetes\.chart|templates are not rendered/);
    const plain = await run(...command);
    assert.doesNotMatch(plain.stdout, /Pod\/made/);
    assert.match(plain.stdout, /chart: a Helm chart: its templates are not rendered .*--render/);
  }
  assert.equal((await run("workload", "audit", ".")).code, 3);
});

test("--render is refused where there is no folder", async () => {
  for (const command of [
    ["workload", "audit", "-"],
    ["check", "--cluster"],
  ]) {
    const { code, stderr } = await run(...command, "--render");
    assert.equal(code, 2);
    assert.match(stderr, /render/);
  }
});
