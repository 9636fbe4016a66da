/** What is looked up of a host's file system, whether it is a folder or the layers of an image. */
import type { Gap } from "../../../core/evidence.ts";

export interface HostEntry {
  /** With every symlink on the way followed inside the root. */
  readonly path: string;
  readonly type: "file" | "directory" | "other";
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly layer?: number;
}

/** Paths are relative to the root, without a leading slash. What cannot be had is told by `gaps`. */
export interface HostView {
  /** Follows symlinks inside the root; undefined where nothing is there. */
  find(path: string): HostEntry | undefined;
  /** Names in a folder, sorted; none of what is no folder. */
  list(path: string): readonly string[];
  /** The text of a file that says where others are. */
  read(entry: HostEntry): string | undefined;
  /** Of all that was looked up so far, each once. */
  gaps(): readonly Gap[];
}

export interface HostGaps {
  add(path: string, cause: string): void;
  all(): readonly Gap[];
}

/** One gap a path. */
export function createHostGaps(most: number): HostGaps {
  const causes = new Map<string, string>();
  let more = 0;
  return {
    add(path, cause) {
      if (causes.has(path)) return;
      if (causes.size < most) causes.set(path, cause);
      else more += 1;
    },
    all() {
      const gaps = [...causes].map(([path, cause]) => gapOf(`/${path}: ${cause}`));
      return more === 0 ? gaps : [...gaps, gapOf(`${more} more host files could not be read`)];
    },
  };
}

function gapOf(reason: string): Gap {
  return { code: "contents.host-files", reason };
}

/** Where a unit that is masked leads to: no file of the host's. */
export function isDevice(path: string): boolean {
  return path === "dev" || path.startsWith("dev/");
}
