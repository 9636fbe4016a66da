/**
 * The parser of conditions: every production of upstream's grammar (`userspace/libsinsp/filter/parser.h`, engine 0.63), its
 * precedence and its words for what is wrong. It knows no fields: the compiler says which there are.
 */
import { bounds } from "../bounds.ts";
import { byteString, Lexer } from "./lex.ts";
import type { Condition, Operand, Operator, Right, Transformer, TransformerArgument } from "./model.ts";

const NUMBER_OPERATORS: readonly Operator[] = ["<=", "<", ">=", ">"];

const TEXT_OPERATORS: readonly Operator[] = [
  "==",
  "=",
  "!=",
  "glob",
  "iglob",
  "contains",
  "icontains",
  "bcontains",
  "startswith",
  "bstartswith",
  "endswith",
  "regex",
];

const LIST_OPERATORS: readonly Operator[] = ["intersects", "in", "pmatch"];

export type Modifier = (typeof modifiers)[number];

export const modifiers = ["oneof", "anyof", "allof"] as const;

const TRANSFORMERS: readonly Transformer[] = [
  "tolower",
  "toupper",
  "b64",
  "basename",
  "len",
  "join",
  "concat",
  "getopt",
];

/** Operators that may be followed by `oneof`, `anyof` or `allof` and a list. */
export const modifiedOperators: ReadonlySet<string> = new Set(TEXT_OPERATORS);

/** Operators whose right side is a list. */
export const listOperators: ReadonlySet<string> = new Set(LIST_OPERATORS);

/** All that stand between a left side and what follows it, `exists` too. */
export const operators: readonly string[] = ["exists", ...NUMBER_OPERATORS, ...TEXT_OPERATORS, ...LIST_OPERATORS];

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(", ");
const OR_TRANSFORMER = `a field with a valid transformer: ${quoted(["val", ...TRANSFORMERS])}`;

interface Parser {
  readonly lexer: Lexer;
  /** Added to the offsets of what is made. */
  readonly base: number;
  depth: number;
  nodes: number;
}

/**
 * @param base - added to all offsets of the result, so that those of several texts differ; errors have the text's own
 * @returns the condition, macros by their names
 * @throws SyntaxFault in upstream's words; over the bounds of depth and size too
 */
export function parseCondition(text: string, base = 0): Condition {
  if (text === "") throw new Lexer(text).fault("filter input string is empty");
  const parser: Parser = { lexer: new Lexer(text), base, depth: 0, nodes: 0 };
  const condition = parseOr(parser);
  const { lexer } = parser;
  if (lexer.at !== text.length) throw lexer.fault(`unexpected token after '${lexer.token}', expecting 'or', 'and'`);
  return condition;
}

/**
 * A field or transformer at the beginning of a text, as outputs name one.
 *
 * @returns it and where it ends; @throws SyntaxFault
 */
export function parseOperand(text: string): { readonly operand: Operand; readonly end: number } {
  const parser: Parser = { lexer: new Lexer(text), base: 0, depth: 0, nodes: 0 };
  const operand = operandHere(parser);
  if (operand === undefined) throw parser.lexer.fault("expected a field or a transformer");
  return { operand, end: parser.lexer.at };
}

function here(parser: Parser): number {
  return parser.base + parser.lexer.at;
}

function deeper<T>(parser: Parser, inside: () => T): T {
  if (++parser.depth > bounds.conditionDepth)
    throw parser.lexer.fault(`exceeded max depth limit of ${bounds.conditionDepth}`);
  const result = inside();
  parser.depth--;
  return result;
}

function counted(parser: Parser, condition: Condition): Condition {
  if (++parser.nodes > bounds.conditionNodes)
    throw parser.lexer.fault(`condition has more than ${bounds.conditionNodes} parts`);
  return condition;
}

function parseOr(parser: Parser): Condition {
  return parseTerms(parser, "or", parseAnd);
}

function parseAnd(parser: Parser): Condition {
  return parseTerms(parser, "and", parseNot);
}

function parseTerms(parser: Parser, kind: "and" | "or", term: (parser: Parser) => Condition): Condition {
  const { lexer } = parser;
  const at = here(parser);
  lexer.blank();
  const first = term(parser);
  const terms = [first];
  lexer.blank();
  while (lexer.take(kind)) {
    if (lexer.blank()) terms.push(term(parser));
    else if (lexer.take("(")) terms.push(parseEmbedded(parser));
    else throw lexer.fault(`expected blank or '(' after '${kind}'`);
    lexer.blank();
  }
  return terms.length === 1 ? first : counted(parser, { kind, terms, at });
}

function parseNot(parser: Parser): Condition {
  const { lexer } = parser;
  lexer.blank();
  const at = here(parser);
  let negated = false;
  while (lexer.not()) negated = !negated;
  let term: Condition;
  if (lexer.take("not(")) {
    negated = !negated;
    term = parseEmbedded(parser);
  } else term = parseCheck(parser);
  return negated ? counted(parser, { kind: "not", term, at }) : term;
}

/** What follows a `(` that was taken, and the `)`. */
function parseEmbedded(parser: Parser): Condition {
  return deeper(parser, () => {
    const condition = parseOr(parser);
    if (!parser.lexer.take(")")) throw parser.lexer.fault("expected a ')' token");
    return condition;
  });
}

function parseCheck(parser: Parser): Condition {
  const { lexer } = parser;
  lexer.blank();
  if (lexer.take("(")) return parseEmbedded(parser);
  const at = here(parser);
  const left = operandHere(parser);
  if (left !== undefined) return counted(parser, parseComparison(parser, left, at));
  if (lexer.identifier()) return counted(parser, { kind: "macro", name: lexer.token, at });
  throw lexer.fault("expected a '(' token, a field check, or an identifier");
}

function parseComparison(parser: Parser, left: Operand, at: number): Condition {
  const { lexer } = parser;
  lexer.blank();
  if (lexer.take("exists")) return { kind: "exists", left, at };
  const number = lexer.operator(NUMBER_OPERATORS, false) as Operator | undefined;
  if (number !== undefined) return { kind: "compare", left, operator: number, right: numberRight(parser), at };
  const text = lexer.operator(TEXT_OPERATORS, true) as Operator | undefined;
  if (text !== undefined) {
    const modifier = modifierHere(lexer, text);
    return modifier === undefined
      ? { kind: "compare", left, operator: text, right: textRight(parser), at }
      : { kind: "compare", left, operator: text, modifier, right: listRight(parser, false), at };
  }
  const list = lexer.operator(LIST_OPERATORS, false) as Operator | undefined;
  if (list !== undefined) return { kind: "compare", left, operator: list, right: listRight(parser, true), at };
  throw lexer.fault(`expected a valid check operator: one of ${quoted(operators)}`);
}

/** `oneof` and the like are values too (`proc.name = oneof`), unless a list or a name follows. */
function modifierHere(lexer: Lexer, operator: Operator): Modifier | undefined {
  const { at, token } = lexer;
  const blank = /^[a-z]/.test(operator) || lexer.blank();
  const modifier = blank ? (lexer.operator(modifiers, true) as Modifier | undefined) : undefined;
  if (modifier !== undefined && listFollows(lexer)) return modifier;
  lexer.at = at;
  lexer.token = token;
  return undefined;
}

const LIST_FOLLOWS = /\(|(?!(?:and|or|not)(?![a-zA-Z0-9]))[a-zA-Z]/y;

function listFollows(lexer: Lexer): boolean {
  LIST_FOLLOWS.lastIndex = lexer.at;
  return LIST_FOLLOWS.test(lexer.text);
}

function numberRight(parser: Parser): Right {
  const { lexer } = parser;
  lexer.blank();
  const at = here(parser);
  const operand = rightOperand(parser);
  if (operand !== undefined) return { kind: "operand", operand };
  if (lexer.number()) return { kind: "value", text: lexer.token, at };
  throw lexer.fault(`expected a number value or ${OR_TRANSFORMER}`);
}

function textRight(parser: Parser): Right {
  const { lexer } = parser;
  lexer.blank();
  const at = here(parser);
  const operand = rightOperand(parser);
  if (operand !== undefined) return { kind: "operand", operand };
  const text = textHere(lexer);
  if (text !== undefined) return { kind: "value", text, at };
  throw lexer.fault(`expected a string value or ${OR_TRANSFORMER}`);
}

function textHere(lexer: Lexer): string | undefined {
  if (lexer.quotedText()) return lexer.token;
  return lexer.bareText() ? byteString(lexer.token) : undefined;
}

function listRight(parser: Parser, operandsToo: boolean): Right {
  const { lexer } = parser;
  lexer.blank();
  const at = here(parser);
  if (lexer.take("(")) return { kind: "values", texts: textsOfList(lexer), at };
  const operand = operandsToo ? rightOperand(parser) : undefined;
  if (operand !== undefined) return { kind: "operand", operand };
  if (lexer.identifier()) return { kind: "value", text: lexer.token, at };
  throw lexer.fault(
    operandsToo ? `expected a list, an identifier, or ${OR_TRANSFORMER}` : "expected a list or an identifier",
  );
}

/** What follows a `(` that was taken, and the `)`. */
function textsOfList(lexer: Lexer): string[] {
  const texts: string[] = [];
  lexer.blank();
  if (lexer.take(")")) return texts;
  do {
    lexer.blank();
    const text = textHere(lexer);
    if (text === undefined) throw lexer.fault(texts.length === 0 ? "expected a ')' token" : "expected a string value");
    if (texts.length >= bounds.listItems) throw lexer.fault(`list has more than ${bounds.listItems} items`);
    texts.push(text);
    lexer.blank();
  } while (lexer.take(","));
  if (!lexer.take(")")) throw lexer.fault("expected a ')' token");
  return texts;
}

function rightOperand(parser: Parser): Operand | undefined {
  const { lexer } = parser;
  if (!lexer.take("val(")) return transformHere(parser);
  lexer.blank();
  const at = here(parser);
  if (!lexer.fieldName()) throw lexer.fault("expected a field within 'val' transformer");
  const operand = fieldRest(lexer, lexer.token, at);
  lexer.blank();
  if (!lexer.take(")")) throw lexer.fault("expected a ')' token closing the transformer");
  if (lexer.text[lexer.at] === "[") throw lexer.fault("'val' transformer takes no argument");
  return operand;
}

function operandHere(parser: Parser): Operand | undefined {
  const { lexer } = parser;
  const at = here(parser);
  return lexer.fieldName() ? fieldRest(lexer, lexer.token, at) : transformHere(parser);
}

function fieldRest(lexer: Lexer, name: string, at: number): Operand {
  const argument = argumentHere(lexer);
  return argument === undefined ? { kind: "field", name, at } : { kind: "field", name, argument, at };
}

/** `[…]`: quoted or bare. */
function argumentHere(lexer: Lexer): string | undefined {
  if (!lexer.take("[")) return undefined;
  if (!lexer.quotedText() && !lexer.bareArgument())
    throw lexer.fault("expected a valid field argument: a quoted string or a bare string");
  const argument = lexer.token;
  if (!lexer.take("]")) throw lexer.fault("expected a ']' token");
  return argument;
}

function transformHere(parser: Parser): Operand | undefined {
  const { lexer } = parser;
  const at = here(parser);
  const transformer = TRANSFORMERS.find((name) => lexer.take(`${name}(`));
  if (transformer === undefined) return undefined;
  return deeper(parser, () => {
    const of: TransformerArgument[] = [];
    do of.push(transformerArgument(parser, true));
    while (lexer.take(","));
    if (!lexer.take(")")) throw lexer.fault("expected a ')' token closing the transformer");
    const argument = argumentHere(lexer);
    return { kind: "transform", transformer, of, at, ...(argument === undefined ? {} : { argument }) };
  });
}

/** With the white space around it. @param listsToo - lists do not stand in lists */
function transformerArgument(parser: Parser, listsToo: boolean): TransformerArgument {
  const { lexer } = parser;
  lexer.blank();
  const at = here(parser);
  const argument = transformerArgumentHere(parser, listsToo, at);
  lexer.blank();
  return argument;
}

function transformerArgumentHere(parser: Parser, listsToo: boolean, at: number): TransformerArgument {
  const { lexer } = parser;
  if (lexer.number()) return { kind: "literal", text: lexer.token, number: true, at };
  if (lexer.quotedText()) return { kind: "literal", text: lexer.token, at };
  if (listsToo && lexer.take("(")) return transformerList(parser, at);
  const operand = operandHere(parser);
  if (operand !== undefined) return operand;
  throw lexer.fault(
    listsToo
      ? "expected field transformer argument: field, transformer, quoted string, number, or transformer list"
      : "expected transformer list argument: field, transformer, quoted string, or number",
  );
}

function transformerList(parser: Parser, at: number): TransformerArgument {
  const { lexer } = parser;
  const items: TransformerArgument[] = [];
  lexer.blank();
  if (lexer.take(")")) return { kind: "list", items, at };
  do {
    if (items.length >= bounds.listItems) throw lexer.fault(`list has more than ${bounds.listItems} items`);
    items.push(transformerArgument(parser, false));
  } while (lexer.take(","));
  if (!lexer.take(")")) throw lexer.fault("expected ')'");
  return { kind: "list", items, at };
}
