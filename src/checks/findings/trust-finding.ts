/** Findings about who signed an image and what is attested of it: one for each requirement of a rule that is missed. */
import type { CheckDocumentation } from "../../core/check.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import type { Attempt, DecisionCode, ImageDecision, RequirementDecision } from "../../engines/trust/decision-model.ts";
import type { ImageTrustCheck, ImageTrustFacts } from "../subjects/trust.ts";

/** Facts that are the decision itself. */
type Decided = Exclude<keyof ImageTrustFacts, "scans" | "report">;

/** A requirement that is missed, and what came nearest to meeting it. */
export interface Missed {
  readonly requirement: RequirementDecision;
  /** The last that was wrong with what got farthest; absent where there was nothing. */
  readonly cause?: Extract<Attempt, { outcome: "refused" }>;
  /** Of an image in an index. */
  readonly platform?: string;
}

interface TrustCheck<Needed extends Decided> {
  readonly name: string;
  readonly layer: "registry" | "build";
  readonly about: Needed;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly documentation: CheckDocumentation;
  /** What there is of a missed requirement to find; undefined: another check's. */
  found(missed: Missed): boolean;
  /** The finding's title. */
  says(missed: Missed): string;
  readonly fix: string;
}

export function trustCheck<Needed extends Decided>({
  name,
  layer,
  about,
  title,
  severity,
  documentation,
  found,
  says,
  fix,
}: TrustCheck<Needed>): ImageTrustCheck<Needed> {
  const id = `${layer}/${name}`;
  return {
    id,
    title,
    layer,
    category: "trust",
    controls: [7],
    severity,
    documentation,
    subject: "image-trust",
    // What is missed is missed whatever else could not be read.
    needs: { [about]: "partial" } as ImageTrustCheck<Needed>["needs"],
    looked: (facts) => lookedAt(facts[about] as ImageDecision),
    *evaluate(facts) {
      const decision = facts[about] as ImageDecision;
      for (const missed of missedOf(decision, about)) {
        if (found(missed)) yield trustFinding(decision, missed, { id, severity, title: says(missed), fix });
      }
    },
  };
}

export function lookedAt({ subject }: ImageDecision): Record<string, string> {
  return { digest: subject.digest, signatures: String(subject.tried.length) };
}

const kinds: Readonly<Record<Decided, (requirement: RequirementDecision) => boolean>> = {
  signers: ({ requirement }) => requirement.kind === "signatures",
  platforms: ({ requirement }) => requirement.kind === "signatures",
  attestations: ({ requirement }) => requirement.kind === "attestation" && requirement.attestation.type !== "slsa",
  provenance: ({ requirement }) => requirement.kind === "attestation" && requirement.attestation.type === "slsa",
};

/** Of the image, and of each image in it where the rule asks for each. */
function missedOf({ subject, children, rules }: ImageDecision, about: Decided): Missed[] {
  const wanted = (requirement: RequirementDecision) => requirement.outcome === "missed" && kinds[about](requirement);
  return [
    ...subject.requirements.filter(wanted).map((requirement) => missed(requirement)),
    ...children.flatMap(({ requirements, platform, digest }) =>
      requirements
        .filter((requirement) => wanted(requirement) && rules[requirement.rule]?.rule.eachImage === true)
        .map((requirement) => missed(requirement, platform ?? digest)),
    ),
  ];
}

/** In the order in which attestations and signatures are looked at: what fails later came farther. */
const order: readonly DecisionCode[] = [
  "trust.rule",
  "trust.not-asked",
  "trust.form",
  "trust.bound",
  "trust.unsupported",
  "trust.subject",
  "trust.time",
  "trust.unknown-root",
  "trust.unknown-key",
  "trust.certificate",
  "trust.certificate-log",
  "trust.log",
  "trust.signature",
  "trust.signer",
  "trust.predicate",
  "trust.builder",
  "trust.source",
  "trust.level",
  "trust.ref",
  "trust.trigger",
  "trust.workflow",
  "trust.commit",
  "trust.undecided",
  "trust.result",
  "trust.expression",
  "trust.age",
];

export function missed(requirement: RequirementDecision, platform?: string): Missed {
  const refused = requirement.attempts.filter((attempt) => attempt.outcome === "refused");
  const [cause] = refused.sort((a, b) => order.indexOf(b.code) - order.indexOf(a.code));
  return { requirement, ...(cause === undefined ? {} : { cause }), ...(platform === undefined ? {} : { platform }) };
}

/** Signatures that say nothing because of what they are, and not because of who made them. */
const broken: ReadonlySet<DecisionCode> = new Set([
  "trust.form",
  "trust.bound",
  "trust.unsupported",
  "trust.subject",
  "trust.time",
  "trust.certificate",
  "trust.certificate-log",
  "trust.log",
  "trust.signature",
]);

/** Made by somebody whom nothing in the policy vouches for, or whom the rule does not name. */
const strangers: ReadonlySet<DecisionCode> = new Set(["trust.signer", "trust.unknown-key", "trust.unknown-root"]);

export function isBroken({ cause }: Missed): boolean {
  return cause !== undefined && broken.has(cause.code);
}

export function isStrangers({ cause }: Missed): boolean {
  return cause !== undefined && strangers.has(cause.code);
}

export function isFor(codes: readonly DecisionCode[]): (missed: Missed) => boolean {
  return ({ cause }) => cause !== undefined && codes.includes(cause.code);
}

interface Said {
  readonly id: string;
  readonly severity: RatedSeverity;
  readonly title: string;
  readonly fix: string;
}

export function trustFinding(
  decision: ImageDecision,
  { requirement, cause, platform }: Missed,
  { id, severity, title, fix }: Said,
): FindingDraft {
  const rule = decision.rules[requirement.rule]?.rule;
  const stated = rule?.statedAt;
  const needed = neededText(requirement);
  return {
    subject: `${rule?.match ?? "image"}: ${needed}${platform === undefined ? "" : ` of ${platform}`}`,
    severity,
    title: platform === undefined ? title : `${title} (${platform})`,
    detail: requirement.reason,
    locations: [stated === undefined ? { kind: "config", field: "signatures" } : { kind: "file", ...stated }],
    matches: { ids: [id] },
    fix: { kind: "instruction", text: fix },
    evidence: {
      reference: decision.reference,
      digest: decision.subject.digest,
      needed,
      ...(cause === undefined ? {} : { code: cause.code, reason: cause.reason }),
    },
  };
}

function neededText({ requirement }: RequirementDecision): string {
  if (requirement.kind === "attestation") return `attestation ${requirement.attestation.type}`;
  const { of, atLeast } = requirement.signedBy;
  return of.length === 1 ? `signed by ${of[0]}` : `signed by ${atLeast} of ${of.join(", ")}`;
}
