/**
 * Where values of one file go: which calls are handed what. Tokens are walked from left to right with a stack of open
 * brackets; marks are gathered in each and handed to what closes it. A few passes let functions of the file carry what
 * they are called with. Linear in the tokens; no expression tree is built.
 */
import { bounds } from "../bounds.ts";
import { ANY_ADDRESS, has, Mark, type Marks } from "../marks.ts";
import { marksOfText } from "../texts.ts";
import { type Binding, type Bindings, createBindings, type Scope } from "./bindings.ts";
import { type Call, marksOfResult } from "./calls.ts";
import { JAVASCRIPT_KEYWORDS } from "./javascript.ts";
import { nameMarks, normalPath, sourceOf, variableMarks } from "./meanings.ts";
import { PYTHON_KEYWORDS } from "./python.ts";
import type { Language, Token } from "./token.ts";

export type { Call } from "./calls.ts";

export interface Flow {
  /** In the order in which they close. */
  readonly calls: readonly Call[];
  /** What is set: `window.fetch`, `XMLHttpRequest.prototype.open`, with what it is set to. */
  readonly assignments: readonly { readonly path: string; readonly token: number; readonly marks: Marks }[];
}

/** One value as it is read: a name, its members and calls. */
interface Chain {
  path: string | undefined;
  marks: Marks;
  readonly name: string | undefined;
  binding: Binding | undefined;
  members: number;
  last: string;
  scope: number | undefined;
  readonly token: number;
}

interface Frame {
  readonly kind: "root" | "group" | "call" | "index" | "list" | "brace" | "arrow" | "assign";
  marks: Marks;
  chain: Chain | undefined;
  readonly callee: Chain | undefined;
  readonly args: Marks[];
  argument: Marks;
  readonly texts: string[];
  names: string[];
  readonly scope: number;
  readonly token: number;
  /** Of a function's body, its scope. */
  readonly body: number | undefined;
  readonly targets: readonly Target[];
  conditional: boolean;
  fn: number | undefined;
  isParameters: boolean;
  /** A block of statements, no object. */
  isBlock: boolean;
  /** Functions of the file that are handed over by their names. */
  readonly functions: number[];
}

type Target =
  | { readonly kind: "name"; readonly binding: Binding; readonly adds: boolean; readonly name: string }
  | { readonly kind: "member"; readonly base: Binding | undefined; readonly member: Binding | undefined; readonly path: string | undefined; readonly token: number }
  | { readonly kind: "part"; readonly binding: Binding; readonly of: string }
  | { readonly kind: "return"; readonly scope: number };

const DECLARES = new Set(["const", "let", "var"]);
const CONTINUES = new Set(". + - * / % ? : , ) ] } ( [ = && || ?? => == === != !== < > <= >= & | ^".split(" "));
/** Declared anew where they may be missing, and the same thing then. */
const GLOBAL_CLIENTS = new Set(["fetch", "axios", "requests", "eval", "atob", "Function", "exec"]);
const SELF = new Set(["this", "self", "cls", "exports", "module"]);
/** Bundlers hand a module on through these. */
const PASSES_MODULE = /^(?:_*import(?:Default|Star)|_*interop\w*|_*toESM|_interopRequire\w*|promisify|util\.promisify|Object\.assign|bind)$/;

export function flowOf(tokens: readonly Token[], language: Language): Flow {
  const bindings = createBindings();
  let flow: Flow = { calls: [], assignments: [] };
  let weight = 0;
  for (let pass = 0; pass < bounds.passes; pass++) {
    flow = walk(tokens, language, bindings);
    const next = bindings.weight();
    if (next === weight) break;
    weight = next;
  }
  return flow;
}

function walk(tokens: readonly Token[], language: Language, bindings: Bindings): Flow {
  const python = language === "python";
  const keywords = python ? PYTHON_KEYWORDS : JAVASCRIPT_KEYWORDS;
  const calls: Call[] = [];
  const assignments: { path: string; token: number; marks: Marks }[] = [];
  const stack: Frame[] = [];
  let frame = makeFrame("root", 0, 0);
  let dot = false;
  let declares = false;
  let loops = false;
  let parameters: string[] | undefined;
  let functionName: string | undefined;
  let expectsParameters = false;
  let lambda: string[] | undefined;
  let importing: { module: string | undefined; names: [name: string, as: string][] } | undefined;
  let closed: Frame | undefined;
  stack.push(frame);

  function makeFrame(kind: Frame["kind"], scope: number, token: number, more: Partial<Frame> = {}): Frame {
    return {
      kind,
      marks: 0,
      chain: undefined,
      callee: undefined,
      args: [],
      argument: 0,
      texts: [],
      names: [],
      scope,
      token,
      body: undefined,
      targets: [],
      conditional: false,
      fn: undefined,
      isParameters: false,
      isBlock: false,
      functions: [],
      ...more,
    };
  }

  function push(next: Frame): void {
    if (stack.length < bounds.depth) stack.push(next);
    else stack[stack.length - 1] = next;
    frame = next;
  }

  /** The value that is being read is over: what it holds is its bracket's. */
  function finish(): void {
    const { chain } = frame;
    if (chain === undefined) return;
    frame.chain = undefined;
    frame.marks |= chain.marks;
    frame.argument |= chain.marks;
    if (chain.scope !== undefined) {
      frame.fn = chain.scope;
      if (frame.functions.length < 16) frame.functions.push(chain.scope);
    }
    if (chain.name !== undefined && chain.members === 0 && frame.names.length < 64) frame.names.push(chain.name);
  }

  function startChain(index: number, path: string | undefined, marks: Marks, more: Partial<Chain> = {}): void {
    finish();
    frame.chain = { path, marks, name: undefined, binding: undefined, members: 0, last: "", scope: undefined, token: index, ...more };
  }

  function named(index: number, name: string): void {
    const binding = bindings.find(frame.scope, name);
    // A name of the file's own is not the global or the module that is called so.
    const own = binding !== undefined && binding.path === undefined && !GLOBAL_CLIENTS.has(name);
    const path = own ? `.${name}` : normalPath(binding?.path ?? name);
    const source = sourceOf(path, language);
    startChain(index, path, (binding?.marks ?? 0) | source | nameMarks(name), {
      name,
      binding,
      scope: binding?.scope,
      last: name,
    });
  }

  function member(name: string): void {
    const { chain } = frame;
    if (chain === undefined) return;
    const own =
      chain.members === 0 && chain.name !== undefined ? bindings.find(frame.scope, `${chain.name}.${name}`) : undefined;
    if (own !== undefined) {
      chain.marks = own.marks | (SELF.has(chain.name as string) ? 0 : chain.marks & ~Mark.environment);
      chain.path = own.path ?? normalPath(`${chain.path}.${name}`);
      chain.scope = own.scope;
      chain.binding = own;
    } else {
      chain.path = chain.path === undefined || chain.path.length > 160 ? undefined : normalPath(`${chain.path}.${name}`);
      chain.scope = undefined;
      if (has(chain.marks, Mark.environment) && chain.path?.includes("(") !== true && !isWholeMember(name)) {
        chain.marks = (chain.marks & ~Mark.environment) | variableMarks(name);
      }
      const source = chain.path === undefined ? 0 : sourceOf(chain.path, language);
      if (source !== 0) chain.marks = source;
    }
    chain.marks |= nameMarks(name);
    chain.members += 1;
    chain.last = name;
  }

  function settleAssign(): void {
    finish();
    const done = frame;
    stack.pop();
    frame = stack[stack.length - 1] as Frame;
    for (const target of done.targets) settleTarget(target, done);
    frame.marks |= done.marks;
    frame.argument |= done.marks;
    for (const text of done.texts) if (frame.texts.length < bounds.callTexts) frame.texts.push(text);
    frame.fn = done.fn;
    for (const fn of done.functions) if (frame.functions.length < 16) frame.functions.push(fn);
  }

  function settleTarget(target: Target, { marks, fn, names }: Frame & { path?: string }): void {
    switch (target.kind) {
      case "return":
        (bindings.scopes[target.scope] as Scope).returns |= marks;
        return;
      case "part": {
        target.binding.marks |= marks & ~Mark.module;
        const whole = assigned.path;
        if (whole !== undefined) target.binding.path = normalPath(`${whole}.${target.of}`);
        return;
      }
      case "name":
        target.binding.marks |= marks;
        if (fn !== undefined) target.binding.scope = fn;
        if (assigned.path !== undefined && !target.adds) target.binding.path = assigned.path;
        return;
      case "member":
        if (target.base !== undefined) target.base.marks |= marks & ~Mark.module;
        if (target.member !== undefined) {
          target.member.marks |= marks;
          if (fn !== undefined) target.member.scope = fn;
          if (assigned.path !== undefined) target.member.path = assigned.path;
        }
        if (target.path !== undefined) assignments.push({ path: target.path, token: target.token, marks });
        void names;
    }
  }

  /** What the assignment that is being settled is one path of, and nothing else. */
  const assigned: { path: string | undefined } = { path: undefined };

  function settleAssigns(): void {
    while (frame.kind === "assign") {
      const { chain } = frame;
      assigned.path = chain !== undefined && frame.marks === 0 && !frame.conditional ? chain.path : undefined;
      if (assigned.path !== undefined && assigned.path.length > 120) assigned.path = undefined;
      settleAssign();
    }
  }

  /** Expressions of arrow functions and lambdas, and assignments, end where their statement or argument does. */
  function settleExpressions(): void {
    for (;;) {
      settleAssigns();
      if (frame.kind !== "arrow") return;
      finish();
      const done = frame;
      (bindings.scopes[done.body as number] as Scope).returns |= done.marks;
      stack.pop();
      frame = stack[stack.length - 1] as Frame;
      frame.fn = done.body;
      frame.chain = { path: undefined, marks: 0, name: undefined, binding: undefined, members: 0, last: "", scope: done.body, token: done.token };
    }
  }

  function endStatement(): void {
    settleExpressions();
    finish();
    frame.conditional = false;
    if (frame.kind === "brace" || frame.kind === "root") {
      frame.names = [];
      frame.fn = undefined;
      if (frame.body !== undefined || frame.kind === "root") frame.marks = 0;
    }
    declares = false;
    loops = false;
    closed = undefined;
    lambda = undefined;
  }

  function assign(index: number, adds: boolean): void {
    const { chain } = frame;
    if (frame.isParameters || frame.kind === "group") {
      // A default: the parameter is named, and nothing set.
      finish();
      push(makeFrame("assign", frame.scope, index));
      return;
    }
    const targets: Target[] = [];
    const where = declares ? "declared" : "set";
    if (chain !== undefined && chain.name !== undefined && chain.members > 0) {
      const key = `${chain.name}.${chain.last}`;
      const base = SELF.has(chain.name) ? undefined : bindings.find(frame.scope, chain.name);
      const slot = chain.members === 1 ? bindings.bind(SELF.has(chain.name) ? 0 : frame.scope, key, "set", false) : undefined;
      targets.push({ kind: "member", base, member: slot, path: chain.path, token: index });
    } else if (chain?.name !== undefined && chain.members === 0) {
      targets.push({ kind: "name", binding: bindings.bind(frame.scope, chain.name, where, python), adds, name: chain.name });
      // a, b = …
      if (python && frame.kind !== "call") {
        for (const name of frame.names) {
          targets.push({ kind: "name", binding: bindings.bind(frame.scope, name, where, python), adds: true, name });
        }
      }
    } else if (closed !== undefined) {
      for (const name of closed.names) {
        targets.push({ kind: "part", binding: bindings.bind(frame.scope, name.replace(/^.*:/, ""), where, python), of: name.replace(/:.*$/, "") });
      }
    }
    frame.chain = undefined;
    if (frame.kind === "call" && chain?.name !== undefined) frame.names.push(chain.name);
    else frame.names = [];
    // Keyword arguments and defaults name what they set, nothing more.
    const isKeyword = frame.kind === "call" && python;
    push(makeFrame("assign", frame.scope, index, { targets: isKeyword ? [] : targets }));
  }

  function openFunction(index: number, params: readonly string[], kind: "brace" | "arrow"): void {
    const scope = bindings.open(index, frame.scope, true, params);
    const enclosing = nearestCall();
    const own = bindings.scopes[scope] as Scope;
    const outer = functionOf(frame.scope);
    if (enclosing !== undefined) {
      // A callback: it is handed what the call has.
      const given = marksOfResult(callOf(enclosing, 0), language) & ~(Mark.module | Mark.connection);
      for (const param of own.params) param.marks |= given;
      if ((bindings.scopes[outer] as Scope).runs) own.runs = true;
    }
    push(makeFrame(kind, scope, index, { body: scope }));
  }

  function functionOf(scope: number): number {
    let at = scope;
    while (at > 0 && !(bindings.scopes[at] as Scope).isFunction) at = (bindings.scopes[at] as Scope).parent;
    return Math.max(0, at);
  }

  function nearestCall(): Frame | undefined {
    for (let at = stack.length - 1; at >= 0 && stack.length - at < 8; at--) {
      const each = stack[at] as Frame;
      if (each.kind === "call") return each;
      if (each.kind === "arrow" || each.kind === "root") return undefined;
      if (each.kind === "brace" && each.body !== undefined) return undefined;
    }
    return undefined;
  }

  function callOf(done: Frame, index: number): Call {
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
      runs: (bindings.scopes[functionOf(done.scope)] as Scope).runs,
    };
  }

  function closeCall(done: Frame, index: number): void {
    const callee = done.callee as Chain;
    const call = callOf(done, index);
    calls.push(call);
    let marks = marksOfResult(call, language);
    const scopes = callee.scope !== undefined ? [callee.scope] : callee.members > 0 && callee.last.length > 2 ? bindings.methods(callee.last) : [];
    const [only] = scopes;
    if (only !== undefined) {
      const runs = call.runs;
      if (callee.scope !== undefined) marks = 0;
      for (const scope of scopes) {
        const fn = bindings.scopes[scope] as Scope;
        const shift = python && callee.members > 0 && fn.params.length > done.args.length ? 1 : 0;
        done.args.forEach((given, at) => {
          const param = fn.params[Math.min(at + shift, fn.params.length - 1)];
          if (param !== undefined) param.marks |= given & ~Mark.module;
        });
        if (runs) fn.runs = true;
        marks |= fn.returns;
      }
    }
    // A function that is handed over runs when the call does, with what the call has: setTimeout(f), Listener(on_press=f).
    const given = marksOfResult(call, language) & ~(Mark.module | Mark.connection);
    for (const handed of done.functions) {
      const fn = bindings.scopes[handed] as Scope;
      if (call.runs) fn.runs = true;
      for (const param of fn.params) param.marks |= given;
    }
    if (callee.binding !== undefined && callee.members > 0) {
      const isClient = has(callee.marks, Mark.connection);
      const adds = /^(?:push|unshift|append|add|set|extend|update|insert|write|concat|assign|put|setdefault|set_\w+|add_\w+|attach\w*|field)$/.test(callee.last);
      if (isClient) callee.binding.marks |= (done.marks & ANY_ADDRESS) | (callee.last === "connect" && isRemote(done.texts[0]) ? Mark.address : 0);
      else if (adds) callee.binding.marks |= done.marks & ~(Mark.module | Mark.connection);
    }
    const passes = callee.path !== undefined && (PASSES_MODULE.test(callee.path) || PASSES_MODULE.test(callee.last));
    const path = passes && argumentPath !== undefined ? argumentPath : callee.path === undefined ? undefined : `${callee.path}()`;
    if (passes) marks |= done.marks;
    frame.chain = {
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

  let argumentPath: string | undefined;

  function close(index: number): void {
    const path = frame.chain?.path;
    if (frame.kind === "assign" || frame.kind === "arrow") settleExpressions();
    argumentPath = frame.chain?.path ?? path;
    finish();
    const done = frame;
    if (stack.length <= 1) return;
    stack.pop();
    frame = stack[stack.length - 1] as Frame;
    closed = done;
    if ((done.kind === "brace" || done.kind === "list") && (frame.kind === "group" || frame.kind === "call")) {
      for (const name of done.names) if (frame.names.length < 64) frame.names.push(name.replace(/^.*:/, ""));
    }
    if (done.kind !== "brace" || done.body === undefined) {
      for (const text of done.texts) if (frame.texts.length < bounds.callTexts) frame.texts.push(text);
    }
    switch (done.kind) {
      case "call":
        done.args.push(done.argument);
        closeCall(done, index);
        return;
      case "index": {
        const { chain } = frame;
        if (chain === undefined) return;
        chain.marks = (has(chain.marks, Mark.environment) ? (chain.marks & ~Mark.environment) | Mark.variable : chain.marks) | done.marks;
        chain.path = chain.path === undefined ? undefined : `${chain.path}[]`;
        chain.members += 1;
        chain.scope = undefined;
        return;
      }
      case "group":
        if (done.isParameters) {
          parameters = done.names;
          return;
        }
        startChain(index, argumentPath, done.marks, { scope: done.fn });
        return;
      case "list":
        startChain(index, undefined, done.marks);
        return;
      case "brace":
        if (done.body !== undefined) {
          // The function itself, as a value.
          frame.chain = { path: undefined, marks: 0, name: undefined, binding: undefined, members: 0, last: "", scope: done.body, token: done.token };
        } else if (!done.isBlock) startChain(index, undefined, done.marks);
        return;
      default:
    }
  }

  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const before = tokens[index - 1];
    if (token.broken && !python && before !== undefined && endsStatement(before, token, keywords)) {
      if (frame.kind !== "call" && frame.kind !== "index" && frame.kind !== "group" && frame.kind !== "list") {
        const top = bracketOf(stack);
        if (top.kind === "brace" || top.kind === "root") endStatement();
      }
    }
    if (importing !== undefined && readImport(index)) continue;
    switch (token.kind) {
      case "name":
        if (dot) {
          dot = false;
          member(token.text);
        } else if (keywords.has(token.text)) keyword(index, token.text);
        else if (expectsParameters) functionName = token.text;
        else if (lambda !== undefined) lambda.push(token.text);
        else named(index, token.text);
        break;
      case "module":
        startChain(index, token.text, Mark.module);
        break;
      case "string": {
        const marks = marksOfText(token.text) | (token.decoded === undefined ? 0 : Mark.decoded | Mark.embedded);
        if (frame.texts.length < bounds.callTexts) frame.texts.push(token.text);
        startChain(index, undefined, marks);
        break;
      }
      case "list": {
        let marks: Marks = token.decoded === undefined ? 0 : Mark.decoded | Mark.embedded;
        if ((token.values?.length ?? 0) >= 8 && typeof token.values?.[0] === "number") marks |= Mark.payload;
        for (const value of (token.values ?? []).slice(0, 64)) {
          if (typeof value !== "string") continue;
          marks |= marksOfText(value);
          if (frame.texts.length < bounds.callTexts) frame.texts.push(value);
        }
        startChain(index, undefined, marks);
        break;
      }
      case "punct":
        punctuation(index, token.text, before);
        break;
      default:
        startChain(index, undefined, 0);
    }
  }
  endStatement();
  return { calls, assignments };

  function keyword(index: number, text: string): void {
    if (DECLARES.has(text)) declares = true;
    else if (text === "function" || text === "def") {
      finish();
      expectsParameters = true;
      functionName = undefined;
    } else if (text === "lambda") {
      finish();
      lambda = [];
    } else if (text === "return" || text === "yield") {
      finish();
      const scope = functionOf(frame.scope);
      push(makeFrame("assign", frame.scope, index, { targets: [{ kind: "return", scope }] }));
    } else if (text === "for") loops = true;
    else if (text === "in" || text === "of") {
      // for (const name of value), for name in value
      if (loops && (frame.chain !== undefined || closed !== undefined || frame.names.length > 0)) {
        loops = false;
        const extra = frame.names;
        const bound = frame.chain?.name;
        const names = [...extra, ...(bound === undefined ? [] : [bound]), ...(bound === undefined ? (closed?.names ?? []) : [])];
        const targets = names.map((name): Target => {
          const binding = bindings.bind(frame.scope, name, declares ? "declared" : "set", python);
          return { kind: "name", binding, adds: true, name };
        });
        frame.chain = undefined;
        frame.names = [];
        push(makeFrame("assign", frame.scope, index, { targets }));
      } else finish();
    } else if (text === "as" && python) {
      const next = tokens[index + 1];
      const { chain } = frame;
      if (chain !== undefined && next?.kind === "name") {
        const binding = bindings.bind(frame.scope, next.text, "set", true);
        binding.marks |= chain.marks;
        if (chain.path !== undefined) binding.path = chain.path;
      }
      finish();
    } else if (text === "import") {
      const next = tokens[index + 1];
      if (next?.kind === "punct" && (next.text === "(" || next.text === ".")) named(index, "import");
      else importing = { module: undefined, names: [] };
    } else if (text === "from" && python && tokens[index - 1]?.text !== "yield") {
      importing = { module: "", names: [] };
    } else if (text === "class") {
      finish();
      const next = tokens[index + 1];
      if (next?.kind === "name" && !keywords.has(next.text)) bindings.bind(frame.scope, next.text, "declared", python);
    }
    else if (text === "else" || text === "do" || text === "try") endStatement();
    else finish();
  }

  /** Reads on within an import; false where it ended before this token. */
  function readImport(index: number): boolean {
    const token = tokens[index] as Token;
    const state = importing as NonNullable<typeof importing>;
    const ends = token.kind === "punct" && token.text === ";";
    if (python ? ends : ends || (token.broken && state.module !== undefined)) {
      finishImport();
      importing = undefined;
      return false;
    }
    if (token.kind === "string" || token.kind === "module") {
      state.module = token.text.replace(/^node:/, "");
      if (!python) {
        finishImport();
        importing = undefined;
      }
      return true;
    }
    if (state.names.length > 200) return true;
    if (token.kind === "punct" && token.text === "*" && !python) state.names.push(["*", "*"]);
    if (token.kind !== "name") {
      if (python && token.text === "." && state.names.length > 0 && state.module === undefined) return true;
      return true;
    }
    if (token.text === "import") {
      // from a.b import c: what came before is the module.
      state.module = state.names.map(([name]) => name).join(".");
      state.names = [];
      return true;
    }
    if (token.text === "from" || token.text === "as" || token.text === "type") return true;
    const before = tokens[index - 1];
    if (before?.kind === "name" && before.text === "as") {
      const last = state.names.at(-1);
      if (last !== undefined) last[1] = token.text;
    } else if (before?.kind === "punct" && before.text === "." && python && state.module === undefined) {
      const last = state.names.at(-1);
      if (last !== undefined) {
        // import a.b binds a; import a.b as c binds a.b.
        const whole = `${last[0]}.${token.text}`;
        last[0] = whole;
        last[1] = last[1].split(".")[0] as string;
      }
    } else {
      const braced = !python && state.names.length >= 0 && insideBraces(index);
      state.names.push([!python && !braced ? "*" : token.text, token.text]);
    }
    return true;
  }

  function insideBraces(index: number): boolean {
    for (let at = index - 1; at >= 0 && index - at < 400; at--) {
      const token = tokens[at] as Token;
      if (token.kind === "punct" && token.text === "{") return true;
      if (token.kind === "name" && token.text === "import") return false;
    }
    return false;
  }

  function finishImport(): void {
    const { module, names } = importing as NonNullable<typeof importing>;
    for (const [name, as] of names) {
      const binding = bindings.bind(frame.scope, as, "declared", python);
      if (module === undefined || module === "") binding.path = as === name.split(".")[0] ? as : name;
      else binding.path = name === "*" || name === "default" ? module : `${module}.${name}`;
      binding.marks |= Mark.module & 0;
    }
  }

  function punctuation(index: number, text: string, before: Token | undefined): void {
    switch (text) {
      case ".":
        if (frame.chain !== undefined) dot = true;
        return;
      case "(":
        if (expectsParameters) {
          expectsParameters = false;
          push(makeFrame("group", frame.scope, index, { isParameters: true }));
        } else if (frame.chain !== undefined && !isOperatorBefore(before, keywords))
          push(makeFrame("call", frame.scope, index, { callee: frame.chain }));
        else push(makeFrame("group", frame.scope, index));
        return;
      case "[":
        if (frame.chain !== undefined && !isOperatorBefore(before, keywords)) push(makeFrame("index", frame.scope, index));
        else push(makeFrame("list", frame.scope, index));
        return;
      case "{":
        openBrace(index, before);
        return;
      case ")":
      case "]":
      case "}":
        close(index);
        if (text === "}" && frame.kind !== "call" && python) endStatement();
        return;
      case "=>": {
        const { chain } = frame;
        const params = chain?.name !== undefined && chain.members === 0 ? [chain.name] : (closed?.names ?? []);
        frame.chain = undefined;
        openArrow(index, params);
        return;
      }
      case "=":
        assign(index, false);
        return;
      case "+=":
      case "||=":
      case "??=":
      case "&&=":
        assign(index, true);
        return;
      case ":=":
        assign(index, false);
        return;
      case ";":
        endStatement();
        return;
      case ",":
        settleExpressions();
        finish();
        if (frame.kind === "call") {
          frame.args.push(frame.argument);
          frame.argument = 0;
        }
        return;
      case "?":
        finish();
        frame.conditional = true;
        return;
      case ":":
        colon(index);
        return;
      default:
        finish();
        // a || b is either: no path alone.
        if (text === "||" || text === "??" || text === "&&") return;
        frame.conditional = frame.kind === "assign" ? true : frame.conditional;
    }
  }

  function openArrow(index: number, params: readonly string[]): void {
    const next = tokens[index + 1];
    if (next?.kind === "punct" && next.text === "{") {
      parameters = [...params];
      functionName = undefined;
    } else openFunction(index, params, "arrow");
  }

  function colon(index: number): void {
    if (lambda !== undefined) {
      const params = lambda;
      lambda = undefined;
      openFunction(index, params, "arrow");
      return;
    }
    const { chain } = frame;
    if (frame.kind === "group" && frame.isParameters) {
      // An annotation.
      finish();
      push(makeFrame("assign", frame.scope, index));
      return;
    }
    if (frame.kind === "brace" && !frame.isBlock && frame.body === undefined && !frame.conditional && chain !== undefined) {
      // A key. In a pattern, it is what is renamed.
      const next = tokens[index + 1];
      const name = chain.name ?? "";
      frame.chain = undefined;
      if (!python && name !== "" && next?.kind === "name" && frame.names.length < 64) frame.names.push(`${name}:${next.text}`);
      return;
    }
    frame.conditional = false;
    finish();
  }

  function openBrace(index: number, before: Token | undefined): void {
    // name(…) { of a class or an object; the call that it looked like had only names.
    const isMethod = !python && before?.kind === "punct" && before.text === ")" && closed?.kind === "call" && parameters === undefined;
    if (isMethod && closed !== undefined) {
      const name = closed.callee?.last ?? "";
      parameters = closed.names;
      functionName = undefined;
      frame.chain = undefined;
      calls.pop();
      const scope = bindings.open(index, frame.scope, true, parameters);
      if (name !== "") bindings.method(name, scope);
      if (name === "constructor") (bindings.scopes[scope] as Scope).runs ||= false;
    }
    if (parameters !== undefined) {
      const params = parameters;
      parameters = undefined;
      finish();
      const name = functionName;
      functionName = undefined;
      const outer = frame.scope;
      openFunction(index, params, "brace");
      const scope = frame.body as number;
      if (name !== undefined) {
        bindings.bind(outer, name, "declared", python).scope = scope;
        bindings.method(name, scope);
      }
      return;
    }
    const isObject = before !== undefined && (before.kind === "punct" ? !")};{".includes(before.text) || before.text === "=>" : before.text === "return");
    if (!isObject) {
      finish();
      const scope = bindings.open(index, frame.scope, false, []);
      push(makeFrame("brace", scope, index, { isBlock: true }));
    } else {
      finish();
      push(makeFrame("brace", frame.scope, index));
    }
  }
}

function bracketOf(stack: readonly Frame[]): Frame {
  let at = stack.length - 1;
  while (at > 0 && ((stack[at] as Frame).kind === "assign" || (stack[at] as Frame).kind === "arrow")) at -= 1;
  return stack[at] as Frame;
}

/** JavaScript's automatic semicolons, as far as they matter here: a value, a line break, and no operator after it. */
function endsStatement(before: Token, token: Token, keywords: ReadonlySet<string>): boolean {
  if (before.kind === "punct" && before.text !== ")" && before.text !== "]" && before.text !== "}") return false;
  if (before.kind === "name" && keywords.has(before.text) && before.text !== "return") return false;
  return !(token.kind === "punct" && CONTINUES.has(token.text));
}

function isOperatorBefore(before: Token | undefined, keywords: ReadonlySet<string>): boolean {
  if (before === undefined) return true;
  if (before.kind === "punct") return before.text !== ")" && before.text !== "]" && before.text !== "}";
  return before.kind === "name" && keywords.has(before.text) && before.text !== "import";
}

/** A host that a socket connects to, other than this machine. */
function isRemote(host: string | undefined): boolean {
  return host !== undefined && /^[\w.-]+\.\w+$/.test(host) && !/^(?:127\.|0\.0\.0\.0|localhost)/.test(host);
}

/** `os.environ.items()` and the like are the whole still. */
function isWholeMember(name: string): boolean {
  return /^(?:items|copy|values|keys|toObject|entries|__repr__|__str__)$/.test(name);
}
