/** Seccomp profiles that workloads name by `localhostProfile`, where the tree has files of those names. */
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { containersOf, type Manifests, type SeccompProfile } from "../../engines/kubernetes/model.ts";
import { readSeccompProfile } from "../../engines/kubernetes/seccomp.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { bounds } from "./bounds.ts";

/** Folders that hold other people's files or the history of ours. */
const skipped: ReadonlySet<string> = new Set([".git", ".hg", ".svn", "node_modules"]);

/**
 * Looks only where a workload names a profile. A file counts where its path ends with that name, for on the node the
 * name is below a folder of the kubelet's.
 */
export function findSeccompProfiles(
  root: string,
  manifests: Manifests,
  now: Date,
): Evidence<ReadonlyMap<string, readonly SeccompProfile[]>> {
  const names = profileNames(manifests);
  const profiles = new Map<string, SeccompProfile[]>();
  const gaps: Gap[] = [];
  if (names.size === 0) return present(profiles, now.toISOString());
  let read = 0;
  for (const path of filesNamed(root, new Set([...names].map(lastPart)), gaps)) {
    for (const name of names) {
      if (path !== name && !path.endsWith(`/${name}`)) continue;
      if (read >= bounds.seccompProfiles) {
        gaps.push({ code: "kubernetes.bound", reason: `more than ${bounds.seccompProfiles} files may be profiles` });
        return present(profiles, now.toISOString(), { gaps });
      }
      read++;
      try {
        const profile = readSeccompProfile(path, bounded(join(root, path), path));
        profiles.set(name, [...(profiles.get(name) ?? []), profile]);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const code = error instanceof Problem ? error.code : "kubernetes.seccomp-profile";
        gaps.push({ code, reason: `${path}: ${error.message}` });
      }
    }
  }
  return present(profiles, now.toISOString(), { gaps });
}

function profileNames({ workloads }: Manifests): Set<string> {
  const named = workloads.flatMap(({ pod }) => [
    pod.securityContext?.seccompProfile,
    ...containersOf(pod).map(({ container }) => container.securityContext?.seccompProfile),
  ]);
  return new Set(
    named.flatMap((profile) =>
      profile?.type === "Localhost" && profile.localhostProfile
        ? [profile.localhostProfile.replace(/^\.?\/+/, "")]
        : [],
    ),
  );
}

/** Relative paths with forward slashes, sorted; no symlink is followed. */
function filesNamed(root: string, names: ReadonlySet<string>, gaps: Gap[]): string[] {
  const found: string[] = [];
  const pending = [""];
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(join(root, folder));
    entries += listed.length;
    if (entries > collectBounds.entries) {
      gaps.push({
        code: "kubernetes.bound",
        reason: `only ${collectBounds.entries} entries were searched for profiles`,
      });
      break;
    }
    for (const entry of listed) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) pending.push(path);
      } else if (entry.isFile() && names.has(entry.name)) found.push(path);
    }
  }
  return found.sort();
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What cannot be listed is told where the tree is discovered.
    return [];
  }
}

function bounded(file: string, path: string): string {
  const { size } = statSync(file);
  if (size <= 4 * kubernetesBounds.seccompProfileLength) return readFileSync(file, "utf8");
  const cause = `${size} bytes exceed the limit`;
  throw new Problem({ kind: "input", code: "kubernetes.seccomp-profile", place: path, cause });
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
