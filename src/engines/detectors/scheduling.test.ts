import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../kubernetes/manifests.ts";
import { type NodeSpec, notScheduled, type Taint } from "./scheduling.ts";

function podOf(spec: object) {
  const text = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "agent" }, spec });
  const { workloads, gaps } = readManifests([{ path: "pod.yaml", text }]);
  assert.deepEqual(gaps, []);
  const [workload] = workloads;
  assert.ok(workload !== undefined);
  return workload.pod;
}

const node = (labels: Readonly<Record<string, string>> = {}, ...taints: Taint[]): NodeSpec => ({
  name: "node-1",
  labels,
  taints,
});
const gpu: Taint = { key: "dedicated", value: "gpu", effect: "NoSchedule" };
const why = (spec: object, on: NodeSpec) => notScheduled(podOf({ containers: [], ...spec }), on)?.reason;

test("labels that a selector asks for", () => {
  const spec = { nodeSelector: { tier: "gold" } };
  assert.equal(why(spec, node({ tier: "gold" })), undefined);
  assert.equal(why(spec, node()), "nodeSelector tier=gold");
  assert.equal(why({ nodeSelector: { constructor: "x" } }, node()), "nodeSelector constructor=x");
});

test("taints that nothing tolerates; those of the node's state every DaemonSet does", () => {
  assert.equal(why({}, node({}, gpu)), "taint dedicated=gpu:NoSchedule is not tolerated");
  const tolerating = (...tolerations: object[]) => why({ tolerations }, node({}, gpu));
  assert.equal(tolerating({ operator: "Exists" }), undefined);
  assert.equal(tolerating({ key: "dedicated", value: "gpu" }), undefined);
  assert.equal(tolerating({ key: "dedicated", operator: "Exists", effect: "NoSchedule" }), undefined);
  for (const other of [
    { key: "dedicated", value: "ml" },
    { key: "dedicated", operator: "Exists", effect: "NoExecute" },
    { key: "other", operator: "Exists" },
    { value: "gpu" },
    { key: "dedicated", operator: "Within", value: "gpu" },
  ]) {
    assert.match(tolerating(other) ?? "", /^taint/, JSON.stringify(other));
  }
  const state = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" };
  assert.equal(why({}, node({}, state)), undefined);
  assert.equal(why({}, node({}, { ...gpu, effect: "PreferNoSchedule" })), undefined);
  const network = { key: "node.kubernetes.io/network-unavailable", value: "", effect: "NoSchedule" };
  assert.match(why({}, node({}, network)) ?? "", /^taint/);
  assert.equal(why({ hostNetwork: true }, node({}, network)), undefined);
});

test("one term of an affinity is enough, and all of it must hold", () => {
  const affinity = (...nodeSelectorTerms: object[]) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  });
  const expression = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
  const on = node({ tier: "gold", cores: "8" });
  const holds = (...expressions: object[]) => why(affinity({ matchExpressions: expressions }), on) === undefined;
  assert.ok(holds(expression("tier", "In", "silver", "gold")));
  assert.ok(holds(expression("tier", "Exists"), expression("gpu", "DoesNotExist"), expression("gpu", "NotIn", "a")));
  assert.ok(holds(expression("cores", "Gt", "4"), expression("cores", "Lt", "9")));
  assert.ok(!holds(expression("tier", "Exists"), expression("tier", "NotIn", "gold")));
  assert.ok(!holds(expression("cores", "Gt", "8")));
  assert.ok(!holds(expression("tier", "Gt", "1")));
  assert.ok(!holds(expression("tier", "Resembles", "gold")));
  assert.equal(why(affinity({}, { matchFields: [expression("metadata.name", "In", "node-1")] }), on), undefined);
  assert.match(why(affinity({}), on) ?? "", /affinity/);
  assert.match(why(affinity({ matchFields: [expression("metadata.name", "In", "node-2")] }), on) ?? "", /affinity/);
});
