/** What to paste into a shell. A path may be an attacker's: it is quoted, and where that does not do, there is no command. */
import { printable } from "../../core/printable.ts";
import type { Report } from "../../core/report.ts";
import { trimEndOf } from "../../core/trim.ts";
import type { FixGroup, GroupPlaces } from "./fix-groups.ts";

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

/** A path below what was named, from where the command ran; undefined for standard input. */
function below(subject: string, path: string): string | undefined {
  if (subject === "-") return undefined;
  if (subject === "." || subject === "./") return path;
  if (subject === path || subject.endsWith(`/${path}`)) return subject;
  return `${trimEndOf(subject, "/")}/${path}`;
}

/** The words as a shell reads them; undefined where one cannot be shown as it is, or would be taken for an option. */
export function command(words: readonly string[]): string | undefined {
  const unquotable = words.some((word, index) => printable(word) !== word || (index === 3 && word.startsWith("-")));
  return unquotable ? undefined : words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
