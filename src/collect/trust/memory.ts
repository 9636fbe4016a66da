/** What collecting remembers between images of one run, or of one server: results, look-ups, and who fell silent. */
import type { Digest } from "../../core/digest.ts";
import { createRecent } from "../../core/recent.ts";
import { createPatience, type Patience } from "../../engines/oci/referrers/patience.ts";
import type { FoundSignatures } from "../../engines/trust/find.ts";
import { bounds } from "./bounds.ts";
import type { Children } from "./children.ts";
import { rememberVerified, type VerifiedResults, type Verify } from "./verified.ts";

/** What was found of one manifest of one repository. */
export interface LookUp extends FoundSignatures {
  readonly children: Children;
  /** Of the children, in their order. */
  readonly below: readonly FoundSignatures[];
}

export interface TrustMemory {
  readonly results: VerifiedResults;
  readonly patience: Patience;
  /** @param key - repository and digest */
  lookUp(key: string): LookUp | undefined;
  /** Of a look-up with a gap, or that found nothing, nothing is kept: a signature may be there a moment later. */
  keep(key: string, lookUp: LookUp): void;
}

/**
 * @param verify - `verifySignature`, which callers load when they need it
 * @param clock - milliseconds since any time, which never goes back
 */
export function createTrustMemory(verify: Verify, clock: () => number = () => performance.now()): TrustMemory {
  const lookUps = createRecent<string, { readonly lookUp: LookUp; readonly until: number }>(bounds.rememberedBytes);
  return {
    results: rememberVerified(verify),
    patience: createPatience(() => bounds.silenceMilliseconds, clock),
    lookUp(key) {
      const known = lookUps.get(key);
      return known !== undefined && clock() < known.until ? known.lookUp : undefined;
    },
    keep(key, lookUp) {
      const all = [lookUp, ...lookUp.below];
      if (lookUp.signatures.length === 0 || all.some(({ gaps }) => gaps.length > 0)) return;
      if (lookUp.children.gaps.length > 0) return;
      lookUps.set(
        key,
        { lookUp, until: clock() + bounds.lookUpMilliseconds },
        all.reduce((sum, { signatures }) => sum + bytesOf(signatures), 0),
      );
    },
  };
}

export function lookUpKey(repository: string, digest: Digest): string {
  return `${repository}@${digest}`;
}

function bytesOf(signatures: FoundSignatures["signatures"]): number {
  const overhead = 2_048;
  return signatures.reduce(
    (sum, { envelope }) =>
      sum + overhead + (envelope.kind === "simple-signing" ? envelope.payload : envelope.bytes).length,
    overhead,
  );
}
