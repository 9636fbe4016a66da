import type { PackageRecord } from "../../contents/model.ts";

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

/** Takes the path of a manifest that is none, and what is wrong with it. */
export type Unread = (manifest: string, cause: string) => void;
