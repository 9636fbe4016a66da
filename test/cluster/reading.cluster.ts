/** What the API server's own answers are read as: tables of Secrets, pages, states of pods, refusals. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { readCluster } from "../../src/engines/kubernetes/cluster/read.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const namespace = "shop";
const digest = `sha256:${"ab".repeat(32)}`;
const value = ["not", "to", "be", "read"].join("-");

describe("reading a cluster", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let kubeconfig: string;

  before(async () => {
    cluster = await startCluster({ users: [{ name: "nobody" }] });
    kubeconfig = await cluster.kubeconfig();
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const configMap = (index: number) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `settings-${index}`, namespace },
      data: { index: String(index) },
    });
    const pod = (name: string, more: object = {}) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, ...more },
      spec: { nodeName: "node", containers: [{ name: "web", image: "127.0.0.1:1/web:1" }] },
    });
    await cluster.apply(
      ...Array.from({ length: 250 }, (_, index) => configMap(index)),
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "db", namespace },
        data: { password: Buffer.from(value).toString("base64") },
      },
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/tls",
        metadata: { name: "tls", namespace },
        stringData: { "tls.crt": value, "tls.key": value },
      },
      pod("web"),
    );
    const { status } = await cluster.request(`/api/v1/namespaces/${namespace}/pods/web/status`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: {
        status: {
          phase: "Running",
          startTime: "2026-11-01T00:00:00Z",
          containerStatuses: [
            {
              name: "web",
              image: "127.0.0.1:1/web:1",
              imageID: `127.0.0.1:1/web@${digest}`,
              ready: true,
              restartCount: 0,
              state: {},
              lastState: {},
            },
          ],
        },
      },
    });
    assert.equal(status, 200);
  });
  after(() => cluster?.stop());

  it("has all pages, and Secrets by type and keys alone", async () => {
    const { manifests, images, version } = await readCluster(connectionOf({ kubeconfig }));
    assert.equal(version, "v1.20.2");
    const named = new Set(
      manifests.configMaps.flatMap(({ object: { name } }) => (name.startsWith("settings-") ? [name] : [])),
    );
    assert.equal(named.size, 250);
    assert.deepEqual(
      manifests.secrets.map(({ object, type, keys }) => [object.name, type, keys]),
      [
        ["db", "Opaque", ["password"]],
        ["tls", "kubernetes.io/tls", ["tls.crt", "tls.key"]],
      ],
    );
    // A server of 1.20 does not note when a value changes.
    for (const { lastDataChange } of manifests.secrets) assert.equal(lastDataChange, undefined);
    const all = JSON.stringify(manifests, (_, each) => (each instanceof Map ? [...each] : each));
    assert.ok(!all.includes(value) && !all.includes(Buffer.from(value).toString("base64")));
    assert.deepEqual(images, [
      {
        name: "127.0.0.1:1/web:1",
        repository: "127.0.0.1:1/web",
        digest,
        since: "2026-11-01T00:00:00Z",
        pods: 1,
        owners: [{ kind: "Pod", namespace, name: "web", pods: 1 }],
        examples: ["shop/web"],
      },
    ]);
    assert.deepEqual(manifests.gaps, []);
  });

  it("of one namespace has what is in it, and what is in none", async () => {
    const { manifests } = await readCluster(connectionOf({ kubeconfig }), { namespace });
    assert.deepEqual(
      manifests.namespaces.map(({ object }) => object.name),
      [namespace],
    );
    assert.ok(manifests.objects.every((object) => object.namespace === undefined || object.namespace === namespace));
    assert.ok(manifests.roles.length > 10);
  });

  it("is one cluster by every context: its lineages start with the UID of kube-system", async () => {
    const config = JSON.parse(await readFile(kubeconfig, "utf8")) as {
      contexts: { name: string }[];
      "current-context": string;
    };
    const renamed = { ...config, contexts: config.contexts.map((one) => ({ ...one, name: "renamed" })) };
    const other = join(cluster.folder, "renamed.json");
    await writeFile(other, JSON.stringify({ ...renamed, "current-context": "renamed" }));
    const run = { cwd: cluster.folder, home: cluster.folder };
    const [first, second] = await Promise.all(
      [kubeconfig, other].map(async (file) => {
        const words = ["cluster", "audit", "--kubeconfig", file, "--format", "json", "--quiet"];
        const { stdout } = await bulkhead(words, run);
        const { evaluations, subject } = JSON.parse(stdout) as { evaluations: Evaluation[]; subject: string };
        return { subject, assets: new Set(evaluations.map(({ asset }) => `${asset.kind} ${asset.id}`)) };
      }),
    );
    assert.notEqual(first?.subject, second?.subject);
    assert.deepEqual(first?.assets, second?.assets);
    const { body } = await cluster.request("/api/v1/namespaces/kube-system");
    const { uid } = (body as { metadata: { uid: string } }).metadata;
    assert.ok(first?.assets.has(`cluster cluster:${uid}//`), [...(first?.assets ?? [])].join("\n"));
    assert.ok(first?.assets.has(`workload cluster:${uid}//Pod/${namespace}/web`));
  });

  it("says unknown for all where nothing may be listed, and fails where nobody is known", async () => {
    const config = await cluster.kubeconfig(cluster.tokenOf("nobody"));
    const run = { cwd: cluster.folder, home: cluster.folder };
    const refused = await bulkhead(["cluster", "audit", "--quiet", "--kubeconfig", config, "--format", "json"], run);
    assert.equal(refused.stderr, "");
    assert.equal(refused.code, 3);
    const { evaluations } = JSON.parse(refused.stdout) as { evaluations: Evaluation[] };
    const judged = evaluations.filter(({ asset }) => asset.kind === "cluster");
    assert.ok(judged.length > 30);
    for (const { verdict, check } of judged) assert.equal(verdict, "unknown", check);
    const unknown = join(cluster.folder, "unknown.json");
    const text = await readFile(config, "utf8");
    await writeFile(unknown, text.replaceAll(cluster.tokenOf("nobody"), "of-nobody"));
    const failed = await bulkhead(["cluster", "audit", "--kubeconfig", unknown], run);
    assert.equal(failed.code, 2);
    assert.match(failed.stderr, /cluster\.unauthorized/);
  });

  it("names the images that run, and one that cannot be pulled is unknown", async () => {
    const args = [
      "check",
      "--quiet",
      "--cluster",
      "--kubeconfig",
      kubeconfig,
      "--images",
      "--format",
      "json",
      "--now",
      "2026-11-24T00:00:00Z",
    ];
    const { code, stdout, stderr } = await bulkhead(args, { cwd: cluster.folder, home: cluster.folder });
    assert.equal(stderr, "");
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as { evaluations: Evaluation[]; notes: string[]; controls: object[] };
    assert.equal(report.controls.length, 10);
    const image = `image 127.0.0.1:1/web:1: 127.0.0.1:1/web@${digest}: runs in 1 pod, for 23 days (shop/web)`;
    assert.ok(report.notes.includes(image), report.notes.join("\n"));
    const scanned = report.evaluations.filter(({ asset }) => asset.name === "127.0.0.1:1/web:1");
    assert.ok(scanned.length > 0);
    for (const { verdict } of scanned) assert.equal(verdict, "unknown");
  });
});
