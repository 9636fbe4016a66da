/** Versions of actions, as refs and comments name them. */
import type { Uses } from "../../../engines/pipelines/model.ts";

/** `v4.2.2` of `tag=v4.2.2`, `ratchet:actions/checkout@v4`, `pin@v3 (2024-01-01)`; absent where none is named. */
export function versionOfComment(comment: string | undefined): string | undefined {
  return VERSION.exec((comment ?? "").slice(0, COMMENT))?.[1];
}

/** Characters of a comment that are looked at. */
const COMMENT = 400;

const VERSION = /(?:^|[\s=@:/])(v?[0-9]+(?:\.[0-9]+)*(?:[-+.]?[a-z][\w.-]*)?)(?=$|[\s,;)])/i;

/**
 * The lowest and the highest version that the ref may stand for. A whole version is one; `v4` and `v4.1` are tags that are
 * moved along. Of a commit it is what its comment says. Absent where nothing says.
 */
export function versionRange(uses: Uses): { readonly lowest: Version; readonly highest: Version } | undefined {
  if (uses.kind !== "repository") return undefined;
  const written = uses.refKind === "commit" ? versionOfComment(uses.text.comment) : uses.ref;
  const [, numbers] = /(?:^|[/@-])v?([0-9]+(?:\.[0-9]+){0,3})$/i.exec((written ?? "").slice(0, COMMENT)) ?? [];
  if (numbers === undefined) return undefined;
  const parts = numbers.split(".").map(Number);
  // What a comment says of a commit does not move.
  const moves = uses.refKind !== "commit" && parts.length < WHOLE;
  return { lowest: padded(parts, 0), highest: padded(parts, moves ? Number.POSITIVE_INFINITY : 0) };
}

export type Version = readonly number[];

const WHOLE = 3;

function padded(parts: readonly number[], filler: number): Version {
  return [...parts, ...Array<number>(Math.max(0, WHOLE - parts.length)).fill(filler)];
}

/** @param version - three numbers: `4.1.3` */
export function parseVersion(version: string): Version {
  return version.split(".").map(Number);
}

/** Negative where the first is lower. */
export function compareVersions(one: Version, other: Version): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [left, right] = [one[index] ?? 0, other[index] ?? 0];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
