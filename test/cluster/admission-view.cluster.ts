/**
 * What the admission guard asks of a cluster and writes to it, against the API server itself: watches, Secrets, permissions,
 * what is trusted of webhooks, break-glass, reports. No controllers run there: what they would make is made here.
 */
import assert from "node:assert/strict";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { readClock } from "../../src/core/clock.ts";
import type { Digest } from "../../src/core/digest.ts";
import { Problem } from "../../src/core/problem.ts";
import type { AdmissionRequest } from "../../src/engines/admission/model.ts";
import { type ClusterApi, createClient } from "../../src/engines/kubernetes/cluster/client.ts";
import { connectionInCluster } from "../../src/engines/kubernetes/cluster/connection.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { watchKind } from "../../src/engines/kubernetes/cluster/watch.ts";
import { createObject, deleteObject, replaceObject } from "../../src/engines/kubernetes/cluster/writes.ts";
import { createBreakGlass } from "../../src/guards/admission/break-glass.ts";
import { createWebhookTrust } from "../../src/guards/admission/cluster/webhooks.ts";
import { clusterLimits, createClusterView } from "../../src/guards/admission/cluster-view.ts";
import { deployFiles } from "../../src/guards/admission/deploy/files.ts";
import { names } from "../../src/guards/admission/deploy/names.ts";
import { defaultDeploySettings } from "../../src/guards/admission/deploy/settings.ts";
import type { Decision } from "../../src/guards/admission/model.ts";
import { createReports } from "../../src/guards/admission/reports.ts";
import {
  account,
  bound,
  guardAccount,
  namespace,
  reportDefinition,
  role,
  template,
  user,
  webhook,
  workload,
} from "./admission-objects.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const word = ["open", "sesame"].join("-");
const NOW = readClock();
const UNTIL = new Date(NOW.getTime() + 3_600_000).toISOString();

const deployed = deployFiles(defaultDeploySettings).flatMap(({ name, objects }) =>
  name === "access.yaml" ? objects : [],
);

async function until<Value>(ask: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await setTimeout(5);
  }
}

describe("the guard's view of a cluster", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  /** As the guard's own account. */
  let api: ClusterApi;
  /** What a pod finds in itself. */
  let folder: string;

  before(async () => {
    cluster = await startCluster({ users: [{ name: "ann" }, { name: "bob" }] });
    await cluster.apply(namespace("shop", { tier: "a" }), namespace("bank"), namespace("bulkhead"), reportDefinition);
    await cluster.apply(
      account("web", "shop", "pull"),
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/dockerconfigjson",
        metadata: { name: "pull", namespace: "shop" },
        stringData: {
          ".dockerconfigjson": JSON.stringify({ auths: { "r.example": { username: "puller", password: word } } }),
        },
      },
      // What is deployed, and nothing else: what the guard needs beyond it fails here.
      ...deployed,
      role("pull", [{ apiGroups: [""], resources: ["secrets"], resourceNames: ["pull"], verbs: ["get"] }]),
      bound("pull", [guardAccount], "shop"),
      bound("bulkhead-break-glass", [user("ann")], "shop"),
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: "bulkhead-admission" },
        webhooks: [webhook("other.admission.example"), webhook("validate.admission.bulkhead.dev")],
      },
    );
    folder = join(cluster.folder, "service-account");
    await mkdir(folder);
    await writeFile(join(folder, "token"), await cluster.serviceAccountToken("bulkhead", "admission"));
    await copyFile(join(cluster.folder, "apiserver.crt"), join(folder, "ca.crt"));
    await writeFile(join(folder, "namespace"), "bulkhead");
    api = createClient(inside(), { limits: clusterLimits });
  });
  after(async () => {
    api?.close();
    await cluster?.stop();
  });

  function inside() {
    const { hostname, port } = new URL(cluster.server);
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const connection = connectionInCluster(environment, folder);
    assert.ok(connection !== undefined);
    assert.equal(connection.namespace, "bulkhead");
    return connection;
  }

  it("has namespaces as they are now, with no more than its rights", async (t) => {
    const view = createClusterView(api);
    t.after(() => view.close());
    await view.ready;
    assert.equal(view.version, "v1.20.2");
    const shop = await view.namespace("shop");
    assert.ok(shop !== undefined && !(shop instanceof Problem) && shop.labels.tier === "a");
    const { status } = await cluster.request("/api/v1/namespaces/shop", {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { metadata: { labels: { tier: "b" } } },
    });
    assert.equal(status, 200);
    await until(async () => {
      const facts = await view.namespace("shop");
      return facts !== undefined && "labels" in facts && facts.labels.tier === "b" ? facts : undefined;
    });
    assert.equal(await view.namespace("missing"), undefined);
    await cluster.apply(namespace("new"));
    await until(async () => {
      const facts = await view.namespace("new");
      return facts instanceof Problem ? undefined : facts;
    });
    // 1.20 has no such policies.
    assert.deepEqual(await view.admissionPolicies(), { objects: [], unread: [] });
  });

  it("pulls with the Secrets that it may read, and says of others that it may not", async (t) => {
    const view = createClusterView(api);
    t.after(() => view.close());
    const credentials = await view.credentials("shop", [], "web", "r.example/shop/web:1");
    assert.deepEqual(credentials, { kind: "password", username: "puller", password: word, source: "Secret shop/pull" });
    const refused = await view.credentials("shop", ["other"], "web", "r.example/shop/web:1");
    assert.ok(refused instanceof Problem && refused.code === "cluster.forbidden", String(refused));
    assert.equal(await view.credentials("shop", [], "missing", "r.example/shop/web:1"), undefined);
  });

  it("is told by the API server who may break the glass, and where", async (t) => {
    const view = createClusterView(api);
    t.after(() => view.close());
    const question = { verb: "use", group: "admission.bulkhead.dev", resource: "breakglass" };
    const may = (username: string, namespace: string) =>
      view.may({ username, groups: ["system:authenticated"], extra: {} }, { ...question, namespace });
    assert.equal(await may("ann", "shop"), true);
    assert.equal(await may("ann", "bank"), false);
    assert.equal(await may("bob", "shop"), false);
    const admin = { username: "root", groups: ["system:masters"], extra: { scopes: ["a", "b"] } };
    assert.equal(await view.may(admin, { ...question, namespace: "bank" }), true);
  });

  it("goes on as itself when its token is replaced, and as nobody when it is taken away", async () => {
    const own = createClient(inside(), { limits: clusterLimits });
    const old = await cluster.serviceAccountToken("bulkhead", "admission");
    try {
      await writeFile(join(folder, "token"), "no-token");
      await assert.rejects(own.get("/api/v1/namespaces"), { code: "cluster.unauthorized" });
      await writeFile(join(folder, "token"), old);
      assert.equal((await own.get("/api/v1/namespaces")).status, 200);
      await rm(join(folder, "token"));
      // What it was is still good.
      assert.equal((await own.get("/api/v1/namespaces")).status, 200);
    } finally {
      await writeFile(join(folder, "token"), old);
      own.close();
    }
  });

  it("follows objects through the end of a watch, and through a history that was compacted", async (t) => {
    const admin = createClient(connectionOf({ kubeconfig: await cluster.kubeconfig() }));
    t.after(() => admin.close());
    const place = { group: "", version: "v1", resource: "configmaps", namespace: "bank" };
    const watch = watchKind(admin, { ...place, kind: "ConfigMap" });
    t.after(() => watch.close());
    await watch.first;
    const all = () => {
      const state = watch.state();
      return "objects" in state ? [...state.objects.keys()].sort() : [];
    };
    const object = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { key: "1" } });
    assert.equal((await createObject(admin, place, object("a"))).status, 201);
    assert.equal((await createObject(admin, place, object("a"))).status, 409);
    await until(() => (all().includes("bank/a") ? true : undefined));
    const { body: made } = await admin.get("/api/v1/namespaces/bank/configmaps/a");
    const named = { ...place, name: "a" };
    assert.equal((await replaceObject(admin, named, { ...made, data: { key: "2" } })).status, 200);
    assert.equal(
      (await replaceObject(admin, named, { ...made, data: { key: "3" } })).status,
      409,
      "it was changed meanwhile",
    );
    assert.equal((await deleteObject(admin, named, "00000000-0000-0000-0000-000000000000")).status, 409);
    assert.equal((await deleteObject(admin, named)).status, 200);
    assert.equal((await deleteObject(admin, named)).status, 404);
    await until(() => (all().includes("bank/a") ? undefined : true));
    // A place that the server does not know any more.
    const ended = new AbortController();
    t.after(() => ended.abort());
    const old = await admin.follow(
      "/api/v1/configmaps?watch=1&resourceVersion=1",
      { stallMilliseconds: 10_000, lineLimit: 1_000_000 },
      ended.signal,
    );
    if ("lines" in old) {
      const first = await old.lines.next();
      assert.match(String(first.value), /"ERROR".*410|"ADDED"|"MODIFIED"/);
    } else assert.equal(old.status, 410);
  });

  it("keeps what is trusted of its own webhooks, and touches nothing else", async () => {
    const own = {
      kind: "ValidatingWebhookConfiguration",
      name: "bulkhead-admission",
      webhooks: ["validate.admission.bulkhead.dev"],
    } as const;
    const trust = createWebhookTrust(api, [own]);
    const bundle = cluster.certificates;
    assert.equal(await trust.keep(bundle), 1);
    assert.equal(await trust.keep(bundle), 0);
    const read = await trust.read();
    assert.deepEqual(read, [
      { kind: own.kind, configuration: own.name, webhook: "validate.admission.bulkhead.dev", bundle },
    ]);
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/bulkhead-admission";
    const { body } = await cluster.request<{ webhooks: { clientConfig: { caBundle?: string } }[] }>(path);
    assert.equal(body.webhooks[0]?.clientConfig.caBundle, undefined);
    const other = createWebhookTrust(api, [{ ...own, name: "another" }]);
    const refused = await other.keep(bundle);
    assert.ok(refused instanceof Problem && refused.code === "cluster.forbidden", String(refused));
  });

  /** What the API server would send of a stored object. */
  async function stored(kind: string, name: string, username: string): Promise<AdmissionRequest> {
    const resource = `${kind.toLowerCase()}s`;
    const { body } = await cluster.request<Record<string, unknown>>(
      `/apis/apps/v1/namespaces/shop/${resource}/${name}`,
    );
    return {
      uid: `${kind} ${name}`,
      operation: "CREATE",
      kind: { group: "apps", version: "v1", kind },
      resource: { group: "apps", version: "v1", resource },
      namespace: "shop",
      user: { username, groups: ["system:authenticated"], extra: {} },
      dryRun: false,
      object: body,
    };
  }

  it("breaks the glass for who may, and for what the controllers make of it", async (t) => {
    const view = createClusterView(api);
    t.after(() => view.close());
    const problems: Problem[] = [];
    const glass = createBreakGlass({
      api,
      cluster: view,
      grants: { namespace: names.namespace, name: names.grants },
      onProblem: (problem) => problems.push(problem),
    });
    const consider = (request: AdmissionRequest) =>
      glass.consider(request, { webhook: "validate", now: NOW, deadline: new AbortController().signal });
    const ask = {
      "admission.bulkhead.dev/break-glass": "incident 42",
      "admission.bulkhead.dev/break-glass-until": UNTIL,
    };
    await cluster.apply(workload("Deployment", "web", {}, ask));
    assert.equal((await consider(await stored("Deployment", "web", "bob")))?.outcome, "refused");
    assert.equal((await consider(await stored("Deployment", "web", "ann")))?.outcome, "granted");
    // As the deployment controller makes it of what the API server stored.
    await cluster.apply(workload("ReplicaSet", "web-abc", { "pod-template-hash": "abc" }));
    const by = (name: string) => `system:serviceaccount:kube-system:${name}-controller`;
    const set = await stored("ReplicaSet", "web-abc", by("deployment"));
    assert.equal((await consider(set))?.outcome, "granted");
    const { uid } = (set.object as { metadata: { uid: string } }).metadata;
    const reference = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-abc", uid, controller: true };
    const pod: AdmissionRequest = {
      ...set,
      uid: "pod",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      user: { username: by("replicaset"), groups: [], extra: {} },
      object: { metadata: { generateName: "web-abc-", ownerReferences: [reference] }, spec: template.spec },
    };
    assert.equal((await consider(pod))?.outcome, "granted");
    assert.equal(await consider({ ...pod, user: { ...pod.user, username: "bob" } }), undefined);
    assert.deepEqual(problems, []);
    const { stdout } = await cluster.kubectl(["get", "events", "-n", "shop", "-o", "json"]);
    const events = (JSON.parse(stdout) as { items: { reason: string; message: string; type: string }[] }).items;
    assert.equal(events.length, 3);
    assert.match(events[0]?.message ?? "", /ann broke the glass until .*: incident 42/);
    assert.ok(events.every(({ reason, type }) => reason === "BreakGlass" && type === "Warning"));
  });

  it("writes a report beside what was admitted, and again", async (t) => {
    const problems: Problem[] = [];
    const reports = createReports({
      api,
      guard: { decide: async () => assert.fail("nothing is updated") },
      onProblem: (problem) => problems.push(problem),
    });
    t.after(() => reports.close());
    await cluster.apply(workload("Deployment", "reported"));
    const request = await stored("Deployment", "reported", "ann");
    const outcome = {
      check: "workload/privileged",
      verdict: "fail",
      action: "warn",
      message: "true is not allowed",
      evaluation: { findings: [{ severity: "high" }] },
    };
    const decision = (outcomes: object[]) =>
      ({
        request,
        answer: { uid: request.uid, allowed: true, warnings: [], auditAnnotations: {} },
        basis: "judged",
        reason: "",
        outcomes,
        images: [],
        patch: [],
        policy: `sha256:${"ab".repeat(32)}` as Digest,
      }) as unknown as Decision;
    const summary = async () => {
      const { stdout, stderr } = await cluster.kubectl(["get", "reports.openreports.io", "-n", "shop", "-o", "json"]);
      assert.equal(stderr, "");
      return (JSON.parse(stdout) as { items: { summary: object }[] }).items.map((item) => item.summary);
    };
    reports.record(decision([outcome]));
    await until(() => (reports.counts().written === 1 ? true : undefined));
    assert.deepEqual(await summary(), [{ pass: 0, fail: 0, warn: 1, error: 0, skip: 0 }]);
    reports.record(decision([]));
    await until(() => (reports.counts().written === 2 ? true : undefined));
    assert.deepEqual(await summary(), [{ pass: 1, fail: 0, warn: 0, error: 0, skip: 0 }]);
    assert.deepEqual(problems, []);
  });
});
