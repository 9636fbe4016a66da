/**
 * The grammar of GitHub's expressions. From the loosest: `||`, `&&`, `==` and `!=`, `<` `<=` `>` `>=`, `!`, then what leads
 * into a value: `.name`, `.*`, `[index]`. Operators of one rank go from left to right.
 */
import { bounds } from "../bounds.ts";
import type { Accessor, BinaryOperator, Expression } from "../expression.ts";
import { ExpressionFault, type Mark, nextToken, type Token } from "./lex.ts";

export type ParsedExpression =
  | { readonly tree: Expression }
  /** Half a sentence, and where in the source. */
  | { readonly fault: string; readonly at: number };

/** Parses what stands between `${{` and `}}`. Never throws. */
export function parseExpression(source: string): ParsedExpression {
  if (source.length > bounds.expressionLength) {
    return { fault: `it is longer than ${bounds.expressionLength} characters`, at: 0 };
  }
  try {
    const parser = new Parser(source);
    return { tree: parser.whole() };
  } catch (error) {
    if (error instanceof ExpressionFault) return { fault: error.message, at: error.at };
    throw error;
  }
}

const RANKS: readonly (readonly BinaryOperator[])[] = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="]];

class Parser {
  private readonly source: string;
  private token: Token | undefined;
  /** Of the token before the current one. */
  private end = 0;
  private depth = 0;
  private operators = 0;

  constructor(source: string) {
    this.source = source;
    this.token = nextToken(source, 0, undefined);
  }

  whole(): Expression {
    if (this.token === undefined) throw new ExpressionFault(0, "an expression is empty");
    const tree = this.binary(0);
    if (this.token !== undefined) this.unexpected();
    return tree;
  }

  private binary(rank: number): Expression {
    const operators = RANKS[rank];
    if (operators === undefined) return this.unary();
    let left = this.binary(rank + 1);
    for (;;) {
      const operator = operators.find((one) => this.isMark(one));
      if (operator === undefined) return left;
      this.count();
      this.advance();
      const right = this.binary(rank + 1);
      left = { kind: "binary", operator, left, right, start: left.start, end: right.end };
    }
  }

  private unary(): Expression {
    const start = this.token?.start ?? 0;
    if (!this.isMark("!")) return this.value();
    this.deeper();
    this.advance();
    const operand = this.unary();
    this.depth--;
    return { kind: "not", operand, start, end: operand.end };
  }

  private value(): Expression {
    const { token } = this;
    if (token === undefined) throw new ExpressionFault(this.source.length, "an expression ends where a value is due");
    if (token.kind === "literal") {
      this.advance();
      return { kind: "literal", value: token.value, start: token.start, end: token.end };
    }
    if (token.kind === "name") {
      this.advance();
      if (this.isMark("(")) return this.leading(this.call(token.name, token.start), token.start);
      return this.leading(undefined, token.start, token.name);
    }
    if (token.mark !== "(") this.unexpected();
    this.deeper();
    this.advance();
    const inner = this.binary(0);
    this.expect(")");
    this.depth--;
    return this.leading(inner, token.start);
  }

  private call(name: string, start: number): Expression {
    this.deeper();
    this.advance();
    const given: Expression[] = [];
    if (!this.isMark(")")) {
      do given.push(this.binary(0));
      while (this.take(","));
    }
    this.expect(")");
    this.depth--;
    return { kind: "call", name, arguments: given, start, end: this.end };
  }

  /** What leads into a context, or into what `of` comes to. */
  private leading(of: Expression | undefined, start: number, root?: string): Expression {
    const path: Accessor[] = [];
    for (;;) {
      if (this.take(".")) path.push(this.property());
      else if (this.take("[")) path.push(this.index());
      else break;
      this.count();
    }
    if (of !== undefined && path.length === 0) return { ...of };
    const base = of === undefined ? {} : { of };
    return { kind: "context", ...(root === undefined ? {} : { root }), ...base, path, start, end: this.end };
  }

  private property(): Accessor {
    const { token } = this;
    if (this.take("*")) return { kind: "star" };
    if (token?.kind !== "name") return this.unexpected();
    this.advance();
    return { kind: "name", name: token.name };
  }

  private index(): Accessor {
    if (this.take("*")) {
      this.expect("]");
      return { kind: "star" };
    }
    this.deeper();
    const index = this.binary(0);
    this.expect("]");
    this.depth--;
    // A name in quotes is a name.
    return index.kind === "literal" && typeof index.value === "string"
      ? { kind: "name", name: index.value }
      : { kind: "index", index };
  }

  private isMark(mark: Mark): boolean {
    return this.token?.kind === "mark" && this.token.mark === mark;
  }

  private take(mark: Mark): boolean {
    if (!this.isMark(mark)) return false;
    this.advance();
    return true;
  }

  private expect(mark: Mark): void {
    if (!this.take(mark)) this.unexpected();
  }

  private advance(): void {
    const { token } = this;
    if (token === undefined) return;
    this.end = token.end;
    this.token = nextToken(this.source, token.end, token);
  }

  /** The parser and all who walk its trees go down by recursion. */
  private deeper(): void {
    this.depth++;
    if (this.depth <= bounds.expressionDepth) return;
    throw new ExpressionFault(this.token?.start ?? 0, `it is nested more than ${bounds.expressionDepth} deep`);
  }

  private count(): void {
    this.operators++;
    if (this.operators <= bounds.expressionOperators) return;
    throw new ExpressionFault(this.token?.start ?? 0, `it has more than ${bounds.expressionOperators} operators`);
  }

  private unexpected(): never {
    const { token } = this;
    if (token === undefined) throw new ExpressionFault(this.source.length, "an expression does not end");
    const written = this.source.slice(token.start, Math.min(token.end, token.start + 40));
    throw new ExpressionFault(token.start, `unexpected ${JSON.stringify(written)}`);
  }
}
