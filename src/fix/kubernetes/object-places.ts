/** From a finding's place to the object that it is in. */
import type { Finding } from "../../core/finding.ts";
import { type FileSource, fieldRange, type KubernetesObject, type Manifests } from "../../engines/kubernetes/model.ts";

export type FileObject = KubernetesObject & { readonly source: FileSource };

/** The object of files that a finding's first location is in. */
export function objectFinder({ objects }: Manifests): (finding: Finding) => FileObject | undefined {
  const byPath = Map.groupBy(objects.filter(isOfFile), ({ source }) => source.text.path);
  const starts = new Map<string, { readonly object: FileObject; readonly line: number; readonly column: number }[]>();
  const startsIn = (path: string) => {
    const known = starts.get(path);
    if (known !== undefined) return known;
    const found = (byPath.get(path) ?? []).map((object) => {
      const { line, column } = fieldRange(object.source, []);
      return { object, line, column };
    });
    starts.set(path, found);
    return found;
  };
  return ({ locations: [place] }) => {
    if (place.kind !== "file" || place.line === undefined) return undefined;
    const { line, column = 1 } = place;
    return startsIn(place.path).findLast((one) => one.line < line || (one.line === line && one.column <= column))
      ?.object;
  };
}

export function isOfFile(object: KubernetesObject): object is FileObject {
  return object.source.kind === "file";
}
