import type { CheckDescription } from "../core/check.ts";
import { compareText } from "../core/order.ts";

/** A layer's checks are a module each: a command that judges images alone need not wait for those of clusters. */
const folders: Readonly<Record<string, () => Promise<readonly CheckDescription[]>>> = {
  cluster: async () => (await import("../checks/cluster/index.ts")).clusterChecks,
  image: async () => (await import("../checks/image/index.ts")).imageChecks,
  network: async () => (await import("../checks/network/index.ts")).networkChecks,
  policy: async () => (await import("../checks/policy/index.ts")).policyChecks,
  registry: async () => (await import("../checks/registry/index.ts")).registryChecks,
  runtime: async () => (await import("../checks/runtime/index.ts")).runtimeChecks,
  workload: async () => (await import("../checks/workload/index.ts")).workloadChecks,
};

/** Of layer build, whose checks are a third of all: those of one kind of file. Of layer cluster: those of a container engine. */
const parts: readonly {
  readonly ids: RegExp;
  readonly load: () => Promise<readonly (readonly CheckDescription[])[]>;
}[] = [
  { ids: /^cluster\/engine-/, load: async () => [(await import("../checks/lists/engine.ts")).engineChecks] },
  { ids: /^build\/gitlab-/, load: async () => [(await import("../checks/lists/gitlab.ts")).gitlabChecks] },
  {
    ids: /^build\/(?:workflow|dependabot|pipeline|non-blocking-scan)/,
    load: async () => [
      (await import("../checks/lists/workflow.ts")).workflowChecks,
      (await import("../checks/lists/dependabot.ts")).dependabotChecks,
      (await import("../checks/lists/pipelines.ts")).pipelinesChecks,
    ],
  },
  {
    ids: /^build\/(?:signed-|provenance-never|sbom-|scan-|rebuild-|secret-scan-|dependency-updates-)/,
    load: async () => [(await import("../checks/lists/lifecycle.ts")).lifecycleChecks],
  },
  {
    ids: /^build\/dependency-/,
    load: async () => [
      (await import("../checks/lists/dependency.ts")).dependencyChecks,
      (await import("../checks/lists/locked-manifest.ts")).lockedManifestChecks,
    ],
  },
  {
    ids: /^build\/named-image-/,
    load: async () => [(await import("../checks/lists/named-image.ts")).namedImageChecks],
  },
  {
    ids: /^build\/committed-secret$/,
    load: async () => [(await import("../checks/lists/sources.ts")).sourcesChecks],
  },
  {
    ids: /^build\/imported-/,
    load: async () => [
      (await import("../checks/lists/imported-file.ts")).importedFileChecks,
      (await import("../checks/lists/imported-results.ts")).importedResultsChecks,
      (await import("../checks/lists/imported-secrets.ts")).importedSecretsChecks,
    ],
  },
  {
    ids: /^build\//,
    load: async () => [
      (await import("../checks/lists/dockerfile.ts")).dockerfileChecks,
      (await import("../checks/lists/image-trust.ts")).imageTrustChecks.filter(({ layer }) => layer === "build"),
      (await import("../checks/lists/lockfile.ts")).lockfileChecks,
      (await import("../checks/lists/lockfile-scope.ts")).lockfileScopeChecks,
      (await import("../checks/lists/sources.ts")).sourcesChecks.filter(({ layer }) => layer === "build"),
    ],
  },
];

/** At least the descriptions of these checks, each once, in the order of their ids. */
export async function descriptionsOf(ids: Iterable<string>): Promise<CheckDescription[]> {
  const layers = new Set<string>();
  const wanted = new Set<(typeof parts)[number]>();
  for (const id of ids) {
    const part = parts.find((each) => each.ids.test(id));
    if (part === undefined) layers.add(id.slice(0, id.indexOf("/")));
    else wanted.add(part);
  }
  const ofLayers = Promise.all([...layers].map((layer) => folders[layer]?.() ?? []));
  const ofParts = Promise.all([...wanted].map(({ load }) => load()));
  // A check of another layer that judges Dockerfiles is in their list and in its layer's.
  const loaded = new Set([...(await ofLayers).flat(), ...(await ofParts).flat(2)]);
  return [...loaded].sort((one, other) => compareText(one.id, other.id));
}
