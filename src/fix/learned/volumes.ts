/** Which volumes a workload needs where its root filesystem is read-only: one over each directory that it writes to. */

import { trimEndOf } from "../../core/trim.ts";
import type { LearnedWorkload } from "../../engines/events/learn/model.ts";

export interface NeededVolume {
  /** Where it is mounted. */
  readonly path: string;
  /** What was written in it. */
  readonly written: readonly string[];
  /** Files of the image that are used and would be hidden below it: it has to be filled first. */
  readonly hides: readonly string[];
}

export interface NeededVolumes {
  readonly volumes: readonly NeededVolume[];
  /** What no volume can be made for: it stands at the root itself. */
  readonly impossible: readonly string[];
}

/** Directories over which no volume is of use: the image's programs are in them. */
const ofPrograms = /^(?:\/(?:usr|bin|sbin|lib|lib64))?$/;

export function neededVolumes({ written, opened, executables, mounts }: LearnedWorkload): NeededVolumes {
  const writable = mounts.filter((mount) => mount.writable).map(({ path }) => path);
  const needed = written.filter(({ path }) => !writable.some((mount) => isWithin(path, mount)));
  const directories = new Map<string, string[]>();
  const impossible: string[] = [];
  for (const { path } of needed) {
    const directory = path.endsWith("/") ? trimEndOf(path, "/") : path.slice(0, path.lastIndexOf("/"));
    if (ofPrograms.test(directory)) impossible.push(path);
    else directories.set(directory, [...(directories.get(directory) ?? []), path]);
  }
  const all = [...directories.keys()];
  const outer = all.filter((path) => !all.some((other) => other !== path && isWithin(path, other))).sort();
  const own = new Set(written.map(({ path }) => path));
  const image = [...opened, ...executables].filter(({ path, layer }) => !own.has(path) && layer !== "upper");
  return {
    volumes: outer.map((path) => ({
      path,
      written: needed.map((file) => file.path).filter((file) => isWithin(file, path)),
      hides: [...new Set(image.map((file) => file.path).filter((file) => isWithin(file, path)))].sort(),
    })),
    impossible,
  };
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}
