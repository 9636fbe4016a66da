/** Responses on pods of a real API server, by the account of deploy/runtime: what it grants is enough, and no more happens. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import type { ContainerFacts } from "../../src/engines/events/containers/model.ts";
import type { ResponseAction } from "../../src/engines/events/respond/model.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { openJournal } from "../../src/guards/runtime/response/journal.ts";
import type { ResponseRecord } from "../../src/guards/runtime/response/model.ts";
import { createResponder } from "../../src/guards/runtime/response/responder.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";
import type { Manifest } from "./shop.ts";

type Pod = { metadata: { uid: string; labels?: Record<string, string>; annotations?: Record<string, string> } };

describe("responses on pods", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let kubeconfig: string;
  let journal: string;

  before(async () => {
    cluster = await startCluster();
    journal = join(cluster.folder, "log/responses.jsonl");
    const built = execFileSync("kubectl", ["kustomize", join(import.meta.dirname, "../../deploy/runtime/respond")], {
      encoding: "utf8",
    });
    const objects = parseAllDocuments(built).map((document) => document.toJS() as Manifest);
    await cluster.apply(...objects.filter(({ kind }) => kind === "Namespace"));
    await cluster.apply(...objects.filter(({ kind }) => kind !== "Namespace").map(for120));
    kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead-runtime", "runtime"));
    for (const name of ["shop", "monitoring"]) {
      await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    await cluster.apply(pod("monitoring", "prometheus", { app: "prometheus" }));
  });
  after(() => cluster?.stop());

  /** 1.20 has neither this field nor that of AppArmor. */
  function for120(object: Manifest): Manifest {
    return JSON.parse(
      JSON.stringify(object, (key, value) => (key === "appArmorProfile" ? undefined : value)),
    ) as Manifest;
  }

  function pod(namespace: string, name: string, labels: Record<string, string>) {
    const spec = { nodeName: "node-1", containers: [{ name: "api", image: "registry.example.com/shop/api:1" }] };
    return { apiVersion: "v1", kind: "Pod", metadata: { namespace, name, labels }, spec };
  }

  const podAt = async (name: string) =>
    (await cluster.request<Pod>(`/api/v1/namespaces/shop/pods/${name}`)).body.metadata;
  const policyAt = (uid: string) =>
    cluster.request(`/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/bulkhead-quarantine-${uid}`);

  async function respond(name: string, actions: readonly ResponseAction[], config = kubeconfig) {
    const { uid } = await podAt(name);
    const facts: ContainerFacts = {
      id: "a".repeat(12),
      fullId: "a".repeat(64),
      runtime: "containerd",
      details: {
        name: "api",
        image: "",
        mounts: [],
        labels: {},
        pod: { namespace: "shop", name, uid, labels: {} },
      },
    };
    const records: ResponseRecord[] = [];
    const responder = createResponder(
      {
        ...defaultPolicy,
        cluster: { ...defaultPolicy.cluster, cni: "calico" },
        origin: { kind: "trusted", name: "policy", loosened: [] },
        runtime: { ...defaultPolicy.runtime, respond: "on", responses: [{ rules: ["*"], do: actions }] },
      },
      {
        node: "node-1",
        containerOf: () => facts,
        hostProcesses: false,
        cluster: connectionOf({ kubeconfig: config }),
        own: { namespace: "bulkhead-runtime", containers: [], pids: [] },
        journal: openJournal(journal),
        onRecord: (record) => void records.push(record),
      },
    );
    responder.respond({ rule: "Reverse shell", priority: "CRITICAL", tags: [], time: 1n, container: "a".repeat(64) });
    await responder.settled();
    await responder.close();
    return records;
  }

  const outcomes = (records: readonly ResponseRecord[]) =>
    records.map(({ action, outcome, reason }) =>
      outcome === "done" ? `${action} done` : `${action} ${outcome} ${reason}`,
    );

  async function undo({ id }: ResponseRecord) {
    const words = ["runtime", "respond", "undo", id, "--journal", journal, "--kubeconfig", kubeconfig];
    const { code, stderr } = await bulkhead(words, { cwd: cluster.folder, home: cluster.folder });
    assert.equal(code, 0, stderr);
  }

  test("a pod is labeled, detached and quarantined, and all of it is undone", async () => {
    await cluster.apply(pod("shop", "api", { app: "api" }), {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "shop", name: "allow-metrics" },
      spec: {
        podSelector: { matchLabels: { app: "api" } },
        ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "prometheus" } } }] }],
      },
    });
    const { uid } = await podAt("api");
    const [failed] = await respond("api", ["quarantine"]);
    assert.match(
      failed?.reason ?? "",
      /monitoring\/Pod\/prometheus -> shop\/Pod\/api would still connect, allowed by NetworkPolicy shop\/allow-metrics/,
    );
    assert.equal((await policyAt(uid)).status, 404);

    const records = await respond("api", ["label", "detach", "quarantine"]);
    assert.deepEqual(outcomes(records), ["label done", "detach done", "quarantine done"]);
    assert.deepEqual((await podAt("api")).labels, {
      "runtime.bulkhead.dev/alert": "reverse-shell",
      "runtime.bulkhead.dev/quarantine": uid,
    });
    assert.equal((await policyAt(uid)).status, 200);
    const [label, detach, quarantine] = await respond("api", ["label", "detach", "quarantine"]);
    assert.deepEqual([label?.outcome, detach?.outcome, quarantine?.outcome], ["unchanged", "unchanged", "unchanged"]);

    for (const record of records.toReversed()) await undo(record);
    const { labels, annotations = {} } = await podAt("api");
    assert.deepEqual(labels, { app: "api" });
    assert.deepEqual(
      Object.keys(annotations).filter((name) => name.includes("bulkhead")),
      [],
    );
    assert.equal((await policyAt(uid)).status, 404);
  });

  test("another pod under the same name is left alone", async () => {
    await cluster.apply(pod("shop", "web", { app: "web" }));
    const patch = { metadata: { uid: "00000000-0000-4000-8000-000000000000", labels: { x: "y" } } };
    const answer = await cluster.request("/api/v1/namespaces/shop/pods/web", {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: patch,
    });
    // What the responder's patches rest on: a UID in one is a condition.
    assert.ok([409, 422].includes(answer.status), `${answer.status}`);
    assert.deepEqual((await podAt("web")).labels, { app: "web" });
  });

  test("without deploy/runtime/respond nothing can be changed, and each action says which right it lacks", async () => {
    await cluster.request("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/bulkhead-runtime-respond", {
      method: "DELETE",
    });
    const records = await respond("web", ["label", "detach", "quarantine"]);
    assert.deepEqual(
      records.map(({ outcome, reason }) => [outcome, reason]),
      Array.from({ length: 3 }, () => [
        "failed",
        "/api/v1/namespaces/shop/pods/web: this identity may not get pods (403) (grant get pods)",
      ]),
    );
    assert.deepEqual((await podAt("web")).labels, { app: "web" });
  });
});
