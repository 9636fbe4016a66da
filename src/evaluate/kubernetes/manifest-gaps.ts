/** Which objects a gap of the reader is about. */

import { posix } from "node:path";
import { append } from "../../core/append.ts";
import type { Gap } from "../../core/evidence.ts";
import type { KubernetesObject, ManifestGap, Manifests } from "../../engines/kubernetes/model.ts";

/** Gaps of one evaluation that are named one by one. */
const NAMED = 10;

export interface ManifestGaps {
  /** Of everything that was read. */
  readonly all: readonly Gap[];
  /** What may make that object another than it seems: its own, its document's, and those of folders that it is in. */
  of(object: KubernetesObject): readonly Gap[];
  /** Of these objects, and of all that was not read and might hold more like them. */
  around(objects: readonly KubernetesObject[]): readonly Gap[];
  /** Path → what was not read of it as a whole or in one of its documents, in the order of the reading. */
  readonly unread: ReadonlyMap<string, readonly ManifestGap[]>;
}

export function manifestGaps({ gaps }: Manifests): ManifestGaps {
  const own = Map.groupBy(gaps, ({ object }) => object);
  const loose = own.get(undefined) ?? [];
  const byPath = Map.groupBy(loose, ({ path }) => path);
  const unread = named(loose);

  function of(object: KubernetesObject): readonly Gap[] {
    const found = [...(own.get(object.part?.of ?? object) ?? [])];
    const { source } = object;
    if (source.kind === "file" && byPath.size > 0) {
      append(
        found,
        (byPath.get(source.text.path) ?? []).filter((gap) => isIn(gap, object)),
      );
      for (const folder of foldersOf(source.text.path)) append(found, byPath.get(folder) ?? []);
    }
    return named(found);
  }

  return {
    all: named(gaps),
    of,
    around: (objects) => [...new Map([...objects.flatMap(of), ...unread].map((gap) => [gap.reason, gap])).values()],
    unread: byPath,
  };
}

/** A gap of a file that names none of its documents is about all of them. */
function isIn({ document }: ManifestGap, { source }: KubernetesObject): boolean {
  return document === undefined || source.kind !== "file" || document === source.document;
}

/** `.`, `k8s`, `k8s/base` of `k8s/base/web.yaml`. */
function foldersOf(path: string): string[] {
  const parts = posix.dirname(path).split("/");
  return [".", ...parts.map((_, index) => parts.slice(0, index + 1).join("/")).filter((folder) => folder !== ".")];
}

function named(gaps: readonly ManifestGap[]): Gap[] {
  const shown = gaps.slice(0, NAMED).map(gapOf);
  const more = gaps.length - shown.length;
  if (more > 0) shown.push({ code: "kubernetes.more", reason: `${more} more of what was read was not read whole` });
  return shown;
}

export function gapOf({ code, reason, remedy, path, line, column }: ManifestGap): Gap {
  const place = [path, line, column].filter((part) => part !== undefined).join(":");
  return { code, reason: `${place}: ${reason}`, ...(remedy === undefined ? {} : { remedy }) };
}
