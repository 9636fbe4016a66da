/** What a trace is made of, read: what is signed of the image, what is in it, what guards decided about it, where it runs. */

import { splitImageName } from "../../../core/image-name.ts";
import { buildJudge, verifyImage } from "../../../scan/trust.ts";
import { digestsOf, isOneOf, isSameName } from "../digests.ts";
import type { TraceSources } from "../model.ts";
import type { TraceContext } from "./context.ts";
import { placesOf } from "./places.ts";
import { scannedImage } from "./scanned.ts";

/**
 * @param resolvedName - what may stand in place of the reference, by its digest
 * @throws Problem where the reference cannot be resolved, and (usage) where a file that was named is not there
 */
export async function readTrace(
  reference: string,
  context: TraceContext,
  resolvedName: (reference: string, digest: string) => string,
): Promise<TraceSources> {
  const { trust, scan, place } = context;
  const { now, open } = scan;
  const { image, decision } = await verifyImage(reference, trust, {
    now,
    ...(open.registry === undefined ? {} : { registry: open.registry }),
  });
  const { signers } = trust.rules.trust;
  const scanned = await scannedImage(resolvedName(reference, image.subject.digest), image.subject.digest, context);
  const digests = digestsOf({ image, scanned });
  const asked = splitImageName(reference);
  const { pushes, admissions, behavior } = context;
  return {
    image,
    decision,
    vouches: (name) => trust.rules.vouched && Object.hasOwn(signers, name) && signers[name]?.tightensOnly !== true,
    judgeBuild: buildJudge(trust),
    scanned,
    pushes:
      pushes === undefined
        ? { gap: PUSHES }
        : await pushes(
            ({ repository, digest, reference: named }) =>
              isOneOf(digest, digests) ||
              isOneOf(named, digests) ||
              (repository === asked.repository && named === (asked.tag ?? "latest")),
          ),
    admissions:
      admissions === undefined
        ? { gap: ADMISSIONS }
        : await admissions(({ images }) =>
            images.some(
              (one) =>
                isOneOf(one.digest, digests) || isOneOf(one.reference, digests) || isSameName(one.reference, reference),
            ),
          ),
    places: await placesOf(place, scan),
    behavior: behavior === undefined ? { gap: BEHAVIOR } : await behavior(),
    policy: scan.policy,
    now,
  };
}

const PUSHES = {
  code: "trace.push-log",
  reason: "no log of a registry guard was read",
  remedy: "add --registry-log FILE, --data DIR or --database-url-file FILE",
};

const ADMISSIONS = {
  code: "trace.admission-log",
  reason: "no decisions of admission were read",
  remedy: "add --decisions FILE",
};

const BEHAVIOR = {
  code: "trace.detector-log",
  reason: "nothing of a detector was read",
  remedy: "add --alerts FILE",
};
