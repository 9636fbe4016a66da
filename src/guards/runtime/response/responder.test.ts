import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Policy } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { ResponseAction } from "../../../engines/events/respond/model.ts";
import { fakeApi, type ServedKind } from "../../../engines/kubernetes/cluster/api.fixture.ts";
import { clusterResources } from "../../../engines/kubernetes/cluster/resources.ts";
import { openJournal, readJournal } from "./journal.ts";
import type { ResponderParts, ResponseRecord, ResponseRequest } from "./model.ts";
import { createResponder } from "./responder.ts";
import { undoResponse } from "./undo.ts";

const uid = "0b5f1c1e-1111-4222-8333-444455556666";
/** Those that every API server has. */
const kinds = clusterResources.flatMap(({ group, versions, resource, kind, namespaced, everywhere }): ServedKind[] => {
  const [version] = versions;
  if (version === undefined || !everywhere) return [];
  return [{ apiVersion: group === "" ? version : `${group}/${version}`, resource, kind, namespaced }];
});

const facts: ContainerFacts = {
  id: "a".repeat(12),
  fullId: "a".repeat(64),
  runtime: "containerd",
  podUid: uid,
  details: {
    name: "api",
    image: "registry.example.com/shop/api:1",
    mounts: [],
    labels: {},
    pod: { namespace: "shop", name: "api-7f9c", uid, labels: {}, owner: { kind: "Deployment", name: "api" } },
  },
};

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "api-7f9c", namespace: "shop", uid, labels: { app: "api" }, annotations: { team: "storefront" } },
  spec: { nodeName: "node-1", containers: [{ name: "api", image: "api" }] },
};

interface Options {
  readonly runtime?: Partial<Policy["runtime"]>;
  readonly policy?: Partial<Policy>;
  readonly parts?: Partial<ResponderParts>;
  readonly now?: () => number;
}

function responderOf(
  t: TestContext,
  actions: readonly ResponseAction[],
  { runtime, policy, parts, now }: Options = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-responder-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "responses.jsonl");
  const records: ResponseRecord[] = [];
  const told: string[] = [];
  const journal = openJournal(path);
  const whole: Policy = {
    ...defaultPolicy,
    cluster: { ...defaultPolicy.cluster, cni: "calico" },
    origin: { kind: "trusted", name: "policy", loosened: [] },
    ...policy,
    runtime: { ...defaultPolicy.runtime, respond: "on", responses: [{ rules: ["*"], do: actions }], ...runtime },
  };
  const responder = createResponder(
    whole,
    {
      node: "node-1",
      containerOf: (id) => (facts.fullId.startsWith(id) ? facts : undefined),
      tell: async (command) => void told.push(command),
      root: "/nowhere",
      hostProcesses: false,
      own: { containers: [], pids: [] },
      journal,
      onRecord: (record) => void records.push(record),
      ...parts,
    },
    { tries: [0, 1], ...(now === undefined ? {} : { now }) },
  );
  t.after(() => responder.close());
  const outcomes = () => records.map(({ action, outcome }) => `${action} ${outcome}`);
  return { responder, whole, records, told, outcomes, journal, path };
}

function request(more: Partial<ResponseRequest> = {}): ResponseRequest {
  const process = { pid: 4711, name: "sh" };
  return {
    rule: "Reverse shell",
    priority: "CRITICAL",
    tags: [],
    time: 1_700_000_000_000_000_000n,
    container: "a".repeat(12),
    process,
    ...more,
  };
}

test("off is the default, and on means nothing of an untrusted policy", async (t) => {
  const off = responderOf(t, ["kill"], { runtime: { respond: defaultPolicy.runtime.respond } });
  const untrusted = responderOf(t, ["kill"], { policy: { origin: { kind: "tree", path: "bulkhead.yaml" } } });
  for (const { responder, told, records } of [off, untrusted]) {
    responder.respond(request());
    await responder.settled();
    assert.deepEqual([told, records], [[], []]);
  }
  assert.deepEqual(off.responder.notes(), ["runtime.respond is off: responses are not carried out"]);
  assert.match(untrusted.responder.notes().join(), /untrusted policy does not count/);
});

test("a process is killed by the time of its event, once where the alert comes many times at once", async (t) => {
  const { responder, told, records } = responderOf(t, ["kill"]);
  for (let index = 0; index < 20; index++) responder.respond(request());
  await responder.settled();
  assert.deepEqual(told, ["kill 4711 before:1700000000000000000 9"]);
  assert.equal(records[0]?.target, "process 4711 (sh)");
  assert.deepEqual([responder.counts().done, responder.counts().unchanged], [1, 19]);
});

test("what the sensor says of a process that is gone is no failure; anything else is", async (t) => {
  const problem = (cause: string) =>
    new Problem({ kind: "unavailable", code: "runtime.sensor", place: "sensor", cause });
  let cause = "gone: no process 4711";
  const { responder, outcomes, records } = responderOf(t, ["kill"], {
    parts: { tell: () => Promise.reject(problem(cause)) },
  });
  responder.respond(request());
  await responder.settled();
  cause = "no answer within 10 seconds";
  responder.respond(request());
  await responder.settled();
  assert.deepEqual(outcomes(), ["kill gone", "kill failed"]);
  assert.equal(records[1]?.reason, "sensor: no answer within 10 seconds");
});

test("nothing is done while it is not known whom an alert is about; once it is, it is done", async (t) => {
  let known = false;
  const { details: _, ...bare } = facts;
  const { responder, told, records, outcomes } = responderOf(t, ["kill"], {
    parts: { containerOf: () => (known ? facts : bare) },
  });
  responder.respond(request());
  await responder.settled();
  assert.deepEqual(told, []);
  assert.deepEqual(outcomes(), ["none failed"]);
  assert.match(records[0]?.reason ?? "", /nothing is known of the container/);
  known = true;
  responder.respond(request());
  await responder.settled();
  assert.deepEqual(told.length, 1);
});

test("a container whose id begins with the same characters is another one", async (t) => {
  const { responder, told, outcomes } = responderOf(t, ["kill"], { parts: { containerOf: () => facts } });
  responder.respond(request({ container: `${"a".repeat(12)}${"b".repeat(52)}` }));
  await responder.settled();
  assert.deepEqual([told, outcomes()], [[], ["none failed"]]);
});

test("what is not done is told once a minute with its number, what is done each time", async (t) => {
  let now = 0;
  const kubeSystem = {
    ...facts,
    details: { ...facts.details, pod: { ...facts.details?.pod, namespace: "kube-system" } },
  } as ContainerFacts;
  const { responder, records } = responderOf(t, ["kill"], { parts: { containerOf: () => kubeSystem }, now: () => now });
  const send = async () => {
    responder.respond(request());
    await responder.settled();
  };
  for (let index = 0; index < 10; index++) await send();
  assert.equal(records.length, 1);
  assert.equal(records[0]?.outcome, "exempt");
  assert.equal(records[0]?.workload, "kube-system/Deployment/api");
  now = 60_001;
  await send();
  assert.equal(records.length, 2);
  assert.match(records[1]?.reason ?? "", /; 9 times more before$/);
  assert.equal(responder.counts().exempt, 11);
});

test("a flood is bounded: what is over is counted, and limits hold", async (t) => {
  const { responder, told, records } = responderOf(t, ["kill"], {
    runtime: { responseLimits: { rule: 3, workload: 9, node: 9, minutes: 1 } },
  });
  for (let pid = 2; pid < 2_002; pid++) responder.respond(request({ process: { pid, name: "sh" } }));
  await responder.settled();
  const { crowded, limited, done } = responder.counts();
  assert.equal(crowded + limited + done, 2_000);
  assert.deepEqual([crowded, done, told.length], [1_500, 3, 3]);
  assert.equal(records.length, 4);
});

test("a policy that was adopted holds at once, and what was done before still counts", async (t) => {
  const { responder, whole, told, outcomes } = responderOf(t, ["kill"]);
  responder.respond(request());
  await responder.settled();
  responder.adopt({
    ...whole,
    runtime: { ...whole.runtime, respond: "dry-run", responses: [{ rules: ["*"], do: ["kill"] }] },
  });
  responder.respond(request());
  await responder.settled();
  responder.adopt({
    ...whole,
    runtime: { ...whole.runtime, responseLimits: { rule: 1, workload: 9, node: 9, minutes: 10 } },
  });
  responder.respond(request());
  await responder.settled();
  assert.deepEqual(outcomes(), ["kill done", "kill dry-run", "kill limited"]);
  assert.equal(told.length, 1);
});

test("a record that cannot be written keeps nothing from being done, and is counted", async (t) => {
  const journal = { append: () => Promise.reject(new Error("disk full")) };
  const { responder, told, records } = responderOf(t, ["kill"], { parts: { journal } });
  responder.respond(request());
  await responder.settled();
  const { done, failed, unwritten } = responder.counts();
  assert.deepEqual([told.length, done, failed, unwritten], [1, 1, 0, 1]);
  assert.deepEqual(
    records.map(({ outcome, target, reason }) => [outcome, target, reason]),
    [
      ["done", "process 4711 (sh)", undefined],
      ["failed", "record of responses", "disk full"],
    ],
  );
});

async function inCluster(t: TestContext, actions: readonly ResponseAction[], more: Options = {}) {
  const api = await fakeApi(t, kinds);
  api.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  api.put(pod);
  const made = responderOf(t, actions, { ...more, parts: { cluster: api.connection, ...more.parts } });
  const respond = async () => {
    made.responder.respond(request());
    await made.responder.settled();
  };
  const undo = (id: string | undefined) =>
    undoResponse(readJournal(made.path), id ?? "", { journal: made.journal, cluster: () => api.connection });
  const marks = () => {
    const { labels, annotations } = api.get("pods", "api-7f9c", "shop")?.metadata ?? {};
    return { labels, annotations };
  };
  const writes = () =>
    api.asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  return { ...made, api, respond, undo, marks, writes };
}

test("label marks the pod with the rule, again without effect, and undo takes all of it off", async (t) => {
  const { respond, records, outcomes, marks, undo } = await inCluster(t, ["label"]);
  await respond();
  await respond();
  assert.deepEqual(outcomes(), ["label done", "label unchanged"]);
  assert.deepEqual(marks().labels, { app: "api", "runtime.bulkhead.dev/alert": "reverse-shell" });
  assert.equal(records[0]?.undoCommand, "kubectl -n shop label pod api-7f9c runtime.bulkhead.dev/alert-");
  await undo(records[0]?.id);
  assert.deepEqual(marks(), { labels: { app: "api" }, annotations: { team: "storefront" } });
});

test("another pod under the same name is not touched", async (t) => {
  const { api, respond, outcomes, writes } = await inCluster(t, ["label", "detach", "quarantine"]);
  api.remove("pods", "api-7f9c", "shop");
  api.put({ ...pod, metadata: { ...pod.metadata, uid: "another" } });
  await respond();
  assert.deepEqual(outcomes(), ["label gone", "detach gone", "quarantine gone"]);
  assert.deepEqual(writes(), []);
});

const POLICY = `bulkhead-quarantine-${uid}`;

test("quarantine proves its policy, sets the label, then the policy; undo takes both away", async (t) => {
  const { api, respond, records, outcomes, marks, undo, writes } = await inCluster(t, ["quarantine"]);
  await respond();
  await respond();
  assert.deepEqual(outcomes(), ["quarantine done", "quarantine unchanged"], records[0]?.reason);
  assert.match(
    records[0]?.reason ?? "",
    /^proven: none of \d+ other ends reaches it or is reached \(calico \(policy\)\); its own node/,
  );
  assert.deepEqual(writes(), [
    "PATCH /api/v1/namespaces/shop/pods/api-7f9c",
    "POST /apis/networking.k8s.io/v1/namespaces/shop/networkpolicies",
  ]);
  const policy = api.get("networkpolicies", POLICY, "shop");
  assert.deepEqual(policy?.spec, {
    podSelector: { matchLabels: { "runtime.bulkhead.dev/quarantine": uid } },
    policyTypes: ["Ingress", "Egress"],
  });
  assert.deepEqual(policy?.metadata.ownerReferences, [{ apiVersion: "v1", kind: "Pod", name: "api-7f9c", uid }]);
  await undo(records[0]?.id);
  assert.equal(api.get("networkpolicies", POLICY, "shop"), undefined);
  assert.deepEqual(marks().labels, { app: "api" });
});

const allow = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "allow-all", namespace: "shop" },
  spec: { podSelector: { matchLabels: { app: "api" } }, ingress: [{}] },
};

test("quarantine fails with the policy that would still allow, and changes nothing; with detach before it, it is proven", async (t) => {
  const { api, respond, records, outcomes, writes } = await inCluster(t, ["quarantine"]);
  api.put(allow);
  await respond();
  assert.deepEqual(outcomes(), ["quarantine failed"]);
  assert.match(
    records[0]?.reason ?? "",
    /pod shop\/api-7f9c: not proven: .* would still connect, allowed by NetworkPolicy shop\/allow-all/,
  );
  assert.deepEqual(writes(), []);

  const detached = await inCluster(t, ["detach", "quarantine"]);
  detached.api.put(allow);
  await detached.respond();
  assert.deepEqual(detached.outcomes(), ["detach done", "quarantine done"], detached.records.at(-1)?.reason);
  assert.deepEqual(detached.marks().labels, { "runtime.bulkhead.dev/quarantine": uid });
  await detached.undo(detached.records[1]?.id);
  await detached.undo(detached.records[0]?.id);
  assert.deepEqual(detached.marks(), { labels: { app: "api" }, annotations: { team: "storefront" } });
});

test("quarantine fails where nobody says that policies are enforced", async (t) => {
  const { respond, records, writes } = await inCluster(t, ["quarantine"], {
    policy: { cluster: defaultPolicy.cluster },
  });
  await respond();
  assert.equal(records[0]?.outcome, "failed");
  assert.match(
    records[0]?.reason ?? "",
    /whether network policies are enforced is unknown: .*\(state cluster.cni in the policy\)/,
  );
  assert.deepEqual(writes(), []);
});

test("where the policy is refused, the label is taken off again", async (t) => {
  const { api, respond, records, marks } = await inCluster(t, ["quarantine"]);
  api.intercept = ({ method }) => (method === "POST" ? { status: 403 } : undefined);
  await respond();
  assert.equal(records[0]?.outcome, "failed");
  assert.match(records[0]?.reason ?? "", /may not create networkpolicies \(403\)/);
  assert.deepEqual(marks().labels, { app: "api" });
});

test("a policy of that name that is another than the proven one is no quarantine", async (t) => {
  const { api, respond, records, marks } = await inCluster(t, ["quarantine"]);
  api.put({
    ...allow,
    metadata: { name: POLICY, namespace: "shop" },
    spec: { podSelector: { matchLabels: { app: "web" } }, ingress: [{}] },
  });
  await respond();
  assert.equal(records[0]?.outcome, "failed");
  assert.match(records[0]?.reason ?? "", /is not the one that was proven/);
  assert.deepEqual(marks().labels, { app: "api" });
});

test("lists that may not be read leave a quarantine unproven", async (t) => {
  const { api, respond, records, writes } = await inCluster(t, ["quarantine"]);
  api.intercept = ({ path }) => (path.endsWith("/networkpolicies") ? { status: 403 } : undefined);
  await respond();
  assert.match(records[0]?.reason ?? "", /not proven: .*may not list networkpolicies/);
  assert.deepEqual(writes(), []);
});

test("a dry run of a quarantine is proven and not applied", async (t) => {
  const { respond, outcomes, records, writes } = await inCluster(t, ["label", "quarantine"], {
    runtime: { respond: "dry-run" },
  });
  await respond();
  assert.deepEqual(outcomes(), ["label dry-run", "quarantine dry-run"]);
  assert.match(records[1]?.reason ?? "", /^proven/);
  assert.deepEqual(writes(), []);
});

test("undo takes back what its record says, once, by the beginning of its id", async (t) => {
  const { respond, records, undo } = await inCluster(t, ["label"]);
  await respond();
  const id = records[0]?.id ?? "";
  await assert.rejects(undo("r-"), /no id of a response/);
  await assert.rejects(undo("r-0123456789abcdef"), /no such response/);
  const undone = await undo(id.slice(0, 12));
  assert.deepEqual([undone.outcome, undone.reason], ["undone", id]);
  await assert.rejects(undo(id), /undone already/);
});
