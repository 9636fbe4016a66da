/** Which bills of materials and scan reports of an image count, and what is missing. Pure. */
import type { Gap } from "../../core/evidence.ts";
import type {
  AppliedRule,
  AttestedScan,
  AttestedScans,
  DecisionRefusal,
  DecisionRules,
} from "../../engines/trust/decision-model.ts";
import type { ImageTrust, SubjectTrust } from "../../engines/trust/model.ts";
import type { AttestationRule } from "../../engines/trust/rules-model.ts";
import { signedAt } from "./ages.ts";
import { attesters, isOfType, judgeAttestation } from "./attestations.ts";
import { repositoryNamed, rulesFor } from "./matching.ts";
import { type KnownSigner, knownSigners } from "./signers.ts";

export interface FoundScans {
  readonly scans: AttestedScans;
  /** Why there may be more, where something is missing. */
  readonly gaps: readonly Gap[];
}

const kinds = ["sbom", "vuln"] as const;

/** Who may vouch for what is in an image. */
interface Asked {
  readonly rule: AttestationRule;
  readonly wanted: readonly KnownSigner[];
}

/**
 * By the rules that are about the image: the attestations that they ask for, and where none asks for one of a kind, the signers
 * of the image may make it. What only a policy says that nobody vouches for counts for nothing. What a report says is no reason
 * not to count it: that is judged by the thresholds.
 */
export function scanFinder(rules: DecisionRules): (image: ImageTrust, now: Date) => FoundScans {
  const signers = knownSigners(rules);
  const matching = rulesFor(rules);
  return (image, now) => {
    const repository = repositoryNamed(image.reference);
    const applied = matching(repository).filter(({ vouched }) => vouched);
    const asked = kinds.map((kind) => ({ kind, asked: askedOf(kind, applied, signers) }));
    const refused: DecisionRefusal[] = [];
    const isOpen = asked.every((each) => each.asked.length === 0);
    let unjudged = false;

    function countedOf(subject: SubjectTrust & { readonly platform?: string }): AttestedScan[] {
      const counted: AttestedScan[] = [];
      for (const signature of subject.signatures) {
        if (signature.outcome === "refused" || signature.content.kind !== "statement") continue;
        const { content: statement, signers: made, times } = signature;
        const found = asked.find(({ kind }) => isOfType({ type: kind }, statement));
        if (found === undefined) continue;
        if (isOpen) unjudged = true;
        for (const { rule, wanted } of found.asked) {
          const judging = { builders: [], repository, now };
          const judged = judgeAttestation({ statement, signers: made, times }, rule, wanted, judging);
          if (judged.outcome === "refused") {
            refused.push({ code: judged.code, reason: judged.reason });
            continue;
          }
          const at = signedAt(times);
          counted.push({
            kind: found.kind,
            digest: subject.digest,
            ...(subject.platform === undefined ? {} : { platform: subject.platform }),
            signers: judged.signers,
            ...(at === undefined ? {} : { signedAt: at }),
            statement,
          });
          break;
        }
      }
      return counted.sort((a, b) => compareTimes(b.signedAt, a.signedAt));
    }

    const own = countedOf(image.subject);
    const below = image.children.map((child) => ({ child, scans: countedOf(child) }));
    const missing = missingOf(image, own, below);
    const lookedAt = [image.subject, ...image.children];
    const gaps = missing.length === 0 ? [] : lookedAt.flatMap((subject) => subject.gaps);
    return {
      scans: {
        reference: image.reference,
        digest: image.subject.digest,
        scans: [...own, ...below.flatMap(({ scans }) => scans)],
        missing,
        refused,
      },
      gaps: gaps.length === 0 && unjudged && missing.length > 0 ? [NO_RULE] : gaps,
    };
  };
}

const NO_RULE: Gap = {
  code: "trust.no-rule",
  reason: "no rule of trust.images says whose SBOMs and scan reports of it count",
  remedy: "add one to the policy",
};

/** What is attested of the index is of all that is in it. */
function missingOf(
  { subject, children }: ImageTrust,
  own: readonly AttestedScan[],
  below: readonly { readonly child: ImageTrust["children"][number]; readonly scans: readonly AttestedScan[] }[],
): AttestedScans["missing"] {
  if (own.length > 0) return [];
  if (children.length === 0) return [{ digest: subject.digest }];
  // Nested indexes are among the children, without a platform and without anything of their own.
  const images = below.filter(({ child, scans }) => child.platform !== undefined || scans.length > 0);
  if (images.length === 0) return [{ digest: subject.digest }];
  return images
    .filter(({ scans }) => scans.length === 0)
    .map(({ child: { digest, platform } }) => ({ digest, ...(platform === undefined ? {} : { platform }) }));
}

function askedOf(
  kind: (typeof kinds)[number],
  applied: readonly AppliedRule[],
  signers: ReadonlyMap<string, KnownSigner>,
): Asked[] {
  const of = (rule: AttestationRule, names: readonly string[]): Asked => ({
    rule: withoutResult(rule),
    wanted: names.flatMap((name) => signers.get(name) ?? []).filter(({ rule: own }) => own.tightensOnly !== true),
  });
  const stated = applied.flatMap(({ rule }) =>
    rule.attestations.filter(({ type }) => type === kind).map((each) => of(each, attesters(each, rule) ?? [])),
  );
  const asked = stated.length > 0 ? stated : applied.map(({ rule }) => of({ type: kind }, rule.signedBy?.of ?? []));
  return asked.filter(({ wanted }) => wanted.length > 0);
}

function withoutResult({ noneFrom: _, fixableOnly: __, ...rule }: AttestationRule): AttestationRule {
  return rule;
}

/** One whose time nobody vouches for is the oldest. */
function compareTimes(one: string | undefined, other: string | undefined): number {
  if (one === other) return 0;
  if (one === undefined) return -1;
  if (other === undefined) return 1;
  return one < other ? -1 : 1;
}
