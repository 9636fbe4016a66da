/** Functions of the file: their parameters, their bodies, and callbacks that calls are handed. */
import { Mark } from "../marks.ts";
import type { Scope } from "./bindings.ts";
import { marksOfResult } from "./calls.ts";
import { callOf } from "./close.ts";
import { type Frame, functionOf, makeFrame, push, type Walk } from "./frames.ts";
import type { Token } from "./token.ts";
import { finish } from "./values.ts";

export function openFunction(w: Walk, index: number, params: readonly string[], kind: "brace" | "arrow"): void {
  const scope = w.bindings.open(index, w.frame.scope, true, params);
  const enclosing = nearestCall(w);
  const own = w.bindings.scopes[scope] as Scope;
  const outer = functionOf(w, w.frame.scope);
  if (enclosing !== undefined) {
    // A callback: it is handed what the call has.
    const given = marksOfResult(callOf(w, enclosing, 0), w.language) & ~(Mark.module | Mark.connection);
    for (const param of own.params) param.marks |= given;
    if ((w.bindings.scopes[outer] as Scope).runs) own.runs = true;
  }
  push(w, makeFrame(kind, scope, index, { body: scope }));
}

export function nearestCall(w: Walk): Frame | undefined {
  for (let at = w.stack.length - 1; at >= 0 && w.stack.length - at < 8; at--) {
    const each = w.stack[at] as Frame;
    if (each.kind === "call") return each;
    if (each.kind === "arrow" || each.kind === "root") return undefined;
    if (each.kind === "brace" && each.body !== undefined) return undefined;
  }
  return undefined;
}

export function openArrow(w: Walk, index: number, params: readonly string[]): void {
  const next = w.tokens[index + 1];
  if (next?.kind === "punct" && next.text === "{") {
    w.parameters = [...params];
    w.functionName = undefined;
  } else openFunction(w, index, params, "arrow");
}

export function openBrace(w: Walk, index: number, before: Token | undefined): void {
  // name(…) { of a class or an object; the call that it looked like had only names.
  const isMethod =
    !w.python &&
    before?.kind === "punct" &&
    before.text === ")" &&
    w.closed?.kind === "call" &&
    w.parameters === undefined;
  if (isMethod && w.closed !== undefined) {
    const name = w.closed.callee?.last ?? "";
    w.parameters = w.closed.names;
    w.functionName = undefined;
    w.frame.chain = undefined;
    w.calls.pop();
    const scope = w.bindings.open(index, w.frame.scope, true, w.parameters);
    if (name !== "") w.bindings.method(name, scope);
    if (name === "constructor") (w.bindings.scopes[scope] as Scope).runs ||= false;
  }
  if (w.parameters !== undefined) {
    const params = w.parameters;
    w.parameters = undefined;
    finish(w);
    const name = w.functionName;
    w.functionName = undefined;
    const outer = w.frame.scope;
    openFunction(w, index, params, "brace");
    const scope = w.frame.body as number;
    if (name !== undefined) {
      w.bindings.bind(outer, name, "declared", w.python).scope = scope;
      w.bindings.method(name, scope);
    }
    return;
  }
  const isObject =
    before !== undefined &&
    (before.kind === "punct" ? !")};{".includes(before.text) || before.text === "=>" : before.text === "return");
  if (!isObject) {
    finish(w);
    const scope = w.bindings.open(index, w.frame.scope, false, []);
    push(w, makeFrame("brace", scope, index, { isBlock: true }));
  } else {
    finish(w);
    push(w, makeFrame("brace", w.frame.scope, index));
  }
}
