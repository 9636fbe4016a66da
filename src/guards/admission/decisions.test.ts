/** What a decision rests on when something around it is wrong, late, forged or known already. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { clusterPolicyEvaluator } from "./cluster-policies.ts";
import {
  asking,
  calmAssessor,
  deploymentOf,
  goodContainer,
  guardOf,
  podOf,
  quietCluster,
  requestFor,
} from "./guard.fixture.ts";

const policy = "apiVersion: bulkhead/v1\nenforcement: { admission: deny }\n";
const lenient = "apiVersion: bulkhead/v1\nenforcement: { admission: { default: deny, unknown: warn } }\n";
const privileged = { ...goodContainer, securityContext: { ...goodContainer.securityContext, privileged: true } };
const problem = new Problem({ kind: "unavailable", code: "cluster.refused", place: "cluster", cause: "no answer" });

test("what is not known when the time is over is unknown, and the policy says what comes of it", async (t) => {
  const never = { ...calmAssessor(), assess: () => new Promise<never>(() => undefined) };
  const over = AbortSignal.abort();
  const strict = await (await guardOf(t, policy, { images: never })).decide(
    requestFor(podOf()),
    asking("validate", over),
  );
  assert.deepEqual([strict.answer.allowed, strict.outcomes[0]?.verdict], [false, "unknown"]);
  assert.match(strict.answer.message ?? "", /the time for the request was over/);
  const loose = await (await guardOf(t, lenient, { images: never })).decide(
    requestFor(podOf()),
    asking("validate", over),
  );
  assert.deepEqual([loose.answer.allowed, loose.answer.warnings.length], [true, 1]);
  const pinned = await (await guardOf(t, policy, { images: never })).decide(
    requestFor(podOf()),
    asking("mutate", over),
  );
  assert.deepEqual([pinned.answer.allowed, pinned.patch], [true, []]);
});

test("what throws where it must not is unknown too, and what the object itself breaks is refused all the same", async (t) => {
  const images = { ...calmAssessor(), assess: () => Promise.reject(new TypeError("broken")) };
  const guard = await guardOf(t, lenient, { images });
  const { answer, outcomes } = await guard.decide(requestFor(podOf([privileged])), asking());
  assert.equal(answer.allowed, false);
  assert.deepEqual(
    outcomes.map(({ verdict, action }) => `${verdict} ${action}`),
    ["fail deny", "unknown warn"],
  );
});

test("an object that nobody can read is refused although what is unknown may pass", async (t) => {
  const containers = Array.from({ length: 1_001 }, (_, index) => ({ name: `c${index}`, image: `i${index}` }));
  const guard = await guardOf(t, lenient);
  const { answer, basis } = await guard.decide(requestFor(podOf(containers)), asking());
  assert.deepEqual([answer.allowed, basis], [false, "unread"]);
  assert.match(answer.message ?? "", /more than 1000 images/);
});

test("annotations and labels of the object exempt nothing, and a mirror pod is one only where its kubelet says so", async (t) => {
  const guard = await guardOf(t, policy);
  const annotations = {
    "kubernetes.io/config.mirror": "abc",
    "kubernetes.io/config.source": "file",
    "admission.bulkhead.dev/ignore": "true",
  };
  const object = {
    ...podOf([privileged], { nodeName: "node-1" }),
    metadata: { name: "api", namespace: "shop", annotations, labels: { "bulkhead.dev/ignore": "true" } },
  };
  const by = async (username: string, groups: readonly string[]) =>
    await guard.decide(requestFor(object, { user: { username, groups, extra: {} } }), asking());
  assert.equal((await by("alice", ["system:masters"])).answer.allowed, false);
  assert.equal((await by("system:node:node-2", ["system:nodes"])).answer.allowed, false);
  assert.equal((await by("system:node:node-1", ["system:authenticated"])).answer.allowed, false);
  const mirror = await by("system:node:node-1", ["system:nodes"]);
  assert.deepEqual([mirror.answer.allowed, mirror.outcomes[0]?.action], [true, "audit"], "it runs already");
  assert.equal((await by("alice", ["system:masters"])).answer.allowed, false, "whatever was asked before");
});

test("an exception of the policy takes its finding out, for what it names and no longer than it says", async (t) => {
  const exceptions = (expires: string) =>
    `${policy}exceptions:\n  - { id: workload/privileged, asset: "shop/Pod/api", reason: r, owner: o, expires: ${expires} }\n`;
  const allowed = async (text: string, name = "api") => {
    const object = { ...podOf([privileged]), metadata: { name, namespace: "shop" } };
    return (await (await guardOf(t, text)).decide(requestFor(object), asking())).answer.allowed;
  };
  assert.equal(await allowed(exceptions("2026-04-01")), true);
  assert.equal(await allowed(exceptions("2026-04-01"), "web"), false);
  assert.equal(await allowed(exceptions("2026-03-01")), false);
});

test("pods of one workload are judged once, and only while nothing speaks against them", async (t) => {
  const guard = await guardOf(
    t,
    `${policy}exceptions:\n  - { id: workload/privileged, asset: "shop/Pod/api-1", reason: r, owner: o, expires: 2026-04-01 }\n`,
  );
  const named = (name: string, containers = [goodContainer], token = "aaaaa") => ({
    ...podOf(containers, { volumes: [{ name: `kube-api-access-${token}`, emptyDir: {} }] }),
    metadata: { name, namespace: "shop" },
  });
  const allowed = async (object: ReturnType<typeof named>) =>
    (await guard.decide(requestFor(object), asking())).answer.allowed;
  assert.equal(await allowed(named("api-1")), true);
  assert.equal(await allowed(named("api-2", [goodContainer], "bbbbb")), true);
  assert.equal(await allowed(named("api-1", [privileged])), true, "by its exception");
  assert.equal(await allowed(named("api-2", [privileged])), false, "which is another's");
});

test("break-glass that fails lets nothing past, and what it says is told", async (t) => {
  const request = requestFor(podOf([privileged]));
  const answered = async (consider: () => Promise<never>) =>
    await (await guardOf(t, lenient, { breakGlass: { consider } })).decide(request, asking());
  const broken = await answered(() => Promise.reject(new Error("broken")));
  assert.equal(broken.answer.allowed, false);
  assert.match(broken.answer.message ?? "", /break-glass: unknown: whether somebody may could not be found out/);
  const granted = { outcome: "granted", by: "alice", reason: "on call", until: "2026-03-04T09:00:00Z" } as const;
  const guard = await guardOf(t, policy, { breakGlass: { consider: async () => granted } });
  const { answer, basis, outcomes } = await guard.decide(request, asking());
  assert.deepEqual([answer.allowed, basis, outcomes[0]?.action], [true, "break-glass", "deny"]);
  assert.match(answer.warnings[0] ?? "", /alice answers for it until 2026-03-04T09:00:00Z: on call/);
});

const vap = (actions: readonly string[], expression = "object.spec.replicas <= 1") => [
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "few-replicas" },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["deployments"] },
        ],
      },
      validations: [{ expression, message: "one replica is enough" }],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: "everywhere" },
    spec: { policyName: "few-replicas", validationActions: actions },
  },
];

test("policies of the cluster are evaluated, and their bindings say what comes of it", async (t) => {
  const decision = async (objects: readonly object[]) => {
    const cluster = { ...quietCluster, admissionPolicies: async () => ({ objects, unread: [] }) };
    const guard = await guardOf(t, policy, { cluster, admissionPolicies: clusterPolicyEvaluator(cluster) });
    const { answer, outcomes } = await guard.decide(requestFor(deploymentOf()), asking());
    return [answer.allowed, ...outcomes.map(({ verdict, action, check }) => `${verdict} ${action} ${check}`)];
  };
  assert.deepEqual(await decision(vap(["Deny"])), [false, "fail deny workload/admission-policy-denied"]);
  assert.deepEqual(await decision(vap(["Warn"])), [true]);
  assert.deepEqual(await decision(vap(["Deny"], "object.spec.replicas <= 2")), [true]);
  assert.deepEqual(await decision([]), [true]);
});

test("what of the cluster's policies is unknown refuses nothing where the API server has them, and is unknown elsewhere", async (t) => {
  const by = async (found: Awaited<ReturnType<typeof quietCluster.admissionPolicies>>) => {
    const cluster = { ...quietCluster, may: async () => problem, admissionPolicies: async () => found };
    const guard = await guardOf(t, policy, { cluster, admissionPolicies: clusterPolicyEvaluator(cluster) });
    const { outcomes } = await guard.decide(requestFor(deploymentOf()), asking());
    return outcomes.map(({ verdict, action }) => `${verdict} ${action}`);
  };
  const objects = vap(["Deny"], "authorizer.group('').resource('pods').check('delete').allowed()");
  assert.deepEqual(await by(problem), ["unknown audit"]);
  assert.deepEqual(await by({ objects, unread: [] }), ["unknown audit"]);
  assert.deepEqual(await by({ objects, unread: [], isPartial: true }), ["unknown deny"]);
});
