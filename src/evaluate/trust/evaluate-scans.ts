/** What is attested of the contents of an image that was not opened, judged by every check over it. */
import { imageTrustChecks } from "../../checks/lists/image-trust.ts";
import type { ImageTrustFacts } from "../../checks/subjects/trust.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, gapOf, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runChecks } from "../../core/runner.ts";
import type { AttestedScan, ReportedScan } from "../../engines/trust/decision-model.ts";
import { readVulnerabilities } from "../../engines/trust/predicates/reports.ts";
import type { FoundScans } from "./scans.ts";

interface ScansContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** Whether it was scanned at all. */
export function evaluateScans(asset: Asset, found: FoundScans | Problem, { policy, now }: ScansContext): Evaluation[] {
  const scans: Evidence<ImageTrustFacts["scans"]> =
    found instanceof Problem
      ? absent(gapOf(found))
      : present(found.scans, now.toISOString(), { gaps: distinct(found.gaps) });
  return runChecks<ImageTrustFacts>(imageTrustChecks, { scans }, { asset, policy, now });
}

/** What a report lists, which counts from the date of its database on as the advisories themselves would. */
export function evaluateReport(
  asset: Asset,
  scan: AttestedScan,
  reference: string,
  { policy, now }: ScansContext,
): Evaluation[] {
  return runChecks<ImageTrustFacts>(
    imageTrustChecks,
    { report: reportEvidence(scan, reference, policy, now) },
    { asset, policy, now },
  );
}

const DAY = 24 * 60 * 60 * 1_000;
/** Clocks of others may be ahead by so much. */
const AHEAD = 5 * 60 * 1_000;
const RENEWAL = "scan the image again and attest the report: bulkhead attest --type vuln";

function reportEvidence(scan: AttestedScan, reference: string, policy: Policy, now: Date): Evidence<ReportedScan> {
  const report = readVulnerabilities(scan.statement);
  if ("fault" in report) return absent(undecided(report.fault));
  const gaps = report.unread === undefined ? [] : [undecided(report.unread)];
  const [asOf] = [report.databaseAt, report.at].filter((time) => time !== undefined).sort();
  const facts = { reference, scan, report };
  if (report.at === undefined || asOf === undefined) {
    gaps.push(undecided("the report does not say when the scan ended"));
    return present(facts, now.toISOString(), { gaps });
  }
  if (Date.parse(report.at) > now.getTime() + AHEAD) gaps.push(undecided(`scanned at ${report.at}, which is not yet`));
  const until = Date.parse(asOf) + policy.advisories.maxAgeDays * DAY;
  return present(facts, asOf, { gaps, validUntil: new Date(until).toISOString(), renewal: RENEWAL });
}

function undecided(reason: string): Gap {
  return { code: "trust.undecided", reason: `scan report: ${reason}`, remedy: RENEWAL };
}

function distinct(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
}
