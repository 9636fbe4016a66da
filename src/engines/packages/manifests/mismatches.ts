/** Manifests held against the lockfiles beside them. */
import type { PackageRecord } from "../../contents/model.ts";
import type { ManifestMismatch } from "../model.ts";

/** A lockfile as it was read. */
export interface ReadLockfile {
  readonly path: string;
  readonly text: string;
  readonly packages: readonly PackageRecord[];
  /** Nothing of it is unread: what is not among its packages is not locked. */
  readonly complete: boolean;
}

/** A manifest's text by its path; undefined where there is none. */
export type Manifests = (path: string) => string | undefined;

/** Whether a manifest that changed may contradict a lockfile: it lies in the same directory, or below it. */
export function manifestsAffect(_lockfile: string, _manifest: string): boolean {
  return false;
}

export function mismatchesOf(_lockfile: ReadLockfile, _manifests: Manifests): ManifestMismatch[] {
  return [];
}
