import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { evaluateFolder, evaluateImage } from "../../collect/image/evaluate.ts";
import { Problem } from "../../core/problem.ts";
import { openImage } from "../../engines/oci/open.ts";
import { type JudgingOptions, runJudging } from "../judging.ts";

/** `bulkhead image scan REF` */
export async function imageScan(reference: string, options: JudgingOptions): Promise<number> {
  return await runJudging(process.cwd(), options, async (context) => {
    if (reference.startsWith("dir:")) {
      const evaluations = await evaluateFolder(realFolder(reference.slice("dir:".length)), reference, context);
      return { subject: reference, evaluations, notes: [] };
    }
    const named = await openImage(reference, context.open);
    try {
      return { subject: reference, evaluations: await evaluateImage(named, context), notes: [] };
    } finally {
      await named.image.store.close();
    }
  });
}

function realFolder(written: string): string {
  try {
    return realpathSync(resolve(written));
  } catch {
    throw new Problem({ kind: "usage", code: "oci.folder", place: `dir:${written}`, cause: "there is no such folder" });
  }
}
