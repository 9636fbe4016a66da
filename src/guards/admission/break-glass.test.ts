/** The glass is broken by who may, for a time, and by no annotation. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import { type FakeApi, fakeApi, type ServedKind } from "../../engines/kubernetes/cluster/api.fixture.ts";
import { type BreakGlassOptions, createBreakGlass } from "./break-glass.ts";
import type { BreakGlassAnswer, ClusterView, Webhook } from "./model.ts";

const NOW = new Date("2026-11-27T12:00:00Z");
const UNTIL = "2026-11-27T14:00:00.000Z";
const kinds: readonly ServedKind[] = [
  { apiVersion: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true },
  { apiVersion: "apps/v1", resource: "replicasets", kind: "ReplicaSet", namespaced: true },
  { apiVersion: "events.k8s.io/v1", resource: "events", kind: "Event", namespaced: true },
];
const ask = (until = UNTIL, reason = "the registry is down, incident 42") => ({
  "admission.bulkhead.dev/break-glass": reason,
  "admission.bulkhead.dev/break-glass-until": until,
});
const controller = (name: string) => `system:serviceaccount:kube-system:${name}-controller`;
const spec = (image = "r.example/web:1") => ({ containers: [{ name: "web", image }] });
const labels = { app: "web" };
const hash = { ...labels, "pod-template-hash": "abc" };

function requestOf(kind: string, object: object, user: string, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const group = kind === "Pod" ? "" : "apps";
  return {
    uid: "review",
    operation: "CREATE",
    kind: { group, version: "v1", kind },
    resource: { group, version: "v1", resource: `${kind.toLowerCase()}s` },
    namespace: "shop",
    user: { username: user, groups: [], extra: {} },
    dryRun: false,
    object: object as Record<string, unknown>,
    ...more,
  };
}
const deployment = (annotations: object = {}, template: object = spec()) => ({
  metadata: { name: "web", annotations },
  spec: { template: { metadata: { labels }, spec: template } },
});
const replicaSet = (template: object = spec(), name = "web-abc") => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name, namespace: "shop", uid: `uid of ${name}`, annotations: ask() },
  spec: { template: { spec: template, metadata: { creationTimestamp: null, labels: hash } } },
});
const podOf = (owner = "web-abc", template: object = spec(), uid = `uid of ${owner}`) => ({
  metadata: {
    generateName: `${owner}-`,
    labels: hash,
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid, controller: true }],
  },
  spec: template,
});

interface Broken {
  readonly fake: FakeApi;
  readonly granted: string[];
  readonly problems: Problem[];
  readonly asked: string[];
  consider(request: AdmissionRequest, more?: { now?: Date; webhook?: Webhook }): Promise<BreakGlassAnswer | undefined>;
  outcome(request: AdmissionRequest, more?: { now?: Date; webhook?: Webhook }): Promise<string | undefined>;
}

/** `ann` may. */
async function broken(t: TestContext, options: Partial<BreakGlassOptions> = {}): Promise<Broken> {
  const fake = await fakeApi(t, kinds);
  fake.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "broken", namespace: "bulkhead" } });
  const [granted, problems, asked]: [string[], Problem[], string[]] = [[], [], []];
  const cluster: Pick<ClusterView, "may"> = {
    async may({ username }, { verb, group, resource, namespace }) {
      asked.push(`${username} ${verb} ${resource}.${group} ${namespace}`);
      return username === "ann";
    },
  };
  let clock = 0;
  const glass = createBreakGlass({
    api: fake.api,
    cluster,
    grants: { namespace: "bulkhead", name: "broken" },
    // Nothing is remembered from one question to the next.
    clock: () => (clock += 60_000),
    onGranted: ({ kind }, { by }) => granted.push(`${kind.kind} ${by}`),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  const consider: Broken["consider"] = (request, { now = NOW, webhook = "validate" } = {}) =>
    glass.consider(request, { webhook, now, deadline: new AbortController().signal });
  return { fake, granted, problems, asked, consider, outcome: async (...args) => (await consider(...args))?.outcome };
}
const events = ({ fake }: Broken) =>
  fake.asked.filter(({ method, path }) => method === "POST" && path.endsWith("/events"));

test("who holds the right has an object admitted, which is noted beside it", async (t) => {
  const glass = await broken(t);
  const answer = await glass.consider(requestOf("Deployment", deployment(ask()), "ann"));
  const grant = { by: "ann", reason: "the registry is down, incident 42", until: UNTIL };
  assert.deepEqual(answer, { outcome: "granted", ...grant });
  assert.deepEqual(glass.asked, ["ann use breakglass.admission.bulkhead.dev shop"]);
  assert.deepEqual(glass.granted, ["Deployment ann"]);
  const [event] = events(glass);
  const body = event?.body as { note: string; regarding: object; type: string; eventTime: string };
  assert.match(body.note, /ann broke the glass until 2026-11-27T14:00:00.000Z: the registry is down/);
  assert.deepEqual(body.regarding, { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" });
  assert.equal(body.type, "Warning");
  assert.equal(body.eventTime, "2026-11-27T12:00:00.000000Z");
});

test("annotations alone give nothing, and nobody is asked about where there are none", async (t) => {
  const glass = await broken(t);
  const answer = await glass.consider(requestOf("Deployment", deployment(ask()), "bob"));
  assert.deepEqual(answer, {
    outcome: "refused",
    why: "bob may not use breakglass.admission.bulkhead.dev in namespace shop",
  });
  assert.equal(await glass.consider(requestOf("Deployment", deployment(), "ann")), undefined);
  assert.equal(glass.asked.length, 1);
  assert.deepEqual(glass.granted, []);
  assert.equal(events(glass).length, 0);
});

test("it takes a reason and an end within bounds", async (t) => {
  const glass = await broken(t, { hours: 3 });
  const faults = [
    ask(UNTIL, " "),
    ask("tomorrow"),
    ask("2026-11-27"),
    ask("2026-11-27T15:00:01Z"),
    ask("2026-11-27T12:00:00Z"),
  ];
  const lone = { "admission.bulkhead.dev/break-glass-until": UNTIL };
  for (const annotations of [...faults, lone, { "admission.bulkhead.dev/break-glass": "why" }]) {
    const request = requestOf("Deployment", deployment(annotations), "ann");
    assert.equal(await glass.outcome(request), "refused", JSON.stringify(annotations));
  }
  assert.equal(glass.asked.length, 0);
  const shown = await glass.consider(requestOf("Pod", { metadata: { annotations: ask(UNTIL, "a\u001b[2Jb") } }, "ann"));
  assert.ok(shown?.outcome === "granted" && shown.reason === "a\\u001b[2Jb");
});

test("where nothing is let through, nothing is asked about the owners of refused pods", async (t) => {
  const glass = await broken(t);
  glass.fake.put(replicaSet());
  assert.equal(await glass.outcome(requestOf("Pod", podOf(), controller("replicaset"))), undefined);
  assert.deepEqual(
    glass.fake.asked.map(({ path }) => path),
    ["/api/v1/namespaces/bulkhead/configmaps/broken"],
  );
});

test("what the API server does not say is unknown", async (t) => {
  const problem = new Problem({ kind: "unavailable", code: "cluster.late", place: "here", cause: "too late" });
  const glass = await broken(t, { cluster: { may: async () => problem } });
  const answer = await glass.consider(requestOf("Deployment", deployment(ask()), "ann"));
  assert.deepEqual(answer, { outcome: "unknown", why: "too late" });
});

test("what controllers make of a template that was let through is let through, by every replica, until its end", async (t) => {
  const glass = await broken(t);
  assert.equal(await glass.outcome(requestOf("Deployment", deployment(ask()), "ann")), "granted");
  const other = await broken(t, { api: glass.fake.api });
  const set = replicaSet();
  assert.equal(await other.outcome(requestOf("ReplicaSet", set, controller("deployment"))), "granted");
  glass.fake.put(set);
  const pinned = `r.example/web:1@sha256:${"ab".repeat(32)}`;
  for (const pod of [podOf(), podOf("web-abc", spec(pinned))]) {
    assert.deepEqual(await other.consider(requestOf("Pod", pod, controller("replicaset"))), {
      outcome: "granted",
      by: "ann",
      reason: "the registry is down, incident 42",
      until: UNTIL,
    });
  }
  assert.deepEqual(other.asked, [], "controllers need no right");
  assert.deepEqual(other.granted, ["ReplicaSet ann", "Pod ann", "Pod ann"]);
  assert.equal(events(glass).length, 3, "one for the Deployment, one for its set, one for all its pods");
  const late = { now: new Date("2026-11-27T14:00:00Z") };
  assert.equal(await other.outcome(requestOf("Pod", podOf(), controller("replicaset")), late), undefined);
  assert.equal(await glass.outcome(requestOf("Pod", podOf(), controller("replicaset")), late), undefined);
});

test("nothing else rides along: another template, namespace, author, owner or image", async (t) => {
  const glass = await broken(t);
  const by = controller("replicaset");
  assert.equal(await glass.outcome(requestOf("Deployment", deployment(ask()), "ann")), "granted");
  glass.fake.put(replicaSet());
  const evil = { containers: [{ name: "web", image: "r.example/web:1", securityContext: { privileged: true } }] };
  const other = deployment(ask(), evil);
  assert.equal(await glass.outcome(requestOf("Deployment", other, "bob")), "refused", "another template");
  assert.equal(await glass.outcome(requestOf("Deployment", deployment(), "bob", { namespace: "bank" })), undefined);
  assert.equal(await glass.outcome(requestOf("Pod", podOf(), "bob")), undefined, "a pod that no controller makes");
  assert.equal(await glass.outcome(requestOf("Pod", podOf("web-abc", spec(), "another"), by)), undefined);
  assert.equal(await glass.outcome(requestOf("Pod", podOf("missing"), by)), undefined);
  assert.equal(await glass.outcome(requestOf("Pod", podOf("web-abc", spec("r.example/web:1-evil")), by)), undefined);
  assert.equal(await glass.outcome(requestOf("Pod", podOf("web-abc", spec("r.example/other:1")), by)), undefined);
  glass.fake.put(replicaSet(evil, "evil"));
  assert.equal(
    await glass.outcome(requestOf("Pod", podOf("evil", evil), by)),
    undefined,
    "an owner that was not let through",
  );
  const late = requestOf("Pod", { ...podOf(), metadata: { ...podOf().metadata, annotations: ask() } }, by);
  assert.equal(await glass.outcome(late), "granted");
  assert.equal(await glass.outcome(requestOf("Pod", { metadata: { annotations: ask() } }, by)), "refused");
});

test("a dry run notes nothing, and the mutating webhook lets nothing through", async (t) => {
  const glass = await broken(t);
  const request = requestOf("Deployment", deployment(ask()), "ann", { dryRun: true });
  assert.equal(await glass.outcome(request), "granted");
  assert.ok(glass.fake.asked.every(({ method }) => method === "GET"));
  assert.deepEqual(glass.granted, []);
  assert.equal(
    await glass.outcome(requestOf("Deployment", deployment(ask()), "ann"), { webhook: "mutate" }),
    undefined,
  );
});

test("what cannot be noted is told, and the object is admitted all the same", async (t) => {
  const glass = await broken(t);
  glass.fake.intercept = ({ method }) => (method === "GET" ? undefined : { status: 403 });
  assert.equal(await glass.outcome(requestOf("Deployment", deployment(ask()), "ann")), "granted");
  assert.deepEqual(
    glass.problems.map(({ code }) => code),
    ["cluster.forbidden", "cluster.forbidden"],
  );
  glass.fake.intercept = () => ({ status: 500 });
  const unread = await glass.consider(requestOf("ReplicaSet", replicaSet(spec("new")), controller("deployment")));
  assert.equal(unread?.outcome, "refused", "whoever asks is asked about even where what was granted is not known");
  const made = await glass.consider(requestOf("Pod", podOf(), controller("replicaset")));
  assert.equal(made?.outcome, "unknown");
});

test("grants that are over are taken away, and there are never too many", async (t) => {
  const glass = await broken(t);
  const stored = () =>
    Object.keys((glass.fake.get("configmaps", "broken", "bulkhead") as { data?: object }).data ?? {});
  for (let index = 0; index < 3; index++) {
    const request = requestOf(
      "Deployment",
      deployment(ask("2026-11-27T12:30:00Z"), spec(`r.example/${index}:1`)),
      "ann",
    );
    await glass.consider(request);
  }
  assert.equal(stored().length, 3);
  const later = { now: new Date("2026-11-27T13:00:00Z") };
  await glass.consider(requestOf("Deployment", deployment(ask()), "ann"), later);
  assert.equal(stored().length, 1);
  const grant = JSON.stringify({ by: "ann", reason: "x", until: UNTIL });
  const data = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`grant-${index}`, grant]));
  glass.fake.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "broken", namespace: "bulkhead" }, data });
  await glass.consider(requestOf("Deployment", deployment(ask(), spec("r.example/more:1")), "ann"), later);
  assert.equal(glass.problems.at(-1)?.code, "admission.break-glass");
  assert.equal(stored().length, 500);
});
