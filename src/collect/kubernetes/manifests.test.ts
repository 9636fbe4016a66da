import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { discover } from "../tree/discover.ts";
import { readManifestFiles } from "./manifests.ts";

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), "manifests-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [] }\n`;

test("manifests, Compose files, kustomizations and charts are found and read", async () => {
  const root = folderOf({
    "deploy/web.yaml": pod("web"),
    "deploy/behind-comments.yml": `${"# long\n".repeat(20_000)}${pod("late")}`,
    "deploy/list.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: [] }),
    "deploy/values.yaml": "image: x\n",
    "package.json": "{}",
    "compose.yaml": "services: { web: { image: x } }\n",
    "overlay/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    "overlay/pod.yaml": pod("over"),
    "chart/Chart.yaml": "apiVersion: v2\nname: c\n",
    "chart/templates/sub/a.yaml": "apiVersion: v1\nkind: {{ .Values.kind }}\n",
    "chart/crds/a.yaml": pod("crd"),
    "latin.yaml": Buffer.from(`# ${String.fromCharCode(0xe9)}\n${pod("latin")}`, "latin1"),
    "huge.yaml": Buffer.alloc(kubernetesBounds.kubernetesFileBytes + 1, "#"),
  });
  try {
    const found = await discover(root);
    assert.deepEqual(found.manifests, [
      "chart/crds/a.yaml",
      "deploy/behind-comments.yml",
      "deploy/list.json",
      "deploy/web.yaml",
      "huge.yaml",
      "latin.yaml",
      "overlay/pod.yaml",
    ]);
    assert.deepEqual(found.composeFiles, ["compose.yaml"]);
    assert.deepEqual(found.kustomizations, ["overlay"]);
    assert.deepEqual(found.charts, ["chart"]);
    const { workloads, gaps } = readManifestFiles(root, found);
    assert.deepEqual(
      workloads.map(({ object, origin }) => `${origin} ${object.name}`),
      ["kubernetes crd", "compose web", "kubernetes late", "kubernetes web", "kubernetes over"],
    );
    assert.deepEqual(
      gaps.map(({ code, path }) => [code, path]),
      [
        ["kubernetes.unreadable", "huge.yaml"],
        ["kubernetes.encoding", "latin.yaml"],
        ["kubernetes.kustomize", "overlay"],
        ["kubernetes.chart", "chart"],
      ],
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("patches of kustomize are not read as objects, and the gap names them", async () => {
  const root = folderOf({
    "k/kustomization.yaml":
      "resources: [web.yaml, both.yaml]\npatches: [{ path: fix.yaml }, { path: both.yaml }, { path: ../other.yaml }]\n",
    "k/web.yaml": pod("web"),
    "k/fix.yaml": pod("fix"),
    "k/both.yaml": pod("both"),
    "other.yaml": pod("other"),
    "$(x)/Chart.yaml": "apiVersion: v2\n",
  });
  try {
    const { workloads, gaps } = readManifestFiles(root, await discover(root));
    assert.deepEqual(
      workloads.map(({ object }) => object.name),
      ["both", "web", "other"],
    );
    assert.match(gaps[0]?.reason ?? "", /its patches are not read: k\/fix\.yaml$/);
    assert.match(gaps[0]?.remedy ?? "", /--render.*kubectl kustomize k \| bulkhead workload audit -$/);
    assert.match(gaps[1]?.remedy ?? "", /helm template DIR \|/);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("the .env beside a Compose file goes before the defaults in it; one that Compose refuses leaves them unknown", () => {
  const compose = `services: { web: { image: x, network_mode: "$${"{N:-bridge}"}" } }\n`;
  const judge = (environment?: string) => {
    const root = folderOf({
      "app/compose.yaml": compose,
      ...(environment === undefined ? {} : { "app/.env": environment }),
    });
    const paths = { manifests: [], composeFiles: ["app/compose.yaml"], kustomizations: [], charts: [] };
    const { workloads, gaps } = readManifestFiles(root, paths);
    rmSync(root, { recursive: true });
    return [workloads[0]?.pod.hostNetwork ?? false, ...gaps.map(({ reason }) => reason)];
  };
  assert.deepEqual(judge(), [false]);
  assert.deepEqual(judge("N=host\n"), [true]);
  const unknown = "services.web.network_mode: no value found for N";
  assert.deepEqual(judge("N=$OTHER\n"), [false, unknown]);
  assert.deepEqual(judge("A='\nN=host\n'\n"), [false]);
  assert.deepEqual(judge("A='\nN=host\n"), [false, unknown]);
});
