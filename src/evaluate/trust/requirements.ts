/** Whether one thing that a rule asks for is there. */
import type { Gap } from "../../core/evidence.ts";
import type {
  AppliedRule,
  Attempt,
  DecisionRefusal,
  Requirement,
  RequirementDecision,
} from "../../engines/trust/decision-model.ts";
import type { SignatureForm, Signer, SubjectTrust, VerifiedSignature } from "../../engines/trust/model.ts";
import type { BuilderTrust } from "../../engines/trust/provenance/builders.ts";
import type { AttestationRule, SignedBy } from "../../engines/trust/rules-model.ts";
import { aged, latest, signedAt } from "./ages.ts";
import { attesters, isOfType, judgeAttestation } from "./attestations.ts";
import { countedApart, type KnownSigner, whyNobody } from "./signers.ts";

/** What every requirement of an image is decided with. */
export interface Deciding {
  readonly signers: ReadonlyMap<string, KnownSigner>;
  readonly builders: readonly BuilderTrust[];
  readonly repository: string;
  readonly now: Date;
}

/** cosign's statement that an image is signed, and nothing more. */
const SIGNED = "https://sigstore.dev/cosign/sign/v1";

type Verified = Extract<VerifiedSignature, { outcome: "verified" }>;

function signsImage({ content }: Verified): boolean {
  return content.kind === "image" || content.predicateType === SIGNED;
}

/** Of one that holds nothing of it is known but how it was kept. */
const attestationForms: ReadonlySet<SignatureForm> = new Set(["cosign-att", "bundle-attestation"]);

/** So many different signers, each counted once, whatever forms their signatures have. */
export function decideSignatures(
  subject: SubjectTrust,
  { rule, vouched }: AppliedRule,
  index: number,
  signedBy: SignedBy,
  deciding: Deciding,
): RequirementDecision {
  const { wanted, fault } = namedSigners(signedBy.of, vouched, deciding);
  const made = new Map<string, Signer[]>();
  const until = new Map<string, (string | undefined)[]>();
  const attempts: Attempt[] = [];
  for (const [at, signature] of subject.signatures.entries()) {
    if (signature.outcome === "refused") {
      if (!attestationForms.has(signature.form))
        attempts.push({ signature: at, outcome: "refused", ...signature.refusal });
      continue;
    }
    if (!signsImage(signature)) continue;
    const names = wanted.filter(({ is }) => signature.signers.some(is));
    const age = aged(signedAt(signature.times), rule.maxAgeDays, "signed", deciding.now);
    if (names.length === 0) {
      attempts.push(refused(at, { code: "trust.signer", reason: whyNobody(signature.signers, wanted) }));
    } else if ("code" in age) {
      attempts.push(refused(at, age));
    } else {
      for (const { name, is } of names) {
        made.set(name, [...(made.get(name) ?? []), ...signature.signers.filter(is)]);
        until.set(name, [...(until.get(name) ?? []), age.validUntil]);
      }
      attempts.push({ signature: at, outcome: "counts", signers: names.map(({ name }) => name) });
    }
  }
  const counted = countedApart(made);
  const isMet = counted.length >= signedBy.atLeast;
  const ends = counted.map((name) => latest(until.get(name) ?? []));
  const validUntil = isMet ? lasting(ends, signedBy.atLeast) : undefined;
  const requirement: Requirement = {
    kind: "signatures",
    signedBy,
    ...(rule.maxAgeDays === undefined ? {} : { maxAgeDays: rule.maxAgeDays }),
  };
  return {
    rule: index,
    requirement,
    ...outcomeOf(isMet, vouched, subject.gaps, attempts, {
      met: `signed by ${counted.join(", ")}`,
      missed: fault ?? missedSignatures(counted, signedBy, attempts),
    }),
    counted,
    attempts,
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** At least one that counts. */
export function decideAttestation(
  subject: SubjectTrust,
  { rule, vouched }: AppliedRule,
  index: number,
  attestation: AttestationRule,
  deciding: Deciding,
): RequirementDecision {
  const names = attesters(attestation, rule);
  const { wanted, fault } = names === undefined ? {} : namedSigners(names, vouched, deciding);
  const counted = new Set<string>();
  const ends: (string | undefined)[] = [];
  const attempts: Attempt[] = [];
  let met: string | undefined;
  for (const [at, signature] of subject.signatures.entries()) {
    if (signature.outcome === "refused") {
      if (attestationForms.has(signature.form))
        attempts.push({ signature: at, outcome: "refused", ...signature.refusal });
      continue;
    }
    const { content, signers, times } = signature;
    if (content.kind !== "statement" || !isOfType(attestation, content)) continue;
    const judged = judgeAttestation({ statement: content, signers, times }, attestation, wanted, deciding);
    if (judged.outcome === "refused") {
      attempts.push(refused(at, judged));
      continue;
    }
    for (const name of judged.signers) counted.add(name);
    ends.push(judged.validUntil);
    const { detail } = judged;
    met ??= detail === undefined ? attestation.type : `${attestation.type}: ${detail}`;
    attempts.push({
      signature: at,
      outcome: "counts",
      signers: judged.signers,
      ...(detail === undefined ? {} : { detail }),
    });
  }
  const validUntil = met === undefined ? undefined : latest(ends);
  return {
    rule: index,
    requirement: { kind: "attestation", attestation },
    ...outcomeOf(met !== undefined, vouched, subject.gaps, attempts, {
      met: met ?? "",
      missed: fault ?? missedAttestation(attestation, attempts),
    }),
    counted: [...counted],
    attempts,
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** What nobody vouches for counts for nothing that is vouched for. */
function namedSigners(
  names: readonly string[],
  vouched: boolean,
  { signers }: Deciding,
): { readonly wanted: readonly KnownSigner[]; readonly fault?: string } {
  const wanted = names
    .flatMap((name) => signers.get(name) ?? [])
    .filter(({ rule }) => !vouched || rule.tightensOnly !== true);
  const missing = names.find((name) => !wanted.some((one) => one.name === name));
  return {
    wanted,
    ...(missing === undefined
      ? {}
      : { fault: `the rule names the signer ${missing}, which trust.signers does not define` }),
  };
}

/** Missed only where nothing is left that might meet it. */
function outcomeOf(
  isMet: boolean,
  vouched: boolean,
  gaps: readonly Gap[],
  attempts: readonly Attempt[],
  says: { readonly met: string; readonly missed: string },
): Pick<RequirementDecision, "outcome" | "reason"> {
  if (isMet && vouched) return { outcome: "met", reason: says.met };
  if (isMet) return { outcome: "unknown", reason: `${says.met}, by rules that nobody vouches for (--policy)` };
  const [gap] = gaps;
  if (gap !== undefined) return { outcome: "unknown", reason: gap.reason };
  const undecided = attempts.find((attempt) => attempt.outcome === "refused" && attempt.code === "trust.undecided");
  if (undecided?.outcome === "refused") return { outcome: "unknown", reason: undecided.reason };
  return { outcome: "missed", reason: says.missed };
}

function missedSignatures(counted: readonly string[], { of, atLeast }: SignedBy, attempts: readonly Attempt[]): string {
  const missing = of.filter((name) => !counted.includes(name));
  const [only] = attempts;
  if (only === undefined) return `not signed; needed: ${needed(of, atLeast)}`;
  if (counted.length > 0)
    return `signed by ${counted.length} of ${atLeast} (${counted.join(", ")}); missing: ${missing.join(", ")}`;
  if (attempts.length === 1 && only.outcome === "refused")
    return `not signed by ${needed(of, atLeast)}: ${only.reason}`;
  return `not signed by ${needed(of, atLeast)}: none of ${attempts.length} signatures counts`;
}

function needed(of: readonly string[], atLeast: number): string {
  if (of.length === 1) return of.join();
  return atLeast === 1 ? `one of ${of.join(", ")}` : `${atLeast} of ${of.join(", ")}`;
}

function missedAttestation({ type }: AttestationRule, attempts: readonly Attempt[]): string {
  const refusals = attempts.filter((attempt) => attempt.outcome === "refused");
  const [first] = refusals;
  if (first === undefined) return `no attestation of type ${type}`;
  return `no attestation of type ${type} counts: ${first.reason}`;
}

/** When of so many ends the needed number is no longer there; undefined: never. */
function lasting(ends: readonly (string | undefined)[], atLeast: number): string | undefined {
  // Those that never end last longest.
  const order = [...ends].sort((a, b) => (a === b ? 0 : a === undefined ? -1 : b === undefined ? 1 : a < b ? 1 : -1));
  return order[atLeast - 1];
}

function refused(signature: number, { code, reason }: DecisionRefusal): Attempt {
  return { signature, outcome: "refused", code, reason };
}
