import { folderOf } from "../../collect/image/named-folder.ts";
import { isSbomFile } from "../../collect/image/sbom-file.ts";
import type { Policy } from "../../core/policy.ts";
import { openImage } from "../../engines/oci/open.ts";
import { scanImage, scanRootFolder } from "../../scan/image.ts";
import { readDockerfiles } from "../../scan/named-dockerfiles.ts";
import { scanSbom } from "../../scan/sbom.ts";
import { NO_SECRETS } from "../../scan/tree.ts";
import { type JudgingOptions, runJudging } from "../judging.ts";

export interface ImageScanOptions extends JudgingOptions {
  /** False for --no-secrets. */
  readonly secrets: boolean;
  /** Those that the image may have been built from. */
  readonly dockerfile: readonly string[];
}

/** `bulkhead image scan REF` */
export async function imageScan(reference: string, options: ImageScanOptions): Promise<number> {
  return await runJudging(process.cwd(), options, async (judging) => {
    const document = documentOf(reference);
    if (document !== undefined) {
      const { evaluations, notes } = scanSbom(document, reference, judging);
      // It names no suites, and no time at which an image was built.
      const unasked = judging.updates === undefined ? [] : ["a bill of materials is not judged by its pending updates"];
      return { subject: reference, evaluations, notes: [...notes, ...unasked] };
    }
    const secrets = options.secrets ? await openScanner(judging.policy) : undefined;
    const dockerfiles = readDockerfiles(options.dockerfile);
    const context = {
      ...judging,
      ...(secrets === undefined ? {} : { secrets }),
      ...(dockerfiles === undefined ? {} : { stepLines: dockerfiles.stepLines }),
    };
    const notes = secrets?.notes ?? [NO_SECRETS];
    const folder = folderOf(reference);
    if (folder !== undefined) {
      return { subject: reference, evaluations: await scanRootFolder(folder, reference, context), notes };
    }
    const named = await openImage(reference, context.open);
    const more = dockerfiles?.notes(named.image) ?? [];
    try {
      return { subject: reference, evaluations: await scanImage(named, context), notes: [...notes, ...more] };
    } finally {
      await named.image.store.close();
    }
  });
}

/** Hundreds of rules, which a scan without them need not wait for. */
async function openScanner(policy: Policy) {
  const { openPolicyScanner } = await import("../../collect/secrets/scanner.ts");
  return await openPolicyScanner(policy, process.cwd());
}

/** The bill of materials that is named, as one or by a path whose file is one. */
function documentOf(reference: string): string | undefined {
  if (reference.startsWith("sbom:")) return reference.slice("sbom:".length);
  return isSbomFile(reference) ? reference : undefined;
}
