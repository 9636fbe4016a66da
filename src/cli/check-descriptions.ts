import type { CheckDescription } from "../core/check.ts";
import type { Evaluations } from "../core/evaluations.ts";

/** A layer's checks are a module each: a command that judges images alone need not wait for those of clusters. */
const folders: Readonly<Record<string, () => Promise<readonly CheckDescription[]>>> = {
  build: async () => (await import("../checks/build/index.ts")).buildChecks,
  cluster: async () => (await import("../checks/cluster/index.ts")).clusterChecks,
  image: async () => (await import("../checks/image/index.ts")).imageChecks,
  network: async () => (await import("../checks/network/index.ts")).networkChecks,
  policy: async () => (await import("../checks/policy/index.ts")).policyChecks,
  registry: async () => (await import("../checks/registry/index.ts")).registryChecks,
  runtime: async () => (await import("../checks/runtime/index.ts")).runtimeChecks,
  workload: async () => (await import("../checks/workload/index.ts")).workloadChecks,
};

/** At least the descriptions of the checks that the evaluations name, in the order of their ids. */
export async function descriptionsFor(evaluations: Evaluations): Promise<CheckDescription[]> {
  const ids = new Set<string>();
  for (const { check } of evaluations) ids.add(check);
  return await descriptionsOf(ids);
}

/** At least the descriptions of these checks, in the order of their ids. */
export async function descriptionsOf(ids: Iterable<string>): Promise<CheckDescription[]> {
  const layers = new Set(Array.from(ids, (id) => id.slice(0, id.indexOf("/"))));
  const loaded = await Promise.all([...layers].sort().map((layer) => folders[layer]?.() ?? []));
  return loaded.flat();
}

export async function everyDescription(): Promise<CheckDescription[]> {
  return (await Promise.all(Object.values(folders).map((load) => load()))).flat();
}
