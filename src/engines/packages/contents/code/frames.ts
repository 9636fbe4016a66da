/** What a walk over the tokens of one file keeps: open brackets, the value that is being read, what is assigned. */
import { bounds } from "../bounds.ts";
import type { Marks } from "../marks.ts";
import type { Binding, Bindings, Scope } from "./bindings.ts";
import type { Call } from "./calls.ts";
import type { Language, Token } from "./token.ts";

/** One value as it is read: a name, its members and calls. */
export interface Chain {
  path: string | undefined;
  marks: Marks;
  readonly name: string | undefined;
  binding: Binding | undefined;
  members: number;
  last: string;
  scope: number | undefined;
  readonly token: number;
}

export interface Frame {
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

export type Target =
  | { readonly kind: "name"; readonly binding: Binding; readonly adds: boolean; readonly name: string }
  | {
      readonly kind: "member";
      readonly base: Binding | undefined;
      readonly member: Binding | undefined;
      readonly path: string | undefined;
      readonly token: number;
    }
  | { readonly kind: "part"; readonly binding: Binding; readonly of: string }
  | { readonly kind: "return"; readonly scope: number };

/** Where the walk of one file is. */
export interface Walk {
  readonly tokens: readonly Token[];
  readonly language: Language;
  readonly python: boolean;
  readonly keywords: ReadonlySet<string>;
  readonly bindings: Bindings;
  readonly calls: Call[];
  readonly assignments: { path: string; token: number; marks: Marks }[];
  readonly stack: Frame[];
  /** The top of the stack. */
  frame: Frame;
  /** A member follows. */
  dot: boolean;
  /** Behind `const`, `let` or `var`. */
  declares: boolean;
  /** Behind `for`, before its `in` or `of`. */
  loops: boolean;
  /** Of the function whose body follows. */
  parameters: string[] | undefined;
  functionName: string | undefined;
  expectsParameters: boolean;
  /** Parameters of a lambda, up to its colon. */
  lambda: string[] | undefined;
  importing: Importing | undefined;
  /** The bracket that was closed last in this statement. */
  closed: Frame | undefined;
  /** The path of the last argument of the call that closes. */
  argumentPath: string | undefined;
  /** What the assignment that is being settled is one path of, and nothing else. */
  assigned: string | undefined;
}

export interface Importing {
  module: string | undefined;
  names: [name: string, as: string][];
}

export function makeFrame(kind: Frame["kind"], scope: number, token: number, more: Partial<Frame> = {}): Frame {
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

export function push(w: Walk, next: Frame): void {
  if (w.stack.length < bounds.depth) w.stack.push(next);
  else w.stack[w.stack.length - 1] = next;
  w.frame = next;
}

export function functionOf(w: Walk, scope: number): number {
  let at = scope;
  while (at > 0 && !(w.bindings.scopes[at] as Scope).isFunction) at = (w.bindings.scopes[at] as Scope).parent;
  return Math.max(0, at);
}

export function bracketOf(stack: readonly Frame[]): Frame {
  let at = stack.length - 1;
  while (at > 0 && ((stack[at] as Frame).kind === "assign" || (stack[at] as Frame).kind === "arrow")) at -= 1;
  return stack[at] as Frame;
}
