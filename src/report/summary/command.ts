/** What makes or shows the fix of a group. */
import type { Report } from "../../core/report.ts";
import { trimEndOf } from "../../core/trim.ts";
import type { FixGroup, GroupPlaces } from "./fix-groups.ts";
import { command } from "./shell-command.ts";
import { highestOf, type Upgrade, upgradeOf } from "./upgrade.ts";

/**
 * The command that makes or shows the fix of a group; undefined where none does.
 *
 * Changes of manifests and Dockerfiles that were verified are made by `workload fix` and `build lint --fix`; those that
 * may stop what runs need `--unsafe`. Other bases of an image are shown by `image base`.
 */
export function commandFor(
  { subject }: Pick<Report, "subject">,
  { identity, asset }: FixGroup,
  { files, changes }: GroupPlaces,
): string | undefined {
  if (identity.kind === "base") {
    if (asset.kind !== "image") return undefined;
    const named = asset.place === undefined ? asset.name : `oci:${below(subject, asset.place) ?? asset.place}`;
    return command(["bulkhead", "image", "base", named]);
  }
  const [file] = files;
  if (file === undefined) return undefined;
  // Of several files the whole directory: what else is fixed there is no harm.
  const place = files.length > 1 ? subject : below(subject, file);
  if (place === undefined || place === "-") return undefined;
  const unsafe = changes.includes("unsafe") ? ["--unsafe"] : [];
  if (changes.includes("edit")) return command(["bulkhead", "build", "lint", place, "--fix", ...unsafe]);
  return command(["bulkhead", "workload", "fix", place, ...unsafe]);
}

/** How the project of the worst finding's lockfile upgrades the package; undefined where no lockfile of npm or Go holds it. */
export function upgradeFor(
  { subject }: Pick<Report, "subject">,
  { identity }: FixGroup,
  { lockfiles: [lockfile], versions, dependencies }: GroupPlaces,
): Upgrade | undefined {
  const version = highestOf(versions);
  if (identity.kind !== "upgrade" || lockfile === undefined || version === undefined) return undefined;
  const place = below(subject, lockfile);
  const isDirect = dependencies.length === 1 ? dependencies[0] === "direct" : undefined;
  return place === undefined ? undefined : upgradeOf(place, identity.package, version, isDirect);
}

/** A path below what was named, from where the command ran; undefined for standard input. */
function below(subject: string, path: string): string | undefined {
  if (subject === "-") return undefined;
  if (subject === "." || subject === "./") return path;
  if (subject === path || subject.endsWith(`/${path}`)) return subject;
  return `${trimEndOf(subject, "/")}/${path}`;
}
