/** What closes: brackets, calls with what their results hold. */
import { bounds } from "../bounds.ts";
import { ANY_ADDRESS, has, Mark } from "../marks.ts";
import { settleExpressions } from "./assignments.ts";
import type { Scope } from "./bindings.ts";
import { type Call, marksOfResult } from "./calls.ts";
import { type Chain, type Frame, functionOf, type Walk } from "./frames.ts";
import { finish, startChain } from "./values.ts";

/** Bundlers hand a module on through these. */
const PASSES_MODULE =
  /^(?:_*import(?:Default|Star)|_*interop\w*|_*toESM|_interopRequire\w*|promisify|util\.promisify|Object\.assign|bind)$/;

export function callOf(w: Walk, done: Frame, index: number): Call {
  const callee = done.callee as Chain;
  return {
    path: callee.path,
    last: callee.last,
    open: done.token,
    token: callee.token,
    close: index,
    args: done.args,
    marks: done.marks,
    object: callee.marks,
    texts: done.texts,
    runs: (w.bindings.scopes[functionOf(w, done.scope)] as Scope).runs,
  };
}

export function closeCall(w: Walk, done: Frame, index: number): void {
  const callee = done.callee as Chain;
  const call = callOf(w, done, index);
  w.calls.push(call);
  let marks = marksOfResult(call, w.language);
  const scopes =
    callee.scope !== undefined
      ? [callee.scope]
      : callee.members > 0 && callee.last.length > 2
        ? w.bindings.methods(callee.last)
        : [];
  const [only] = scopes;
  if (only !== undefined) {
    const runs = call.runs;
    if (callee.scope !== undefined) marks = 0;
    for (const scope of scopes) {
      const fn = w.bindings.scopes[scope] as Scope;
      const shift = w.python && callee.members > 0 && fn.params.length > done.args.length ? 1 : 0;
      done.args.forEach((given, at) => {
        const param = fn.params[Math.min(at + shift, fn.params.length - 1)];
        if (param !== undefined) param.marks |= given & ~Mark.module;
      });
      if (runs) fn.runs = true;
      marks |= fn.returns;
    }
  }
  // A function that is handed over runs when the call does, with what the call has: setTimeout(f), Listener(on_press=f).
  const given = marksOfResult(call, w.language) & ~(Mark.module | Mark.connection);
  for (const handed of done.functions) {
    const fn = w.bindings.scopes[handed] as Scope;
    if (call.runs) fn.runs = true;
    for (const param of fn.params) param.marks |= given;
  }
  if (callee.binding !== undefined && callee.members > 0) {
    const isClient = has(callee.marks, Mark.connection);
    const adds =
      /^(?:push|unshift|append|add|set|extend|update|insert|write|concat|assign|put|setdefault|set_\w+|add_\w+|attach\w*|field)$/.test(
        callee.last,
      );
    if (isClient)
      callee.binding.marks |=
        (done.marks & ANY_ADDRESS) | (callee.last === "connect" && isRemote(done.texts[0]) ? Mark.address : 0);
    else if (adds) callee.binding.marks |= done.marks & ~(Mark.module | Mark.connection);
  }
  const passes = callee.path !== undefined && (PASSES_MODULE.test(callee.path) || PASSES_MODULE.test(callee.last));
  const path =
    passes && w.argumentPath !== undefined
      ? w.argumentPath
      : callee.path === undefined
        ? undefined
        : `${callee.path}()`;
  if (passes) marks |= done.marks;
  w.frame.chain = {
    path: path !== undefined && path.length > 160 ? undefined : path,
    marks,
    name: undefined,
    binding: callee.members > 0 && has(callee.marks, Mark.connection) ? callee.binding : undefined,
    members: 1,
    last: "",
    scope: undefined,
    token: callee.token,
  };
}

export function close(w: Walk, index: number): void {
  const path = w.frame.chain?.path;
  if (w.frame.kind === "assign" || w.frame.kind === "arrow") settleExpressions(w);
  w.argumentPath = w.frame.chain?.path ?? path;
  finish(w);
  const done = w.frame;
  if (w.stack.length <= 1) return;
  w.stack.pop();
  w.frame = w.stack[w.stack.length - 1] as Frame;
  w.closed = done;
  if ((done.kind === "brace" || done.kind === "list") && (w.frame.kind === "group" || w.frame.kind === "call")) {
    for (const name of done.names) if (w.frame.names.length < 64) w.frame.names.push(name.replace(/^.*:/, ""));
  }
  if (done.kind !== "brace" || done.body === undefined) {
    for (const text of done.texts) if (w.frame.texts.length < bounds.callTexts) w.frame.texts.push(text);
  }
  switch (done.kind) {
    case "call":
      done.args.push(done.argument);
      closeCall(w, done, index);
      return;
    case "index": {
      const { chain } = w.frame;
      if (chain === undefined) return;
      chain.marks =
        (has(chain.marks, Mark.environment) ? (chain.marks & ~Mark.environment) | Mark.variable : chain.marks) |
        done.marks;
      chain.path = chain.path === undefined ? undefined : `${chain.path}[]`;
      chain.members += 1;
      chain.scope = undefined;
      return;
    }
    case "group":
      if (done.isParameters) {
        w.parameters = done.names;
        return;
      }
      startChain(w, index, w.argumentPath, done.marks, { scope: done.fn });
      return;
    case "list":
      startChain(w, index, undefined, done.marks);
      return;
    case "brace":
      if (done.body !== undefined) {
        // The function itself, as a value.
        w.frame.chain = {
          path: undefined,
          marks: 0,
          name: undefined,
          binding: undefined,
          members: 0,
          last: "",
          scope: done.body,
          token: done.token,
        };
      } else if (!done.isBlock) startChain(w, index, undefined, done.marks);
      return;
    default:
  }
}

/** A host that a socket connects to, other than this machine. */
function isRemote(host: string | undefined): boolean {
  return host !== undefined && /^[\w.-]+\.\w+$/.test(host) && !/^(?:127\.|0\.0\.0\.0|localhost)/.test(host);
}
