/** `admission test --cluster` and the manifests of `admission manifests`, against a real API server. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { deployJson } from "../../src/guards/admission/deploy/files.ts";
import { names } from "../../src/guards/admission/deploy/names.ts";
import { defaultDeploySettings } from "../../src/guards/admission/deploy/settings.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const policy = `apiVersion: bulkhead/v1
enforcement:
  admission:
    default: audit
    unknown: audit
    checks: { workload/privileged: deny, workload/host-namespaces: warn }
`;

const namespaced = (kind: string, namespace: string, name: string, spec: object, apiVersion = "v1") => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
});

function podSpec(privileged: boolean, more: object = {}) {
  return {
    containers: [{ name: "main", image: "registry.example.com/a:1", securityContext: { privileged } }],
    ...more,
  };
}

function deployment(namespace: string, name: string, spec: object) {
  const labels = { app: name };
  const whole = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
  return namespaced("Deployment", namespace, name, whole, "apps/v1");
}

describe("the admission commands and a cluster", { skip: clusterMissing }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-admission-cluster-"));
  const home = join(folder, "home");
  let cluster: Cluster;
  let kubeconfig: string;

  before(async () => {
    mkdirSync(home);
    writeFileSync(join(folder, "policy.yaml"), policy);
    cluster = await startCluster();
    kubeconfig = await cluster.kubeconfig();
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await cluster.apply(
      deployment("shop", "api", podSpec(true)),
      deployment("shop", "web", podSpec(false)),
      namespaced("Pod", "shop", "job", podSpec(true)),
      namespaced("Pod", "shop", "debug", podSpec(false, { hostPID: true })),
      // As kubelets show their static pods: the webhook is not asked there.
      namespaced("Pod", "kube-system", "etcd", podSpec(true, { hostNetwork: true })),
    );
  });
  after(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  });

  const run = (...words: readonly string[]) =>
    bulkhead(["admission", ...words, "--policy", "policy.yaml", "--offline", "--quiet"], { cwd: folder, home });

  it("says what runs and would be refused, one line a cause, and leaves the excluded namespaces out", async () => {
    const { code, stdout, stderr } = await run("test", "--cluster", "--kubeconfig", kubeconfig);
    assert.equal(stderr, "");
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^WOULD BE REFUSED\n {2}✗ workload\/privileged \(policy\.yaml:6\): 2 objects$/m);
    assert.match(stdout, /^ {6}(?:Deployment shop\/api, Pod shop\/job|Pod shop\/job, Deployment shop\/api)$/m);
    assert.match(stdout, /^WOULD BE WARNED OF\n {2}✗ workload\/host-namespaces \(policy\.yaml:6\): 1 object$/m);
    assert.match(stdout, /1 object of bulkhead and kube-system, where the webhook is not asked/);
    assert.match(stdout, /2 of 4 objects refused, 1 with warnings/);
  });

  it("gives a manifest the verdict that it has in the cluster", async () => {
    const live = JSON.parse((await run("test", "--cluster", "--kubeconfig", kubeconfig, "--format", "json")).stdout);
    const objects = [deployment("shop", "api", podSpec(true)), deployment("shop", "web", podSpec(false))];
    writeFileSync(join(folder, "deploy.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const files = JSON.parse((await run("test", "deploy.json", "--format", "json")).stdout);
    type View = { object: string; answer: string; reasons: { check: string; verdict: string; field?: string }[] };
    const told = ({ object, answer, reasons }: View) => ({
      object,
      answer,
      reasons: reasons.map(({ check, verdict, field }) => `${check} ${verdict} ${field}`).sort(),
    });
    for (const name of ["Deployment shop/api", "Deployment shop/web"]) {
      const of = ({ requests }: { requests: View[] }) => requests.filter(({ object }) => object === name).map(told);
      assert.deepEqual(of(live), of(files), name);
      assert.equal(of(live).length, 1);
    }
  });

  it("what may not be listed is not read, and no pass", async () => {
    await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "nobody", namespace: "shop" } });
    const token = await cluster.serviceAccountToken("shop", "nobody");
    const { code, stdout } = await run("test", "--cluster", "--kubeconfig", await cluster.kubeconfig(token));
    assert.equal(code, 3, stdout);
    assert.match(stdout, /may not list pods \(403\)/);
  });

  it("the API server takes the manifests, and its account may read no Secret but its own and no other webhook", async () => {
    const { items } = JSON.parse(deployJson(defaultDeploySettings));
    // 1.20 has no policy/v1 yet.
    const known = items.filter(({ apiVersion }: { apiVersion: string }) => apiVersion !== "policy/v1");
    const isWebhook = ({ kind }: { kind: string }) => kind.endsWith("WebhookConfiguration");
    const webhooks = known.filter(isWebhook);
    await cluster.apply(...known.filter(({ kind }: { kind: string }) => kind === "Namespace"));
    const isOther = (item: { kind: string }) => !["Namespace", "Deployment"].includes(item.kind) && !isWebhook(item);
    await cluster.apply(...known.filter(isOther));
    // kubectl refuses fields that 1.20 does not know; the API leaves them out.
    const body = known.find(({ kind }: { kind: string }) => kind === "Deployment");
    const path = "/apis/apps/v1/namespaces/bulkhead/deployments";
    assert.equal((await cluster.request(path, { method: "POST", body })).status, 201);
    const token = await cluster.serviceAccountToken("bulkhead", names.component);
    const can = async (verb: string, resource: string, namespace = "bulkhead") =>
      (await cluster.kubectl(["auth", "can-i", verb, resource, "--namespace", namespace], { token })).stdout.trim();
    for (const [verb, resource, namespace, answer] of [
      ["get", `secrets/${names.certificate}`, "bulkhead", "yes"],
      ["update", `secrets/${names.certificate}`, "bulkhead", "yes"],
      ["get", "secrets/other", "bulkhead", "no"],
      ["list", "secrets", "bulkhead", "no"],
      ["create", "secrets", "bulkhead", "no"],
      ["get", "secrets/registry", "shop", "no"],
      ["patch", `validatingwebhookconfigurations/${names.cluster}`, "bulkhead", "yes"],
      ["patch", "validatingwebhookconfigurations/other", "bulkhead", "no"],
      ["delete", `validatingwebhookconfigurations/${names.cluster}`, "bulkhead", "no"],
      ["watch", "namespaces", "bulkhead", "yes"],
      ["list", "pods", "shop", "no"],
      ["use", "breakglass.admission.bulkhead.dev", "bulkhead", "no"],
    ] as const) {
      assert.equal(await can(verb, resource, namespace), answer, `${verb} ${resource} in ${namespace}`);
    }
    // An API server gives each namespace its name as a label, from 1.21 on.
    for (const name of ["kube-system", "bulkhead"]) {
      const patch = { metadata: { labels: { "kubernetes.io/metadata.name": name } } };
      const contentType = "application/merge-patch+json";
      const { status } = await cluster.request(`/api/v1/namespaces/${name}`, {
        method: "PATCH",
        body: patch,
        contentType,
      });
      assert.equal(status, 200);
    }
    await cluster.apply(...webhooks);
    // Nobody answers: nothing is admitted where the policy holds, and everything where it would lock the cluster.
    const made = (namespace: string, name: string) =>
      cluster.request(`/api/v1/namespaces/${namespace}/pods`, {
        method: "POST",
        body: namespaced("Pod", namespace, name, podSpec(false)),
      });
    const refused = await made("shop", "late");
    assert.equal(refused.status, 500);
    assert.match(JSON.stringify(refused.body), /mutate\.admission\.bulkhead\.dev/);
    assert.equal((await made("kube-system", "late")).status, 201);
    assert.equal((await made("bulkhead", "late")).status, 201);
    assert.equal((await cluster.request("/api/v1/namespaces/shop/pods/job", { method: "DELETE" })).status, 200);
  });
});
