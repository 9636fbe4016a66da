import { assetTitle } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import type { Report } from "../core/report.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { markupText } from "./markup.ts";
import { exceptionText, findingName, packageOf, scopeText, unknownText } from "./wording.ts";

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

/**
 * The report as JUnit's XML, for whatever shows tests: an evaluation is a suite. Its first case is the evaluation itself:
 * passed, or skipped where it is unknown, with the reason. A finding over the threshold is a failed case, one under it a
 * passed case, one that an exception or the baseline sets apart a skipped case. In pieces; ends with a line break.
 */
export function* renderJunit(report: Report): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes([
    ["name", `${report.tool.name} ${report.subject}`],
    ...countAttributes(totalOf(report.evaluations)),
  ])}>\n`;
  for (const evaluation of inOrder(report.evaluations)) yield* suiteOf(evaluation, report.startedAt);
  yield "</testsuites>\n";
}

function* suiteOf(evaluation: Evaluation, startedAt: string): Generator<string> {
  const { asset, check, findings, excepted, baselined = [] } = evaluation;
  const scope = scopeText(evaluation.scope);
  const name = [assetTitle(asset), scope, check].filter((part) => part !== undefined).join(" ");
  yield `<testsuite${attributes([
    ["name", name],
    ...countAttributes(countsOf(evaluation)),
    // Without a zone, as the schema that most readers keep to has it.
    ["timestamp", startedAt.slice(0, 19)],
  ])}>\n`;
  yield* ownCase(evaluation);
  for (const finding of findings) yield findingCase(finding, evaluation);
  for (const { finding, exception } of excepted) {
    yield skippedCase(finding, evaluation, `excepted: ${exceptionText(exception)}`);
  }
  for (const { finding, since } of baselined) {
    yield skippedCase(finding, evaluation, `in the baseline since ${since}`);
  }
  yield "</testsuite>\n";
}

/** Of the cases that `suiteOf` writes. */
function countsOf({ verdict, action, findings, excepted, baselined = [] }: Evaluation): Counts {
  const apart = excepted.length + baselined.length;
  let failures = 0;
  for (const { overThreshold } of findings) if (overThreshold && action === undefined) failures++;
  return {
    tests: (verdict === "fail" ? 0 : 1) + findings.length + apart,
    failures,
    skipped: (verdict === "unknown" ? 1 : 0) + apart,
  };
}

function totalOf(evaluations: Evaluations): Counts {
  const total = { tests: 0, failures: 0, skipped: 0 };
  for (const evaluation of evaluations) {
    const { tests, failures, skipped } = countsOf(evaluation);
    total.tests += tests;
    total.failures += failures;
    total.skipped += skipped;
  }
  return total;
}

function countAttributes({ tests, failures, skipped }: Counts): [name: string, value: number][] {
  return [
    ["tests", tests],
    ["failures", failures],
    ["errors", 0],
    ["skipped", skipped],
    ["time", 0],
  ];
}

/** What failed says so by its findings. */
function* ownCase(evaluation: Evaluation): Generator<string> {
  const { check, asset, verdict, reason } = evaluation;
  if (verdict === "fail") return;
  const open = `  <testcase${attributes([
    ["name", check],
    ["classname", assetTitle(asset)],
    ["time", 0],
  ])}`;
  if (verdict === "pass") {
    yield `${open}>\n    ${output(reason)}\n  </testcase>\n`;
    return;
  }
  const message = attributes([["message", `unknown: ${unknownText(evaluation)}`]]);
  yield `${open}>\n    <skipped${message}/>\n  </testcase>\n`;
}

function findingCase(finding: Finding, { asset, action }: Evaluation): string {
  const { overThreshold, severity, title } = finding;
  const message = attributes([
    ["message", `${severity}: ${title}`],
    ["type", finding.check],
  ]);
  const why = overThreshold ? `not enforced (${action})` : "below the threshold";
  const said =
    overThreshold && action === undefined
      ? `<failure${message}>${textOf(finding)}</failure>`
      : output(`${severity}, ${why}: ${title}`);
  return `${opening(finding, assetTitle(asset))}\n    ${said}\n  </testcase>\n`;
}

function skippedCase(finding: Finding, { asset }: Evaluation, why: string): string {
  const message = attributes([["message", why]]);
  return `${opening(finding, assetTitle(asset))}\n    <skipped${message}/>\n  </testcase>\n`;
}

function opening(finding: Finding, asset: string): string {
  const [location] = finding.locations;
  const name = [findingName(finding), packageOf(finding), formatLocation(location)]
    .filter((part) => part !== undefined)
    .join(" ");
  return `  <testcase${attributes([
    ["name", name],
    ["classname", asset],
    ["time", 0],
    ...(location.kind === "file" ? ([["file", location.path]] as const) : []),
    ...(location.kind === "file" && location.line !== undefined ? ([["line", location.line]] as const) : []),
  ])}>`;
}

/** Several lines: what it is, where, by what, and what helps. Line breaks are ours alone. */
function textOf({ title, detail, locations, fix, evidence, references = [], fingerprint }: Finding): string {
  const places = locations.map((location) => {
    const instruction = location.kind === "image" ? location.layer.instruction : undefined;
    return `at ${formatLocation(location)}${instruction === undefined ? "" : `, ${shortInstruction(instruction)}`}`;
  });
  return [
    title,
    ...(detail === undefined ? [] : [detail]),
    ...places,
    fix === undefined ? "no fix available" : `fix: ${fix.text}`,
    ...Object.entries(evidence).map(([what, found]) => `${what}: ${found}`),
    ...references,
    `fingerprint ${fingerprint}`,
  ]
    .map(markupText)
    .join("\n");
}

function output(text: string): string {
  return `<system-out>${markupText(text)}</system-out>`;
}

function attributes(pairs: readonly (readonly [name: string, value: string | number])[]): string {
  return pairs.map(([name, value]) => ` ${name}="${markupText(String(value))}"`).join("");
}
