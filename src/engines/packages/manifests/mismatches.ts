/** Manifests held against the lockfiles beside them. */
import { posix } from "node:path";
import type { Gap } from "../../../core/evidence.ts";
import { printable } from "../../../core/printable.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { bounds } from "../changes/bounds.ts";
import type { ManifestMismatch } from "../model.ts";
import { cargoMismatches } from "./cargo.ts";
import { composerMismatches } from "./composer.ts";
import { gemMismatches } from "./gem.ts";
import { goMismatches } from "./go.ts";
import { npmMismatches } from "./npm.ts";
import { pythonMismatches } from "./python.ts";
import type { Manifests, ReadLockfile, Unread } from "./read-lockfile.ts";

interface Comparison {
  readonly manifest: string;
  readonly of: (lockfile: ReadLockfile, manifests: Manifests, unread: Unread) => ManifestMismatch[];
}

const npm: Comparison = { manifest: "package.json", of: npmMismatches };
const python: Comparison = { manifest: "pyproject.toml", of: pythonMismatches };

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ...["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"].map(
    (name) => [name, npm] as const,
  ),
  ...["poetry.lock", "uv.lock", "pdm.lock"].map((name) => [name, python] as const),
  ["Pipfile.lock", { manifest: "Pipfile", of: pythonMismatches }],
  ["Cargo.lock", { manifest: "Cargo.toml", of: cargoMismatches }],
  ["composer.lock", { manifest: "composer.json", of: composerMismatches }],
  ["Gemfile.lock", { manifest: "Gemfile", of: gemMismatches }],
  ["gems.locked", { manifest: "gems.rb", of: gemMismatches }],
  ["go.mod", { manifest: "go.sum", of: goMismatches }],
]);

/** Whether a manifest that changed may contradict a lockfile: it lies in the same directory, or below it. */
export function manifestsAffect(lockfile: string, manifest: string): boolean {
  if (COMPARISONS.get(posix.basename(lockfile))?.manifest !== posix.basename(manifest)) return false;
  const folder = posix.dirname(lockfile);
  return folder === "." || manifest.startsWith(`${folder}/`);
}

/**
 * What manifests want that a lockfile lacks or locks otherwise. Never a guess: what is not understood, or what something
 * else than the range decides, is left out.
 */
export function mismatchesOf(
  lockfile: ReadLockfile,
  manifests: Manifests,
): { readonly mismatches: readonly ManifestMismatch[]; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const unread: Unread = (manifest, cause) => {
    gaps.push({ code: "dependencies.manifest-unread", reason: printable(`/${manifest}: ${cause}, not compared`) });
  };
  try {
    const mismatches = COMPARISONS.get(posix.basename(lockfile.path))?.of(lockfile, manifests, unread) ?? [];
    if (mismatches.length <= bounds.mismatches) return { mismatches, gaps };
    const reason = `/${lockfile.path}: ${mismatches.length - bounds.mismatches} more disagreements with its manifests`;
    gaps.push({ code: "dependencies.more-gaps", reason: printable(reason) });
    return { mismatches: mismatches.slice(0, bounds.mismatches), gaps };
  } catch (error) {
    // The lockfile was read before: what breaks here is text that only this look minds.
    if (!isEvidenceProblem(error)) throw error;
    unread(lockfile.path, "not read once more");
    return { mismatches: [], gaps };
  }
}
