import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import { interruptions } from "./restart-interruption.ts";

const MANY = 60;

function budget(name: string, namespace: string) {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: "a" } } },
  };
}

test("budgets are those of the workload's own namespace, and each is looked at by none of another", () => {
  const reader = manifestReader();
  const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "a:1" }] } };
  for (let at = 0; at < MANY; at++) {
    const metadata = { name: "a", namespace: `n${at}` };
    reader.object(
      { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: 3, template } },
      { kind: "cluster", cluster: "test" },
    );
    reader.object(budget(`b${at}`, `n${at}`), { kind: "cluster", cluster: "test" });
  }
  const { workloads, disruptionBudgets } = reader.manifests();
  let looks = 0;
  const counted = disruptionBudgets.map((own) => ({
    ...own,
    get matchLabels() {
      looks++;
      return own.matchLabels ?? {};
    },
  }));
  const interruptionOf = interruptions({ disruptionBudgets: counted });
  // As often as a workload uses a Secret.
  for (let use = 0; use < 3; use++) {
    for (const workload of workloads) {
      const namespace = workload.object.namespace ?? "";
      assert.match(
        interruptionOf(workload),
        new RegExp(`PodDisruptionBudget b${namespace.slice(1)} lets 1 be evicted`),
      );
    }
  }
  assert.ok(looks <= 2 * MANY, `${looks}`);
});
