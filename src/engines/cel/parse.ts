/** Text to tree: recursive descent over the grammar of langdef.md, with macros put in place. */
import { bounds } from "./bounds.ts";
import { macroOf } from "./macros.ts";
import { Refused } from "./refused.ts";
import type { Expression, LoopMacro, Operator, SyntaxOptions } from "./syntax.ts";
import { type Token, tokensOf } from "./tokens.ts";
import { MAX_INT, MAX_UINT, MIN_INT, uint } from "./values.ts";

const RESERVED: ReadonlySet<string> = new Set([
  ...["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package"],
  ...["namespace", "return", "var", "void", "while"],
]);
const KEYWORDS: ReadonlySet<string> = new Set(["false", "in", "null", "true"]);

const RELATIONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);
const SUMS: ReadonlySet<string> = new Set(["+", "-"]);
const PRODUCTS: ReadonlySet<string> = new Set(["*", "/", "%"]);

/** @throws Refused */
export function parse(text: string, options: SyntaxOptions = {}): Expression {
  if (text.length > bounds.textLength)
    throw new Refused(`longer than ${bounds.textLength} characters`, bounds.textLength);
  const parser = new Parser(tokensOf(text), options);
  return parser.whole();
}

/** Why a text is no expression by its form; names and functions are known only where it is compiled. */
export function expressionFault(text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #options: SyntaxOptions;
  #next = 0;
  #nodes = 0;
  #level = 0;
  readonly #depths = new WeakMap<Expression, number>();

  constructor(tokens: readonly Token[], options: SyntaxOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  whole(): Expression {
    const expression = this.#expression();
    if (this.#peek().kind !== "end") throw this.#unexpected();
    return expression;
  }

  #expression(): Expression {
    this.#level += 1;
    if (this.#level > bounds.depth) throw new Refused(`nested deeper than ${bounds.depth} levels`, this.#peek().at);
    const when = this.#logical("||");
    let whole = when;
    if (this.#take("?")) {
      const then = this.#logical("||");
      this.#need(":");
      whole = this.#node({ kind: "choice", at: when.at, when, then, otherwise: this.#expression() });
    }
    this.#level -= 1;
    return whole;
  }

  #logical(sign: "||" | "&&"): Expression {
    const operand = () => (sign === "||" ? this.#logical("&&") : this.#binary(RELATIONS));
    const first = operand();
    const all = [first];
    while (this.#take(sign)) all.push(operand());
    return all.length === 1 ? first : this.#node({ kind: sign === "||" ? "or" : "and", at: first.at, of: all });
  }

  /** Relations of sums of products. */
  #binary(operators: ReadonlySet<string>): Expression {
    const operand = () => (operators === PRODUCTS ? this.#unary() : this.#binary(operators === SUMS ? PRODUCTS : SUMS));
    let left = operand();
    for (let operator = this.#operator(operators); operator !== undefined; operator = this.#operator(operators)) {
      const { at } = this.#take_();
      left = this.#node({ kind: "binary", at, operator, left, right: operand() });
    }
    return left;
  }

  #operator(operators: ReadonlySet<string>): Operator | undefined {
    const token = this.#peek();
    const text = token.kind === "sign" || (token.kind === "name" && token.quoted === undefined) ? token.text : "";
    return operators.has(text) ? (text as Operator) : undefined;
  }

  #unary(): Expression {
    const token = this.#peek();
    const sign = token.kind === "sign" ? token.text : "";
    if (sign !== "!" && sign !== "-") return this.#member();
    const signs: Token[] = [];
    while (this.#isSign(sign)) signs.push(this.#take_());
    const literal = this.#peek();
    const isNegative = sign === "-" && (literal.kind === "int" || literal.kind === "double");
    // The sign before a number is part of it: the least int has no positive one.
    let whole = isNegative ? this.#member(signs.pop()) : this.#member();
    for (const { at } of signs.reverse())
      whole = this.#node({ kind: sign === "!" ? "not" : "negative", at, of: whole });
    return whole;
  }

  #member(negative?: Token): Expression {
    let whole = this.#primary(negative);
    for (;;) {
      if (this.#take("[")) {
        const isOptional = this.#mark();
        const by = this.#expression();
        this.#need("]");
        whole = this.#node({ kind: "index", at: by.at, of: whole, by, ...(isOptional ? { optional: true } : {}) });
      } else if (this.#take(".")) {
        whole = this.#selected(whole);
      } else return whole;
    }
  }

  /** Whether what follows is optional. */
  #mark(): boolean {
    return this.#options.optionals === true && this.#take("?");
  }

  #selected(of: Expression): Expression {
    const isOptional = this.#mark();
    const token = this.#take_();
    if (token.kind !== "name" || (token.quoted === undefined && KEYWORDS.has(token.text)))
      throw this.#unexpected(token);
    if (!isOptional && token.quoted === undefined && this.#take("("))
      return this.#method(of, token, this.#list(")").items);
    const optional = isOptional ? { optional: true as const } : {};
    return this.#node({ kind: "select", at: token.at, of, field: token.text, test: false, ...optional });
  }

  #method(target: Expression, { text: name, at }: Token & { kind: "name" }, args: readonly Expression[]): Expression {
    const macro = macroOf(name, args.length, this.#options);
    if (macro !== undefined) return this.#loop(macro, target, args, at);
    return this.#node({ kind: "call", at, name, target, args });
  }

  #loop(
    { macro, variables }: { readonly macro: LoopMacro; readonly variables: 1 | 2 },
    over: Expression,
    args: readonly Expression[],
    at: number,
  ): Expression {
    const names = args.slice(0, variables).map((each) => {
      if (each.kind !== "name" || each.absolute || each.name === "__result__")
        throw new Refused(`${macro}() needs a name first`, each.at);
      return each.name;
    });
    const [variable = "", second] = names;
    if (variable === second) throw new Refused(`${macro}() needs two names`, at);
    const rest = args.slice(variables);
    const body = rest.at(-1);
    if (body === undefined) throw new Refused(`${macro}() needs an expression`, at);
    const parts = { over, variable, body };
    return this.#node({
      ...{ kind: "loop", at, macro, ...parts },
      ...(second === undefined ? {} : { second }),
      ...(rest.length === 2 && rest[0] !== undefined ? { filter: rest[0] } : {}),
    });
  }

  #primary(negative: Token | undefined): Expression {
    const token = this.#take_();
    const { at } = negative ?? token;
    switch (token.kind) {
      case "int": {
        const value = negative === undefined ? token.value : -token.value;
        if (value > MAX_INT || value < MIN_INT) throw new Refused("integer out of range", at);
        return this.#node({ kind: "constant", at, value });
      }
      case "uint":
        if (token.value > MAX_UINT) throw new Refused("integer out of range", at);
        return this.#node({ kind: "constant", at, value: uint(token.value) });
      case "double":
        return this.#node({ kind: "constant", at, value: negative === undefined ? token.value : -token.value });
      case "string":
      case "bytes":
        return this.#node({ kind: "constant", at, value: token.value });
      case "name":
        return this.#named(token, false);
      case "sign":
        return this.#bracketed(token);
      case "end":
        throw this.#unexpected(token);
    }
  }

  #named(token: Token & { kind: "name" }, absolute: boolean): Expression {
    const { text: name, at } = token;
    if (token.quoted === true) throw this.#unexpected(token);
    const word = { true: true, false: false, null: null }[name];
    if (word !== undefined && !absolute) return this.#node({ kind: "constant", at, value: word });
    if (RESERVED.has(name) || KEYWORDS.has(name)) throw new Refused(`${name} is a reserved word`, at);
    if (!this.#take("(")) return this.#node({ kind: "name", at, name, absolute });
    const args = this.#list(")").items;
    if (name !== "has" || args.length !== 1) return this.#node({ kind: "call", at, name, args });
    const [field] = args;
    if (field?.kind !== "select" || field.test) throw new Refused("has() needs a field: has(a.b)", at);
    return this.#node({ ...field, test: true });
  }

  #bracketed(token: Token & { kind: "sign" }): Expression {
    const { at } = token;
    switch (token.text) {
      case "(": {
        const inner = this.#expression();
        this.#need(")");
        return inner;
      }
      case "[":
        return this.#node({ kind: "list", at, ...this.#list("]") });
      case "{":
        return this.#node({ kind: "map", at, ...this.#entries() });
      case ".": {
        const name = this.#take_();
        if (name.kind === "name") return this.#named(name, true);
      }
    }
    throw this.#unexpected(token);
  }

  /** Up to the bracket that ends it; of lists with a comma before it where one is. */
  #list(end: ")" | "]"): { items: Expression[]; optional?: ReadonlySet<number> } {
    const items: Expression[] = [];
    const optional = new Set<number>();
    while (!this.#take(end)) {
      if (end === "]" && this.#mark()) optional.add(items.length);
      items.push(this.#expression());
      if (this.#take(",")) {
        if (end === ")" && this.#isSign(end)) throw this.#unexpected();
      } else if (!this.#isSign(end)) throw this.#unexpected();
    }
    return optional.size === 0 ? { items } : { items, optional };
  }

  #entries(): { entries: (readonly [Expression, Expression])[]; optional?: ReadonlySet<number> } {
    const entries: (readonly [Expression, Expression])[] = [];
    const optional = new Set<number>();
    while (!this.#take("}")) {
      if (this.#mark()) optional.add(entries.length);
      const key = this.#expression();
      this.#need(":");
      entries.push([key, this.#expression()]);
      if (!this.#take(",") && !this.#isSign("}")) throw this.#unexpected();
    }
    return optional.size === 0 ? { entries } : { entries, optional };
  }

  /** Counts it, and how deep it is: a chain of operators is as deep as brackets are. */
  #node(expression: Expression): Expression {
    this.#nodes += 1;
    if (this.#nodes > bounds.nodes) throw new Refused(`more than ${bounds.nodes} parts`, expression.at);
    const depth = 1 + Math.max(0, ...partsOf(expression).map((part) => this.#depths.get(part) ?? 0));
    if (depth > bounds.depth) throw new Refused(`nested deeper than ${bounds.depth} levels`, expression.at);
    this.#depths.set(expression, depth);
    return expression;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take_(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#next += 1;
    return token;
  }

  #isSign(text: string): boolean {
    const token = this.#peek();
    return token.kind === "sign" && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#isSign(text)) return false;
    this.#next += 1;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #unexpected(token: Token = this.#peek()): Refused {
    const what =
      token.kind === "end" ? "end" : token.kind === "sign" || token.kind === "name" ? token.text : token.kind;
    return new Refused(`unexpected ${what}`, token.at);
  }
}

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "constant":
    case "name":
      return [];
    case "select":
    case "not":
    case "negative":
      return [expression.of];
    case "index":
      return [expression.of, expression.by];
    case "call":
      return expression.target === undefined ? expression.args : [expression.target, ...expression.args];
    case "list":
      return expression.items;
    case "map":
      return expression.entries.flat();
    case "and":
    case "or":
      return expression.of;
    case "binary":
      return [expression.left, expression.right];
    case "choice":
      return [expression.when, expression.then, expression.otherwise];
    case "loop":
      return [expression.over, expression.body, ...(expression.filter === undefined ? [] : [expression.filter])];
  }
}
