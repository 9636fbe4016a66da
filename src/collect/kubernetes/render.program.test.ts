import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { rawOf } from "../../engines/kubernetes/model.ts";
import { discover } from "../tree/discover.ts";
import { treeOf } from "../tree/tree.fixture.ts";
import { readManifestFiles } from "./manifests.ts";
import { renderFolders } from "./render.ts";
import { programsOutside } from "./render-program.ts";

const deployment = (container: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers: [${container}]\n`;

const shop = {
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": deployment("{ name: web, image: web }"),
  "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\npatches: [{ path: patch.yaml }]\n",
  "prod/patch.yaml": deployment("{ name: web, securityContext: { privileged: true } }"),
};

/** A folder with a program of that name; the script is a shell's. */
function programs(scripts: Readonly<Record<string, string>>) {
  const tree = treeOf(
    Object.fromEntries(Object.entries(scripts).map(([name, text]) => [name, `#!/bin/sh\n${text}\n`])),
  );
  for (const name of Object.keys(scripts)) chmodSync(join(tree.root, name), 0o755);
  return tree;
}

/** What the fake prints: each argument and each name of its environment. */
const TELL = `printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: told }\\ndata:\\n'
n=0; for a in "$@"; do printf '  arg%s: "%s"\\n' "$n" "$a"; n=$((n+1)); done
while IFS='=' read -r name value; do printf '  env_%s: "%s"\\n' "$name" "$value"; done <<EOF
$(/usr/bin/env)
EOF
printf '  cwd: "%s"\\n' "$(pwd -P)"`;

async function judge(root: string, path: string) {
  const found = await discover(root);
  const rendering = await renderFolders(root, found, programsOutside(root, path));
  return { rendering, ...readManifestFiles(root, found, rendering) };
}

const hasKubectl = programsOutside(import.meta.dirname).find(["kubectl"]) !== undefined;

test("kubectl builds an overlay, which is then judged in the place of its files", {
  skip: hasKubectl ? false : "kubectl is not installed",
}, async () => {
  using tree = treeOf(shop);
  const { workloads, gaps, rendering } = await judge(tree.root, process.env.PATH ?? "");
  assert.deepEqual(
    workloads.map(({ object, pod }) => [object.name, pod.containers[0]?.securityContext?.privileged]),
    [["prod-web", true]],
  );
  assert.deepEqual(gaps, []);
  const source = workloads[0]?.object.source;
  assert.equal(source?.kind === "file" ? source.text.path : "", "prod/(rendered)");
  assert.deepEqual(rendering.notes, [
    "Kustomize directories rendered: 2 of 2",
    "Kustomize directories audited as part of others: base",
  ]);
});

test("what kubectl refuses is told in one line, and the files are read as they are", {
  skip: hasKubectl ? false : "kubectl is not installed",
}, async () => {
  using tree = treeOf({ ...shop, "prod/kustomization.yaml": "resources: [../base, missing.yaml]\n" });
  const { workloads, gaps } = await judge(tree.root, process.env.PATH ?? "");
  assert.deepEqual(
    workloads.map(({ object }) => object.name),
    ["web", "web"],
  );
  assert.deepEqual(
    gaps.map(({ code, path }) => `${code} ${path}`),
    ["kubernetes.kustomize base", "kubernetes.kustomize prod"],
  );
  assert.match(gaps[1]?.reason ?? "", /kubectl failed: .*missing\.yaml/);
  assert.doesNotMatch(gaps[1]?.reason ?? "", /\n/);
  assert.ok(!gaps[1]?.reason.includes(tree.root));
});

test("helm is given arguments alone, a home of its own, and nothing of the caller's environment", async () => {
  using tree = treeOf({
    "Web Shop/Chart.yaml": "apiVersion: v2\nname: web\n",
    "Web Shop/templates/a.yaml": "apiVersion: v1\nkind: {{ .Values.kind }}\n",
    "Web Shop/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\n",
    "common/Chart.yaml": "apiVersion: v2\nname: common\ntype: library\n",
  });
  using fake = programs({ helm: TELL });
  process.env.BULKHEAD_TEST_TOKEN = "not to be seen";
  try {
    const { objects, gaps } = await judge(tree.root, fake.root);
    assert.deepEqual(gaps, []);
    assert.equal(objects.length, 1);
    const data = ((objects[0] === undefined ? undefined : rawOf(objects[0]).data) ?? {}) as Readonly<
      Record<string, string>
    >;
    const folder = join(tree.root, "Web Shop");
    const args = Object.entries(data).filter(([name]) => name.startsWith("arg"));
    assert.deepEqual(
      args.map(([, value]) => value),
      ["template", "release", folder, "--skip-tests"],
    );
    assert.equal(data.env_KUBECONFIG, "/dev/null");
    assert.equal(data.env_HTTPS_PROXY, "http://127.0.0.1:9");
    assert.equal(data.env_GIT_ALLOW_PROTOCOL, "none");
    assert.equal(data.env_PATH, data.env_HOME);
    assert.equal(data.env_BULKHEAD_TEST_TOKEN, undefined);
    assert.notEqual(data.env_HOME, process.env.HOME);
    assert.equal(data.env_HOME, data.env_TMPDIR);
    assert.match(data.cwd ?? "", /bulkhead-render-/);
  } finally {
    delete process.env.BULKHEAD_TEST_TOKEN;
  }
});

test("helm validates by no schema that it would fetch from elsewhere", async () => {
  const schema = (value: unknown) => JSON.stringify({ type: "object", properties: { a: value } });
  using tree = treeOf({
    "plain/Chart.yaml": "name: plain\n",
    "plain/values.schema.json": schema({ $ref: "#/definitions/a", $schema: "http://json-schema.org/draft-07/schema#" }),
    "fetched/Chart.yaml": "name: fetched\n",
    "fetched/values.schema.json": schema({ "\u0024ref": "http://127.0.0.1/a.json" }),
    "file/Chart.yaml": "name: file\n",
    "file/charts/sub/values.schema.json": schema({ items: [{ $ref: "file:///etc/passwd" }] }),
    "meta/Chart.yaml": "name: meta\n",
    "meta/values.schema.json": '{"$schema": "https://example.test/schema"}',
    "packed/Chart.yaml": "name: packed\n",
    "packed/charts/sub-1.0.0.tgz": "",
  });
  using fake = programs({ helm: TELL });
  const { objects } = await judge(tree.root, fake.root);
  const skipped = objects.map((object) => {
    const { source } = object;
    const data = rawOf(object).data as Readonly<Record<string, string>>;
    return `${source.kind === "file" ? source.text.path : ""} ${data.arg4 ?? ""}`;
  });
  assert.deepEqual(skipped, [
    "fetched/(rendered-chart) --skip-schema-validation",
    "file/(rendered-chart) --skip-schema-validation",
    "meta/(rendered-chart) --skip-schema-validation",
    "packed/(rendered-chart) --skip-schema-validation",
    "plain/(rendered-chart) ",
  ]);
});

test("a program that is missing is named, and so is one that fails, babbles or prints what is no text", async () => {
  using tree = treeOf({ ...shop, "chart/Chart.yaml": "apiVersion: v2\nname: chart\n" });
  const reasons = async (scripts: Readonly<Record<string, string>>) => {
    using fake = programs(scripts);
    const { rendering } = await judge(tree.root, fake.root);
    return [rendering.kustomizations.get("prod"), rendering.charts.get("chart")];
  };
  assert.deepEqual(await reasons({}), [
    "neither kubectl nor kustomize is installed here",
    "helm is not installed here",
  ]);
  assert.deepEqual(
    await reasons({ kustomize: "exit 3", helm: "echo warn >&2; printf 'Error: \\033[31mno\\n' >&2; exit 1" }),
    ["kustomize failed (3)", "helm failed: \\u001b[31mno"],
  );
  const babble = `exec /usr/bin/head -c ${kubernetesBounds.kubernetesFileBytes + 1} /dev/zero`;
  assert.deepEqual(await reasons({ kubectl: babble, helm: "printf '\\377'" }), [
    `kubectl printed more than ${kubernetesBounds.kubernetesFileBytes} bytes`,
    "what helm printed is not UTF-8",
  ]);
});

test("no program of the tree is run, nor one that depends on where this runs", async () => {
  using tree = treeOf({ ...shop, "bin/kubectl": "#!/bin/sh\n" });
  chmodSync(join(tree.root, "bin/kubectl"), 0o755);
  using fake = programs({});
  symlinkSync(join(tree.root, "bin/kubectl"), join(fake.root, "kubectl"));
  const path = [join(tree.root, "bin"), fake.root, "", ".", "bin"].join(":");
  assert.equal(programsOutside(tree.root, path).find(["kubectl"]), undefined);
});

const isolates = spawnSync("unshare", ["--user", "--map-root-user", "--net", "--", "/bin/true"]).status === 0;

test("a program that would fetch all the same has no network, where the machine can take it away", {
  skip: isolates ? false : "unshare makes no network of its own here",
}, async () => {
  using tree = treeOf({ "fetch.mjs": "await fetch(process.argv[2]).catch(() => {}); console.log('ran');" });
  let seen = 0;
  const server = createServer((_, response) => {
    seen++;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const programs = programsOutside(tree.root);
    const node = { name: "node", file: process.execPath };
    assert.deepEqual(await programs.run(node, [join(tree.root, "fetch.mjs"), address]), { text: "ran\n" });
    assert.equal(seen, 0);
    await fetch(address);
    assert.equal(seen, 1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("nothing is run on a folder that may fetch, at any depth, or that leads out of the tree", async () => {
  using fake = programs({ kubectl: "echo 'kind: Ran'", helm: "echo 'kind: Ran'" });
  using tree = treeOf({
    "a/kustomization.yaml": "resources: [../b]\n",
    "b/kustomization.yaml": "resources: [../c]\n",
    "c/kustomization.yaml": "resources: ['https://example.test/x.yaml']\n",
    "d/kustomization.yaml": "resources: [../e]\n",
    "e/kustomization.yaml": "resources: [../d]\n",
    "part/kustomization.yaml": "kind: Component\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\n",
  });
  mkdirSync(join(tree.root, "chart/templates"));
  symlinkSync(join(tmpdir(), ".."), join(tree.root, "chart/templates/up"));
  const { rendering } = await judge(tree.root, fake.root);
  assert.deepEqual(rendering.files, []);
  assert.match(rendering.kustomizations.get("a") ?? "", /^of c: it names "https:.*may be fetched/);
  for (const folder of ["b", "c", "d", "e", "part"]) {
    assert.match(rendering.kustomizations.get(folder) ?? "", /no kustomization that does was rendered/);
  }
  assert.match(rendering.charts.get("chart") ?? "", /symbolic link chart\/templates\/up leads out/);
  writeFileSync(join(tree.root, "c/kustomization.yaml"), "");
  assert.equal((await judge(tree.root, fake.root)).rendering.kustomizations.get("a"), undefined);
});
