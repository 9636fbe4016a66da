/** Whether one verified statement is what a rule asks to be attested. */
import type { DecisionCode, DecisionRefusal } from "../../engines/trust/decision-model.ts";
import { compileIdentity } from "../../engines/trust/identity.ts";
import type { SignedTime, Signer, Statement } from "../../engines/trust/model.ts";
import { evaluateExpression } from "../../engines/trust/predicates/expression.ts";
import { quoted } from "../../engines/trust/predicates/fields.ts";
import {
  isKind,
  type ReportSeverity,
  readSbomKind,
  readTestResult,
  readVex,
  readVulnerabilities,
  type VulnerabilityReport,
} from "../../engines/trust/predicates/reports.ts";
import { type BuilderTrust, knownBuilders } from "../../engines/trust/provenance/builders.ts";
import { judgeProvenance } from "../../engines/trust/provenance/judge.ts";
import { isProvenance, isSummary, readSummary } from "../../engines/trust/provenance/read.ts";
import type { AttestationRule, BuilderRule, ImageRule } from "../../engines/trust/rules-model.ts";
import { type Aged, aged, signedAt } from "./ages.ts";
import { type KnownSigner, whyNobody } from "./signers.ts";

/** A statement that is verified, and by whom. */
export interface SignedStatement {
  readonly statement: Statement;
  readonly signers: readonly Signer[];
  readonly times: readonly SignedTime[];
}

export type JudgedAttestation =
  | {
      readonly outcome: "counts";
      /** Names of the policy's signers, or of the builders that are known. */
      readonly signers: readonly string[];
      readonly detail?: string;
      readonly validUntil?: string;
    }
  | ({ readonly outcome: "refused" } & DecisionRefusal);

/** Whether a rule is about statements of this type at all. */
export function isOfType({ type }: AttestationRule, statement: Statement): boolean {
  if (type === "slsa") return isProvenance(statement);
  if (type === "vsa") return isSummary(statement);
  return isKind(type, statement) ?? statement.predicateType === type;
}

/**
 * @param wanted - the policy's signers that may attest it; of provenance undefined where the builders that are known may
 * @param image - `registry.example.com/shop/api`, and its digest
 */
export function judgeAttestation(
  signed: SignedStatement,
  rule: AttestationRule,
  wanted: readonly KnownSigner[] | undefined,
  { builders, repository, now }: { builders: readonly BuilderTrust[]; repository: string; now: Date },
): JudgedAttestation {
  const names = wanted?.filter(({ is }) => signed.signers.some(is)) ?? [];
  if (wanted !== undefined && names.length === 0) return refused("trust.signer", whyNobody(signed.signers, wanted));
  const said =
    rule.type === "slsa"
      ? judgeBuild(signed, rule, wanted, builders)
      : { ...judgeContent(signed, rule, repository), signers: names.map(({ name }) => name) };
  if ("code" in said) return { outcome: "refused", code: said.code, reason: said.reason };
  if (rule.where !== undefined) {
    const result = evaluateExpression(rule.where, signed.statement);
    if ("fault" in result) return refused("trust.expression", `the rule's expression fails: ${result.fault}`);
    if (!result.holds) return refused("trust.expression", "the rule's expression is false");
  }
  const age: Aged = aged(said.at ?? signedAt(signed.times), rule.maxAgeDays, said.when, now);
  if ("code" in age) return refused(age.code, age.reason);
  return {
    outcome: "counts",
    signers: said.signers,
    ...(said.detail === undefined ? {} : { detail: said.detail }),
    ...age,
  };
}

/** What a statement says, and when that was the case. */
interface Said {
  readonly detail?: string;
  readonly at?: string;
  readonly when: string;
}

function judgeBuild(
  { statement, signers }: SignedStatement,
  rule: AttestationRule,
  wanted: readonly KnownSigner[] | undefined,
  builders: readonly BuilderTrust[],
): (Said & { readonly signers: readonly string[] }) | DecisionRefusal {
  let refusal: DecisionRefusal | undefined;
  for (const signer of signers) {
    const names = wanted?.filter(({ is }) => is(signer)).map(({ name }) => name);
    if (names?.length === 0) continue;
    const judged = judgeProvenance(statement, signer, rule, builders);
    if (judged.outcome === "refused") {
      refusal ??= { code: judged.code, reason: judged.reason };
      continue;
    }
    const { provenance, level, source } = judged;
    const from = [source.repository, source.ref, source.commit?.slice(0, 12)].filter((part) => part !== undefined);
    const at = provenance.finishedAt ?? provenance.startedAt;
    return {
      signers: names ?? [builders.find((row) => row.signs(signer))?.name ?? provenance.builder],
      detail: `SLSA level ${level} by ${quoted(provenance.builder)}${from.length === 0 ? "" : ` from ${quoted(from.join(" "))}`}`,
      when: "built",
      ...(at === undefined ? {} : { at }),
    };
  }
  return refusal ?? { code: "trust.signer", reason: "nobody signed it" };
}

function judgeContent(
  { statement }: SignedStatement,
  rule: AttestationRule,
  repository: string,
): Said | DecisionRefusal {
  switch (rule.type) {
    case "vsa":
      return judgeSummary(statement, rule, repository);
    case "sbom": {
      const read = readSbomKind(statement);
      if ("fault" in read) return { code: "trust.predicate", reason: read.fault };
      if (rule.formats !== undefined && !rule.formats.includes(read.format)) {
        return { code: "trust.result", reason: `format differs: ${read.format}, not ${rule.formats.join(", ")}` };
      }
      return { when: "made", detail: read.format, ...(read.at === undefined ? {} : { at: read.at }) };
    }
    case "vuln": {
      const report = readVulnerabilities(statement);
      if ("fault" in report) return { code: "trust.predicate", reason: report.fault };
      return judgeReport(report, rule);
    }
    case "vex": {
      const read = readVex(statement);
      return "fault" in read ? { code: "trust.predicate", reason: read.fault } : { when: "issued", ...read };
    }
    case "test": {
      const read = readTestResult(statement);
      if ("fault" in read) return { code: "trust.predicate", reason: read.fault };
      return read.passed
        ? { when: "tested" }
        : { code: "trust.result", reason: `the tests did not pass: ${read.told}` };
    }
    default:
      return { when: "signed" };
  }
}

function judgeSummary(statement: Statement, rule: AttestationRule, repository: string): Said | DecisionRefusal {
  const read = readSummary(statement);
  if ("fault" in read) return { code: "trust.predicate", reason: read.fault };
  if (read.verifier !== rule.verifier) {
    return { code: "trust.result", reason: `verifier differs: ${quoted(read.verifier)}, not ${rule.verifier}` };
  }
  if (!read.passed) return { code: "trust.result", reason: "the verification did not pass" };
  if (read.resource === undefined)
    return { code: "trust.predicate", reason: "it does not say of which resource it is" };
  // As an image is named: with a scheme, a tag or a digest.
  const named = read.resource
    .replace(/^(?:oci|docker|https):\/\//, "")
    .replace(/^pkg:docker\//, "")
    .replace(/@sha256:[0-9a-f]{64}$/, "")
    .replace(/:[A-Za-z0-9_.-]+$/, "");
  if (named !== repository) {
    return { code: "trust.source", reason: `resource differs: ${quoted(read.resource)}, not ${repository}` };
  }
  if (rule.level !== undefined && read.buildLevel < rule.level) {
    return { code: "trust.level", reason: `level ${read.buildLevel} by ${quoted(read.verifier)}, not ${rule.level}` };
  }
  return {
    when: "verified",
    detail: `verified by ${quoted(read.verifier)}, SLSA level ${read.buildLevel}`,
    ...(read.verifiedAt === undefined ? {} : { at: read.verifiedAt }),
  };
}

const ranks: Readonly<Record<ReportSeverity, number>> = {
  critical: 4,
  high: 3,
  medium: 2,
  low: 1,
  none: 0,
  unknown: -1,
};

function judgeReport(
  report: VulnerabilityReport,
  { noneFrom, fixableOnly, maxAgeDays }: AttestationRule,
): Said | DecisionRefusal {
  // A scan whose end nobody states may be of any age, whenever it was signed.
  if (maxAgeDays !== undefined && report.at === undefined) {
    return { code: "trust.age", reason: "the report does not say when the scan ended" };
  }
  if (noneFrom !== undefined) {
    const counted = report.vulnerabilities.filter(({ isFixable }) => fixableOnly !== true || isFixable !== false);
    const severe = counted.filter(({ severity }) => ranks[severity] >= ranks[noneFrom]);
    const over = severe.filter(({ isFixable }) => fixableOnly !== true || isFixable === true);
    const [first] = over;
    if (first !== undefined) {
      const more = over.length === 1 ? "" : ` and ${over.length - 1} more`;
      return {
        code: "trust.result",
        reason: `${quoted(first.id)} (${first.severity})${more}, none from ${noneFrom} on is allowed`,
      };
    }
    if (report.unread !== undefined) return { code: "trust.undecided", reason: report.unread };
    if (severe[0] !== undefined) {
      return {
        code: "trust.undecided",
        reason: `whether there is a fix of ${quoted(severe[0].id)} the report does not say (${severe.length} in all)`,
      };
    }
    const unrated = counted.filter(({ severity }) => severity === "unknown");
    if (unrated[0] !== undefined) {
      return {
        code: "trust.undecided",
        reason: `the severity of ${quoted(unrated[0].id)} is not known (${unrated.length} in all)`,
      };
    }
  }
  return {
    when: "scanned",
    detail: `scanned by ${quoted(report.scanner)}`,
    ...(report.at === undefined ? {} : { at: report.at }),
  };
}

/** The policy's own rows first: what it says of a signer counts before what is known. */
export function buildersOf(rules: readonly BuilderRule[], signers: ReadonlyMap<string, KnownSigner>): BuilderTrust[] {
  const own = rules.flatMap(({ signer: name, ids, level }): BuilderTrust[] => {
    const signer = signers.get(name);
    if (signer === undefined) return [];
    const matches = ids.map(compileIdentity);
    return [
      {
        name,
        signs: signer.is,
        speaksFor: (builder) => matches.some((matchesId) => matchesId(builder)),
        level: () => level,
        needsSource: "never",
      },
    ];
  });
  return [...own, ...knownBuilders];
}

/** Of whom a rule takes an attestation; undefined: of provenance, of every builder that is known. */
export function attesters(rule: AttestationRule, image: ImageRule): readonly string[] | undefined {
  if (rule.signedBy !== undefined) return rule.signedBy;
  if (rule.type === "slsa") return undefined;
  return image.signedBy?.of ?? [];
}

function refused(code: DecisionCode, reason: string): JudgedAttestation {
  return { outcome: "refused", code, reason };
}
