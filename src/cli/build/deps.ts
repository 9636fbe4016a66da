import { join } from "node:path";
import { discover } from "../../collect/tree/discover.ts";
import { skippedNotes } from "../../collect/tree/skipped-notes.ts";
import { scanLockfile } from "../../scan/lockfile.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { namedDirectory } from "../named-place.ts";

/** `bulkhead build deps [DIR]`: what the lockfiles below a folder pin. */
export async function buildDeps(dir: string, options: EvaluationOptions): Promise<number> {
  const root = namedDirectory(dir, "name the directory of the lockfile");
  return await runEvaluation(root, options, async (context) => {
    const found = await discover(root, undefined, context.exclusion);
    const { lockfiles, unlisted } = found;
    return {
      subject: dir,
      evaluations: lockfiles.flatMap((path) => scanLockfile(join(root, path), path, context)),
      notes: [
        ...(lockfiles.length === 0 ? ["no lockfiles found in this directory"] : []),
        ...skippedNotes(found),
        ...unlisted.map((path) => `${path} cannot be listed: its contents were not scanned`),
      ],
    };
  });
}
