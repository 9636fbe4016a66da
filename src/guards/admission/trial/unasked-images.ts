/** Images where no registry is asked: what is signed and attested of them is unknown, and says so. */
import { Problem } from "../../../core/problem.ts";
import type { AdvisoryDatabase } from "../../../engines/vulnerability/database/open.ts";
import { evaluateAttested } from "../../../scan/attested-image.ts";
import { readyTrust } from "../../../scan/trust.ts";
import type { ImageAssessor } from "../model.ts";

export function unaskedImages(advisories: () => AdvisoryDatabase | Problem): ImageAssessor {
  return {
    async assess(reference, { policy: { policy, trust }, now, resolveOnly }) {
      if (resolveOnly === true) return { reference, evaluations: [], cached: false };
      const problem = new Problem({
        kind: "unavailable",
        code: "registry.not-asked",
        place: reference,
        cause: "no registry was asked",
        remedy: "run without --offline",
      });
      const opened = trust instanceof Problem ? noRules : trust;
      const { evaluations } = await evaluateAttested(reference, problem, {
        policy,
        now,
        advisories: advisories(),
        opened,
      });
      return { reference, evaluations, cached: false };
    },
    close() {},
  };
}

/** Where the rules could not be opened. */
const noRules = readyTrust(
  { trust: { roots: [], signers: {}, builders: [], images: [] }, vouched: false, keys: new Map() },
  { material: { roots: [], authorities: [], keys: [] }, known: [] },
);
