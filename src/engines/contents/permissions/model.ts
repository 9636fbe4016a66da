/** Files and folders whose permissions reach further than those of whoever uses them, as facts. */
import type { Gap } from "../../../core/evidence.ts";

/** What a `security.capability` attribute grants (capabilities(7), "File capabilities"). */
export type FileCapabilities =
  | {
      readonly kind: "capabilities";
      /** `cap_net_raw`; a number that has no name yet is `cap_63`. */
      readonly permitted: readonly string[];
      readonly inheritable: readonly string[];
      /** True: the program has them from its start, without asking for them. */
      readonly effective: boolean;
      /** Version 3: they count only in the user namespace whose root has this user id. */
      readonly rootId?: number;
    }
  | { readonly kind: "unreadable"; readonly reason: string };

/** What one entry of a layer states that an ordinary one does not. */
export interface StatedPermissions {
  readonly type: "file" | "directory";
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** User id of the owner; absent where it cannot be told. */
  readonly owner?: number;
  readonly capabilities?: FileCapabilities;
}

/** The same in the merged tree. */
export interface PathPermissions extends StatedPermissions {
  /** Relative to the root, without a leading slash. */
  readonly path: string;
  /** Index of the layer that wrote it so. */
  readonly layer: number;
  /** Index of the layer that removed it, or put something else in its place: no process of the image reaches it. */
  readonly removedIn?: number;
}

export interface Permissions {
  /** Setuid and setgid programs, programs with capabilities, and what everybody may write, by path. */
  readonly paths: readonly PathPermissions[];
  /** Why that may not be all. */
  readonly gaps: readonly Gap[];
}
