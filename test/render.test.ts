import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { programsOutside } from "../src/collect/kubernetes/render-program.ts";
import { inProcess } from "./in-process.ts";

const hasKubectl = programsOutside(import.meta.dirname).find(["kubectl"]) !== undefined;

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
  writeFileSync(join(folder, "bin/helm"), `#!/bin/sh\n/bin/cat <<'END'\n${POD}END\n`);
  chmodSync(join(folder, "bin/helm"), 0o755);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...written: readonly string[]) =>
  inProcess([...written, "--format", "plain", "--details", "--no-cache"], {
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

/** Every way by which a kustomization names something to read; kubectl follows those that stand without a remark. */
const NAMING = (address: string) => [
  `resources: [${address}]`,
  `bases: [${address}]`,
  `components: [${address}]`,
  `crds: [${address}]`,
  `configurations: [${address}]`,
  `openapi: {path: "${address}"}`,
  `patches: [{path: "${address}"}]`,
  `patches: [{!!merge path: "${address}"}]`,
  `patches: [{! path: "${address}"}]`,
  `patches: [{"p\\x61th": "${address}"}]`,
  `patches: ["${address}"]`,
  `patches: [{path: " ${address}"}]`,
  `patchesStrategicMerge: ["${address}"]`,
  `patchesStrategicMerge:\n- |-\n  ${address}`,
  `patchesJson6902: [{path: "${address}", target: {version: v1, kind: Pod, name: made}}]`,
  `replacements: [{path: "${address}"}]`,
  `configMapGenerator: [{name: x, files: ["${address}"]}]`,
  `configMapGenerator: [{name: x, files: ["k=${address}"]}]`,
  `configMapGenerator: [{name: x, envs: ["${address}"]}]`,
  `secretGenerator: [{name: x, env: "${address}"}]`,
  `generators: [${address}]`,
  `transformers: [${address}]`,
  `validators: [${address}]`,
  `transformers:\n- |-\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: x}\n  path: ${address}`,
  `helmCharts: [{name: x, repo: "${address}", version: 1.0.0}]`,
  `helmChartInflationGenerator: [{chartName: x, chartRepoUrl: "${address}"}]`,
  `x: &a {path: "${address}"}\npatches: [*a]`,
  `---#x: |\nresources: [${address}]`,
  `#\u0085resources: [${address}]`,
  `#\rresources: [${address}]`,
];

test("kubectl fetches nothing for a tree, whatever its kustomizations name", {
  skip: hasKubectl ? false : "kubectl is not installed",
}, async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? "");
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const texts = NAMING(`http://127.0.0.1:${port}/x`);
    texts.forEach((text, index) => {
      mkdirSync(join(folder, `remote/${index}`), { recursive: true });
      writeFileSync(join(folder, `remote/${index}/kustomization.yaml`), `${text}\n`);
    });
    mkdirSync(join(folder, "remote/--help"));
    writeFileSync(join(folder, "remote/--help/kustomization.yaml"), "resources: [pod.yaml]\n");
    writeFileSync(join(folder, "remote/--help/pod.yaml"), POD);
    const { stdout, code } = await inProcess(["workload", "audit", ".", "--render", "--details", "--no-cache"], {
      cwd: join(folder, "remote"),
      home: join(folder, "home"),
      environment: { PATH: process.env.PATH ?? "" },
    });
    assert.deepEqual(seen, []);
    assert.equal(code, 1);
    // It is decided before, not left to the program to fail.
    assert.doesNotMatch(stdout, /kubectl failed/);
    assert.match(stdout, /Kustomize directories rendered: 1 of \d+/);
    assert.match(stdout, /at=--help\/\(rendered\):/);
    for (const index of texts.keys()) assert.match(stdout, new RegExp(`\\b${index}: not rendered`), texts[index]);
  } finally {
    server.close();
  }
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
