import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerDetails, ContainerFacts, PodFacts } from "../../../engines/events/containers/model.ts";
import type { ResponsePolicy, ResponseRule } from "../../../engines/events/respond/model.ts";
import { createDecider, whomOf } from "./decide.ts";
import type { ResponseRequest } from "./model.ts";

const limits = { rule: 5, workload: 5, node: 20, minutes: 10 };
const own = { namespace: "bulkhead-runtime", containers: ["f".repeat(64)], pids: [77] };

function policy(responses: readonly ResponseRule[], more: Partial<ResponsePolicy> = {}): ResponsePolicy {
  return { respond: "on", responses, exempt: [], notExempt: [], responseLimits: limits, ...more };
}

function request(more: Partial<ResponseRequest> = {}): ResponseRequest {
  const process = { pid: 4711, name: "sh", path: "/bin/sh" };
  return { rule: "Reverse shell", priority: "WARNING", tags: ["T1059"], time: 1n, container: "a", process, ...more };
}

function facts(pod: Partial<PodFacts> | undefined, more: Partial<ContainerDetails> = {}): ContainerFacts {
  const details: ContainerDetails = {
    name: "api",
    image: "registry.example.com/shop/api:1",
    mounts: [],
    labels: {},
    ...(pod === undefined ? {} : { pod: { namespace: "shop", name: "api-7f9c", uid: "u", labels: {}, ...pod } }),
    ...more,
  };
  return { id: "a".repeat(12), fullId: "a".repeat(64), runtime: "podman", details };
}

const deployment = { owner: { kind: "Deployment", name: "api" } };
const host = { kind: "host", workload: "node-1" } as const;

function whom(...of: Parameters<typeof facts>) {
  const found = whomOf(facts(...of), "node-1");
  assert.ok(found);
  return found;
}

function decided(rules: readonly ResponseRule[], asked = request(), about: ReturnType<typeof whom> = whom(deployment)) {
  return createDecider(policy(rules), own).decide(asked, about);
}

test("an entry matches by name, tag and priority, each of which must hold where it is stated", () => {
  assert.deepEqual(decided([{ rules: ["reverse *"], do: ["kill"] }]).actions, ["kill"]);
  assert.deepEqual(decided([{ rules: ["Reverse"], do: ["kill"] }]).actions, []);
  assert.deepEqual(decided([{ tags: ["T1", "T1059"], do: ["pause"] }]).actions, ["pause"]);
  assert.deepEqual(decided([{ tags: ["T1"], rules: ["Reverse shell"], do: ["pause"] }]).actions, []);
  assert.deepEqual(decided([{ priority: "NOTICE", do: ["label"] }]).actions, ["label"]);
  assert.deepEqual(decided([{ priority: "WARNING", do: ["label"] }]).actions, ["label"]);
  assert.deepEqual(decided([{ priority: "ERROR", do: ["label"] }]).actions, []);
});

test("all entries that match count together, in one order and each action once", () => {
  const { actions } = decided([
    { rules: ["*"], do: ["killContainer", "label"] },
    { tags: ["T1059"], do: ["label", "quarantine"] },
  ]);
  assert.deepEqual(actions, ["label", "quarantine", "killContainer"]);
});

test("an entry with workloads is about those alone", () => {
  const rule = (...places: string[]): ResponseRule => ({ rules: ["*"], in: places, do: ["pause"] });
  assert.deepEqual(decided([rule("shop/Deployment/api")]).actions, ["pause"]);
  assert.deepEqual(decided([rule("shop/**")]).actions, ["pause"]);
  assert.deepEqual(decided([rule("billing/**")]).actions, []);
  assert.deepEqual(decided([rule("*/Container/api")], request(), whom(undefined)).actions, ["pause"]);
});

const anything: readonly ResponseRule[] = [{ rules: ["*"], do: ["kill"] }];

test("workloads of the system are spared, with the name by which that can be lifted", () => {
  for (const about of [
    whom({ namespace: "kube-system", ...deployment }),
    whom({ namespace: "openshift-etcd", ...deployment }),
    whom({ owner: { kind: "Node", name: "node-1" } }),
    whom(deployment, { sandbox: true }),
  ]) {
    const { exempt } = decided(anything, request(), about);
    assert.match(exempt ?? "", new RegExp(`lifts it for ${about.workload}\\)$`));
    const notExempt = [{ workload: about.workload, reason: "r" }];
    const after = createDecider(policy(anything, { notExempt }), own).decide(request(), about);
    assert.deepEqual(after, { actions: ["kill"] });
  }
});

test("processes of the host are spared, but for programs that are named", () => {
  assert.match(decided(anything, request(), host).exempt ?? "", /host:\/bin\/sh/);
  const notExempt = [{ workload: "host:/bin/sh", reason: "nobody runs it here" }];
  const decider = createDecider(policy(anything, { notExempt }), own);
  assert.deepEqual(decider.decide(request(), host), { actions: ["kill"] });
  assert.match(decider.decide(request({ process: { pid: 9, name: "sh" } }), host).exempt ?? "", /host/);
});

test("what the policy exempts and what is Bulkhead's own nothing lifts", () => {
  const exempt = [{ workload: "shop/**", reason: "restores take a day" }];
  const notExempt = ["shop/Deployment/api", "bulkhead-runtime/DaemonSet/watch", "host:/bin/sh"].map((workload) => ({
    workload,
    reason: "r",
  }));
  const decider = createDecider(policy(anything, { exempt, notExempt }), own);
  assert.match(decider.decide(request(), whom(deployment)).exempt ?? "", /restores take a day/);
  const watch = whom({ namespace: "bulkhead-runtime", owner: { kind: "DaemonSet", name: "watch" } });
  assert.match(decider.decide(request(), watch).exempt ?? "", /own/);
  assert.match(
    decider.decide(request({ process: { pid: 77, name: "x", path: "/bin/sh" } }), host).exempt ?? "",
    /itself/,
  );
  const sensor = whomOf({ ...facts(undefined), fullId: "f".repeat(64), id: "f".repeat(12) }, "node-1");
  assert.ok(sensor);
  assert.match(decider.decide(request(), sensor).exempt ?? "", /itself/);
});

test("whom it is about is not known before the container's details are, and its pod's where it has one", () => {
  const { details: _, ...bare } = facts(undefined);
  assert.equal(whomOf(undefined, "node-1"), undefined);
  assert.equal(whomOf(bare, "node-1"), undefined);
  assert.equal(whomOf({ ...facts(undefined), podUid: "u" }, "node-1"), undefined);
  assert.equal(whomOf({ ...facts({}), podUid: "u" }, "node-1")?.workload, "shop/Pod/api-7f9c");
  assert.equal(whomOf(facts(undefined), "node-1")?.workload, "node-1/Container/api");
});

test("a name of an attacker's is shown escaped, and is no other workload's", () => {
  assert.equal(whom(undefined, { name: "a\u001b[2J" }).workload, "node-1/Container/a\\u001b[2J");
});
