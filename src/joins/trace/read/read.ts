/** What a trace is made of, read: what is signed of the image, what is in it, what guards decided about it, where it runs. */

import type { LogRecords } from "../../../collect/records/logs.ts";
import { splitImageName } from "../../../core/image-name.ts";
import type { AdmissionDecision } from "../../../engines/admission/decision-log.ts";
import type { Learned } from "../../../engines/events/learn/model.ts";
import type { RegistryDecision } from "../../../engines/oci/distribution/decision-log.ts";
import type { OpenOptions } from "../../../engines/oci/open.ts";
import type { ScanContext } from "../../../scan/context.ts";
import { buildJudge, type OpenedTrust, verifyImage } from "../../../scan/trust.ts";
import { digestsOf, isOneOf, isSameName } from "../digests.ts";
import type { ObservedBehavior, TraceSources } from "../model.ts";
import { placesOf, type TracePlace } from "./places.ts";
import { scannedImage } from "./scanned.ts";

export interface TraceContext {
  readonly trust: OpenedTrust;
  readonly scan: ScanContext & { readonly open: OpenOptions };
  /** What `runtime learn` wrote; absent: nobody looks. */
  readonly learned?: { readonly name: string; readonly learned: Learned };
  /** Whether another registry than the image's own is asked what the base is by now. */
  readonly asksElsewhere: boolean;
  /** Reads what the registry guard decided; absent: nobody looks. */
  readonly pushes?: (isWanted: (entry: RegistryDecision) => boolean) => Promise<LogRecords<RegistryDecision>>;
  /** Reads what admission decided; absent: nobody looks. */
  readonly admissions?: (isWanted: (entry: AdmissionDecision) => boolean) => Promise<LogRecords<AdmissionDecision>>;
  /** Reads what detectors told; absent: nobody looks. */
  readonly behavior?: () => Promise<ObservedBehavior>;
  /** Where it may run; absent: nobody looks. */
  readonly place?: TracePlace;
}

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
