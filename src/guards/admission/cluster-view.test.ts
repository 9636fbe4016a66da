/** What the guard is told of the cluster: namespaces, Secrets, policies, permissions; and what it is not told. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import { type FakeApi, fakeApi, type ServedKind } from "../../engines/kubernetes/cluster/api.fixture.ts";
import { createClusterView } from "./cluster-view.ts";
import type { AdmissionPolicyObjects } from "./model.ts";

const GROUP = "admissionregistration.k8s.io";
const kinds: readonly ServedKind[] = [
  { apiVersion: "v1", resource: "namespaces", kind: "Namespace", namespaced: false },
  { apiVersion: "v1", resource: "secrets", kind: "Secret", namespaced: true },
  { apiVersion: "v1", resource: "serviceaccounts", kind: "ServiceAccount", namespaced: true },
  { apiVersion: "example.com/v1", resource: "limits", kind: "Limit", namespaced: true },
];
const policyKinds = (version: string): readonly ServedKind[] => [
  {
    apiVersion: `${GROUP}/${version}`,
    resource: "validatingadmissionpolicies",
    kind: "ValidatingAdmissionPolicy",
    namespaced: false,
  },
  {
    apiVersion: `${GROUP}/${version}`,
    resource: "validatingadmissionpolicybindings",
    kind: "ValidatingAdmissionPolicyBinding",
    namespaced: false,
  },
];

async function viewOf(t: TestContext, served: readonly ServedKind[] = kinds, prepare?: (fake: FakeApi) => void) {
  const fake = await fakeApi(t, served);
  prepare?.(fake);
  let now = 0;
  const view = createClusterView(fake.api, () => now);
  t.after(() => view.close());
  await view.ready;
  return {
    fake,
    view,
    later: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const namespace = (name: string, labels: object = {}) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});
const asked = ({ asked }: FakeApi, path: RegExp) =>
  asked.filter((one) => path.test(one.path) && !one.query.has("limit"));

test("a namespace is as it is now; one that is not there is told apart from one that could not be asked about", async (t) => {
  const { fake, view, later } = await viewOf(t, kinds, (fake) => fake.put(namespace("shop", { tier: "a" })));
  assert.deepEqual(await view.namespace("shop"), {
    name: "shop",
    uid: "uid-2",
    labels: { tier: "a" },
    annotations: {},
  });
  fake.put(namespace("shop", { tier: "b" }));
  for (;;) {
    const facts = await view.namespace("shop");
    if (facts !== undefined && "labels" in facts && facts.labels.tier === "b") break;
    await setTimeout(1);
  }
  assert.equal(asked(fake, /namespaces\/shop$/).length, 0, "what is watched is not asked for");
  assert.equal(await view.namespace("new"), undefined);
  fake.intercept = ({ path }) => (path.endsWith("/new") ? { status: 403 } : undefined);
  later(10_000);
  const refused = await view.namespace("new");
  assert.ok(refused instanceof Problem && refused.code === "cluster.forbidden");
  fake.intercept = ({ path }) => (path.endsWith("/new") ? { status: 500 } : undefined);
  later(10_000);
  const failed = await view.namespace("new");
  assert.ok(failed instanceof Problem && failed.code === "cluster.answer");
  fake.intercept = ({ path }) => (path.endsWith("/new") ? "break" : undefined);
  later(10_000);
  assert.ok((await view.namespace("new")) instanceof Problem);
  fake.intercept = () => undefined;
  fake.put(namespace("../../secrets"));
  later(10_000);
  await view.namespace("../../secrets");
  assert.ok(fake.asked.every(({ path }) => !path.startsWith("/api/v1/secrets")));
});

test("where namespaces may not be listed they are asked for one by one, and remembered for a moment", async (t) => {
  const { fake, view, later } = await viewOf(t, kinds, (fake) => {
    fake.put(namespace("shop"));
    fake.intercept = ({ query }) => (query.has("limit") || query.has("watch") ? { status: 403 } : undefined);
  });
  const all = await Promise.all(Array.from({ length: 100 }, () => view.namespace("shop")));
  assert.ok(all.every((facts) => facts !== undefined && !(facts instanceof Problem)));
  assert.equal(asked(fake, /namespaces\/shop$/).length, 1);
  later(6_000);
  await view.namespace("shop");
  assert.equal(asked(fake, /namespaces\/shop$/).length, 2);
});

const packed = (user: string) =>
  Buffer.from(
    JSON.stringify({ auths: { "r.example": { auth: Buffer.from(`${user}:sesame`).toString("base64") } } }),
  ).toString("base64");
const secret = (name: string, user: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  type: "kubernetes.io/dockerconfigjson",
  metadata: { name, namespace: "shop" },
  data: { ".dockerconfigjson": packed(user) },
});
const account = (name: string, ...secrets: string[]) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace: "shop" },
  imagePullSecrets: secrets.map((name) => ({ name })),
});

test("a pod pulls with its own Secrets, else with its account's, asked for by name and never listed", async (t) => {
  const { fake, view } = await viewOf(t, kinds, (fake) => {
    for (const object of [secret("a", "ann"), secret("b", "bob"), account("web", "b")]) fake.put(object);
  });
  const userOf = async (secrets: string[], serviceAccount: string, image = "r.example/shop/web:1") => {
    const found = await view.credentials("shop", secrets, serviceAccount, image);
    return found === undefined
      ? undefined
      : found instanceof Problem
        ? found.code
        : found.kind === "password" && found.username;
  };
  assert.equal(await userOf(["a"], "web"), "ann");
  assert.equal(await userOf([], "web"), "bob");
  assert.equal(await userOf([], "other"), undefined);
  assert.equal(await userOf(["a"], "web", "elsewhere.example/web"), undefined);
  assert.equal(await userOf(["a"], "web", "NOT a reference"), undefined);
  assert.equal(await userOf(["missing", "a"], "web"), "ann", "what is not there is passed over, as a kubelet does");
  fake.intercept = ({ path }) => (path.endsWith("/secrets/denied") ? { status: 403 } : undefined);
  assert.equal(await userOf(["denied"], "web"), "cluster.forbidden");
  assert.equal(await userOf(["denied", "a"], "web"), "ann");
  fake.put({ ...secret("text", "x"), data: { ".dockerconfigjson": Buffer.from("{").toString("base64") } });
  assert.equal(await userOf(["text"], "web"), "registry.pull-secret");
  assert.equal(asked(fake, /secrets$/).length, 0);
  assert.equal(fake.asked.filter(({ path }) => /\/secrets$/.test(path)).length, 0);
  assert.equal(asked(fake, /secrets\/a$/).length, 1, "it is remembered for a moment");
});

const policy = (version: string, name: string, paramKind?: object) => ({
  apiVersion: `${GROUP}/${version}`,
  kind: "ValidatingAdmissionPolicy",
  metadata: { name },
  spec: paramKind === undefined ? {} : { paramKind },
});
const binding = (version: string, policyName: string) => ({
  apiVersion: `${GROUP}/${version}`,
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: `${policyName}-binding` },
  spec: { policyName },
});
const namesOf = (read: AdmissionPolicyObjects | Problem) =>
  read instanceof Problem
    ? read.code
    : read.objects.map((object) => (object as { metadata: { name: string } }).metadata.name).sort();

for (const version of ["v1", "v1beta1"]) {
  test(`policies, bindings and their parameters are read, of ${version}`, async (t) => {
    const paramKind = { apiVersion: "example.com/v1", kind: "Limit" };
    const { fake, view } = await viewOf(t, [...kinds, ...policyKinds(version)], (fake) => {
      fake.put(policy(version, "a"));
      fake.put(policy(version, "unbound", { apiVersion: "example.com/v1", kind: "Other" }));
      fake.put({ apiVersion: "example.com/v1", kind: "Limit", metadata: { name: "low", namespace: "shop" } });
    });
    const first = await view.admissionPolicies();
    assert.deepEqual(namesOf(first), ["a", "unbound"]);
    assert.equal(await view.admissionPolicies(), first, "the same list, as long as nothing changes");
    assert.equal(asked(fake, /limits/).length, 0, "what no bound policy names is not read");
    fake.put(policy(version, "b", paramKind));
    fake.put(binding(version, "b"));
    let read = await view.admissionPolicies();
    while (!namesOf(read).includes("low")) {
      await setTimeout(1);
      read = await view.admissionPolicies();
    }
    assert.deepEqual(namesOf(read), ["a", "b", "b-binding", "low", "unbound"]);
    assert.ok(!(read instanceof Problem) && read.unread.length === 0);
  });
}

test("parameters that cannot be read are named, and Secrets are none", async (t) => {
  const { view, later } = await viewOf(t, [...kinds, ...policyKinds("v1")], (fake) => {
    const all = {
      forbidden: "example.com/v1 Limit",
      absent: "example.com/v1 Nothing",
      group: "no.example/v1 A",
      secret: "v1 Secret",
    };
    for (const [name, named] of Object.entries(all)) {
      const [apiVersion, kind] = named.split(" ");
      fake.put(policy("v1", name, { apiVersion, kind }));
      fake.put(binding("v1", name));
    }
    fake.intercept = ({ path }) => (path.endsWith("/limits") ? { status: 403 } : undefined);
  });
  const read = await view.admissionPolicies();
  assert.ok(!(read instanceof Problem));
  assert.deepEqual(read.unread.map(({ kind, problem }) => `${kind} ${problem.code}`).sort(), [
    "A cluster.parameters",
    "Limit cluster.forbidden",
    "Nothing cluster.parameters",
    "Secret cluster.parameters",
  ]);
  const again = await view.admissionPolicies();
  assert.equal(await view.admissionPolicies(), again, "policies are not compiled anew for each request");
  later(2_000);
  assert.notEqual(await view.admissionPolicies(), again);
});

test("a cluster without such policies has none, and one that does not tell them is a Problem", async (t) => {
  const { view } = await viewOf(t);
  assert.deepEqual(await view.admissionPolicies(), { objects: [], unread: [] });
  const refused = await viewOf(t, [...kinds, ...policyKinds("v1")], (fake) => {
    fake.intercept = ({ path }) => (path.includes(GROUP) ? { status: 403 } : undefined);
  });
  assert.equal(namesOf(await refused.view.admissionPolicies()), "cluster.forbidden");
});

const user = { username: "ann", groups: ["system:authenticated"], extra: { scopes: ["a"] } };
const question = { verb: "use", group: "admission.bulkhead.dev", resource: "breakglass", namespace: "shop" };

test("the API server says what somebody may do; what it does not say is a Problem, and no refusal", async (t) => {
  const { fake, view, later } = await viewOf(t);
  let status: object = { allowed: true };
  fake.intercept = ({ path }) =>
    path.endsWith("/subjectaccessreviews") ? { status: 201, body: { status } } : undefined;
  assert.equal(await view.may(user, question), true);
  const [review] = fake.asked.filter(({ path }) => path.endsWith("/subjectaccessreviews"));
  assert.deepEqual((review?.body as { spec?: unknown } | undefined)?.spec, {
    user: "ann",
    groups: ["system:authenticated"],
    extra: { scopes: ["a"] },
    resourceAttributes: question,
  });
  status = { allowed: false };
  assert.equal(await view.may(user, question), true, "it is remembered for a moment");
  assert.equal(await view.may({ ...user, extra: {} }, question), false, "as whoever asks is");
  later(20_000);
  assert.equal(await view.may(user, question), false);
  for (const said of [{ allowed: false, evaluationError: "a role is missing" }, { allowed: "true" }, {}]) {
    later(20_000);
    status = said;
    assert.ok((await view.may(user, question)) instanceof Problem, JSON.stringify(said));
  }
  later(20_000);
  status = { allowed: true, denied: true };
  assert.equal(await view.may(user, question), false);
  later(20_000);
  fake.intercept = () => "break";
  assert.ok((await view.may(user, question)) instanceof Problem);
});

test("the version is the API server's, where it says it", async (t) => {
  const told = await viewOf(t, kinds, (fake) => {
    fake.intercept = ({ path }) => (path === "/version" ? { status: 200, body: { gitVersion: "v1.36.1" } } : undefined);
  });
  assert.equal(told.view.version, "v1.36.1");
  const silent = await viewOf(t, kinds, (fake) => {
    fake.intercept = ({ path }) => (path === "/version" ? "break" : undefined);
  });
  assert.equal(silent.view.version, undefined);
});
