/** Everything below a folder: images, lockfiles, Dockerfiles, pipelines, manifests, and secrets in all of it. */
import { join, relative } from "node:path";
import { readManifestFiles } from "../collect/kubernetes/manifests.ts";
import { renderFolders } from "../collect/kubernetes/render.ts";
import { findSeccompProfiles } from "../collect/kubernetes/seccomp-profiles.ts";
import { findRegistryServers } from "../collect/registry/servers.ts";
import { openPolicyScanner } from "../collect/secrets/scanner.ts";
import { type Discovery, discover } from "../collect/tree/discover.ts";
import { nameOfInline } from "../collect/tree/inline-dockerfiles.ts";
import { foreignNotes, skippedNotes } from "../collect/tree/skipped-notes.ts";
import { unopenedImage } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { EvaluationList } from "../core/evaluations.ts";
import type { LifecycleStepResult } from "../core/lifecycle.ts";
import { Problem } from "../core/problem.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { stepLinesIn } from "../evaluate/image/dockerfile-lines.ts";
import { accessRelations } from "../evaluate/kubernetes/access-relations.ts";
import { evaluateManifestSecrets } from "../evaluate/kubernetes/manifest-secrets.ts";
import { evaluateEach, manifestNotes } from "../evaluate/kubernetes/workloads.ts";
import { evaluateRegistryServers } from "../evaluate/registry/servers.ts";
import type { ScanContext } from "./context.ts";
import { scanDockerfile, scanInlineDockerfile } from "./dockerfile.ts";
import { foreignPlatforms } from "./foreign-platforms.ts";
import { builtFrom, scanUnbuilt } from "./named-images.ts";
import { scanNetwork } from "./network-evaluations.ts";
import type { AuditedPipelines } from "./pipelines.ts";
import { manifestRelations } from "./relations.ts";
import { scanSources, scanUnlooked } from "./sources.ts";
import { NO_SECRETS } from "./without-secrets.ts";

export interface TreeOptions {
  /** False: nobody looks for secrets, and the evaluations say so. */
  readonly secrets: boolean;
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
  /** Pull the images that Dockerfiles and manifests name, and scan them. Absent: no. */
  readonly images?: boolean;
}

export interface ScannedTree {
  readonly evaluations: EvaluationList;
  readonly notes: readonly string[];
}

/** What scopes the objects of a tree. */
const SCOPE = "manifests";

export async function scanTree(
  root: string,
  context: ScanContext & { readonly open: OpenOptions },
  options: TreeOptions,
): Promise<ScannedTree> {
  const { policy, now } = context;
  const secrets = options.secrets ? await openPolicyScanner(policy, root) : undefined;
  const found = await discover(root, undefined, context.exclusion);
  const linted = [
    ...found.dockerfiles.map((path) => scanDockerfile({ root, path, given: found.given.get(path) }, context)),
    ...found.inlineDockerfiles.map((inline) => scanInlineDockerfile(root, inline, context)),
  ];
  const foreign = foreignPlatforms(context.open.platform);
  const dockerfiles = linted.flatMap(({ file }) => file?.dockerfile ?? []);
  const built = builtFrom(stepLinesIn(dockerfiles));
  const own = {
    ...context,
    foreign,
    ...(secrets === undefined ? {} : { secrets }),
    stepLines: built.stepLines,
    judgesAge: true,
  };
  const rendering = options.render ? await renderFolders(root, found) : undefined;
  const manifests = readManifestFiles(root, found, rendering);
  context.onRelations?.([...manifestRelations(manifests, now), ...accessRelations(manifests, { scope: SCOPE, now })]);
  const evaluations = new EvaluationList();
  for (const path of found.images) {
    const { scanImageSet } = await import("./image-set.ts");
    evaluations.take(await scanImageSet(path, relative(root, path) || path, own));
  }
  if (context.trust !== undefined) {
    const { imagesNamed, scanNamedTrust } = await import("./image-trust.ts");
    evaluations.take(await scanNamedTrust(imagesNamed(manifests), { ...own, trust: context.trust }));
  }
  for (const path of found.unlisted) evaluations.take(await evaluateUnlisted(path, own));
  if (found.lockfiles.length > 0) {
    const { scanLockfile } = await import("./lockfile.ts");
    for (const path of found.lockfiles) evaluations.take(scanLockfile(join(root, path), path, own));
    const { scanLockfileState } = await import("./lockfile-state.ts");
    evaluations.take(await scanLockfileState(root, found.lockfiles, own));
  }
  evaluations.take(linted.flatMap((dockerfile) => dockerfile.evaluations));
  const pipelines = await scanFoundPipelines(root, found, own);
  evaluations.take(pipelines.evaluations);
  let rebuild: LifecycleStepResult | undefined;
  if (pipelines.read !== undefined || manifests.objects.length > 0 || context.deployed !== undefined) {
    const { scanLifecycle } = await import("./lifecycle.ts");
    const lifecycle = scanLifecycle(root, {
      policy,
      now,
      ...(context.deployed ?? { manifests }),
      dockerfiles,
      ...(pipelines.read === undefined ? {} : { pipelines: pipelines.read }),
      ...(context.pastRuns === undefined ? {} : { runs: context.pastRuns }),
    });
    evaluations.take(lifecycle.evaluations);
    context.onLifecycle?.(lifecycle.seen);
    rebuild = lifecycle.seen.find(({ step }) => step === "rebuild");
  }
  const paths = [...found.dockerfiles, ...found.inlineDockerfiles.map(nameOfInline)];
  const unbuilt = await scanUnbuilt(paths, dockerfiles, manifests, {
    ...own,
    evaluations,
    ...(rebuild === undefined ? {} : { rebuild }),
    built: built.paths,
    pulls: options.images === true,
  });
  evaluations.take(unbuilt.evaluations);
  const seccompProfiles = findSeccompProfiles(root, manifests, now);
  evaluations.take(evaluateEach(manifests, { policy, now, scope: SCOPE, seccompProfiles }));
  evaluations.take(evaluateRegistryServers(findRegistryServers(root, found.registryConfigurations, manifests), own));
  const network = await scanNetwork(manifests, root, { policy, now, scope: SCOPE });
  evaluations.take(network.evaluations);
  context.onNetwork?.(network.network);
  context.onRelations?.(network.relations);
  context.onReach?.(network.reach);
  if (secrets !== undefined) {
    evaluations.take(evaluateManifestSecrets(manifests, secrets.scanner, { policy, now, scope: SCOPE }));
  }
  evaluations.take(secrets === undefined ? scanUnlooked(own) : await scanSources(root, found.images, secrets, own));
  return {
    evaluations,
    notes: [
      ...(found.images.length === 0 ? ["no images found: add OCI layouts or archives to this directory"] : []),
      ...unbuilt.notes,
      ...skippedNotes(found),
      ...foreignNotes(found),
      ...foreign.notes(),
      ...linted.flatMap((dockerfile) => dockerfile.notes),
      ...pipelines.notes,
      ...(rendering?.notes ?? []),
      ...(manifests.objects.length === 0 ? [] : manifestNotes(manifests)),
      ...network.notes,
      ...(secrets?.notes ?? [NO_SECRETS]),
    ],
  };
}

/** What evaluates them is loaded where there are some. */
async function scanFoundPipelines(
  root: string,
  { pipelines, foreignPipelines }: Discovery,
  context: ScanContext,
): Promise<AuditedPipelines> {
  if (pipelines.length + foreignPipelines.length === 0) return { evaluations: [], notes: [] };
  return await (await import("./pipelines.ts")).scanPipelines(root, pipelines, context, "check", foreignPipelines);
}

/** There may be an image in it. */
async function evaluateUnlisted(path: string, context: ScanContext): Promise<Evaluation[]> {
  const { scanUnopened } = await import("./image.ts");
  const problem = new Problem({
    kind: "unavailable",
    code: "collect.folder",
    place: path,
    cause: "cannot read directory",
    remedy: "check its permissions",
  });
  return scanUnopened(unopenedImage(path, { path }), problem, context);
}
