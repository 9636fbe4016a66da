/**
 * Where values of one file go: which calls are handed what. Tokens are walked from left to right with a stack of open
 * brackets; marks are gathered in each and handed to what closes it. A few passes let functions of the file carry what
 * they are called with. Linear in the tokens; no expression tree is built.
 */
import { bounds } from "../bounds.ts";
import { Mark, type Marks } from "../marks.ts";
import { assign, endStatement, settleExpressions } from "./assignments.ts";
import { type Bindings, createBindings } from "./bindings.ts";
import type { Call } from "./calls.ts";
import { close } from "./close.ts";
import { bracketOf, functionOf, makeFrame, push, type Target, type Walk } from "./frames.ts";
import { openArrow, openBrace, openFunction } from "./functions.ts";
import { readImport } from "./imports.ts";
import { JAVASCRIPT_KEYWORDS } from "./javascript.ts";
import { PYTHON_KEYWORDS } from "./python.ts";
import type { Language, Token } from "./token.ts";
import { finish, list, member, named, startChain, text } from "./values.ts";

export type { Call } from "./calls.ts";

export interface Flow {
  /** In the order in which they close. */
  readonly calls: readonly Call[];
  /** What is set: `window.fetch`, `XMLHttpRequest.prototype.open`, with what it is set to. */
  readonly assignments: readonly { readonly path: string; readonly token: number; readonly marks: Marks }[];
}

const DECLARES = new Set(["const", "let", "var"]);
const CONTINUES = new Set(". + - * / % ? : , ) ] } ( [ = && || ?? => == === != !== < > <= >= & | ^".split(" "));
export function flowOf(tokens: readonly Token[], language: Language): Flow {
  const bindings = createBindings();
  let flow: Flow = { calls: [], assignments: [] };
  let weight = 0;
  for (let pass = 0; pass < bounds.passes; pass++) {
    flow = walk(tokens, language, bindings);
    // Nothing that is looked for goes anywhere.
    if (flow.calls.every(({ marks, object }) => ((marks | object) & ~Mark.module) === 0)) break;
    const next = bindings.weight();
    if (next === weight) break;
    weight = next;
  }
  return flow;
}

function walk(tokens: readonly Token[], language: Language, bindings: Bindings): Flow {
  const python = language === "python";
  const keywords = python ? PYTHON_KEYWORDS : JAVASCRIPT_KEYWORDS;
  const frame = makeFrame("root", 0, 0);
  const w: Walk = {
    tokens,
    language,
    python,
    keywords,
    bindings,
    calls: [],
    assignments: [],
    stack: [frame],
    frame,
    dot: false,
    declares: false,
    loops: false,
    parameters: undefined,
    functionName: undefined,
    expectsParameters: false,
    lambda: undefined,
    importing: undefined,
    closed: undefined,
    argumentPath: undefined,
    assigned: undefined,
  };
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const before = tokens[index - 1];
    if (token.broken && !python && before !== undefined && endsStatement(before, token, keywords)) {
      const { kind } = bracketOf(w.stack);
      if (kind === "brace" || kind === "root") endStatement(w);
    }
    if (w.importing !== undefined && readImport(w, index)) continue;
    switch (token.kind) {
      case "name":
        name(w, index, token.text);
        break;
      case "module":
        startChain(w, index, token.text, Mark.module);
        break;
      case "string":
        text(w, index, token);
        break;
      case "list":
        list(w, index, token);
        break;
      case "punct":
        punctuation(w, index, token.text, before);
        break;
      default:
        startChain(w, index, undefined, 0);
    }
  }
  endStatement(w);
  return { calls: w.calls, assignments: w.assignments };
}

function name(w: Walk, index: number, word: string): void {
  if (w.dot) {
    w.dot = false;
    member(w, word, w.tokens[index + 1]?.text === "(");
  } else if (w.keywords.has(word)) keyword(w, index, word);
  else if (w.expectsParameters) w.functionName = word;
  else if (w.lambda !== undefined) w.lambda.push(word);
  else named(w, index, word);
}

function keyword(w: Walk, index: number, text: string): void {
  if (DECLARES.has(text)) w.declares = true;
  else if (text === "function" || text === "def") {
    finish(w);
    w.expectsParameters = true;
    w.functionName = undefined;
  } else if (text === "lambda") {
    finish(w);
    w.lambda = [];
  } else if (text === "return" || text === "yield") {
    finish(w);
    const scope = functionOf(w, w.frame.scope);
    push(w, makeFrame("assign", w.frame.scope, index, { targets: [{ kind: "return", scope }] }));
  } else if (text === "for") w.loops = true;
  else if (text === "in" || text === "of") {
    // for (const name of value), for name in value
    if (w.loops && (w.frame.chain !== undefined || w.closed !== undefined || w.frame.names.length > 0)) {
      w.loops = false;
      const extra = w.frame.names;
      const bound = w.frame.chain?.name;
      const names = [
        ...extra,
        ...(bound === undefined ? [] : [bound]),
        ...(bound === undefined ? (w.closed?.names ?? []) : []),
      ];
      const targets = names.map((name): Target => {
        const binding = w.bindings.bind(w.frame.scope, name, w.declares ? "declared" : "set", w.python);
        return { kind: "name", binding, adds: true, name };
      });
      w.frame.chain = undefined;
      w.frame.names = [];
      push(w, makeFrame("assign", w.frame.scope, index, { targets }));
    } else finish(w);
  } else if (text === "as" && w.python) {
    const next = w.tokens[index + 1];
    const { chain } = w.frame;
    if (chain !== undefined && next?.kind === "name") {
      const binding = w.bindings.bind(w.frame.scope, next.text, "set", true);
      binding.marks |= chain.marks;
      if (chain.path !== undefined) binding.path = chain.path;
    }
    finish(w);
  } else if (text === "import") {
    const next = w.tokens[index + 1];
    if (next?.kind === "punct" && (next.text === "(" || next.text === ".")) named(w, index, "import");
    else w.importing = { module: undefined, names: [] };
  } else if (text === "from" && w.python && w.tokens[index - 1]?.text !== "yield") {
    w.importing = { module: "", names: [] };
  } else if (text === "class") {
    finish(w);
    const next = w.tokens[index + 1];
    if (next?.kind === "name" && !w.keywords.has(next.text))
      w.bindings.bind(w.frame.scope, next.text, "declared", w.python);
  } else if (text === "else" || text === "do" || text === "try") endStatement(w);
  else finish(w);
}

function punctuation(w: Walk, index: number, text: string, before: Token | undefined): void {
  switch (text) {
    case ".":
      if (w.frame.chain !== undefined) w.dot = true;
      return;
    case "(":
      if (w.expectsParameters) {
        w.expectsParameters = false;
        push(w, makeFrame("group", w.frame.scope, index, { isParameters: true }));
      } else if (w.frame.chain !== undefined && !isOperatorBefore(before, w.keywords))
        push(w, makeFrame("call", w.frame.scope, index, { callee: w.frame.chain }));
      else push(w, makeFrame("group", w.frame.scope, index));
      return;
    case "[":
      if (w.frame.chain !== undefined && !isOperatorBefore(before, w.keywords))
        push(w, makeFrame("index", w.frame.scope, index));
      else push(w, makeFrame("list", w.frame.scope, index));
      return;
    case "{":
      openBrace(w, index, before);
      return;
    case ")":
    case "]":
    case "}":
      close(w, index);
      if (text === "}" && w.frame.kind !== "call" && w.python) endStatement(w);
      return;
    case "=>": {
      const { chain } = w.frame;
      const params = chain?.name !== undefined && chain.members === 0 ? [chain.name] : (w.closed?.names ?? []);
      w.frame.chain = undefined;
      openArrow(w, index, params);
      return;
    }
    case "=":
      assign(w, index, false);
      return;
    case "+=":
    case "||=":
    case "??=":
    case "&&=":
      assign(w, index, true);
      return;
    case ":=":
      assign(w, index, false);
      return;
    case ";":
      endStatement(w);
      return;
    case ",":
      settleExpressions(w);
      finish(w);
      if (w.frame.kind === "call") {
        w.frame.args.push(w.frame.argument);
        w.frame.argument = 0;
      }
      return;
    case "?":
      finish(w);
      w.frame.conditional = true;
      return;
    case ":":
      colon(w, index);
      return;
    default:
      finish(w);
      // a || b is either: no path alone.
      if (text === "||" || text === "??" || text === "&&") return;
      w.frame.conditional = w.frame.kind === "assign" ? true : w.frame.conditional;
  }
}

function colon(w: Walk, index: number): void {
  if (w.lambda !== undefined) {
    const params = w.lambda;
    w.lambda = undefined;
    openFunction(w, index, params, "arrow");
    return;
  }
  const { chain } = w.frame;
  if (w.frame.kind === "group" && w.frame.isParameters) {
    // An annotation.
    finish(w);
    push(w, makeFrame("assign", w.frame.scope, index));
    return;
  }
  if (
    w.frame.kind === "brace" &&
    !w.frame.isBlock &&
    w.frame.body === undefined &&
    !w.frame.conditional &&
    chain !== undefined
  ) {
    // A key. In a pattern, it is what is renamed.
    const next = w.tokens[index + 1];
    const name = chain.name ?? "";
    w.frame.chain = undefined;
    if (!w.python && name !== "" && next?.kind === "name" && w.frame.names.length < 64)
      w.frame.names.push(`${name}:${next.text}`);
    return;
  }
  w.frame.conditional = false;
  finish(w);
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
