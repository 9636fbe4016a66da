import { evaluateFolder, evaluateImage } from "../../collect/image/evaluate.ts";
import { evaluateSbom, isSbomFile } from "../../collect/sbom.ts";
import { openImage } from "../../engines/oci/open.ts";
import { type JudgingOptions, runJudging } from "../judging.ts";
import { folderOf } from "./folder.ts";

/** `bulkhead image scan REF` */
export async function imageScan(reference: string, options: JudgingOptions): Promise<number> {
  return await runJudging(process.cwd(), options, async (context) => {
    const folder = folderOf(reference);
    if (folder !== undefined) {
      const evaluations = await evaluateFolder(folder, reference, context);
      return { subject: reference, evaluations, notes: [] };
    }
    const document = documentOf(reference);
    if (document !== undefined) return { subject: reference, ...evaluateSbom(document, reference, context) };
    const named = await openImage(reference, context.open);
    try {
      return { subject: reference, evaluations: await evaluateImage(named, context), notes: [] };
    } finally {
      await named.image.store.close();
    }
  });
}

/** The bill of materials that is named, as one or by a path whose file is one. */
function documentOf(reference: string): string | undefined {
  if (reference.startsWith("sbom:")) return reference.slice("sbom:".length);
  return isSbomFile(reference) ? reference : undefined;
}
