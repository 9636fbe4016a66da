/** That images of a probe are what the user says of them: a refusal of an image that is not there proves nothing. */
import { collectTrust } from "../collect/trust/image-trust.ts";
import { type Gap, gapOf } from "../core/evidence.ts";
import { asProblem, Problem, usageProblem } from "../core/problem.ts";
import type { ProbeImage } from "../engines/admission/probe.ts";
import type { ImageDecision } from "../engines/trust/decision-model.ts";
import type { TrustLookup } from "./trust.ts";

/** What a user names: `--probe-unsigned`, `--probe-stranger`, `--probe-signed`. */
export interface ProbeImages {
  readonly unsigned?: string;
  readonly stranger?: string;
  readonly signed?: string;
}

export interface VouchedImage extends ProbeImage {
  /** Why it is not known to be what it is named as. */
  readonly gap?: Gap;
}

/**
 * @throws Problem (usage) where an image is not what it is named as
 */
export async function vouchForImages(
  { unsigned, stranger, signed }: ProbeImages,
  trust: TrustLookup,
  now: Date,
): Promise<VouchedImage[]> {
  const asked = [
    ...(unsigned === undefined ? [] : [{ role: "unsigned", image: unsigned } as const]),
    ...(stranger === undefined ? [] : [{ role: "stranger", image: stranger } as const]),
  ];
  const vouched = await Promise.all(asked.map((one) => vouchFor(one, trust, now)));
  // What admission says of it is all that is asked.
  return [...vouched, ...(signed === undefined ? [] : [{ role: "signed", image: signed } as const])];
}

async function vouchFor(one: ProbeImage, trust: TrustLookup, now: Date): Promise<VouchedImage> {
  const { role, image } = one;
  const decision = await decisionOf(image, trust, now);
  if (decision instanceof Problem) {
    const { reason, ...gap } = gapOf(decision);
    return { ...one, gap: { ...gap, reason: `that ${image} is ${WHAT[role]} is not known: ${reason}` } };
  }
  const { subject, verdict, children } = decision;
  const gaps = [subject, ...children].flatMap((each) => each.gaps);
  const [gap] = gaps;
  if (role === "unsigned") {
    if ([subject, ...children].some(({ tried }) => tried.length > 0)) {
      throw usageProblem("--probe-unsigned", `${image} has signatures or attestations`, "name an image that has none");
    }
    return gap === undefined ? one : { ...one, gap };
  }
  if (verdict === "trusted") {
    throw usageProblem(
      "--probe-stranger",
      `${image} is trusted by the policy`,
      "name one that nobody whom it trusts has signed",
    );
  }
  if (!hasSignature(decision)) {
    if (gap !== undefined) return { ...one, gap };
    throw usageProblem(
      "--probe-stranger",
      `${image} is not signed`,
      "sign it with a new key: bulkhead sign --key stranger.key",
    );
  }
  return verdict === "unknown"
    ? { ...one, gap: gap ?? { code: "trust.undecided", reason: `${image}: ${decision.reason}` } }
    : one;
}

const WHAT = { unsigned: "unsigned", stranger: "signed by a stranger", signed: "signed" } as const;

function hasSignature({ subject }: ImageDecision): boolean {
  return subject.tried.some(
    ({ signature }) =>
      signature.outcome === "refused" || signature.content.kind === "image" || signature.form === "bundle-signature",
  );
}

async function decisionOf(image: string, trust: TrustLookup, now: Date): Promise<ImageDecision | Problem> {
  const { opened, memory, registry } = trust;
  try {
    return opened.decide(
      await collectTrust(image, { material: opened.collected.material, memory, registry, now }),
      now,
    );
  } catch (error) {
    const problem = asProblem(error, image);
    if (problem instanceof Problem && problem.kind !== "usage") return problem;
    throw problem;
  }
}
