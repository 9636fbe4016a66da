/**
 * One finding from end to end, with nothing made up but the kubelet: a container of podman that is a pod of a real API server, the
 * sensor in this kernel, a request of `pods/exec` that the server passes on to what then runs `podman exec`, and the server's own
 * audit event of it, posted to `runtime watch`.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { authority } from "../../../src/net/loopback.fixture.ts";
import { type Cluster, clusterMissing, startCluster } from "../../cluster/api-server.ts";
import { freePort } from "../../free-ports.ts";
import { cannotRunContainers, rootTar } from "./containers.ts";
import { watched } from "./detector.ts";
import { cannotSense } from "./sensor.ts";

const skip = cannotSense() ?? cannotRunContainers() ?? clusterMissing;

const ALICE = "alice@example.com";
const NAME = "bulkhead-joined-api";
const IMAGE = "localhost/bulkhead-joined:1";

const podman = (...words: readonly string[]) =>
  execFileSync("podman", ["--runtime", "runc", "--log-level=error", ...words], {
    encoding: "utf8",
    env: { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" },
  }).trim();

test("an alert names workload, image, the Dockerfile's line of the package, and who ran kubectl exec", {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-joined-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const dockerfile = builtImage(folder);
  t.after(() => spawnSync("podman", ["rmi", "--force", IMAGE]));
  const auditPort = await freePort();
  const cluster = await startCluster({
    users: [{ name: ALICE, groups: ["system:masters"] }],
    flags: audited(folder, auditPort),
  });
  t.after(() => cluster.stop());
  const kubelet = await startKubelet();
  t.after(() => kubelet.close());
  const uid = await makePod(cluster, (kubelet.address() as AddressInfo).port);
  t.after(() => spawnSync("podman", ["rm", "--force", "--time=0", NAME]));
  // As a kubelet has its runtimes do it: in a cgroup of the pod's.
  const inPod = ["--cgroup-manager=cgroupfs", "run", "--detach", `--cgroup-parent=/kubepods/burstable/pod${uid}`];
  await runs(cluster, podman(...inPod, `--name=${NAME}`, IMAGE, "sleep", "300"));

  const report = join(folder, "report.json");
  const kubeconfig = await cluster.kubeconfig();
  const words = ["--audit", "--audit-port", String(auditPort), "--node", "node-1", "--kubeconfig", kubeconfig];
  const named = ["--image", `oci-archive:${join(folder, "image.tar")}`, "--dockerfile", dockerfile];
  const { said } = await watched(
    async ({ alerts }) => {
      await execAs(cluster, ALICE, ["cat", "/etc/shadow"]);
      const isThere = () =>
        alerts().some(({ rule, bulkhead }) => rule === "Password Hashes Read" && isJoined(bulkhead));
      for (let tries = 0; !isThere() && tries < 300; tries += 1) await passed(100);
    },
    { words: [...words, ...named, "--format", `json=${report}`] },
  );

  const { evaluations } = JSON.parse(readFileSync(report, "utf8")) as {
    evaluations: { asset: { name: string }; findings: { evidence: Readonly<Record<string, string>> }[] }[];
  };
  const own = evaluations
    .filter(({ asset }) => asset.name === "shop/Deployment/api")
    .flatMap(({ findings }) => findings);
  const found = own.find(({ evidence }) => evidence.command === "cat /etc/shadow");
  assert.ok(found !== undefined, `${said}\n${JSON.stringify(evaluations.map(({ asset }) => asset.name))}`);
  t.diagnostic(JSON.stringify(found.evidence));
  assert.equal(found.evidence["kubernetes user"], `${ALICE} (pods/exec)`);
  const image = podman("image", "inspect", "--format", "{{.Id}}", IMAGE);
  assert.match(found.evidence.program ?? "", /^\/usr\/bin\/cat of coreutils \S+, layer 1\/1, .*Dockerfile:3 /);
  assert.ok(found.evidence.program?.includes(image), found.evidence.program);
});

function isJoined(told: object): boolean {
  return JSON.stringify(told).includes(ALICE);
}

/** Its Dockerfile; the image is with podman, and as an archive. */
function builtImage(folder: string): string {
  copyFileSync(rootTar(), join(folder, "root.tar"));
  const dockerfile = join(folder, "Dockerfile");
  writeFileSync(dockerfile, "FROM scratch\n\nADD root.tar /\n");
  podman("build", "--tag", IMAGE, "--file", dockerfile, folder);
  podman("save", "--format", "oci-archive", "--output", join(folder, "image.tar"), IMAGE);
  return dockerfile;
}

function audited(folder: string, port: number): string[] {
  const [policy, webhook] = [join(folder, "audit-policy.json"), join(folder, "audit-webhook.json")];
  writeFileSync(
    policy,
    JSON.stringify({
      apiVersion: "audit.k8s.io/v1",
      kind: "Policy",
      rules: [{ level: "Metadata", resources: [{ group: "", resources: ["pods/exec"] }] }],
    }),
  );
  writeFileSync(
    webhook,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "watch", cluster: { server: `http://127.0.0.1:${port}/audit` } }],
      contexts: [{ name: "watch", context: { cluster: "watch", user: "" } }],
      "current-context": "watch",
    }),
  );
  return [
    `--audit-policy-file=${policy}`,
    `--audit-webhook-config-file=${webhook}`,
    "--audit-webhook-batch-max-wait=500ms",
    "--audit-webhook-initial-backoff=500ms",
  ];
}

/** Of one Deployment; @returns its UID */
async function makePod(cluster: Cluster, port: number): Promise<string> {
  const node = { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } };
  const status = {
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  const containers = [{ name: "api", image: IMAGE }];
  const template = { metadata: { labels: { app: "api" } }, spec: { containers } };
  const spec = { selector: { matchLabels: { app: "api" } }, template };
  await cluster.apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api", namespace: "shop" }, spec },
    node,
  );
  await patch(cluster, "/api/v1/nodes/node-1/status", { status });
  const deployment = await uidOf(cluster, "/apis/apps/v1/namespaces/shop/deployments/api");
  const owner = (kind: string, name: string, uid: string) => ({
    apiVersion: "apps/v1",
    kind,
    name,
    uid,
    controller: true,
  });
  await cluster.apply({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "api-7f9", namespace: "shop", ownerReferences: [owner("Deployment", "api", deployment)] },
    spec,
  });
  const set = await uidOf(cluster, "/apis/apps/v1/namespaces/shop/replicasets/api-7f9");
  await cluster.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "api-7f9c",
      namespace: "shop",
      labels: { app: "api" },
      ownerReferences: [owner("ReplicaSet", "api-7f9", set)],
    },
    spec: { nodeName: "node-1", containers },
  });
  return await uidOf(cluster, "/api/v1/namespaces/shop/pods/api-7f9c");
}

/** As its kubelet tells the API server. */
async function runs(cluster: Cluster, id: string): Promise<void> {
  const container = { name: "api", image: IMAGE, imageID: "", ready: true, restartCount: 0, state: { running: {} } };
  const status = { phase: "Running", containerStatuses: [{ ...container, containerID: `podman://${id}` }] };
  await patch(cluster, "/api/v1/namespaces/shop/pods/api-7f9c/status", { status });
}

async function patch(cluster: Cluster, path: string, body: object): Promise<void> {
  const answer = await cluster.request(path, { method: "PATCH", body, contentType: "application/merge-patch+json" });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

async function uidOf(cluster: Cluster, path: string): Promise<string> {
  const { body } = await cluster.request<{ metadata: { uid: string } }>(path);
  return body.metadata.uid;
}

/** What a kubelet does with a request to execute something: it asks the runtime. Its streams nobody needs here. */
async function startKubelet() {
  const { cert, key } = authority()?.issue("IP:127.0.0.1") ?? { cert: "", key: "" };
  const server = createServer({ cert, key });
  server.on("upgrade", ({ url = "" }, socket) => {
    const command = new URL(url, "https://127.0.0.1").searchParams.getAll("command");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n",
    );
    podman("exec", NAME, ...command);
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** As kubectl asks for it. */
async function execAs(cluster: Cluster, user: string, command: readonly string[]): Promise<void> {
  const query = new URLSearchParams([
    ["container", "api"],
    ["stdout", "true"],
    ...command.map((word): [string, string] => ["command", word]),
  ]);
  const asked = request(`${cluster.server}/api/v1/namespaces/shop/pods/api-7f9c/exec?${query}`, {
    method: "POST",
    ca: cluster.certificates,
    headers: {
      Authorization: `Bearer ${cluster.tokenOf(user)}`,
      Connection: "Upgrade",
      Upgrade: "SPDY/3.1",
      "X-Stream-Protocol-Version": "v4.channel.k8s.io",
    },
  });
  await new Promise<void>((resolve, reject) => {
    asked.on("upgrade", (_, socket) => socket.on("close", resolve).resume());
    asked.on("response", (answer) => reject(new Error(`the API server answered ${answer.statusCode}`)));
    asked.on("error", reject);
    asked.end();
  });
}
