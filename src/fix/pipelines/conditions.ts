/** Conditions and expressions that are written otherwise. */

import { ACTOR_IDS, ACTORS, authorOf } from "../../checks/build/pipelines/actors.ts";
import { isText } from "../../checks/build/pipelines/condition-text.ts";
import { isCall, isContext, soleExpression } from "../../checks/build/pipelines/expressions.ts";
import { nameOf } from "../../checks/build/pipelines/origins.ts";
import { conditionsOf } from "../../checks/build/pipelines/steps.ts";
import { usesOf } from "../../checks/build/pipelines/uses.ts";
import { normalPath } from "../../checks/build/pipelines/uses-path.ts";
import { append } from "../../core/append.ts";
import type { Finding, TextEdit } from "../../core/finding.ts";
import { type Expression, type PlacedExpression, type Text, walkExpression } from "../../engines/pipelines/model.ts";
import type { Proposal } from "./proposal.ts";
import { edit, inStyle, isAt, type PipelineSource } from "./source.ts";

const DECIDES = "what ran always runs from then on where its condition holds alone";

/** The condition that its author meant: without the line end of a block, or without the braces within it. */
export function soundCondition(finding: Finding, source: PipelineSource): Proposal | undefined {
  if (source.file.kind === "dependabot") return undefined;
  const edits: TextEdit[] = [];
  for (const { condition } of conditionsOf(source.file)) {
    if (!isAt(condition.place, finding.locations) || !isText(condition)) continue;
    const made = withoutText(condition, source);
    if (made === undefined) return undefined;
    append(edits, made);
  }
  const [first, ...more] = edits;
  return first === undefined ? undefined : { grade: "likely", reason: DECIDES, edits: [first, ...more] };
}

function withoutText(condition: Text, source: PipelineSource): TextEdit[] | undefined {
  const { style, place, value, expressions } = condition;
  const isBlock = style === "literal" || style === "folded";
  if (isBlock && expressions.length === 1 && value.trim().startsWith("${{") && value.trim().endsWith("}}")) {
    // `|`, `|2`, `|+`: the mark that strips the end goes in for one that keeps it.
    const header = /^[|>](\d?)[+-]?(\d?)/.exec(source.text.slice(place.start, place.start + 4));
    if (header === null) return undefined;
    const [whole, before, behind] = header;
    const replacement = `${whole.charAt(0)}${before ?? ""}${behind ?? ""}-`;
    return [edit(source, place.start, place.start + whole.length, replacement)];
  }
  // Between the expressions there are words of the language itself: without braces the whole is one expression.
  const parts: TextEdit[] = [];
  for (const expression of expressions) {
    const { start, end } = expression.place;
    const raw = source.text.slice(start, end);
    if (!raw.startsWith("${{") || !raw.endsWith("}}") || raw.includes("\n")) return undefined;
    const inner = raw.slice(3, -2).trim();
    parts.push(edit(source, start, end, needsParentheses(expression) ? `(${inner})` : inner));
  }
  if (
    style === "plain" &&
    parts.some(({ start, replacement }) => start === place.start && /^[!&*'"[{]/.test(replacement))
  ) {
    return undefined;
  }
  return parts;
}

const needsParentheses = ({ tree }: PlacedExpression): boolean =>
  tree?.kind === "binary" && (tree.operator === "&&" || tree.operator === "||");

/** Who made what the event is about, in place of who acted last. */
export function byAuthor(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file } = source;
  if (file.kind !== "workflow" || !file.on.every(({ event }) => HAVE_AUTHORS.has(event))) return undefined;
  // Of several kinds of event only pull requests all have the same author.
  if (file.on.length > 1 && !file.on.every(({ event }) => event.startsWith("pull_request"))) return undefined;
  return replaced(finding, source, "the bot's runs over its own pull requests go on, those over others' end", (tree) =>
    [...walkExpression(tree)].flatMap((part) => {
      if (part.kind !== "context") return [];
      const name = nameOf(part);
      return name !== undefined && (ACTORS.has(name) || ACTOR_IDS.has(name))
        ? [{ part, replacement: authorOf(file, name) }]
        : [];
    }),
  );
}

const HAVE_AUTHORS = new Set([
  ...["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"],
  ...["issues", "issue_comment", "discussion", "discussion_comment", "release"],
]);

/** A list in place of a text that has its words in it. */
export function asList(finding: Finding, source: PipelineSource): Proposal | undefined {
  return replaced(finding, source, "values that were parts of its words no longer get past it", (tree) =>
    [...walkExpression(tree)].flatMap((part) => {
      if (!isCall(part, "contains")) return [];
      const [list, value] = part.arguments;
      if (list?.kind !== "literal" || typeof list.value !== "string" || value?.kind !== "context") return [];
      const words = list.value.split(/[\s,]+/).filter((word) => word !== "");
      if (words.length === 0 || isContext(value, "needs")) return [];
      return [{ part: list, replacement: `fromJSON('${JSON.stringify(words).replaceAll("'", "''")}')` }];
    }),
  );
}

interface Replaced {
  readonly part: Expression;
  readonly replacement: string;
}

/** Parts of conditions' expressions, put in otherwise. */
function replaced(
  finding: Finding,
  source: PipelineSource,
  reason: string,
  parts: (tree: Expression) => readonly Replaced[],
): Proposal | undefined {
  if (source.file.kind === "dependabot") return undefined;
  const edits: TextEdit[] = [];
  for (const { condition } of conditionsOf(source.file)) {
    for (const expression of condition.expressions) {
      if (expression.tree === undefined || !isAt(expression.place, finding.locations)) continue;
      for (const { part, replacement } of parts(expression.tree)) {
        const made = partEdit(source, condition, expression, part, replacement);
        if (made === undefined) return undefined;
        edits.push(made);
      }
    }
  }
  const [first, ...more] = edits;
  return first === undefined ? undefined : { grade: "likely", reason, edits: [first, ...more] };
}

/** Where the file has the expression as it was read: on one line, without escapes. */
function partEdit(
  source: PipelineSource,
  text: Text,
  expression: PlacedExpression,
  part: Expression,
  replacement: string,
): TextEdit | undefined {
  const raw = source.text.slice(expression.place.start, expression.place.end);
  const at = raw.indexOf(expression.source);
  const styled = inStyle(text, replacement);
  if (at < 0 || styled === undefined) return undefined;
  const start = expression.place.start + at;
  return edit(source, start + part.start, start + part.end, styled);
}

/** The path of `uses` without what is odd about it. */
export function plainPath(finding: Finding, source: PipelineSource): Proposal | undefined {
  if (source.file.kind === "dependabot") return undefined;
  for (const { uses } of usesOf(source.file)) {
    if (!isAt(uses.text.place, finding.locations.slice(0, 1)) || soleExpression(uses.text) !== undefined) continue;
    const plain = normalPath(uses.text.value);
    const raw = source.text.slice(uses.text.place.start, uses.text.place.end);
    const at = raw.indexOf(uses.text.value);
    if (at < 0 || plain === uses.text.value) continue;
    const start = uses.text.place.start + at;
    const made = edit(source, start, start + uses.text.value.length, plain);
    return { grade: "likely", reason: "runners take both for the same action", edits: [made] };
  }
  return undefined;
}
