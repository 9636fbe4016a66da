import { assetTitle } from "../core/asset.ts";
import {
  answerWords,
  compareRows,
  contextLookup,
  contextQuestions,
  type FindingContext,
  type FindingRow,
} from "../core/context.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation, type Location } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { severities } from "../core/severity.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { isWebAddress } from "./markup.ts";
import { exceptionText, findingName, packageOf, scopeText } from "./wording.ts";

/**
 * What the page's script is handed. Texts are printable, each is there once, and all are data: the script sets them as
 * text. Half a million findings are some sixty megabytes, which a browser reads in a second.
 */
export interface PageData {
  readonly severities: readonly string[];
  /** Worst first; each is made when it is gone to. */
  readonly rows: Iterable<Row>;
  /** Gone through behind the rows, which say what is in it. */
  readonly texts: Iterable<string>;
}

/** An index into the texts, or -1. */
type Text = number;

/** A finding, by place: a key for each field of each finding would be most of a long report. The script has the same order. */
export type Row = readonly [
  severity: number,
  /** 1: it makes the run fail. */
  over: 0 | 1,
  /** Why it does not count; -1 where it does. */
  accepted: Text,
  name: Text,
  /** With its version. */
  affected: Text,
  title: Text,
  fix: Text,
  asset: Text,
  check: Text,
  layer: Text,
  place: Text,
  /** Other names of the advisory. */
  others: Text,
  /** Label and value, one after the other. */
  more: readonly Text[],
  /** Web addresses alone. */
  links: readonly Text[],
  fingerprint: string,
];

const order = [...severities, "unknown"] as const;

export function findingData(report: Report): PageData {
  const texts = interned();
  const layers = new Map(report.checks.map(({ id, layer }) => [id, layer]));
  const told = worstFirst(report);
  return { severities: order, rows: rows(), texts: later() };

  function* rows(): Generator<Row> {
    for (const one of told) yield rowOf(one, layers.get(one.evaluation.check), texts.indexOf);
  }

  function* later(): Generator<string> {
    yield* texts.all;
  }
}

/** A finding of the page, before it is data. */
interface Told extends FindingRow {
  readonly evaluation: Evaluation;
  readonly accepted?: string;
}

function worstFirst(report: Report): Told[] {
  const contextOf = contextLookup(report.contexts);
  const told: Told[] = [];
  for (const evaluation of inOrder(report.evaluations)) {
    const { asset } = evaluation;
    for (const finding of evaluation.findings) told.push({ finding, evaluation, context: contextOf(asset, finding) });
    for (const { finding, since } of evaluation.baselined ?? []) {
      const context = contextOf(asset, finding);
      told.push({ finding, evaluation, context, accepted: `in the baseline since ${since}` });
    }
    for (const { finding, exception } of evaluation.excepted) {
      const context = contextOf(asset, finding);
      told.push({ finding, evaluation, context, accepted: `excepted: ${exceptionText(exception)}` });
    }
  }
  return told.sort((a, b) => overOf(b) - overOf(a) || compareRows(a, b));
}

function overOf({ finding, accepted }: Told): 0 | 1 {
  return finding.overThreshold && accepted === undefined ? 1 : 0;
}

/** Texts kept once, by the order in which they came. */
function interned(): { readonly all: readonly string[]; readonly indexOf: (text: string | undefined) => Text } {
  const all: string[] = [];
  const indexes = new Map<string, number>();
  return {
    all,
    indexOf(text) {
      if (text === undefined) return -1;
      const known = indexes.get(text);
      if (known !== undefined) return known;
      indexes.set(text, all.length);
      return all.push(printable(text)) - 1;
    },
  };
}

function rowOf(told: Told, layer: string | undefined, indexOf: (text: string | undefined) => Text): Row {
  const { finding, accepted } = told;
  const { asset, scope, check } = told.evaluation;
  const { severity, matches, title, fix, locations, references = [] } = finding;
  const part = scopeText(scope);
  const others = matches.ids.slice(1).join(", ");
  const more = [...moreOf(finding, told.context)].flatMap(([label, value]) => [indexOf(label), indexOf(value)]);
  return [
    order.indexOf(severity),
    overOf(told),
    indexOf(accepted),
    indexOf(findingName(finding)),
    indexOf(packageOf(finding)),
    indexOf(title),
    indexOf(fix?.text),
    indexOf(part === undefined ? assetTitle(asset) : `${assetTitle(asset)} · ${part}`),
    indexOf(check),
    indexOf(layer ?? check.split("/", 1)[0]),
    indexOf(formatLocation(locations[0])),
    indexOf(others === "" ? undefined : others),
    more,
    references.filter(isWebAddress).map(indexOf),
    finding.fingerprint,
  ];
}

function* moreOf(
  { detail, priority, locations, fix, evidence }: Finding,
  context: FindingContext,
): Generator<readonly [string, string]> {
  for (const question of contextQuestions) {
    const words = answerWords(context[question]);
    if (words !== undefined) yield [question, words];
  }
  if (detail !== undefined) yield ["detail", detail];
  if (priority !== undefined) yield ["ranked by", priority.reasons.join("; ")];
  for (const location of locations) {
    yield ["where", formatLocation(location)];
    const made = instructionOf(location);
    if (made !== undefined) yield ["layer made by", made];
  }
  if (fix !== undefined && "grade" in fix) yield ["the change is", `${fix.grade}: ${fix.reason}`];
  yield* Object.entries(evidence);
}

function instructionOf(location: Location): string | undefined {
  if (location.kind !== "image" || location.layer.instruction === undefined) return undefined;
  return shortInstruction(location.layer.instruction);
}
