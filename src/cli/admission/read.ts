/** What `admission test` is asked about: files and directories, standard input, or a cluster. */
import { basename, dirname, join, relative } from "node:path";
import type { ManifestGap, Manifests } from "../../engines/kubernetes/model.ts";
import type { UnreadView } from "../../report/admission/trial-view.ts";
import type { ScanContext } from "../../scan/context.ts";
import { readPlace } from "../../scan/manifest-place.ts";
import { namedPlace } from "../named-place.ts";
import { standardInput } from "../standard-input.ts";

export interface ReadFiles {
  readonly objects: Manifests["objects"];
  readonly namespaces: Manifests["namespaces"];
  readonly unread: readonly UnreadView[];
  readonly notes: readonly string[];
  /** A path of an object's file as the user would write it. */
  shown(path: string): string;
}

/** Of one place; paths are unique within it alone. */
export async function readFiles(
  place: string,
  { render, exclusion }: { readonly render: boolean; readonly exclusion: ScanContext["exclusion"] },
): Promise<ReadFiles> {
  const named = place === "-" ? undefined : namedPlace(place);
  const root = named === undefined ? "." : named.isDirectory ? named.path : dirname(named.path);
  const read =
    named === undefined
      ? await readPlace({ kind: "text", root, text: await standardInput() }, exclusion)
      : named.isDirectory
        ? await readPlace({ kind: "folder", root, render }, exclusion)
        : await readPlace({ kind: "file", root, name: basename(named.path) }, exclusion);
  const prefix = named === undefined ? "" : relative(process.cwd(), root);
  const shown = (path: string) => (path === "-" ? "standard input" : join(prefix, path));
  const { manifests, rendering, skipped = [] } = read;
  return {
    objects: manifests.objects,
    namespaces: manifests.namespaces,
    // What of one object is not read is the guard's to tell: it reads it again.
    unread: manifests.gaps.filter(({ object }) => object === undefined).map((gap) => unreadOf(gap, shown)),
    notes: [...(rendering?.notes ?? []), ...skipped],
    shown,
  };
}

export function unreadOf(
  { path, line, column, reason, remedy }: ManifestGap,
  shown: (path: string) => string,
): UnreadView {
  const at = [shown(path), line ?? [], line === undefined ? [] : (column ?? [])].flat().join(":");
  return { place: at, reason, ...(remedy === undefined ? {} : { remedy }) };
}
