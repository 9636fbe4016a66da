/** Entries of one layer with permissions that matter, picked out while the layer streams by. */

import type { TarEntry } from "../../oci/tar.ts";
import { bounds } from "../bounds.ts";
import { fileCapabilities } from "./capabilities.ts";
import type { StatedPermissions } from "./model.ts";
import { raisesRights } from "./raises.ts";

/** What one layer states; plain JSON, for it is cached with the layer. */
export interface LayerPermissions {
  /** Each with its place among the layer's entries, in their order. */
  readonly entries: readonly (readonly [at: number, stated: StatedPermissions])[];
  /** How many more there are, over the bounds. */
  readonly more: number;
}

const SETUID = 0o4000;
const SETGID = 0o2000;
const STICKY = 0o1000;
const ALL_WRITE = 0o002;

/** Bits that are worth a look; what remains is ordinary. One operation an entry. */
const REMARKABLE = SETUID | SETGID | ALL_WRITE;

export interface PermissionsReader {
  /** @param at - the place of the entry among the layer's */
  see(entry: TarEntry, at: number): void;
  /** Undefined where nothing was remarkable. */
  finish(): LayerPermissions | undefined;
}

export function createPermissionsReader(): PermissionsReader {
  const entries: [number, StatedPermissions][] = [];
  // Apart, so that a folder of writable files cannot hide a program.
  let programs = 0;
  let writable = 0;
  let more = 0;
  return {
    see(entry, at) {
      if ((entry.mode & REMARKABLE) === 0 && entry.capability === undefined) return;
      const stated = statedBy(entry);
      if (stated === undefined) return;
      const isOver = raisesRights(stated) ? ++programs > bounds.raisedFiles : ++writable > bounds.writablePaths;
      if (isOver) more += 1;
      else entries.push([at, stated]);
    },
    finish: () => (entries.length === 0 && more === 0 ? undefined : { entries, more }),
  };
}

/** Undefined for what is ordinary after all: the sticky folder, the folder that hands on its group, links, devices. */
function statedBy({ type, mode, owner, capability }: TarEntry): StatedPermissions | undefined {
  // A hard link's header repeats the mode of the file.
  const kind = type === "hardlink" ? "file" : type;
  if (kind !== "file" && kind !== "directory") return undefined;
  // chown(2) leaves a file as it is where it is given -1: it is root's, who unpacked it.
  const own = { mode, ...(owner === undefined ? {} : { owner: Math.max(0, owner) }) };
  if (kind === "directory") {
    return (mode & ALL_WRITE) !== 0 && (mode & STICKY) === 0 ? { type: kind, ...own } : undefined;
  }
  const stated: StatedPermissions = {
    type: kind,
    ...own,
    ...(capability === undefined ? {} : { capabilities: fileCapabilities(capability) }),
  };
  return raisesRights(stated) || (mode & ALL_WRITE) !== 0 ? stated : undefined;
}
