/** How the suite's images are scanned: as the command does it, as of a fixed time. */

import { knownVulnerabilities } from "../../src/checks/image/known-vulnerabilities.ts";
import type { ScanCache } from "../../src/collect/image/cache.ts";
import { inventoryOfImage } from "../../src/collect/image/inventory.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import type { Finding } from "../../src/core/finding.ts";
import { formatScope } from "../../src/core/scope.ts";
import type { Inventory } from "../../src/engines/contents/model.ts";
import { openImage } from "../../src/engines/oci/open.ts";
import type { AdvisoryDatabase } from "../../src/engines/vulnerability/database/open.ts";
import { scanImage } from "../../src/scan/image.ts";
import type { SuiteContext } from "../suite.ts";

/** After the date of every advisory source but the ones that never grow old. */
export const NOW = new Date("2026-08-22T00:00:00Z");

export interface ImagesContext extends SuiteContext {
  readonly advisories: AdvisoryDatabase;
  /** Where temporary files of the program go. */
  readonly spools: string;
}

/** What the advisories say of an image: the suite is about them, not about what else an image is judged by. */
export async function scan(reference: string, context: ImagesContext, cache?: ScanCache): Promise<Evaluation[]> {
  const named = await openImage(reference);
  try {
    const evaluations = await scanImage(named, {
      now: NOW,
      policy: defaultPolicy,
      advisories: context.advisories,
      ...(cache === undefined ? {} : { cache }),
    });
    return evaluations.filter(({ check }) => check === knownVulnerabilities.id);
  } finally {
    await named.image.store.close();
  }
}

/** What is in an image; throws where that cannot be said in full. */
export async function inventoryOf(reference: string): Promise<{ identity: string; inventory: Inventory }> {
  const named = await openImage(reference);
  try {
    const evidence = await inventoryOfImage(named.image, { now: NOW });
    if (evidence.state === "absent" || evidence.gaps.length > 0) {
      throw new Error(`${reference}: ${evidence.gaps.map((gap) => gap.reason).join("; ")}`);
    }
    return { identity: named.image.configDigest, inventory: evidence.facts };
  } finally {
    await named.image.store.close();
  }
}

export function findingsIn(evaluations: readonly Evaluation[], scope: string): readonly Finding[] {
  return evaluations
    .filter((evaluation) => evaluation.scope !== undefined && formatScope(evaluation.scope) === scope)
    .flatMap((evaluation) => evaluation.findings);
}
