/** Kubernetes manifests and Compose files: read, judged, and fixed where that is asked for. */
import { readManifestFiles } from "../collect/kubernetes/manifests.ts";
import { findSeccompProfiles } from "../collect/kubernetes/seccomp-profiles.ts";
import { openPolicyScanner } from "../collect/secrets/scanner.ts";
import { authorityOfDirectory } from "../collect/tree/authority.ts";
import { discover } from "../collect/tree/discover.ts";
import { EvaluationList, type Evaluations } from "../core/evaluations.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { accessRelations } from "../evaluate/kubernetes/access-relations.ts";
import { evaluateManifestSecrets } from "../evaluate/kubernetes/manifest-secrets.ts";
import { rotationRelations } from "../evaluate/kubernetes/secret-rotation.ts";
import { evaluateEach, manifestNotes } from "../evaluate/kubernetes/workloads.ts";
import type { WorkloadFixContext, WorkloadFixes } from "../fix/kubernetes/fixes.ts";
import type { ScanContext } from "./context.ts";
import { type ManifestPlace, nothing, readPlace } from "./manifest-place.ts";
import { manifestRelations } from "./relations.ts";

export interface ScannedManifests {
  readonly evaluations: EvaluationList;
  readonly notes: readonly string[];
}

/** What scopes the objects of a tree. */
const SCOPE = "manifests";

export async function scanManifests(
  place: ManifestPlace,
  { policy, now, onRelations, exclusion }: Pick<ScanContext, "policy" | "now" | "onRelations" | "exclusion">,
): Promise<ScannedManifests> {
  const { manifests, rendering, skipped = [] } = await readPlace(place, exclusion);
  onRelations?.([
    ...manifestRelations(manifests, now),
    ...accessRelations(manifests, { scope: SCOPE, now }),
    ...rotationRelations(manifests, { scope: SCOPE, now }),
  ]);
  const { scanner, notes } = await openPolicyScanner(policy, place.root);
  const seccompProfiles = place.kind === "folder" ? findSeccompProfiles(place.root, manifests, now) : undefined;
  const evaluations = new EvaluationList(
    evaluateEach(manifests, {
      policy,
      now,
      scope: SCOPE,
      namespaces: "declared",
      ...(seccompProfiles === undefined ? {} : { seccompProfiles }),
    }),
  );
  evaluations.take(evaluateManifestSecrets(manifests, scanner, { policy, now, scope: SCOPE }));
  return {
    evaluations,
    notes: [...skipped, ...(rendering?.notes ?? []), ...manifestNotes(manifests), ...notes],
  };
}

export interface FixOptions extends Pick<WorkloadFixContext, "enforce" | "unsafe" | "learned"> {
  /** Of a report: only what it proposes is made. Absent: everything. */
  readonly reported?: Evaluations;
  /** How the images are opened that say as whom they run. */
  readonly open: OpenOptions;
}

/** Fixes made in memory; nothing is written. */
export async function fixManifests(
  place: Exclude<ManifestPlace, { kind: "text" }>,
  { policy, now, exclusion }: Pick<ScanContext, "policy" | "now" | "exclusion">,
  { open, enforce, unsafe, reported, learned }: FixOptions,
): Promise<{ readonly fixes: WorkloadFixes; readonly notes: readonly string[] }> {
  const found =
    place.kind === "folder"
      ? await discover(place.root, undefined, exclusion, "manifests")
      : { ...nothing, manifests: [place.name] };
  const { readImageUsers } = await import("./image-users.ts");
  const { fixWorkloads } = await import("../fix/kubernetes/fixes.ts");
  const users = await readImageUsers(found.images, open);
  // Without a store there is nothing to write for them.
  const keyed = policy.rotation.secrets.store === undefined ? undefined : await openPolicyScanner(policy, place.root);
  const fixes = fixWorkloads(readManifestFiles(place.root, found), {
    policy,
    now,
    users,
    enforce,
    unsafe,
    ...(keyed === undefined ? {} : { scanner: keyed.scanner }),
    ...(learned === undefined ? {} : { learned }),
    ...(reported === undefined
      ? {}
      : { reported: { evaluations: reported, authorities: { directory: authorityOfDirectory(place.root) } } }),
    scope: SCOPE,
    namespaces: "declared",
  });
  return { fixes, notes: [...manifestNotes(fixes.manifests), ...(keyed?.notes ?? [])] };
}
