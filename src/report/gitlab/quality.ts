import { createHash } from "node:crypto";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";
import type { Severity } from "../../core/severity.ts";
import { inOrder } from "../in-order.ts";
import { inertText } from "../inert-text.ts";
import { jsonPieces } from "../json/pieces.ts";
import { findingName, packageOf } from "../wording.ts";
import { sourceLine } from "./place.ts";

/** Characters of one description, which GitLab shows in one line. */
const descriptionCharacters = 1_000;

const severities: Record<Severity, string> = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  negligible: "info",
  unknown: "minor",
};

/**
 * The findings as GitLab's Code Quality report ("Code Quality report format" of its documentation): a list of issues, each at
 * a line of a file of the repository. What is in no such file, in an image say, cannot be shown there and is left out,
 * as is what an exception covers. In pieces; ends with a line break.
 *
 * @param onNote - told how many findings have no such place, one sentence without a full stop
 */
export function* renderQuality(report: Report, onNote: (text: string) => void = () => {}): Generator<string> {
  yield* jsonPieces(issues(report, onNote));
  yield "\n";
}

function* issues(report: Report, onNote: (text: string) => void): Generator<object> {
  let elsewhere = 0;
  const seen = new Set<string>();
  for (const evaluation of inOrder(report.evaluations)) {
    for (const finding of evaluation.findings) {
      const issue = issueOf(report, finding, evaluation, seen);
      if (issue === undefined) elsewhere++;
      else yield issue;
    }
    for (const { finding } of evaluation.baselined ?? []) {
      const issue = issueOf(report, finding, evaluation, seen);
      if (issue === undefined) elsewhere++;
      else yield issue;
    }
  }
  if (elsewhere > 0)
    onNote(`gitlab-codequality leaves out ${elsewhere} findings that are in no file of the repository`);
}

function issueOf(report: Report, finding: Finding, { asset }: Evaluation, seen: Set<string>): object | undefined {
  const place = sourceLine(report, finding, asset);
  if (place === undefined) return undefined;
  const affected = packageOf(finding);
  const what = affected === undefined ? finding.title : `${findingName(finding)} in ${affected}: ${finding.title}`;
  const fix = finding.fix === undefined ? "" : `. Fix: ${finding.fix.text}`;
  return {
    type: "issue",
    description: inertText(`${what}${fix}`).slice(0, descriptionCharacters).toWellFormed() || finding.fingerprint,
    check_name: finding.check,
    fingerprint: unique([finding.fingerprint, asset.id, place.file], seen),
    severity: severities[finding.severity],
    location: { path: place.file.toWellFormed(), lines: { begin: place.line ?? 1 } },
  };
}

/** GitLab takes one issue of each fingerprint: what is equal in all else is told apart by its turn. */
function unique(parts: readonly string[], seen: Set<string>): string {
  for (let turn = 0; ; turn++) {
    const fingerprint = createHash("sha256")
      .update(JSON.stringify([...parts, turn]))
      .digest("hex");
    if (seen.has(fingerprint)) continue;
    seen.add(fingerprint);
    return fingerprint;
  }
}
