import { join, resolve } from "node:path";
import { discover } from "../../collect/discover.ts";
import { evaluateLockfile } from "../../collect/lockfiles.ts";
import { skippedNotes } from "../../collect/skipped-notes.ts";
import { type JudgingOptions, runJudging } from "../judging.ts";

/** `bulkhead build deps [DIR]`: what the lockfiles below a folder pin. */
export async function buildDeps(dir: string, options: JudgingOptions): Promise<number> {
  const root = resolve(dir);
  return await runJudging(root, options, async (context) => {
    const found = await discover(root);
    const { lockfiles, unlisted } = found;
    return {
      subject: dir,
      evaluations: lockfiles.flatMap((path) => evaluateLockfile(join(root, path), path, context)),
      notes: [
        ...(lockfiles.length === 0 ? ["no lockfiles found below this folder"] : []),
        ...skippedNotes(found),
        ...unlisted.map((path) => `${path} cannot be listed: what is in it was not looked at`),
      ],
    };
  });
}
