/**
 * Reads the part of the regular expression language that rules are written in (ECMAScript's, without back references
 * and lazy groups of names), to say how long a match can be. A rule's window follows from that.
 */

export type Expression =
  | { readonly kind: "character" }
  | { readonly kind: "nothing" }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly options: readonly Expression[] }
  | { readonly kind: "repeat"; readonly part: Expression; readonly min: number; readonly max: number };

const nothing: Expression = { kind: "nothing" };
const character: Expression = { kind: "character" };

/** @throws SyntaxError for what is no expression, or uses what rules do not */
export function parseExpression(source: string): Expression {
  const reader = { source, at: 0 };
  const expression = choice(reader);
  if (reader.at < source.length) throw new SyntaxError(`unexpected ) at ${reader.at} of ${source}`);
  return expression;
}

/** The most characters that a match can have; infinite for an unbounded repetition. */
export function longestMatch(expression: Expression): number {
  switch (expression.kind) {
    case "character":
      return 1;
    case "nothing":
      return 0;
    case "sequence":
      return expression.parts.reduce((sum, part) => sum + longestMatch(part), 0);
    case "choice":
      return expression.options.reduce((most, option) => Math.max(most, longestMatch(option)), 0);
    case "repeat": {
      const once = longestMatch(expression.part);
      return once === 0 ? 0 : once * expression.max;
    }
  }
}

interface Reader {
  readonly source: string;
  at: number;
}

function choice(reader: Reader): Expression {
  const options = [sequence(reader)];
  while (reader.source[reader.at] === "|") {
    reader.at += 1;
    options.push(sequence(reader));
  }
  return options.length === 1 ? (options[0] ?? nothing) : { kind: "choice", options };
}

function sequence(reader: Reader): Expression {
  const parts: Expression[] = [];
  for (let next = reader.source[reader.at]; next !== undefined && next !== "|" && next !== ")"; ) {
    parts.push(repeated(reader, atom(reader)));
    next = reader.source[reader.at];
  }
  return { kind: "sequence", parts };
}

function atom(reader: Reader): Expression {
  const { source } = reader;
  const first = source[reader.at];
  if (first === "(") return group(reader);
  if (first === "[") return characterClass(reader);
  if (first === "\\") return escaped(reader);
  if (first === "*" || first === "+" || first === "?")
    throw new SyntaxError(`nothing to repeat at ${reader.at} of ${source}`);
  reader.at += 1;
  return first === "^" || first === "$" ? nothing : character;
}

const opening = /\((?:\?(?:(<?[=!])|:|[ims]{1,3}:|<[A-Za-z]\w{0,40}>))?/y;

function group(reader: Reader): Expression {
  opening.lastIndex = reader.at;
  const start = opening.exec(reader.source);
  if (start === null) throw new SyntaxError(`unknown group at ${reader.at} of ${reader.source}`);
  reader.at += start[0].length;
  const inner = choice(reader);
  if (reader.source[reader.at] !== ")") throw new SyntaxError(`group without end in ${reader.source}`);
  reader.at += 1;
  return start[1] === undefined ? inner : nothing;
}

function characterClass(reader: Reader): Expression {
  for (reader.at += 1; reader.at < reader.source.length; reader.at++) {
    if (reader.source[reader.at] === "\\") reader.at += 1;
    else if (reader.source[reader.at] === "]") {
      reader.at += 1;
      return character;
    }
  }
  throw new SyntaxError(`class without end in ${reader.source}`);
}

function escaped(reader: Reader): Expression {
  const letter = reader.source[reader.at + 1];
  if (letter === undefined || /[1-9kxucpP]/.test(letter)) {
    throw new SyntaxError(`escape that rules do not use at ${reader.at} of ${reader.source}`);
  }
  reader.at += 2;
  return letter === "b" || letter === "B" ? nothing : character;
}

const quantifier = /(?:[*+?]|\{(\d{1,6})(,?)(\d{0,6})\})\??/y;

function repeated(reader: Reader, part: Expression): Expression {
  quantifier.lastIndex = reader.at;
  const found = quantifier.exec(reader.source);
  if (found === null) return part;
  reader.at += found[0].length;
  const sign = found[0][0];
  if (sign === "*" || sign === "+")
    return { kind: "repeat", part, min: sign === "*" ? 0 : 1, max: Number.POSITIVE_INFINITY };
  if (sign === "?") return { kind: "repeat", part, min: 0, max: 1 };
  const min = Number(found[1]);
  const open = found[2] === ",";
  const max = found[3] === "" ? (open ? Number.POSITIVE_INFINITY : min) : Number(found[3]);
  return { kind: "repeat", part, min, max };
}
