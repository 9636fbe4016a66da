/** What a directory has that a delivery pipeline is written from. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readManifestFiles } from "../collect/kubernetes/manifests.ts";
import { authorityOfDirectory } from "../collect/tree/authority.ts";
import { findContext } from "../collect/tree/build-context.ts";
import { type ComposeBuild, composeBuilds } from "../collect/tree/compose-builds.ts";
import { defaultBranch } from "../collect/tree/default-branch.ts";
import { discover } from "../collect/tree/discover.ts";
import { readDockerfile } from "../collect/tree/dockerfiles.ts";
import { openExclusion } from "../collect/tree/exclusion.ts";
import { readBoundedText } from "../collect/tree/text-file.ts";
import type { Policy } from "../core/policy.ts";
import { printable } from "../core/printable.ts";
import type { Dockerfile } from "../engines/dockerfile/model.ts";
import { containersOf, type PodSpec } from "../engines/kubernetes/model.ts";
import { bounds } from "../engines/pipelines/bounds.ts";
import { isMarked } from "../fix/delivery/mark.ts";
import type { DockerfileFacts, PolicyFacts, RepositoryFacts } from "../fix/delivery/model.ts";

export interface GatheredFacts {
  readonly facts: RepositoryFacts;
  /** What could not be read, one sentence each. */
  readonly told: readonly string[];
}

/** @param policy - of the directory, as it was loaded */
export async function gatherDeliveryFacts(root: string, policy: Policy): Promise<GatheredFacts> {
  const found = await discover(
    root,
    undefined,
    openExclusion(root, {
      patterns: policy.exclude.map((pattern) => ({ pattern, by: "the policy" })),
      respectGitignore: false,
    }),
  );
  const told: string[] = found.unlisted.map(
    (path) => `${printable(path)}: could not be listed: what is built there is left out`,
  );
  const { builds } = composeBuilds(root, found.composeFiles);
  const dockerfiles = found.dockerfiles.flatMap((written): DockerfileFacts[] => {
    const path = written.replaceAll("\\", "/");
    const read = readDockerfile(root, written, { now: new Date(0), isSensitive: () => false });
    if (read.state === "read") return [factsOf(root, { ...read.dockerfile, path }, builds)];
    told.push(`${printable(path)}: not built: ${printable(read.gap.reason)}`);
    return [];
  });
  const { workloads } = readManifestFiles(root, found);
  const images = workloads.flatMap(({ object, pod, origin }) =>
    origin === "compose" || object.source.kind !== "file" ? [] : imagesOf(pod, object.source.text.path),
  );
  const authority = authorityOfDirectory(root);
  const below = "path" in authority ? authority.path : "";
  const branch = below === "" ? defaultBranch(root) : undefined;
  const stated = policyFactsOf(policy);
  const facts: RepositoryFacts = {
    ...(authority.kind === "repository" ? { remote: authority.remote } : {}),
    name: authority.kind === "repository" ? (authority.remote.split("/").at(-1) ?? "app") : basename(resolve(root)),
    below,
    ...(branch === undefined ? {} : { branch }),
    dockerfiles,
    images,
    rendered: [...found.kustomizations, ...found.charts].sort(),
    lockfiles: found.lockfiles.map((path) => path.replaceAll("\\", "/")),
    isTaken: (path) => existsSync(join(root, path)) && ownText(join(root, path)) === undefined,
    ...(stated === undefined ? {} : { policy: stated }),
    cooldownDays: policy.dependencies.cooldownDays,
  };
  return { facts, told };
}

function imagesOf(pod: PodSpec, path: string): RepositoryFacts["images"] {
  return containersOf(pod).flatMap(({ container: { image } }) =>
    image === undefined ? [] : [{ reference: image, path }],
  );
}

/** Text of a file that an earlier run of `init --pipeline` wrote; undefined of every other, and of one that cannot be read. */
export function ownText(file: string): string | undefined {
  const text = readBoundedText(file, bounds.pipelineBytes);
  return text !== undefined && isMarked(text) ? text : undefined;
}

function factsOf(root: string, dockerfile: Dockerfile, builds: readonly ComposeBuild[]): DockerfileFacts {
  const { path } = dockerfile;
  const build = builds.find((one) => one.dockerfile === path);
  const { context, isCertain } =
    build === undefined ? findContext(root, dockerfile) : { context: build.context, isCertain: true };
  const ids = dockerfile.instructions.flatMap((one) =>
    one.keyword === "RUN"
      ? one.mounts.flatMap(({ type, options }) =>
          type === "secret" ? [options.get("id") ?? options.get("target")?.split("/").at(-1) ?? ""] : [],
        )
      : [],
  );
  return {
    path,
    context,
    isContextCertain: isCertain,
    ...(build?.image === undefined ? {} : { image: build.image }),
    secretIds: [...new Set(ids.filter((id) => id !== ""))],
  };
}

/** Undefined where the directory has no policy file. */
function policyFactsOf(policy: Policy): PolicyFacts | undefined {
  const { origin, registries, trust, registry, admission } = policy;
  if (origin.kind !== "tree") return undefined;
  return {
    path: basename(origin.path),
    registries,
    trust,
    identities: registry.identities,
    environments: [...new Set(Object.values(admission.environments))],
  };
}
