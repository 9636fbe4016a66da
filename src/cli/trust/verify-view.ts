/** What was decided of an image, as `bulkhead verify` shows it. */
import { counted } from "../../core/counted.ts";
import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import { formatLocation } from "../../core/location.ts";
import type {
  AppliedRule,
  ImageDecision,
  Requirement,
  RequirementDecision,
  SubjectDecision,
  TriedSignature,
} from "../../engines/trust/decision-model.ts";
import type { ImageTrust } from "../../engines/trust/model.ts";
import type { AttestationRule, SignerRule, TrustRules } from "../../engines/trust/rules-model.ts";
import type {
  AttemptView,
  CoverView,
  GapView,
  NeedView,
  TrustVerdict,
  VerifyView,
} from "../../report/trust/verify-view.ts";
import { agoText, formNames, placeText, shownFile, signerView, timeText, timeView } from "./signature-view.ts";

export interface VerifyContext {
  /** `registry.example.com/shop/api@sha256:…`. */
  readonly resolved: string;
  /** Whose rules they are, for people. */
  readonly origin: string;
  readonly signers: TrustRules["signers"];
  readonly now: Date;
  readonly notes?: readonly string[];
}

const VERDICTS: Readonly<Record<ImageDecision["verdict"], TrustVerdict>> = {
  trusted: "trusted",
  "not-trusted": "not trusted",
  unknown: "unknown",
  // Nobody said who may sign it: that is no reason to trust it, and none to refuse it.
  "no-rule": "unknown",
};

/** Ages that are told: those of the signatures that count, once each. */
const AGES = 5;

export function verifyViewOf(image: ImageTrust, decision: ImageDecision, context: VerifyContext): VerifyView {
  const isIndex = image.children.length > 0;
  const nameOf = (platform: string | undefined, nth: number) => platform ?? `image ${nth + 1}`;
  const subjects = [
    { name: isIndex ? "index" : "image", decided: decision.subject },
    ...decision.children.map((decided, nth) => ({ name: nameOf(decided.platform, nth), decided })),
  ];
  const verdict = VERDICTS[decision.verdict];
  return {
    reference: decision.reference,
    verdict,
    reason: decision.reason,
    resolved: context.resolved,
    resolvedAt: image.resolvedAt,
    ...(isIndex ? { images: image.children.length } : {}),
    rules: context.origin,
    needs: subjects.flatMap(({ name, decided }, nth) =>
      needsOf(decided, decision.rules, context, nth === 0 ? undefined : name),
    ),
    tried: subjects.flatMap(({ name, decided }) => attemptsOf(decided, isIndex ? name : undefined)),
    covers: subjects.map(({ name, decided }) => coverOf(name, decided)),
    ages: agesOf(
      subjects.map(({ decided }) => decided),
      decision,
      context.now,
    ),
    gaps: subjects.flatMap(({ name, decided }) => decided.gaps.map((gap) => gapView(gap, isIndex ? name : undefined))),
    notes: context.notes ?? [],
    next: nextSteps(decision, subjects.flatMap(({ decided }) => decided.tried).length, context.resolved),
  };
}

/** What to do about it, where that is plain. */
function nextSteps({ verdict }: ImageDecision, found: number, resolved: string): string[] {
  switch (verdict) {
    case "no-rule":
      return ["name who must have signed: --key FILE, --identity with --issuer, or trust.images of a policy"];
    case "not-trusted":
      return found === 0 ? [`bulkhead sign ${resolved}`] : [];
    default:
      return [];
  }
}

/** Of an image in an index only what is asked of each by itself, and is not met. */
function needsOf(
  { requirements }: SubjectDecision,
  rules: readonly AppliedRule[],
  { signers }: VerifyContext,
  of: string | undefined,
): NeedView[] {
  return requirements.flatMap(({ rule, requirement, outcome, reason }): NeedView[] => {
    const applied = rules[rule];
    if (applied === undefined) return [];
    if (of !== undefined && (!applied.rule.eachImage || outcome === "met")) return [];
    return [
      {
        text: `${of === undefined ? "" : `${of}: `}${requirementText(requirement)}`,
        details: of === undefined ? requirementDetails(requirement, signers) : [],
        place: placeOfRule(applied),
        outcome: outcome === "missed" ? "unmet" : outcome,
        // What is met by a signature says no more than what is asked for.
        reasons: outcome === "met" && requirement.kind === "signatures" ? [] : [reason],
      },
    ];
  });
}

function placeOfRule({ index, rule: { statedAt } }: AppliedRule): string {
  return statedAt === undefined ? `trust.images[${index}]` : formatLocation({ kind: "file", ...statedAt });
}

function requirementText(requirement: Requirement): string {
  if (requirement.kind === "attestation") return attestationText(requirement.attestation);
  const { signedBy, maxAgeDays } = requirement;
  const { of, atLeast } = signedBy;
  const who = of.length === 1 || atLeast >= of.length ? of.join(" and ") : `${atLeast} of ${of.join(", ")}`;
  return `signed by ${who}${maxAgeDays === undefined ? "" : `, not more than ${counted(maxAgeDays, "day")} ago`}`;
}

function attestationText(rule: AttestationRule): string {
  const {
    type,
    level,
    source,
    sourceId,
    ref,
    triggers,
    workflow,
    commit,
    verifier,
    noneFrom,
    fixableOnly,
    formats,
    maxAgeDays,
    where,
  } = rule;
  return [
    `attestation ${type}`,
    ...(level === undefined ? [] : [`level ${level}`]),
    ...(source === undefined ? [] : [`source ${source}`]),
    ...(sourceId === undefined ? [] : [`repository id ${sourceId}`]),
    ...(ref === undefined ? [] : [`ref ${ref}`]),
    ...(triggers === undefined ? [] : [`trigger ${triggers.join(" or ")}`]),
    ...(workflow === undefined ? [] : [`workflow ${workflow}`]),
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    ...(verifier === undefined ? [] : [`verifier ${verifier}`]),
    ...(formats === undefined ? [] : [formats.join(" or ")]),
    ...(noneFrom === undefined
      ? []
      : [`no ${fixableOnly === true ? "fixable " : ""}vulnerability from ${noneFrom} on`]),
    ...(maxAgeDays === undefined ? [] : [`not older than ${counted(maxAgeDays, "day")}`]),
    ...(where === undefined ? [] : [`where ${where}`]),
  ].join(", ");
}

function requirementDetails(requirement: Requirement, signers: TrustRules["signers"]): string[] {
  const names = requirement.kind === "signatures" ? requirement.signedBy.of : (requirement.attestation.signedBy ?? []);
  return names.flatMap((name) => {
    const rule = Object.hasOwn(signers, name) ? signers[name] : undefined;
    if (rule === undefined) return [`${name} is not among trust.signers`];
    const [first = "", ...rest] = signerRuleTexts(rule);
    return names.length === 1 ? [first, ...rest] : [`${name}: ${first}`, ...rest];
  });
}

/** Who a signer is, as the rules state it. */
function signerRuleTexts(rule: SignerRule): string[] {
  switch (rule.kind) {
    case "identity":
      return [`identity ${rule.identity}`, `issuer ${rule.issuer}`];
    case "key":
      return [`key ${shownFile(rule.file)}`];
    case "certificate":
      return [`certificate ${rule.subject} of ${shownFile(rule.ca)}`];
  }
}

function attemptsOf({ tried, requirements }: SubjectDecision, beside: string | undefined): AttemptView[] {
  const uses = usesOf(requirements);
  return tried.map((each, index): AttemptView => {
    const { signature } = each;
    const own = uses.get(index);
    return {
      form: formNames[signature.form],
      place: placeText(signature.place),
      digest: signature.subject,
      ...(beside === undefined ? {} : { beside }),
      ...(signature.outcome === "verified" && signature.content.kind === "statement"
        ? { predicateType: signature.content.predicateType }
        : {}),
      signers: signature.outcome === "verified" ? signature.signers.map(signerView) : [],
      ...outcomeOf(each, own),
      steps: signature.steps,
      times: signature.outcome === "verified" ? signature.times.map(timeView) : [],
    };
  });
}

interface Uses {
  readonly counts: string[];
  readonly refusals: string[];
}

/** What each signature counts for, and why it does not, by its place in the list. */
function usesOf(requirements: readonly RequirementDecision[]): ReadonlyMap<number, Uses> {
  const uses = new Map<number, Uses>();
  for (const { requirement, attempts } of requirements) {
    for (const attempt of attempts) {
      let own = uses.get(attempt.signature);
      if (own === undefined) {
        own = { counts: [], refusals: [] };
        uses.set(attempt.signature, own);
      }
      if (attempt.outcome === "counts") {
        const what = requirement.kind === "attestation" ? `attestation ${requirement.attestation.type} by ` : "";
        own.counts.push(
          `counts as ${what}${attempt.signers.join(", ")}${attempt.detail === undefined ? "" : `: ${attempt.detail}`}`,
        );
      } else {
        own.refusals.push(attempt.reason);
      }
    }
  }
  return uses;
}

function outcomeOf(
  { signature, refusal, signers }: TriedSignature,
  uses: Uses | undefined,
): Pick<AttemptView, "outcome" | "code" | "reasons"> {
  if (signature.outcome === "refused") {
    return { outcome: "refused", code: signature.refusal.code, reasons: [signature.refusal.reason] };
  }
  if (uses !== undefined && uses.counts.length > 0) return { outcome: "accepted", reasons: [...new Set(uses.counts)] };
  const reasons = [...new Set([...(refusal === undefined ? [] : [refusal.reason]), ...(uses?.refusals ?? [])])];
  const nothing = signers.length > 0 ? `by ${signers.join(", ")}; no rule asks for it` : "no rule asks for it";
  return {
    outcome: "not accepted",
    ...(refusal === undefined ? {} : { code: refusal.code }),
    reasons: reasons.length > 0 ? reasons : [nothing],
  };
}

function coverOf(name: string, { digest, verdict, reason }: SubjectDecision & { readonly digest: Digest }): CoverView {
  if (verdict === "trusted") return { digest, name, signed: "yes" };
  return { digest, name, signed: verdict === "not-trusted" ? "no" : "unknown", reason };
}

/** Of the signatures that count: when they were made, by a time that is vouched for. */
function agesOf(subjects: readonly SubjectDecision[], { validUntil }: ImageDecision, now: Date): string[] {
  const texts = new Set<string>();
  for (const { tried, requirements } of subjects) {
    const uses = usesOf(requirements);
    for (const [index, { signature }] of tried.entries()) {
      if (signature.outcome !== "verified" || (uses.get(index)?.counts.length ?? 0) === 0) continue;
      const [time] = [...signature.times].sort((a, b) => (a.at < b.at ? -1 : 1));
      const what = signature.content.kind === "statement" ? "attested" : "signed";
      texts.add(
        time === undefined
          ? `${what} at a time that nothing vouches for`
          : `${what} ${agoText(time.at, now)}: ${timeText(time)}`,
      );
    }
  }
  const all = [...texts];
  const more = all.length > AGES ? [`and ${all.length - AGES} more`] : [];
  return [
    ...all.slice(0, AGES),
    ...more,
    ...(validUntil === undefined ? [] : [`trusted until ${validUntil}, if nothing changes`]),
  ];
}

function gapView({ code, reason, remedy }: Gap, of: string | undefined): GapView {
  return {
    code,
    reason: `${of === undefined ? "" : `${of}: `}${reason}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}
