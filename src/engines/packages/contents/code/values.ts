/** Values as they are read: names, members, texts. */
import { bounds } from "../bounds.ts";
import { has, Mark, type Marks } from "../marks.ts";
import { marksOfText } from "../texts.ts";
import type { Chain, Walk } from "./frames.ts";
import { nameMarks, normalPath, sourceOf, variableMarks } from "./meanings.ts";
import type { Token } from "./token.ts";

/** Declared anew where they may be missing, and the same thing then. */
const GLOBAL_CLIENTS = new Set(["fetch", "axios", "requests", "eval", "atob", "Function", "exec"]);
export const SELF = new Set(["this", "self", "cls", "exports", "module"]);

/** The value that is being read is over: what it holds is its bracket's. */
export function finish(w: Walk): void {
  const { chain } = w.frame;
  if (chain === undefined) return;
  w.frame.chain = undefined;
  w.frame.marks |= chain.marks;
  w.frame.argument |= chain.marks;
  if (chain.scope !== undefined) {
    w.frame.fn = chain.scope;
    if (w.frame.functions.length < 16) w.frame.functions.push(chain.scope);
  }
  if (chain.name !== undefined && chain.members === 0 && w.frame.names.length < 64) w.frame.names.push(chain.name);
}

export function startChain(
  w: Walk,
  index: number,
  path: string | undefined,
  marks: Marks,
  more: Partial<Chain> = {},
): void {
  finish(w);
  w.frame.chain = {
    path,
    marks,
    name: undefined,
    binding: undefined,
    members: 0,
    last: "",
    scope: undefined,
    token: index,
    ...more,
  };
}

export function named(w: Walk, index: number, name: string): void {
  const binding = w.bindings.find(w.frame.scope, name);
  // A name of the file's own is not the global or the module that is called so.
  const own = binding !== undefined && binding.path === undefined && !GLOBAL_CLIENTS.has(name);
  const path = own ? `.${name}` : normalPath(binding?.path ?? name);
  const source = sourceOf(path, w.language);
  for (const each of binding?.texts ?? []) if (w.frame.texts.length < bounds.callTexts) w.frame.texts.push(each);
  startChain(w, index, path, (binding?.marks ?? 0) | source | nameMarks(name), {
    name,
    binding,
    scope: binding?.scope,
    last: name,
  });
}

/** @param isCalled - brackets follow: it is a method, and no part */
export function member(w: Walk, name: string, isCalled: boolean): void {
  const { chain } = w.frame;
  if (chain === undefined) return;
  const own =
    chain.members === 0 && chain.name !== undefined
      ? w.bindings.find(w.frame.scope, `${chain.name}.${name}`)
      : undefined;
  if (own !== undefined) {
    chain.marks = own.marks | (SELF.has(chain.name as string) ? 0 : chain.marks & ~Mark.environment);
    chain.path = own.path ?? normalPath(`${chain.path}.${name}`);
    chain.scope = own.scope;
    chain.binding = own;
  } else {
    chain.path = chain.path === undefined || chain.path.length > 160 ? undefined : normalPath(`${chain.path}.${name}`);
    chain.scope = undefined;
    if (has(chain.marks, Mark.environment) && chain.path?.includes("(") !== true && !isCalled && !isWholeMember(name)) {
      chain.marks = (chain.marks & ~Mark.environment) | variableMarks(name);
    }
    const source = chain.path === undefined ? 0 : sourceOf(chain.path, w.language);
    if (source !== 0) chain.marks = source;
  }
  chain.marks |= nameMarks(name);
  chain.members += 1;
  chain.last = name;
}

export function text(w: Walk, index: number, token: Token): void {
  if (w.frame.texts.length < bounds.callTexts) w.frame.texts.push(token.text);
  startChain(w, index, undefined, marksOfText(token.text) | markOfFolded(token));
}

const LISTED = 64;
const LONG_LIST = 8;

export function list(w: Walk, index: number, token: Token): void {
  const values = token.values ?? [];
  let marks = markOfFolded(token);
  if (values.length >= LONG_LIST && typeof values[0] === "number") marks |= Mark.payload;
  for (const value of values.slice(0, LISTED)) {
    if (typeof value !== "string") continue;
    marks |= marksOfText(value);
    if (w.frame.texts.length < bounds.callTexts) w.frame.texts.push(value);
  }
  startChain(w, index, undefined, marks);
}

function markOfFolded({ decoded }: Token): Marks {
  return decoded === undefined ? 0 : Mark.decoded | Mark.embedded;
}

/** `os.environ.items()` and the like are the whole still. */
function isWholeMember(name: string): boolean {
  return /^(?:items|copy|values|keys|toObject|entries|__repr__|__str__)$/.test(name);
}
