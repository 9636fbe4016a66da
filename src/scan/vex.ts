/** What the policy excepts, as statements that VEX can carry: of the policy alone, or of what it takes out of images. */

import { isSbomFile } from "../collect/image/sbom-file.ts";
import type { CheckDescription } from "../core/check.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Policy } from "../core/policy.ts";
import { type OpenOptions, openImage } from "../engines/oci/open.ts";
import { statementsOfImages, statementsOfPolicy, type VexStatements } from "../evaluate/vex/statements.ts";
import type { ScanContext } from "./context.ts";
import { scanImage } from "./image.ts";
import { scanSbom } from "./sbom.ts";

export function policyStatements(policy: Policy, now: Date): VexStatements {
  return statementsOfPolicy(policy.exceptions, now);
}

/** @returns with why some image could not be judged as a whole, each reason once */
export async function imageStatements(
  references: readonly string[],
  context: ScanContext & { readonly open: OpenOptions },
  checks: readonly CheckDescription[],
): Promise<VexStatements & { readonly gaps: readonly string[] }> {
  const evaluations: Evaluation[] = [];
  for (const reference of references) {
    const document = reference.startsWith("sbom:") ? reference.slice("sbom:".length) : reference;
    if (document !== reference || isSbomFile(reference)) {
      evaluations.push(...scanSbom(document, reference, context).evaluations);
      continue;
    }
    const named = await openImage(reference, context.open);
    try {
      evaluations.push(...(await scanImage(named, context)));
    } finally {
      await named.image.store.close();
    }
  }
  const vulnerability = new Set(checks.filter(({ category }) => category === "vulnerability").map(({ id }) => id));
  const gaps = evaluations
    .filter(({ check }) => vulnerability.has(check))
    .flatMap(({ asset, gaps: own }) => own.map(({ reason }) => `${asset.name}: ${reason}`));
  return { ...statementsOfImages(evaluations, context.policy.exceptions, checks), gaps: [...new Set(gaps)] };
}
