/** What is signed of an image, judged by every check over it. */
import { imageTrustChecks } from "../../checks/lists/image-trust.ts";
import type { ImageTrustFacts } from "../../checks/subjects/trust.ts";
import type { Asset } from "../../core/asset.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, gapOf, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runChecks, type SubjectEvidence } from "../../core/runner.ts";
import type { ImageDecision, RequirementDecision } from "../../engines/trust/decision-model.ts";
import type { ImageRule } from "../../engines/trust/rules-model.ts";

/** A decision, or why there is none. */
export interface TrustOutcome {
  readonly decided: ImageDecision | Problem;
  /** Those that are about the image, whatever its registry says. */
  readonly rules: readonly ImageRule[];
  /** Of the image that is judged, where the reference names an index: what is signed of others in it is theirs. */
  readonly manifest?: Digest;
}

export function evaluateTrust(
  asset: Asset,
  outcome: TrustOutcome,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  return runChecks<ImageTrustFacts>(imageTrustChecks, trustEvidence(outcome, now), { asset, policy, now });
}

/** One fact for each question, with the gaps that leave it open; none for what no rule asks. */
export function trustEvidence(outcome: TrustOutcome, now: Date): SubjectEvidence<ImageTrustFacts> {
  const { decided, rules } = outcome;
  const asks = {
    // Where a rule asks for attestations alone, those say who released it.
    signers: true,
    attestations: rules.some(({ attestations }) => attestations.some(({ type }) => type !== "slsa")),
    provenance: rules.some(({ attestations }) => attestations.some(({ type }) => type === "slsa")),
  };
  if (decided instanceof Problem) {
    const gone = absent<never>(gapOf(decided));
    return {
      ...(asks.signers ? { signers: gone } : {}),
      ...(asks.attestations ? { attestations: gone } : {}),
      ...(asks.provenance ? { provenance: gone } : {}),
    };
  }
  const own = ofManifest(decided, outcome.manifest);
  const at = now.toISOString();
  const fact = (kind: keyof typeof asks): Evidence<ImageDecision> =>
    present(own, at, {
      gaps: gapsOf(own, kind),
      ...(own.validUntil === undefined ? {} : { validUntil: own.validUntil }),
    });
  return {
    ...(asks.signers ? { signers: fact("signers") } : {}),
    ...(asks.attestations ? { attestations: fact("attestations") } : {}),
    ...(asks.provenance ? { provenance: fact("provenance") } : {}),
    ...(asks.signers && rules.length > 0 && own.children.length > 0
      ? { platforms: present(own, at, { gaps: platformGaps(own) }) }
      : {}),
  };
}

/** An image in an index is judged by what is signed of it, and of the index that names it. */
function ofManifest(decision: ImageDecision, manifest: Digest | undefined): ImageDecision {
  const own = decision.children.filter(({ digest }) => digest === manifest);
  return manifest === undefined || own.length === 0 ? decision : { ...decision, children: own };
}

const kinds: Readonly<
  Record<"signers" | "attestations" | "provenance", (requirement: RequirementDecision) => boolean>
> = {
  signers: ({ requirement }) => requirement.kind === "signatures",
  attestations: ({ requirement }) => requirement.kind === "attestation" && requirement.attestation.type !== "slsa",
  provenance: ({ requirement }) => requirement.kind === "attestation" && requirement.attestation.type === "slsa",
};

function gapsOf({ verdict, subject, children, rules }: ImageDecision, kind: keyof typeof kinds): Gap[] {
  if (verdict === "no-rule") return kind === "signers" ? noRule({ verdict, subject, children, rules }) : [];
  const own = subject.requirements.filter(kinds[kind]);
  const below = children.flatMap(({ requirements }) =>
    requirements.filter((one) => kinds[kind](one) && rules[one.rule]?.rule.eachImage === true),
  );
  return unknownIn([...own, ...below], rules, subject.gaps);
}

/** Each as what left it open. */
function unknownIn(
  requirements: readonly RequirementDecision[],
  rules: ImageDecision["rules"],
  gaps: readonly Gap[],
): Gap[] {
  return requirements
    .filter(({ outcome }) => outcome === "unknown")
    .map(({ reason, rule }): Gap => {
      const known = gaps.find((gap) => gap.reason === reason);
      if (known !== undefined) return known;
      return rules[rule]?.vouched === false
        ? { code: "trust.untrusted-policy", reason, remedy: "pass the policy with --policy" }
        : { code: "trust.undecided", reason };
    });
}

/** An image that is signed, by whom nobody has said anything; of one that is not, that alone is a finding. */
function noRule({ subject }: Pick<ImageDecision, "verdict" | "subject" | "children" | "rules">): Gap[] {
  if (subject.gaps.length > 0) return [...subject.gaps];
  if (subject.tried.length === 0) return [];
  return [
    {
      code: "trust.no-rule",
      reason: "no rule of trust.images says who may sign it",
      remedy: "add one to the policy",
    },
  ];
}

function platformGaps({ children, rules }: ImageDecision): Gap[] {
  return children.flatMap(({ requirements, gaps }) =>
    unknownIn(
      requirements.filter((one) => kinds.signers(one)),
      rules,
      gaps,
    ),
  );
}
