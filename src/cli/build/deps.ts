import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { sideNamed } from "../../collect/dependencies/sides.ts";
import { discover } from "../../collect/tree/discover.ts";
import { skippedNotes } from "../../collect/tree/skipped-notes.ts";
import { usageProblem } from "../../core/problem.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { namedDirectory } from "../named-place.ts";
import type { LookUpOptions } from "./package-look-up.ts";

export interface DepsOptions extends EvaluationOptions, LookUpOptions {
  /** What the directory is compared with: a commit, a directory, a lockfile. */
  readonly diff?: string;
}

/** `bulkhead build deps [DIR]`: what the lockfiles below a folder pin; with `--diff` what a change does to it. */
export async function buildDeps(place: string, options: DepsOptions): Promise<number> {
  if (options.diff !== undefined) return await reviewChange(place, options.diff, options);
  const wrong = options.offline ? "--offline" : options.contents === false ? "--no-contents" : undefined;
  if (wrong !== undefined) throw usageProblem(wrong, `${wrong} is about a change that is reviewed`, "add --diff BASE");
  const root = namedDirectory(place, "name the directory of the lockfile");
  const { scanLockfile } = await import("../../scan/lockfile.ts");
  const { scanLockfileState } = await import("../../scan/lockfile-state.ts");
  return await runEvaluation(root, options, async (context) => {
    const found = await discover(root, undefined, context.exclusion);
    const { lockfiles, unlisted } = found;
    return {
      subject: place,
      evaluations: [
        ...lockfiles.flatMap((path) => scanLockfile(join(root, path), path, context)),
        ...(await scanLockfileState(root, lockfiles, context)),
      ],
      notes: [
        ...(lockfiles.length === 0 ? ["no lockfiles found in this directory"] : []),
        ...skippedNotes(found),
        ...unlisted.map((path) => `${path} cannot be listed: its contents were not scanned`),
      ],
    };
  });
}

async function reviewChange(place: string, base: string, options: DepsOptions): Promise<number> {
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  const root = isFile ? dirname(place) : namedDirectory(place, "name the directory, or the lockfile, after the change");
  const { openPackageLookUp } = await import("./package-look-up.ts");
  const { reviewDependencies } = await import("../../scan/dependencies.ts");
  return await runEvaluation(root, options, async (context) => {
    const after = isFile ? ({ kind: "lockfile", path: place } as const) : ({ kind: "folder", path: root } as const);
    const lookUp = openPackageLookUp(options, context);
    try {
      const reviewed = await reviewDependencies({ before: sideNamed(base, root), after }, context, lookUp.of);
      return { ...reviewed, notes: [...reviewed.notes, ...lookUp.notes()], subject: place };
    } finally {
      lookUp.close();
    }
  });
}
