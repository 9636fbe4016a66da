/** Kubernetes manifests and Compose files: read, judged, and fixed where that is asked for. */
import { readManifestFiles } from "../collect/kubernetes/manifests.ts";
import { type Rendering, renderFolders } from "../collect/kubernetes/render.ts";
import { findSeccompProfiles } from "../collect/kubernetes/seccomp-profiles.ts";
import { openPolicyScanner } from "../collect/secrets/scanner.ts";
import { authorityOfDirectory } from "../collect/tree/authority.ts";
import { discover } from "../collect/tree/discover.ts";
import { skippedNotes } from "../collect/tree/skipped-notes.ts";
import { EvaluationList, type Evaluations } from "../core/evaluations.ts";
import { readManifests } from "../engines/kubernetes/manifests.ts";
import type { Manifests } from "../engines/kubernetes/model.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { accessRelations } from "../evaluate/kubernetes/access-relations.ts";
import { evaluateManifestSecrets } from "../evaluate/kubernetes/manifest-secrets.ts";
import { evaluateEach, manifestNotes } from "../evaluate/kubernetes/workloads.ts";
import { fixWorkloads, type WorkloadFixContext, type WorkloadFixes } from "../fix/kubernetes/fixes.ts";
import type { ScanContext } from "./context.ts";
import { readImageUsers } from "./image-users.ts";
import { manifestRelations } from "./relations.ts";

/** Where manifests are. */
export type ManifestPlace =
  | { readonly kind: "folder"; readonly root: string; readonly render: boolean }
  /** `name` is of a file in the folder `root`. */
  | { readonly kind: "file"; readonly root: string; readonly name: string }
  /** Standard input. */
  | { readonly kind: "text"; readonly root: string; readonly text: string };

export interface ScannedManifests {
  readonly evaluations: EvaluationList;
  readonly notes: readonly string[];
}

/** What scopes the objects of a tree. */
const SCOPE = "manifests";

const nothing = { manifests: [], composeFiles: [], kustomizations: [], charts: [], images: [] };

export async function scanManifests(
  place: ManifestPlace,
  { policy, now, onRelations, exclusion }: Pick<ScanContext, "policy" | "now" | "onRelations" | "exclusion">,
): Promise<ScannedManifests> {
  const { manifests, rendering, skipped = [] } = await readPlace(place, exclusion);
  onRelations?.([...manifestRelations(manifests, now), ...accessRelations(manifests, { scope: SCOPE, now })]);
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

export interface ReadPlace {
  readonly manifests: Manifests;
  readonly rendering?: Rendering;
  /** What of the folder was not looked at, one sentence each. */
  readonly skipped?: readonly string[];
}

/** What is read of a place, before anything is evaluated. */
export async function readPlace(place: ManifestPlace, exclusion: ScanContext["exclusion"]): Promise<ReadPlace> {
  switch (place.kind) {
    case "text":
      return { manifests: readManifests([{ path: "-", text: place.text }]) };
    case "file":
      return { manifests: readManifestFiles(place.root, { ...nothing, manifests: [place.name] }) };
    case "folder": {
      const found = await discover(place.root, undefined, exclusion);
      const skipped = skippedNotes(found);
      if (!place.render) return { manifests: readManifestFiles(place.root, found), skipped };
      const rendering = await renderFolders(place.root, found);
      return { manifests: readManifestFiles(place.root, found, rendering), rendering, skipped };
    }
  }
}

export interface FixOptions extends Pick<WorkloadFixContext, "enforce" | "unsafe"> {
  /** Of a report: only what it proposes is made. Absent: everything. */
  readonly reported?: Evaluations;
  /** How the images are opened that say as whom they run. */
  readonly open: OpenOptions;
}

/** Fixes made in memory; nothing is written. */
export async function fixManifests(
  place: Exclude<ManifestPlace, { kind: "text" }>,
  { policy, now, exclusion }: Pick<ScanContext, "policy" | "now" | "exclusion">,
  { open, enforce, unsafe, reported }: FixOptions,
): Promise<{ readonly fixes: WorkloadFixes; readonly notes: readonly string[] }> {
  const found =
    place.kind === "folder"
      ? await discover(place.root, undefined, exclusion)
      : { ...nothing, manifests: [place.name] };
  const users = await readImageUsers(found.images, open);
  const fixes = fixWorkloads(readManifestFiles(place.root, found), {
    policy,
    now,
    users,
    enforce,
    unsafe,
    ...(reported === undefined
      ? {}
      : { reported: { evaluations: reported, authorities: { directory: authorityOfDirectory(place.root) } } }),
    scope: SCOPE,
    namespaces: "declared",
  });
  return { fixes, notes: manifestNotes(fixes.manifests) };
}
