/**
 * Reports of other scanners beside what this run found: what both found is one finding that names the other tool, what a
 * report alone names is a finding of its own. Pure. Nothing is taken away: a finding stays, with its severity and its verdict,
 * whatever a report says, and what no report names is not known to be absent.
 */
import { saidBy } from "../../checks/findings/imported-finding.ts";
import { importedFileChecks } from "../../checks/lists/imported-file.ts";
import { importedImageChecks } from "../../checks/lists/imported-image.ts";
import { importedResultsChecks } from "../../checks/lists/imported-results.ts";
import { importedSecretsChecks } from "../../checks/lists/imported-secrets.ts";
import type {
  ImportedFileFacts,
  ImportedImageFacts,
  ImportedResultsFacts,
  ImportedSecretsFacts,
} from "../../checks/subjects/imports.ts";
import { type Asset, fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { EvaluationList } from "../../core/evaluations.ts";
import { present } from "../../core/evidence.ts";
import type { Finding } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { ReportedBy, ReportedFlaw, ReportedTarget, ScannerReport } from "../../engines/reports/model.ts";
import { pathWithin } from "../../engines/reports/paths.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { assessorOf } from "../vex/assess.ts";
import { type Age, ageOf, gapNotScanned } from "./age.ts";
import { ForeignFlaws, identity, type KnownIds, type OwnFlaws, ownFlaws, someIds } from "./flaws.ts";
import { importNote } from "./note.ts";
import { ForeignResults } from "./results.ts";
import { assetKeyOf, fileAssetOf, imageAssetOf, type OwnAssets, ownAssets } from "./subjects.ts";

export interface ImportContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What the caller vouches for. */
  readonly vex: readonly VexDocument[];
  readonly known: KnownIds;
}

/** Checks whose findings may be those of another tool, and without which an asset is not scanned. */
const OWN = ["image/known-vulnerabilities", "build/vulnerable-dependencies"] as const;
const OWN_SECRETS = ["image/embedded-secret", "build/committed-secret"] as const;

/** What reports say of one asset. */
interface Told {
  readonly asset: Asset;
  readonly reports: Set<ScannerReport>;
  readonly targets: Set<ReportedTarget>;
  readonly flaws: ForeignFlaws;
  readonly results: ForeignResults;
}

/**
 * Adds to a run's evaluations what reports say; the list is taken over.
 *
 * @returns one sentence for each report
 */
export function addImports(
  evaluations: EvaluationList,
  reports: readonly ScannerReport[],
  context: ImportContext,
): string[] {
  const own = ownAssets(evaluations);
  const told = new Map<string, Told>();
  const toldOf = (asset: Asset): Told => {
    const key = assetKeyOf(asset);
    const known = told.get(key) ?? {
      asset,
      reports: new Set(),
      targets: new Set(),
      flaws: new ForeignFlaws(),
      results: new ForeignResults(asset.kind === "image"),
    };
    told.set(key, known);
    return known;
  };
  const findings = findingsByAsset(evaluations);
  const also = new Map<Finding, ReportedBy[]>();
  const notes = reports.map((report) => {
    let both = 0;
    for (const target of report.targets) {
      for (const each of placed(target, report, own, context.now)) {
        const { asset, flaws, results } = each;
        const about = toldOf(asset);
        about.reports.add(report);
        about.targets.add(target);
        for (const flaw of flaws) {
          const named = withAliases(flaw, context.known);
          const same = findings(asset).same(named);
          const by = byOf(report, flaw);
          if (same.length === 0) about.flaws.add(named, by);
          else both += 1;
          for (const finding of same) {
            const known = also.get(finding);
            if (known === undefined) also.set(finding, [by]);
            else known.push(by);
          }
        }
        for (const result of results) about.results.add(result, byOf(report, result));
      }
    }
    return importNote(report, both);
  });
  if (also.size > 0) evaluations.succeed((evaluation) => withAlso(evaluation, also));
  for (const each of told.values()) evaluations.take(evaluateTold(each, own, context));
  return notes;
}

interface PlacedReport extends Pick<ReportedTarget, "flaws" | "results"> {
  readonly asset: Asset;
}

/** An image is one asset; of a directory each file that declares packages is one, and results are of all of it. */
function* placed(target: ReportedTarget, report: ScannerReport, own: OwnAssets, now: Date): Iterable<PlacedReport> {
  const { subject, flaws, results } = target;
  if (subject.kind === "image") {
    yield { asset: imageAssetOf(subject, own, report, now), flaws, results };
    return;
  }
  const root = pathWithin(subject.name) ?? "";
  const byFile = Map.groupBy(flaws, (flaw) => fileAssetOf(flaw, root, own));
  for (const [asset, its] of byFile) yield { asset, flaws: its, results: [] };
  if (results.length > 0) yield { asset: own.fileAt(".") ?? fileAsset("."), flaws: [], results };
}

function byOf({ tool, observedAt, place }: ScannerReport, { severity }: Pick<ReportedFlaw, "severity">): ReportedBy {
  return { tool, place, severity, ...(observedAt === undefined ? {} : { observedAt }) };
}

/** Tools name a flaw by the id of whoever told them: the CVE behind it is what all have in common. */
function withAliases(flaw: ReportedFlaw, known: KnownIds): ReportedFlaw {
  if (identity(flaw.ids)[0]?.startsWith("CVE-") === true) return flaw;
  const [first, ...more] = flaw.ids;
  const aliases = flaw.ids.flatMap((id) => known.aliasesOf(id));
  return aliases.length === 0 ? flaw : { ...flaw, ids: someIds([first, ...more, ...aliases]) };
}

/** The findings of each asset that are about vulnerabilities, excepted ones too: what is accepted is found by both all the same. */
function findingsByAsset(evaluations: EvaluationList): (asset: Asset) => OwnFlaws {
  const found = new Map<string, Finding[]>();
  for (const { asset, check, findings, excepted } of evaluations) {
    if (!(OWN as readonly string[]).includes(check) || findings.length + excepted.length === 0) continue;
    const key = assetKeyOf(asset);
    const known = found.get(key) ?? [];
    found.set(key, known);
    for (const finding of findings) known.push(finding);
    for (const { finding } of excepted) known.push(finding);
  }
  const prepared = new Map<string, OwnFlaws>();
  return (asset) => {
    const key = assetKeyOf(asset);
    const flaws = prepared.get(key) ?? ownFlaws(found.get(key) ?? []);
    prepared.set(key, flaws);
    return flaws;
  };
}

function withAlso(evaluation: Evaluation, also: ReadonlyMap<Finding, readonly ReportedBy[]>): Evaluation {
  const { findings, excepted } = evaluation;
  const isNamed = findings.some((each) => also.has(each)) || excepted.some(({ finding }) => also.has(finding));
  if (!isNamed) return evaluation;
  const named = (finding: Finding): Finding => {
    const by = also.get(finding);
    return by === undefined ? finding : { ...finding, evidence: { ...finding.evidence, also: saidBy(by) } };
  };
  return {
    ...evaluation,
    findings: findings.map(named),
    excepted: excepted.map(({ finding, exception }) => ({ finding: named(finding), exception })),
  };
}

/** The evaluations of what reports say of one asset; none where they add nothing to what this run found out. */
function evaluateTold(told: Told, own: OwnAssets, { policy, now, vex, known }: ImportContext): Evaluation[] {
  const { asset, flaws: foreign, results: other } = told;
  const checks = own.checksOf(asset);
  const isScanned = OWN.some((check) => checks.has(check));
  const reports = [...told.reports];
  const age = ageOf(reports, policy, now);
  const flaws = foreign.all(known);
  const context = { asset, policy, now, assess: assessorOf(vex, asset, []), evidence: lookedAt(told) };
  const vulnerabilities = evidenceOf(flaws, age, [
    ...age.undated,
    ...(isScanned ? [] : [gapNotScanned("vulnerabilities", reports)]),
  ]);
  const secrets = other.all("secret");
  const results = other.all("result");
  const isSearched = OWN_SECRETS.some((check) => checks.has(check));
  const secretGaps = isSearched ? [] : [gapNotScanned("secrets", reports)];
  // Of an image that nobody scanned here there is something to say even where the report has no finding: it is not scanned.
  const isImage = asset.kind === "image";
  return [
    ...(isImage && (flaws.length > 0 || !isScanned)
      ? runChecks<ImportedImageFacts>(importedImageChecks, { flaws: vulnerabilities }, context)
      : []),
    ...(!isImage && flaws.length > 0
      ? runChecks<ImportedFileFacts>(importedFileChecks, { flaws: vulnerabilities }, context)
      : []),
    ...(results.length > 0
      ? runChecks<ImportedResultsFacts>(importedResultsChecks, { results: evidenceOf(results, age, []) }, context)
      : []),
    ...(secrets.length > 0
      ? runChecks<ImportedSecretsFacts>(
          importedSecretsChecks,
          { secrets: evidenceOf(secrets, age, secretGaps) },
          context,
        )
      : []),
  ];
}

function evidenceOf<T>(facts: T, { observedAt, validUntil, renewal }: Age, gaps: Age["undated"]) {
  return present(facts, observedAt, { gaps, renewal, ...(validUntil === undefined ? {} : { validUntil }) });
}

function lookedAt({ reports, targets }: Told): Record<string, string> {
  const suppressed = new Map<string, number>();
  for (const target of targets) {
    for (const [reason, count] of Object.entries(target.suppressed)) {
      suppressed.set(reason, (suppressed.get(reason) ?? 0) + count);
    }
  }
  const names = [...reports].map((report) =>
    saidBy([byOf(report, { severity: "unknown" })]).replace(/ \(unknown\)$/, ""),
  );
  return {
    "reported by": [...new Set(names)].slice(0, 5).join(", "),
    ...(suppressed.size === 0
      ? {}
      : {
          suppressed: [...suppressed]
            .map(([reason, count]) => `${count} ${reason}`)
            .slice(0, 5)
            .join(", "),
        }),
  };
}
