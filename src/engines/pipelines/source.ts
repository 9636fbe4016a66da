/** One pipeline file: from offsets to places, and from YAML's scalars to texts with their expressions. */
import type { PlacedNode, PlacedScalar } from "../../formats/yaml/placed.ts";
import { bounds } from "./bounds.ts";
import type { Expression, PlacedExpression } from "./expression.ts";
import { extractExpressions } from "./expressions/extract.ts";
import { coreNumber } from "./expressions/numbers.ts";
import { parseExpression } from "./expressions/parse.ts";
import type { Place, Text, UnreadField } from "./field.ts";

/** `template`: expressions in braces; `condition`: without braces the whole is one; `none`: braces mean nothing. */
export type ExpressionForm = "template" | "condition" | "none";

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly unread: UnreadField[];
  place(start: number, end: number): Place;
  placeOf(node: { readonly start: number; readonly end: number }): Place;
  textOf(node: PlacedScalar, form?: ExpressionForm): Text;
  /** Tells that what stands there is not understood. */
  skip(node: { readonly start: number; readonly end: number }, reason: string): void;
}

export function sourceOf(path: string, text: string): Source {
  const starts = lineStarts(text);
  const unread: UnreadField[] = [];
  // Places are asked for in nearly the order that they stand in.
  let line = 0;
  const place = (start: number, end: number): Place => {
    while (line > 0 && (starts[line] as number) > start) line--;
    while (line + 1 < starts.length && (starts[line + 1] as number) <= start) line++;
    return { path, line: line + 1, column: start - (starts[line] as number) + 1, start, end };
  };
  const source: Source = {
    path,
    text,
    unread,
    place,
    placeOf: ({ start, end }) => place(start, end),
    textOf: (node, form = "template") => textOf(source, node, form),
    skip({ start, end }, reason) {
      if (unread.length < bounds.unreadFields) unread.push({ place: place(start, end), reason });
    },
  };
  return source;
}

function lineStarts(text: string): number[] {
  // A mark of byte order is in no column.
  const starts = [text.startsWith("\ufeff") ? 1 : 0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function textOf(source: Source, node: PlacedScalar, form: ExpressionForm): Text {
  const comment = commentBehind(source.text, node);
  return {
    value: node.text,
    type: node.type,
    style: node.style,
    place: source.place(node.start, node.end),
    ...(comment === undefined ? {} : { comment }),
    expressions: form === "none" ? NONE : expressionsOf(source, node, form),
  };
}

const NONE: readonly PlacedExpression[] = [];

/** Of a block that of its header's line. */
function commentBehind(text: string, { start, end, style }: PlacedScalar): string | undefined {
  let at = end;
  if (style === "literal" || style === "folded") {
    at = start;
    while (at < text.length && text[at] !== " " && text[at] !== "\n") at++;
  }
  while (text[at] === " " || text[at] === "\t") at++;
  if (text[at] !== "#") return undefined;
  const feed = text.indexOf("\n", at);
  return text.slice(at + 1, feed < 0 ? text.length : feed).trim();
}

function expressionsOf(source: Source, node: PlacedScalar, form: ExpressionForm): readonly PlacedExpression[] {
  const { text } = node;
  if (!text.includes("${{")) return form === "condition" ? bareExpression(source, node) : NONE;
  const found = extractExpressions(text);
  const places = valuePlaces(
    source,
    node,
    found.flatMap(({ start, end }) => [start, end - 1]),
  );
  return found.map(({ source: own, closed }, at): PlacedExpression => {
    const place =
      places === undefined
        ? source.placeOf(node)
        : source.place(places[2 * at] ?? node.start, (places[2 * at + 1] ?? node.end) + 1);
    if (!closed) source.skip(place, "an expression is not closed");
    return {
      source: own,
      place,
      bare: false,
      ...(closed ? parsed(source, own, place) : { fault: "it is not closed" }),
    };
  });
}

function bareExpression(source: Source, node: PlacedScalar): readonly PlacedExpression[] {
  const own = node.text.trim();
  if (own === "") return NONE;
  const place = source.placeOf(node);
  const tree = node.type === "string" ? parsed(source, own, place) : { tree: typedLiteral(node, own) };
  return [{ source: own, place, bare: true, ...tree }];
}

/** What YAML has as a number or a word already. */
function typedLiteral({ type }: PlacedScalar, own: string): Expression {
  const lower = own.toLowerCase();
  const number = /^[-+]?\.inf$/.test(lower) ? Number(lower.replace(".inf", "Infinity")) : coreNumber(own);
  const value = type === "null" ? null : type === "boolean" ? lower === "true" : number;
  return { kind: "literal", value, start: 0, end: own.length };
}

function parsed(source: Source, own: string, place: Place): Pick<PlacedExpression, "tree" | "fault"> {
  const result = parseExpression(own);
  if ("tree" in result) return result;
  source.skip(place, `an expression is not understood: ${result.fault}`);
  return { fault: result.fault };
}

/**
 * Where characters of a value stand in the file. What is no white space is the same in both and in the same order, whatever
 * is folded and indented between. Undefined where escapes are written for others.
 *
 * @param offsets - in the value, ascending, of characters that are no white space
 */
export function valuePlaces(source: Source, node: PlacedScalar, offsets: readonly number[]): number[] | undefined {
  const { text: file } = source;
  const { text: value, style, start, end } = node;
  if (style === "plain" && end - start === value.length) return offsets.map((offset) => start + offset);
  if (style === "double" && file.slice(start, end).includes("\\")) return undefined;
  const places: number[] = [];
  let at = contentStart(file, node);
  let passed = 0;
  for (const wanted of offsets) {
    for (; passed < wanted; passed++) {
      if (isBlank(value.charCodeAt(passed))) continue;
      at = behindBlanks(file, at);
      at += style === "single" && file.charCodeAt(at) === 39 ? 2 : 1;
    }
    places.push(behindBlanks(file, at));
  }
  return places.every((place) => place < end) ? places : undefined;
}

function contentStart(file: string, { style, start }: PlacedScalar): number {
  if (style === "plain") return start;
  if (style === "single" || style === "double") return start + 1;
  const feed = file.indexOf("\n", start);
  return feed < 0 ? file.length : feed + 1;
}

function behindBlanks(file: string, from: number): number {
  let at = from;
  while (isBlank(file.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** A node's kind in words. */
export function kindOf(node: PlacedNode): string {
  return node.kind === "map" ? "a mapping" : node.kind === "sequence" ? "a list" : "a scalar";
}
