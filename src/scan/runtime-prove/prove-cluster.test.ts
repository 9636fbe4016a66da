import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { parseProof } from "../../engines/detectors/proof.ts";
import { type Asked, fakeApi } from "../../engines/kubernetes/cluster/api.fixture.ts";
import { openAlertWebhook } from "./outputs.ts";
import { type ProveClusterOptions, proveCluster } from "./prove-cluster.ts";

const kinds = [
  { apiVersion: "v1", resource: "nodes", kind: "Node", namespaced: false },
  { apiVersion: "v1", resource: "pods", kind: "Pod", namespaced: true },
  { apiVersion: "v1", resource: "namespaces", kind: "Namespace", namespaced: false },
  { apiVersion: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true },
];

const alertOf = (nonce: string) => ({
  time: "2026-03-01T12:00:00.25Z",
  rule: "Drop and execute new binary in container",
  priority: "Critical",
  output: `Executing binary not part of base image | proc_exe=/tmp/bulkhead-proof-${nonce}`,
  output_fields: {},
});

interface World {
  /** Names of nodes whose detector is silent. */
  readonly silent?: readonly string[];
  /** What becomes of pods on a node; `Succeeded` where nothing is said. */
  readonly phases?: Readonly<Record<string, string>>;
  /** Status of the logs' answers. */
  readonly logs?: number;
}

/** Nodes with a Falco each, whose log has the alert of every program that a pod executed there. */
async function world(t: TestContext, names: readonly string[], { silent = [], phases = {}, logs = 200 }: World = {}) {
  const fake = await fakeApi(t, kinds);
  fake.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid: "0a0b0c0d-1111-4222" } });
  for (const name of names) {
    fake.put({ apiVersion: "v1", kind: "Node", metadata: { name, uid: `uid-of-${name}` } });
    fake.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `falco-${name}`, namespace: "falco" },
      spec: { nodeName: name, containers: [{ name: "falco", image: "falcosecurity/falco:0.44.1" }] },
      status: { phase: "Running" },
    });
  }
  /** Node → what was executed there. */
  const executed = new Map<string, string[]>();
  fake.intercept = ({ method, path, body }: Asked) => {
    const pod = body as { spec: { nodeName: string; containers: [{ command: string[] }] } } | undefined;
    if (method === "POST" && path.endsWith("/pods")) {
      const { nodeName, containers } = pod?.spec ?? { nodeName: "", containers: [{ command: [] }] };
      const [nonce = ""] = /[0-9a-f]{32}/.exec(containers[0].command.at(-1) ?? "") ?? [];
      executed.set(nodeName, [...(executed.get(nodeName) ?? []), nonce]);
      return undefined;
    }
    const [, name = ""] = /\/pods\/falco-([^/]+)\/log$/.exec(path) ?? [];
    if (name !== "") {
      const told = silent.includes(name) ? [] : (executed.get(name) ?? []);
      const lines = told.map((nonce, at) => `2026-03-01T12:00:0${at}Z ${JSON.stringify(alertOf(nonce))}\n`);
      return { status: logs, text: `2026-03-01T11:59:00Z Falco initialized\n${lines.join("")}` };
    }
    if (method === "GET" && path.includes("/pods/bulkhead-proof-")) {
      const stored = fake.get("pods", path.split("/").at(-1) ?? "", "bulkhead");
      if (stored === undefined) return undefined;
      const phase = phases[(stored.spec as { nodeName: string }).nodeName] ?? "Succeeded";
      return { status: 200, body: { ...stored, status: { phase } } };
    }
    return undefined;
  };
  const proved = async (options: Partial<ProveClusterOptions> = {}) =>
    await proveCluster(fake.api, {
      image: "registry.example.com/busybox:1",
      namespace: "bulkhead",
      milliseconds: 300,
      keeps: true,
      everyMilliseconds: 20,
      ...options,
    });
  const kept = () =>
    fake.asked
      .filter(({ method, path }) => method === "PATCH" && path.includes("/configmaps/"))
      .map(({ body, path }) => {
        assert.match(path, /^\/api\/v1\/namespaces\/bulkhead\/configmaps\/detection-proof-[0-9a-f]{16}$/);
        return parseProof((body as { data: Record<string, string> }).data["proof.json"] ?? "");
      });
  const pods = () => fake.asked.filter(({ method, path }) => method === "POST" && path.endsWith("/pods"));
  return { fake, proved, kept, pods };
}

test("an alert in the log of each node's detector is kept as a proof of that node, and no pod is left", async (t) => {
  const { fake, proved, kept, pods } = await world(t, ["node-1", "node-2"]);
  const found = await proved();
  assert.deepEqual(
    found.map(({ node, proved: one }) => [node, one.kind === "recorded" ? one.proof.outcome : one.reason]),
    [
      ["node-1", "alerted"],
      ["node-2", "alerted"],
    ],
  );
  for (const [index, proof] of kept()
    .toSorted((a, b) => String(a?.node).localeCompare(String(b?.node)))
    .entries()) {
    assert.equal(proof?.nodeUid, `uid-of-node-${index + 1}`);
    assert.equal(proof.clusterUid, "0a0b0c0d-1111-4222");
    assert.deepEqual(proof.looked, [`log of pod falco/falco-node-${index + 1} (falco)`]);
    assert.equal(proof.alert?.rule, "Drop and execute new binary in container");
  }
  assert.equal(kept().length, 2);
  for (const { body } of pods()) {
    const { metadata, spec } = body as { metadata: { name: string }; spec: { nodeName: string } };
    assert.equal(fake.get("pods", metadata.name, "bulkhead"), undefined);
    assert.match(spec.nodeName, /^node-[12]$/);
  }
});

test("a silent detector is kept as missed, and one node alone can be tried, without keeping anything", async (t) => {
  const { proved, kept, pods } = await world(t, ["node-1", "node-2"], { silent: ["node-1"] });
  const found = await proved();
  assert.deepEqual(
    found.map(({ proved: one }) => one.kind === "recorded" && one.proof.outcome),
    ["missed", "alerted"],
  );
  assert.deepEqual(
    kept()
      .map((proof) => proof?.outcome)
      .sort(),
    ["alerted", "missed"],
  );
  const before = pods().length;
  await proved({ node: "node-2", keeps: false });
  assert.deepEqual([pods().length - before, kept().length], [1, 2]);
});

test("a log that may not be read, a pod that does not run, a node without a detector: nothing is proven of it", async (t) => {
  const undecided = async (given: World, names = ["node-1"]) => {
    const { proved, kept } = await world(t, names, given);
    const [found] = await proved();
    assert.deepEqual(kept(), []);
    return found?.proved.kind === "undecided" ? found.proved.reason : found?.proved.kind;
  };
  assert.equal(await undecided({ logs: 403 }), "log of pod falco/falco-node-1 (falco): the API server answered 403");
  assert.match(
    (await undecided({ phases: { "node-1": "Failed" } })) ?? "",
    /^pod bulkhead\/bulkhead-proof-\w+ on node-1: it failed/,
  );
  const { fake, proved } = await world(t, []);
  fake.put({ apiVersion: "v1", kind: "Node", metadata: { name: "bare" } });
  const windows = { name: "win", labels: { "kubernetes.io/os": "windows" } };
  fake.put({ apiVersion: "v1", kind: "Node", metadata: windows });
  const reasons = (await proved()).map(({ proved: one }) => (one.kind === "undecided" ? one.reason : one.kind));
  assert.match(reasons[0] ?? "", /^no pod of a known detector runs there/);
  assert.match(reasons[1] ?? "", /^a node of Windows/);
});

test("one output of all nodes: what is posted there is found by whom it is about", async (t) => {
  const { fake, proved } = await world(t, []);
  fake.put({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1", uid: "uid-of-node-1" } });
  const before = fake.intercept;
  let port = 0;
  fake.intercept = (asked) => {
    if (asked.method === "POST" && asked.path.endsWith("/pods")) {
      const [nonce = ""] = /[0-9a-f]{32}/.exec(JSON.stringify(asked.body)) ?? [];
      void fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(alertOf(nonce)) });
    }
    return before(asked);
  };
  const [found] = await proved({
    milliseconds: 30_000,
    async open(searches) {
      const webhook = await openAlertWebhook({ host: "127.0.0.1", port: 0 }, searches);
      port = webhook.port;
      return [webhook];
    },
  });
  assert.ok(found?.proved.kind === "recorded" && found.proved.proof.outcome === "alerted");
  assert.deepEqual(found.proved.proof.looked, [`webhook on port ${port}`]);
});

test("lists and writes that are refused end it with what to grant", async (t) => {
  const { fake, proved } = await world(t, ["node-1"]);
  const before = fake.intercept;
  const refusing = (method: string, part: string) => {
    fake.intercept = (asked) =>
      asked.method === method && asked.path.includes(part) ? { status: 403 } : before(asked);
  };
  refusing("GET", "/api/v1/nodes");
  await assert.rejects(proved(), { code: "cluster.answer", remedy: /prove[.]yaml/ });
  refusing("POST", "/pods");
  await assert.rejects(proved(), { code: "cluster.forbidden", remedy: "grant create pods in bulkhead" });
  refusing("PATCH", "/configmaps");
  await assert.rejects(proved(), { code: "cluster.forbidden", remedy: "grant patch configmaps in bulkhead" });
  fake.intercept = before;
  await assert.rejects(proved({ node: "node-9" }), { code: "cli.usage" });
});
