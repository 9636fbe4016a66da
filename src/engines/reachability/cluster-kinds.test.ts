/** What this engine would read of a directory, it must be given of a cluster too: a policy that is not listed is silently absent. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { clusterResources } from "../kubernetes/cluster/resources.ts";

const listed = new Set(clusterResources.map(({ group, kind }) => `${group}/${kind}`));

/**
 * Of older API servers, or no object of an API; Endpoints are told by EndpointSlices, virtual machines by their pods. What
 * policies are generated of is asked of files alone.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "extensions/NetworkPolicy",
  "/Endpoints",
  "k8s.otterize.com/ClientIntents",
  "capsule.clastix.io/Tenant",
  "kubevirt.io/VirtualMachine",
  "kubevirt.io/VirtualMachineInstance",
  "kubevirt.io/VirtualMachineInstanceReplicaSet",
  "pool.kubevirt.io/VirtualMachinePool",
]);

function sources(): string[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/[.](?:test|fixture)[.]ts$/.test(path))
    .map((path) => readFileSync(join(import.meta.dirname, path), "utf8"));
}

test("every kind that the engine asks for by name is among the lists that a cluster is asked for", () => {
  const named = sources().flatMap((text) => [
    ...[...text.matchAll(/objectsOf\("([a-z0-9.]*)", "([A-Za-z]+)"\)/g)].map(([, group, kind]) => `${group}/${kind}`),
    ...[...text.matchAll(/"([a-z0-9.-]+\.[a-z]+\/[A-Z][A-Za-z]+)"/g)].map(([, name]) => String(name)),
  ]);
  assert.ok(named.length > 30, `${named.length}`);
  const missing = [...new Set(named)].filter((name) => !listed.has(name) && !LEFT_OUT.has(name));
  assert.deepEqual(missing, []);
});
