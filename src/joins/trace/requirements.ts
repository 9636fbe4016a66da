/** What rules of `trust.images` ask for, by the link that it is about, and where it is missed. */

import { shortDigest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import type { AppliedRule, RequirementDecision } from "../../engines/trust/decision-model.ts";
import type { LinkBreak, TraceSources } from "./model.ts";

/** Links that a rule can ask for. */
type RequiredLink = "source" | "build" | "sbom" | "vulnerabilities" | "signatures";

interface Asked {
  readonly decided: RequirementDecision;
  readonly rule: AppliedRule;
  /** Digest of the image of an index that it is about; absent: what the reference came to. */
  readonly of?: string;
}

/** Of the image, and of each image of an index where the rule asks for each. */
function asked({ decision }: Pick<TraceSources, "decision">): Asked[] {
  const { subject, children, rules } = decision;
  const of = (decided: RequirementDecision, digest?: string): Asked[] => {
    const rule = rules[decided.rule];
    if (rule === undefined || (digest !== undefined && !rule.rule.eachImage)) return [];
    return [{ decided, rule, ...(digest === undefined ? {} : { of: digest }) }];
  };
  return [
    ...subject.requirements.flatMap((each) => of(each)),
    ...children.flatMap(({ digest, requirements }) => requirements.flatMap((each) => of(each, digest))),
  ];
}

/** What attempts were refused for that says more than that there is none: the commit, not the build. */
const ABOUT_SOURCE: ReadonlySet<string> = new Set(["trust.source", "trust.ref", "trust.commit"]);

function linkOf({ requirement, outcome, attempts }: RequirementDecision): RequiredLink {
  if (requirement.kind === "signatures") return "signatures";
  switch (requirement.attestation.type) {
    case "sbom":
      return "sbom";
    case "vuln":
    case "vex":
      return "vulnerabilities";
    case "slsa": {
      const isOther = attempts.some((attempt) => attempt.outcome === "refused" && ABOUT_SOURCE.has(attempt.code));
      return outcome === "missed" && isOther ? "source" : "build";
    }
    case "vsa":
      return "build";
    default:
      return "signatures";
  }
}

/** Where the policy asks for a link: `trust.images[0] (bulkhead.yaml:31)`; undefined where nothing does. */
export function ruleAsking(sources: Pick<TraceSources, "decision">, link: string): string | undefined {
  const found = asked(sources).find(({ decided }) => linkOf(decided) === link);
  return found === undefined ? undefined : placeOf(found.rule);
}

/** Requirements about a link that nothing meets. */
export function missedRequirements(sources: Pick<TraceSources, "decision">, link: RequiredLink): LinkBreak[] {
  return asked(sources)
    .filter(({ decided }) => decided.outcome === "missed" && linkOf(decided) === link)
    .map(({ decided, rule, of }) => {
      const { reason, attempts } = decided;
      const refused = attempts.flatMap((attempt) => (attempt.outcome === "refused" ? [attempt.reason] : []));
      return {
        reason,
        evidence: {
          rule: placeOf(rule),
          ...(of === undefined ? {} : { of: shortDigest(of) }),
          tried: refused.length === 0 ? "nothing was found" : [...new Set(refused)].slice(0, TRIED).join("; "),
        },
        fix: fixOf(decided),
      };
    });
}

/** Why it is not known whether a requirement is met. */
export function undecidedRequirements(sources: Pick<TraceSources, "decision">, link: RequiredLink): Gap[] {
  return asked(sources)
    .filter(({ decided }) => decided.outcome === "unknown" && linkOf(decided) === link)
    .map(({ decided }) => ({ code: "trace.undecided", reason: decided.reason }));
}

/** Different reasons that are told. */
const TRIED = 3;

function placeOf({ index, rule: { statedAt } }: AppliedRule): string {
  return `trust.images[${index}]${statedAt === undefined ? "" : ` (${statedAt.path}:${statedAt.line})`}`;
}

function fixOf({ requirement }: RequirementDecision): string {
  if (requirement.kind === "signatures") {
    const { of, atLeast } = requirement.signedBy;
    return `sign it as ${atLeast === of.length ? "each" : atLeast} of ${of.join(", ")}: bulkhead sign`;
  }
  return `attest it: bulkhead attest --type ${requirement.attestation.type}`;
}
