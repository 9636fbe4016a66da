/**
 * Reads conditions of `rules:if` ("CI/CD variable expressions"): `==` and its like bind first, then `!`, `&&`, `||`. GitLab's
 * lexemes are those of `Gitlab::Ci::Pipeline::Expression`.
 */
import { bounds } from "../bounds.ts";
import type { GitlabCondition, GitlabOperand } from "./condition-model.ts";

export type ConditionReading =
  | { readonly condition: GitlabCondition; readonly fault?: undefined }
  /** One sentence without a full stop. */
  | { readonly condition?: undefined; readonly fault: string };

type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: "operator"; readonly operator: string }
  | { readonly kind: "operand"; readonly operand: GitlabOperand }
);

const OPERATORS = ["==", "!=", "=~", "!~", "&&", "||", "(", ")", "!"] as const;
const SPACE = /\s/;

export function readCondition(text: string): ConditionReading {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (SPACE.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const token = tokenAt(text, at);
    if (token === undefined) return { fault: `does not go on with ${JSON.stringify(text.charAt(at))}` };
    tokens.push(token);
    if (tokens.length > bounds.gitlabConditionTerms) {
      return { fault: `more than ${bounds.gitlabConditionTerms} terms` };
    }
    at = token.end;
  }
  return parse(tokens);
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const operator of OPERATORS) {
    if (text.startsWith(operator, at)) return { kind: "operator", operator, start: at, end: at + operator.length };
  }
  const operand = operandAt(text, at);
  return operand === undefined ? undefined : { kind: "operand", operand, start: operand.start, end: operand.end };
}

const NAME = /[A-Za-z0-9_]/;
const FLAG = /[a-zA-Z]/;

function operandAt(text: string, start: number): GitlabOperand | undefined {
  const while_ = (from: number, pattern: RegExp): number => {
    let end = from;
    while (end < text.length && pattern.test(text.charAt(end))) end += 1;
    return end;
  };
  const first = text.charAt(start);
  if (text.startsWith("$[[", start)) {
    const close = text.indexOf("]]", start);
    const end = close < 0 ? text.length : close + 2;
    return { kind: "unknown", text: text.slice(start, end), start, end };
  }
  if (first === "$") {
    // Both forms are taken; GitLab documents the one without braces.
    const braces = text.charAt(start + 1) === "{";
    const from = start + (braces ? 2 : 1);
    const end = while_(from, NAME);
    if (end === from || (braces && text.charAt(end) !== "}")) return undefined;
    return { kind: "variable", name: text.slice(from, end), start, end: braces ? end + 1 : end };
  }
  if (first === '"' || first === "'") {
    const close = text.indexOf(first, start + 1);
    if (close < 0) return undefined;
    return { kind: "string", value: text.slice(start + 1, close), start, end: close + 1 };
  }
  if (first === "/") {
    let close = start + 1;
    while (close < text.length && text.charAt(close) !== "/") close += text.charAt(close) === "\\" ? 2 : 1;
    if (close >= text.length) return undefined;
    const end = while_(close + 1, FLAG);
    return { kind: "pattern", source: text.slice(start + 1, close), flags: text.slice(close + 1, end), start, end };
  }
  const end = while_(start, NAME);
  if (end === start) return undefined;
  const word = text.slice(start, end);
  return word === "null" ? { kind: "null", start, end } : { kind: "unknown", text: word, start, end };
}

class Fault extends Error {}

function parse(tokens: readonly Token[]): ConditionReading {
  let at = 0;
  const operator = (...operators: readonly string[]): string | undefined => {
    const token = tokens[at];
    return token?.kind === "operator" && operators.includes(token.operator) ? token.operator : undefined;
  };

  function either(depth: number): GitlabCondition {
    if (depth > bounds.gitlabConditionDepth) throw new Fault(`nested more than ${bounds.gitlabConditionDepth} deep`);
    let left = both(depth);
    while (operator("||") !== undefined) {
      at += 1;
      const right = both(depth);
      left = { kind: "or", left, right, start: left.start, end: right.end };
    }
    return left;
  }

  function both(depth: number): GitlabCondition {
    let left = single(depth);
    while (operator("&&") !== undefined) {
      at += 1;
      const right = single(depth);
      left = { kind: "and", left, right, start: left.start, end: right.end };
    }
    return left;
  }

  function single(depth: number): GitlabCondition {
    const token = tokens[at];
    if (token === undefined) throw new Fault("ends too early");
    if (operator("!") !== undefined) {
      at += 1;
      if (depth > bounds.gitlabConditionDepth) throw new Fault(`nested more than ${bounds.gitlabConditionDepth} deep`);
      const operand = single(depth + 1);
      return { kind: "not", operand, start: token.start, end: operand.end };
    }
    if (operator("(") !== undefined) {
      at += 1;
      const inner = either(depth + 1);
      const close = tokens[at];
      if (operator(")") === undefined || close === undefined) throw new Fault("lacks a closing parenthesis");
      at += 1;
      return { ...inner, start: token.start, end: close.end };
    }
    const left = operand();
    const compared = operator("==", "!=", "=~", "!~");
    if (compared === undefined) return { kind: "value", value: left, start: left.start, end: left.end };
    at += 1;
    const right = operand();
    return { kind: "compare", operator: compared as "==", left, right, start: left.start, end: right.end };
  }

  function operand(): GitlabOperand {
    const token = tokens[at];
    if (token?.kind !== "operand") throw new Fault("lacks a value");
    at += 1;
    return token.operand;
  }

  try {
    const condition = either(0);
    if (at < tokens.length) throw new Fault("goes on behind its end");
    return { condition };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: error.message };
  }
}
