import { posix, resolve } from "node:path";
import { refused } from "../named/named-text.ts";

/** Where a policy file is, and so where the files may be that it names. */
export type PolicyPlace =
  /** Below the root of the tree under review, with `/` between its folders. What it names is below that root too. */
  | { readonly kind: "tree"; readonly path: string }
  /** Named by the caller, from the working folder. What it names may be anywhere. */
  | { readonly kind: "file"; readonly path: string }
  /** As a commit of the repository has it. What it names is in the same commit. */
  | { readonly kind: "git"; readonly ref: string; readonly path: string };

/** What it is called: in reports, and by `--policy`. */
export function placeName(place: PolicyPlace): string {
  return place.kind === "git" ? `git:${place.ref}:${place.path}` : place.path;
}

/** A name of `--policy`, or a file. What of `git:` is no place is told by whoever reads it. */
export function placeNamed(name: string): PolicyPlace {
  if (!name.startsWith("git:")) return { kind: "file", path: name };
  const [ref = "", ...rest] = name.slice("git:".length).split(":");
  return { kind: "git", ref, path: rest.join(":") };
}

/** Branches, tags and commits alone: other names of git's can search a whole history, and may be an attacker's. */
const REF = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

/**
 * The place of a file that the policy file at `place` names: relative to itself, or `git:REF:PATH` where the caller
 * vouches for `place`.
 *
 * @throws Problem (usage, `policy.outside`) where it may not name that
 */
export function placeBeside(place: PolicyPlace, written: string): PolicyPlace {
  if (written.startsWith("git:")) {
    // A repository has commits that nobody reviewed: those of forks, of other branches, of an open change.
    if (place.kind === "tree") {
      const cause = "a policy in the scanned directory cannot use git:";
      throw outside(place, written, cause, "use a file in the directory, or pass the policy with --policy");
    }
    const named = placeNamed(written);
    if (named.kind === "git" && REF.test(named.ref) && !named.ref.includes("..") && named.path !== "") return named;
    throw outside(place, written, "not git:REF:PATH", "use a branch, tag or commit and a path: git:REF:PATH");
  }
  if (place.kind === "file") return { kind: "file", path: fromFile(place.path, written) };
  const path = posix.normalize(posix.join(posix.dirname(place.path), written));
  const whole = place.kind === "tree" ? "the scanned directory" : "the repository";
  if (posix.isAbsolute(written) || path === ".." || path.startsWith("../")) {
    throw outside(
      place,
      written,
      `it leads out of ${whole}`,
      place.kind === "tree" ? "name a file in it" : "name a file in it, or git:REF:PATH",
    );
  }
  return { ...place, path };
}

function fromFile(path: string, written: string): string {
  return posix.isAbsolute(written) ? written : posix.join(posix.dirname(path), written);
}

/** A name that means the same wherever it is read: a file of the caller's is absolute, one of the tree relative. */
export function lastingName(place: PolicyPlace): string {
  return place.kind === "file" ? resolve(place.path) : placeName(place);
}

function outside(place: PolicyPlace, written: string, cause: string, remedy: string): Error {
  return refused("policy.outside", placeName(place), `${JSON.stringify(written)}: ${cause}`, remedy);
}
