import type { Digest } from "./digest.ts";

/** Where a finding is, as precisely as the evidence allows. Lines and columns count from 1. */
export type Location =
  | { readonly kind: "file"; readonly path: string; readonly line?: number; readonly column?: number }
  | {
      readonly kind: "image";
      /** Path within the image, without a leading slash. */
      readonly path: string;
      readonly layer: LayerReference;
    }
  | { readonly kind: "config" /** Pointer into the image's config: `config.User`. */; readonly field: string }
  | ObjectLocation;

/** A field of an object that an API holds: a live cluster's. */
export interface ObjectLocation {
  readonly kind: "object";
  /** Its kind and what it is called there: `Deployment shop/web`. */
  readonly object: string;
  /** From the object's root: `spec.template.spec.hostPID`; absent where it is about the whole object. */
  readonly field?: string;
  /** Where the object is written, where that is known. */
  readonly place?: { readonly path: string; readonly line?: number; readonly column?: number };
}

/** A layer of an image and the instruction that made it. */
export interface LayerReference {
  /** From 0, the lowest layer. */
  readonly index: number;
  /** How many layers the image has. */
  readonly of?: number;
  readonly diffId: Digest;
  /** Absent where the config has no history, or one that does not fit its layers. */
  readonly instruction?: string;
  /** Index into the config's history. */
  readonly historyIndex?: number;
  /** Where the instruction stands, where a Dockerfile of the tree is known to be the one that the image was built from. */
  readonly dockerfile?: { readonly path: string; readonly line: number };
}

/** `etc/passwd`, `bulkhead.yaml:4:7`, `Deployment shop/web: spec.hostPID`: the form that editors and terminals turn into a link. */
export function formatLocation(location: Location): string {
  switch (location.kind) {
    case "file": {
      const line = location.line === undefined ? "" : `:${location.line}`;
      const column = location.line === undefined || location.column === undefined ? "" : `:${location.column}`;
      return location.path + line + column;
    }
    case "image":
      return `/${location.path} (${[formatLayer(location.layer), formatDockerfile(location.layer) ?? []].flat().join(", ")})`;
    case "config":
      return location.field;
    case "object": {
      const { object, field, place } = location;
      const written = place === undefined ? "" : ` (${formatLocation({ kind: "file", ...place })})`;
      return `${object}${field === undefined ? "" : `: ${field}`}${written}`;
    }
  }
}

/** `Dockerfile:12`. */
export function formatDockerfile({ dockerfile }: LayerReference): string | undefined {
  return dockerfile === undefined ? undefined : `${dockerfile.path}:${dockerfile.line}`;
}

/** `layer 3/5`, counted from 1. */
export function formatLayer(layer: LayerReference): string {
  return `layer ${layer.index + 1}${layer.of === undefined ? "" : `/${layer.of}`}`;
}
