/** What a policy's rules come to for one image, from its verified signatures. Pure: no file and no server is asked. */
import type {
  AppliedRule,
  Attempt,
  DecisionRefusal,
  DecisionRules,
  ImageDecision,
  RequirementDecision,
  SubjectDecision,
  TriedSignature,
} from "../../engines/trust/decision-model.ts";
import type { ImageTrust, SubjectTrust, VerifiedSignature } from "../../engines/trust/model.ts";
import { earliest } from "./ages.ts";
import { buildersOf } from "./attestations.ts";
import { repositoryNamed, rulesFor } from "./matching.ts";
import { type Deciding, decideAttestation, decideSignatures } from "./requirements.ts";
import { knownSigners } from "./signers.ts";

export function decideTrust(image: ImageTrust, rules: DecisionRules, now: Date): ImageDecision {
  return trustDecider(rules)(image, now);
}

/** The same for many images: what the rules say is read once. */
export function trustDecider(rules: DecisionRules): (image: ImageTrust, now: Date) => ImageDecision {
  const signers = knownSigners(rules);
  const builders = buildersOf(rules.trust.builders, signers);
  const matching = rulesFor(rules);
  return (image, now) => {
    const repository = repositoryNamed(image.reference);
    const applied = matching(repository);
    const deciding = { signers, builders, repository, now };
    const subject = decideSubject(image.subject, applied, deciding);
    const children = image.children.map((child) => ({
      ...decideSubject(child, applied, deciding),
      ...(child.platform === undefined ? {} : { platform: child.platform }),
    }));
    const needed = [
      subject.requirements,
      ...children.map(({ requirements }) => requirements.filter(({ rule }) => applied[rule]?.rule.eachImage === true)),
    ];
    const decided = needed.map((requirements) => verdictOf(requirements));
    const worst = worstOf(decided.map(({ verdict }) => verdict));
    const at = decided.findIndex(({ verdict }) => verdict === worst);
    const child = at > 0 ? children[at - 1] : undefined;
    const { reason = "" } = decided[at] ?? {};
    const validUntil = earliest(needed.flat().map((requirement) => requirement.validUntil));
    return {
      reference: image.reference,
      verdict: worst,
      reason: child === undefined ? reason : `${child.platform ?? child.digest}: ${reason}`,
      rules: applied,
      subject,
      children,
      ...(worst === "trusted" && validUntil !== undefined ? { validUntil } : {}),
    };
  };
}

function decideSubject(subject: SubjectTrust, applied: readonly AppliedRule[], deciding: Deciding): SubjectDecision {
  const requirements = applied.flatMap((rule, index): RequirementDecision[] => [
    ...(rule.rule.signedBy === undefined ? [] : [decideSignatures(subject, rule, index, rule.rule.signedBy, deciding)]),
    ...rule.rule.attestations.map((attestation) => decideAttestation(subject, rule, index, attestation, deciding)),
  ]);
  return {
    digest: subject.digest,
    ...verdictOf(requirements),
    requirements,
    tried: subject.signatures.map((signature, index) => triedOf(signature, index, requirements, deciding)),
    gaps: subject.gaps,
  };
}

function triedOf(
  signature: VerifiedSignature,
  index: number,
  requirements: readonly RequirementDecision[],
  { signers }: Deciding,
): TriedSignature {
  const made = signature.outcome === "verified" ? signature.signers : [];
  const names = [...signers.values()].filter(({ is }) => made.some(is)).map(({ name }) => name);
  const attempts = requirements.flatMap((requirement) => requirement.attempts).filter((one) => one.signature === index);
  const refusal = attempts.some(({ outcome }) => outcome === "counts") ? undefined : refusalOf(signature, attempts);
  return { signature, signers: names, ...(refusal === undefined ? {} : { refusal }) };
}

/** Why it counts for nothing. */
function refusalOf(signature: VerifiedSignature, attempts: readonly Attempt[]): DecisionRefusal {
  if (signature.outcome === "refused") return signature.refusal;
  const refused = attempts.find((attempt) => attempt.outcome === "refused");
  if (refused !== undefined) return { code: refused.code, reason: refused.reason };
  const what = signature.content.kind === "image" ? "signatures" : `attestations of ${signature.content.predicateType}`;
  return { code: "trust.not-asked", reason: `no rule asks for ${what} here` };
}

type Decided = Pick<SubjectDecision, "verdict" | "reason">;

function verdictOf(requirements: readonly RequirementDecision[]): Decided {
  const missed = requirements.filter(({ outcome }) => outcome === "missed");
  const unknown = requirements.filter(({ outcome }) => outcome === "unknown");
  const [first] = missed.length > 0 ? missed : unknown;
  if (first !== undefined) {
    return { verdict: missed.length > 0 ? "not-trusted" : "unknown", reason: first.reason };
  }
  if (requirements.length === 0) return { verdict: "no-rule", reason: "no rule of trust.images is about it" };
  return { verdict: "trusted", reason: requirements.map(({ reason }) => reason).join("; ") };
}

/** Where a child has nothing to meet, it takes no part. */
function worstOf(verdicts: readonly Decided["verdict"][]): Decided["verdict"] {
  const [subject = "no-rule"] = verdicts;
  if (verdicts.includes("not-trusted")) return "not-trusted";
  return verdicts.includes("unknown") ? "unknown" : subject;
}
