/** Where a field of a request's object stands in the file that it is from. */
import { type FieldPath, fieldRange } from "../../../engines/kubernetes/model.ts";
import type { TrialSource } from "./requests.ts";

export interface FilePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/**
 * @param field - as it is formatted; absent, or not stated: the object, or the deepest part of the field that is there
 * @returns undefined where the object is of a cluster
 */
export function placeOfField({ object, within }: TrialSource, field?: string): FilePlace | undefined {
  const { source } = object;
  if (source.kind !== "file") return undefined;
  const { line, column } = fieldRange(source, [...within, ...parseFieldPath(field ?? "")]);
  return { path: source.text.path, line, column };
}

/** The path of which this is the text (`formatFieldPath`); the part before what is no path. */
export function parseFieldPath(text: string): FieldPath {
  const path: (string | number)[] = [];
  const step = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\[([^\]]*)\]/y;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) break;
    const [, name, index, key] = found;
    path.push(name ?? (index === undefined ? (key ?? "") : Number(index)));
  }
  return path;
}
