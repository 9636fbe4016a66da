/** Assignments, and where statements and expressions end. */
import { bounds } from "../bounds.ts";
import { Mark } from "../marks.ts";
import type { Scope } from "./bindings.ts";
import { type Frame, makeFrame, push, type Target, type Walk } from "./frames.ts";
import { normalPath } from "./meanings.ts";
import { finish, SELF } from "./values.ts";

/** Texts of one assignment that its name is known by. */
const KEPT_TEXTS = 4;

export function settleAssign(w: Walk): void {
  finish(w);
  const done = w.frame;
  w.stack.pop();
  w.frame = w.stack[w.stack.length - 1] as Frame;
  for (const target of done.targets) settleTarget(w, target, done);
  w.frame.marks |= done.marks;
  w.frame.argument |= done.marks;
  for (const text of done.texts) if (w.frame.texts.length < bounds.callTexts) w.frame.texts.push(text);
  w.frame.fn = done.fn;
  for (const fn of done.functions) if (w.frame.functions.length < 16) w.frame.functions.push(fn);
}

export function settleTarget(w: Walk, target: Target, { marks, fn, texts }: Frame): void {
  switch (target.kind) {
    case "return":
      (w.bindings.scopes[target.scope] as Scope).returns |= marks;
      return;
    case "part": {
      target.binding.marks |= marks & ~Mark.module;
      const whole = w.assigned;
      if (whole !== undefined) target.binding.path = normalPath(`${whole}.${target.of}`);
      return;
    }
    case "name":
      target.binding.marks |= marks;
      if (fn !== undefined) target.binding.scope = fn;
      if (texts.length > 0 && texts.length <= KEPT_TEXTS) target.binding.texts = [...texts];
      if (w.assigned !== undefined && !target.adds) target.binding.path = w.assigned;
      return;
    case "member":
      if (target.base !== undefined) target.base.marks |= marks & ~Mark.module;
      if (target.member !== undefined) {
        target.member.marks |= marks;
        if (fn !== undefined) target.member.scope = fn;
        if (w.assigned !== undefined) target.member.path = w.assigned;
      }
      if (target.path !== undefined) w.assignments.push({ path: target.path, token: target.token, marks });
  }
}

export function settleAssigns(w: Walk): void {
  while (w.frame.kind === "assign") {
    const { chain } = w.frame;
    w.assigned = chain !== undefined && w.frame.marks === 0 && !w.frame.conditional ? chain.path : undefined;
    if (w.assigned !== undefined && w.assigned.length > 120) w.assigned = undefined;
    settleAssign(w);
  }
}

/** Expressions of arrow functions and lambdas, and w.assignments, end where their statement or argument does. */
export function settleExpressions(w: Walk): void {
  for (;;) {
    settleAssigns(w);
    if (w.frame.kind !== "arrow") return;
    finish(w);
    const done = w.frame;
    (w.bindings.scopes[done.body as number] as Scope).returns |= done.marks;
    w.stack.pop();
    w.frame = w.stack[w.stack.length - 1] as Frame;
    w.frame.fn = done.body;
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
  }
}

export function endStatement(w: Walk): void {
  settleExpressions(w);
  finish(w);
  w.frame.conditional = false;
  if (w.frame.kind === "brace" || w.frame.kind === "root") {
    w.frame.names = [];
    w.frame.fn = undefined;
    if (w.frame.body !== undefined || w.frame.kind === "root") w.frame.marks = 0;
  }
  w.declares = false;
  w.loops = false;
  w.closed = undefined;
  w.lambda = undefined;
}

export function assign(w: Walk, index: number, adds: boolean): void {
  const { chain } = w.frame;
  if (w.frame.isParameters || w.frame.kind === "group") {
    // A default: the parameter is named, and nothing set.
    finish(w);
    push(w, makeFrame("assign", w.frame.scope, index));
    return;
  }
  const targets: Target[] = [];
  const where = w.declares ? "declared" : "set";
  if (chain !== undefined && chain.name !== undefined && chain.members > 0) {
    const key = `${chain.name}.${chain.last}`;
    const base = SELF.has(chain.name) ? undefined : w.bindings.find(w.frame.scope, chain.name);
    const slot =
      chain.members === 1 ? w.bindings.bind(SELF.has(chain.name) ? 0 : w.frame.scope, key, "set", false) : undefined;
    targets.push({ kind: "member", base, member: slot, path: chain.path, token: index });
  } else if (chain?.name !== undefined && chain.members === 0) {
    targets.push({
      kind: "name",
      binding: w.bindings.bind(w.frame.scope, chain.name, where, w.python),
      adds,
      name: chain.name,
    });
    // a, b = …
    if (w.python && w.frame.kind !== "call") {
      for (const name of w.frame.names) {
        targets.push({
          kind: "name",
          binding: w.bindings.bind(w.frame.scope, name, where, w.python),
          adds: true,
          name,
        });
      }
    }
  } else if (w.closed !== undefined) {
    for (const name of w.closed.names) {
      targets.push({
        kind: "part",
        binding: w.bindings.bind(w.frame.scope, name.replace(/^.*:/, ""), where, w.python),
        of: name.split(":", 1)[0] as string,
      });
    }
  }
  w.frame.chain = undefined;
  if (w.frame.kind === "call" && chain?.name !== undefined) w.frame.names.push(chain.name);
  else w.frame.names = [];
  // Keyword arguments and defaults name what they set, nothing more.
  const isKeyword = w.frame.kind === "call" && w.python;
  push(w, makeFrame("assign", w.frame.scope, index, { targets: isKeyword ? [] : targets }));
}
