/** Manifests as they are read, before anything is evaluated: what only reads them loads no check. */
import { readManifestFiles } from "../collect/kubernetes/manifests.ts";
import type { Rendering } from "../collect/kubernetes/render.ts";
import { discover } from "../collect/tree/discover.ts";
import { skippedNotes } from "../collect/tree/skipped-notes.ts";
import { readManifests } from "../engines/kubernetes/manifests.ts";
import type { Manifests } from "../engines/kubernetes/model.ts";
import type { ScanContext } from "./context.ts";

/** Where manifests are. */
export type ManifestPlace =
  | { readonly kind: "folder"; readonly root: string; readonly render: boolean }
  /** `name` is of a file in the folder `root`. */
  | { readonly kind: "file"; readonly root: string; readonly name: string }
  /** Standard input. */
  | { readonly kind: "text"; readonly root: string; readonly text: string };

/** Where only a file was named. */
export const nothing = { manifests: [], composeFiles: [], kustomizations: [], charts: [], images: [] };

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
      const found = await discover(place.root, undefined, exclusion, "manifests");
      const skipped = skippedNotes(found);
      if (!place.render) return { manifests: readManifestFiles(place.root, found), skipped };
      const { renderFolders } = await import("../collect/kubernetes/render.ts");
      const rendering = await renderFolders(place.root, found);
      return { manifests: readManifestFiles(place.root, found, rendering), rendering, skipped };
    }
  }
}
