/** The files of a package as its installer would write them, and what of the archive could not be read. */
import type { Gap } from "../../../core/evidence.ts";
import { printable } from "../../../core/printable.ts";
import { bounds } from "./bounds.ts";

export interface PackageFile {
  /** Relative to the package's root, with `/`, clean. */
  readonly path: string;
  /** A view of the archive where it is not compressed by file. */
  readonly bytes: Buffer;
  readonly executable: boolean;
}

export interface PackageFiles {
  /** By path; of files with one name the last, as npm and pip leave it. */
  readonly files: ReadonlyMap<string, PackageFile>;
  readonly gaps: readonly Gap[];
}

/** Faults of one archive, by cause: each cause is one gap with its first places and a count. */
export interface Faults {
  /** @param cause - without a full stop: `links out of the package are not followed` */
  add(cause: string, place: string): void;
  gaps(): readonly Gap[];
}

export function createFaults(archive: string, code = "packages.archive"): Faults {
  const byCause = new Map<string, { places: string[]; count: number }>();
  return {
    add(cause, place) {
      const known = byCause.get(cause) ?? { places: [], count: 0 };
      if (known.count === 0) byCause.set(cause, known);
      known.count += 1;
      if (known.places.length < bounds.namedPlaces) known.places.push(printable(place.slice(0, 120)));
    },
    gaps: () =>
      [...byCause].map(([cause, { places, count }]) => {
        const more = count > places.length ? ` and ${count - places.length} more` : "";
        return { code, reason: `${archive}: ${cause}: ${places.join(", ")}${more}`, concerns: archive };
      }),
  };
}

/** Names under the one directory that an archive has on top are without it; npm takes away the first component of any. */
export function withoutRoot(
  files: ReadonlyMap<string, PackageFile>,
  kind: "first" | "shared",
): Map<string, PackageFile> {
  const stripped = new Map<string, PackageFile>();
  const shared = kind === "first" || sharesRoot(files.keys());
  for (const file of files.values()) {
    const slash = file.path.indexOf("/");
    // npm writes nothing for a file beside the directory on top.
    if (shared && slash < 0) continue;
    const path = shared ? file.path.slice(slash + 1) : file.path;
    stripped.delete(path);
    stripped.set(path, { ...file, path });
  }
  return stripped;
}

function sharesRoot(paths: Iterable<string>): boolean {
  let root: string | undefined;
  for (const path of paths) {
    const slash = path.indexOf("/");
    if (slash < 0) return false;
    root ??= path.slice(0, slash + 1);
    if (!path.startsWith(root)) return false;
  }
  return root !== undefined;
}
