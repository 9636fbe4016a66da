/**
 * Calico's selector language, as libcalico-go's tokenizer and parser read it:
 * https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors
 */
import { bounds } from "../bounds.ts";

/** Undefined: what was read does not tell. */
export type Answer = boolean | undefined;

/** A label's value; undefined where the endpoint has none, null where nobody knows. */
export type LabelLookup = (label: string) => string | undefined | null;

export type CalicoSelector = (labels: LabelLookup) => Answer;

interface Token {
  readonly kind:
    | "("
    | ")"
    | "{"
    | "}"
    | ","
    | "!"
    | "&&"
    | "||"
    | Operator
    | "label"
    | "literal"
    | "has"
    | "every"
    | "end";
  readonly text: string;
}

type Operator = "==" | "!=" | "contains" | "starts with" | "ends with" | "in" | "not in";

const LABEL_LENGTH = 512;
const LABEL = /[A-Za-z0-9_./-]+/y;
const SPACE = /[ \t]*/y;
/** What may follow a label, where it is a word: no letter of a label may follow, behind blanks too where there are two words. */
const WORDS: readonly (readonly [Operator, RegExp])[] = [
  ["contains", /contains(?![A-Za-z0-9_./-])/y],
  ["starts with", /starts[ \t]*with[ \t]*(?![A-Za-z0-9_./ \t-])/y],
  ["ends with", /ends[ \t]*with[ \t]*(?![A-Za-z0-9_./ \t-])/y],
  ["not in", /not[ \t]*in[ \t]*(?![A-Za-z0-9_./ \t-])/y],
  ["in", /in(?![A-Za-z0-9_./-])/y],
];
const SYMBOLS = ["==", "!=", "&&", "||", "(", ")", "{", "}", ",", "!"] as const;

/** Undefined for what Calico refuses, and for what is longer or deeper than the bounds. */
export function parseCalicoSelector(text: string): CalicoSelector | undefined {
  if (text.length > bounds.calicoSelectorLength) return undefined;
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  if (tokens[0]?.kind === "end") return () => true;
  let at = 0;
  const peek = () => (tokens[at] as Token).kind;
  const take = () => tokens[at++] as Token;

  function either(depth: number): CalicoSelector | undefined {
    return chain("||", both, depth, (a, b) =>
      a === true || b === true ? true : a === false && b === false ? false : undefined,
    );
  }

  function both(depth: number): CalicoSelector | undefined {
    return chain("&&", single, depth, (a, b) =>
      a === false || b === false ? false : a === true && b === true ? true : undefined,
    );
  }

  function chain(
    joint: "&&" | "||",
    part: (depth: number) => CalicoSelector | undefined,
    depth: number,
    join: (a: Answer, b: Answer) => Answer,
  ): CalicoSelector | undefined {
    const first = part(depth);
    if (first === undefined) return undefined;
    const parts = [first];
    while (peek() === joint) {
      at++;
      const next = part(depth);
      if (next === undefined) return undefined;
      parts.push(next);
    }
    return parts.length === 1 ? first : (labels) => parts.map((one) => one(labels)).reduce(join);
  }

  function single(depth: number): CalicoSelector | undefined {
    let negated = false;
    for (; peek() === "!"; at++) negated = !negated;
    const inner = operation(depth);
    if (inner === undefined || !negated) return inner;
    return (labels) => {
      const answer = inner(labels);
      return answer === undefined ? undefined : !answer;
    };
  }

  function operation(depth: number): CalicoSelector | undefined {
    const { kind, text: name } = take();
    if (kind === "every") return () => true;
    if (kind === "has") return (labels) => known(labels(name), (value) => value !== undefined);
    if (kind === "(") {
      if (depth === 0) return undefined;
      const inner = either(depth - 1);
      return inner !== undefined && take().kind === ")" ? inner : undefined;
    }
    if (kind !== "label") return undefined;
    const operator = take().kind;
    if (operator === "in" || operator === "not in") {
      const values = set();
      if (values === undefined) return undefined;
      const wanted = operator === "in";
      return (labels) => known(labels(name), (value) => (value !== undefined && values.has(value)) === wanted);
    }
    if (peek() !== "literal") return undefined;
    const compare = comparison(operator, take().text);
    return compare === undefined ? undefined : (labels) => known(labels(name), compare);
  }

  /** A comma may stand behind the last one. */
  function set(): ReadonlySet<string> | undefined {
    if (take().kind !== "{") return undefined;
    const values = new Set<string>();
    while (peek() === "literal") {
      values.add(take().text);
      if (peek() !== ",") break;
      at++;
    }
    return take().kind === "}" ? values : undefined;
  }

  const selector = either(bounds.calicoSelectorDepth);
  return selector !== undefined && peek() === "end" ? selector : undefined;
}

function known(value: string | undefined | null, holds: (value: string | undefined) => boolean): Answer {
  return value === null ? undefined : holds(value);
}

function comparison(operator: Token["kind"], literal: string): ((value: string | undefined) => boolean) | undefined {
  switch (operator) {
    case "==":
      return (value) => value === literal;
    case "!=":
      return (value) => value !== literal;
    case "contains":
      return (value) => value?.includes(literal) === true;
    case "starts with":
      return (value) => value?.startsWith(literal) === true;
    case "ends with":
      return (value) => value?.endsWith(literal) === true;
    default:
      return undefined;
  }
}

/** It ends with `end`, twice, so that nothing looks behind it. */
function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  const skip = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const call = (name: string): boolean => {
    if (!text.startsWith(`${name}(`, at)) return false;
    at += name.length + 1;
    skip(SPACE);
    return true;
  };
  for (;;) {
    skip(SPACE);
    if (at >= text.length) return [...tokens, END, END];
    const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1);
      if (end < 0) return undefined;
      tokens.push({ kind: "literal", text: text.slice(at + 1, end) });
      at = end + 1;
    } else if (symbol !== undefined) {
      tokens.push({ kind: symbol, text: "" });
      at += symbol.length;
    } else if (tokens.at(-1)?.kind === "label") {
      const operator = WORDS.find(([, pattern]) => skip(pattern) !== undefined);
      if (operator === undefined) return undefined;
      tokens.push({ kind: operator[0], text: "" });
    } else {
      const token = word();
      if (token === undefined) return undefined;
      tokens.push(token);
    }
  }

  function word(): Token | undefined {
    for (const name of ["has", "all", "global"] as const) {
      if (!call(name)) continue;
      const label = name === "has" ? skip(LABEL) : "";
      skip(SPACE);
      if (label === undefined || label.length > LABEL_LENGTH || text[at] !== ")") return undefined;
      at++;
      return { kind: name === "has" ? "has" : "every", text: label };
    }
    const label = skip(LABEL);
    return label === undefined || label.length > LABEL_LENGTH ? undefined : { kind: "label", text: label };
  }
}

const END: Token = { kind: "end", text: "" };
