/** The secrets of a folder that is a root file system, for `image scan dir:ROOT`. */

import { absent, type Evidence, present } from "../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import { bounds as collectBounds } from "../bounds.ts";
import type { InventoryContext } from "../image/inventory-context.ts";
import { type FolderOptions, secretsOfFolder } from "./folder.ts";

/** What the kernel shows of itself, and no file system holds (hier(7)). */
const KERNEL: ReadonlySet<string> = new Set(["proc", "sys", "dev"]);

/** Within the time that one asset may take; what takes longer, or is over another bound, leaves no evidence. */
export async function secretsOfRoot(
  root: string,
  {
    now,
    signal,
    onProgress,
    secrets: keyed,
    threads,
  }: InventoryContext & Required<Pick<InventoryContext, "secrets">> & Pick<FolderOptions, "threads">,
): Promise<Evidence<SecretsFound>> {
  const place = `dir:${root}`;
  const timeout = AbortSignal.timeout(collectBounds.assetMilliseconds);
  try {
    const { found, gaps } = await secretsOfFolder(root, keyed, {
      skipped: new Set(),
      skippedPaths: KERNEL,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      onProgress: (done, total) => onProgress?.({ name: `${place}, secrets`, done, total, unit: "files" }),
      ...(threads === undefined ? {} : { threads }),
    });
    return present(found, now.toISOString(), { gaps });
  } catch (error) {
    const problem = timeout.aborted ? overTime(place) : error;
    if (!isEvidenceProblem(problem)) throw problem;
    return absent({ code: problem.code, reason: `${problem.place}: ${problem.message}` });
  }
}

function overTime(place: string): Problem {
  const minutes = collectBounds.assetMilliseconds / 60_000;
  return new Problem({ kind: "input", code: "collect.time", place, cause: `took longer than ${minutes} minutes` });
}
