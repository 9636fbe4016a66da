import type { Evaluation } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import type { Report } from "../core/report.ts";
import { shortInstruction } from "./instruction.ts";
import { markupText } from "./markup.ts";
import { exceptionText, findingName, inOrder, packageOf, unknownText } from "./wording.ts";

interface Case {
  readonly outcome: "passed" | "failed" | "skipped";
  readonly lines: readonly string[];
}

/**
 * The report as JUnit's XML, for whatever shows tests: an evaluation is a suite. Its first case is the evaluation itself:
 * passed, or skipped where it is unknown, with the reason. A finding over the threshold is a failed case, one under it a
 * passed case, one that an exception or the baseline sets apart a skipped case. Ends with a line break.
 */
export function renderJunit(report: Report): string {
  const suites = inOrder(report.evaluations).map((evaluation) => suiteOf(evaluation, report.startedAt));
  const total = (outcome?: Case["outcome"]) => suites.reduce((sum, { cases }) => sum + countOf(cases, outcome), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes([
      ["name", `${report.tool.name} ${report.subject}`],
      ["tests", total()],
      ["failures", total("failed")],
      ["errors", 0],
      ["skipped", total("skipped")],
      ["time", 0],
    ])}>`,
    ...suites.map(({ text }) => text),
    "</testsuites>\n",
  ].join("\n");
}

function suiteOf(evaluation: Evaluation, startedAt: string): { text: string; cases: readonly Case[] } {
  const { asset, scope, check, findings, excepted, baselined = [] } = evaluation;
  const name = [asset.name, scope, check].filter((part) => part !== undefined).join(" ");
  const cases = [
    ...ownCase(evaluation),
    ...findings.map((finding) => findingCase(finding, evaluation)),
    ...excepted.map(({ finding, exception }) =>
      skippedCase(finding, evaluation, `excepted: ${exceptionText(exception)}`),
    ),
    ...baselined.map(({ finding, since }) => skippedCase(finding, evaluation, `in the baseline since ${since}`)),
  ];
  const head = attributes([
    ["name", name],
    ["tests", cases.length],
    ["failures", countOf(cases, "failed")],
    ["errors", 0],
    ["skipped", countOf(cases, "skipped")],
    ["time", 0],
    // Without a zone, as the schema that most readers keep to has it.
    ["timestamp", startedAt.slice(0, 19)],
  ]);
  return { text: [`<testsuite${head}>`, ...cases.flatMap(({ lines }) => lines), "</testsuite>"].join("\n"), cases };
}

function countOf(cases: readonly Case[], outcome?: Case["outcome"]): number {
  return outcome === undefined ? cases.length : cases.filter((each) => each.outcome === outcome).length;
}

/** What failed says so by its findings. */
function ownCase(evaluation: Evaluation): Case[] {
  const { check, asset, verdict, reason } = evaluation;
  if (verdict === "fail") return [];
  const open = `  <testcase${attributes([
    ["name", check],
    ["classname", asset.name],
    ["time", 0],
  ])}`;
  if (verdict === "pass") {
    return [{ outcome: "passed", lines: [`${open}>`, `    ${output(reason)}`, "  </testcase>"] }];
  }
  const message = attributes([["message", `unknown: ${unknownText(evaluation)}`]]);
  return [{ outcome: "skipped", lines: [`${open}>`, `    <skipped${message}/>`, "  </testcase>"] }];
}

function findingCase(finding: Finding, { asset }: Evaluation): Case {
  const { overThreshold, severity, title } = finding;
  const message = attributes([
    ["message", `${severity}: ${title}`],
    ["type", finding.check],
  ]);
  return {
    outcome: overThreshold ? "failed" : "passed",
    lines: [
      opening(finding, asset.name),
      overThreshold
        ? `    <failure${message}>${textOf(finding)}</failure>`
        : `    ${output(`${severity}, under the threshold: ${title}`)}`,
      "  </testcase>",
    ],
  };
}

function skippedCase(finding: Finding, { asset }: Evaluation, why: string): Case {
  const message = attributes([["message", why]]);
  return {
    outcome: "skipped",
    lines: [opening(finding, asset.name), `    <skipped${message}/>`, "  </testcase>"],
  };
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
    fix === undefined ? "no fix is known" : `fix: ${fix.text}`,
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
