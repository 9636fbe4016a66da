/** Names of one file and what they hold, by scope: a bundle has a hundred variables `e`. */
import type { Marks } from "../marks.ts";

export interface Binding {
  marks: Marks;
  /** The dotted path that it stands for: `cp` is `child_process`. */
  path?: string;
  /** Constant texts that are set to it, where there are few: commands that depend on the system. */
  texts?: readonly string[];
  /** Of a function of this file: its scope. */
  scope?: number;
}

export interface Scope {
  readonly parent: number;
  readonly isFunction: boolean;
  readonly names: Map<string, Binding>;
  readonly params: readonly Binding[];
  /** What it gives back. */
  returns: Marks;
  /** It runs when the file is loaded, as far as was seen. */
  runs: boolean;
}

export interface Bindings {
  readonly scopes: Scope[];
  open(token: number, parent: number, isFunction: boolean, params: readonly string[]): number;
  find(scope: number, name: string): Binding | undefined;
  /** @param where - `declared`: in this scope; `set`: where it is found, else in the function's (Python) or the file's */
  bind(scope: number, name: string, where: "declared" | "set", python: boolean): Binding;
  method(name: string, scope: number): void;
  methods(name: string): readonly number[];
  /** Grows with every mark that any name takes on: where it stays, another pass finds nothing new. */
  weight(): number;
}

const METHODS_OF_NAME = 3;

export function createBindings(): Bindings {
  const root: Scope = { parent: -1, isFunction: true, names: new Map(), params: [], returns: 0, runs: true };
  const scopes = [root];
  const byToken = new Map<number, number>();
  const methodScopes = new Map<string, number[]>();
  return {
    scopes,
    open(token, parent, isFunction, params) {
      const known = byToken.get(token);
      if (known !== undefined) return known;
      const names = new Map<string, Binding>();
      const bound: Binding[] = [];
      for (const name of params) {
        const binding: Binding = { marks: 0 };
        names.set(name, binding);
        bound.push(binding);
      }
      scopes.push({ parent, isFunction, names, params: bound, returns: 0, runs: !isFunction });
      byToken.set(token, scopes.length - 1);
      return scopes.length - 1;
    },
    find(scope, name) {
      for (let at = scope, steps = 0; at >= 0 && steps < 200; steps++) {
        const { names, parent } = scopes[at] as Scope;
        const found = names.get(name);
        if (found !== undefined) return found;
        at = parent;
      }
      return root.names.get(name);
    },
    bind(scope, name, where, python) {
      if (where === "set" && !python) {
        const found = this.find(scope, name);
        if (found !== undefined) return found;
      }
      let at = where === "set" && !python ? 0 : scope;
      // Blocks of Python have no names of their own.
      while (python && !(scopes[at] as Scope).isFunction) at = (scopes[at] as Scope).parent;
      const { names } = scopes[at] as Scope;
      const known = names.get(name);
      if (known !== undefined) return known;
      const binding: Binding = { marks: 0 };
      names.set(name, binding);
      return binding;
    },
    method(name, scope) {
      const known = methodScopes.get(name);
      if (known === undefined) methodScopes.set(name, [scope]);
      else if (known.length <= METHODS_OF_NAME && !known.includes(scope)) known.push(scope);
    },
    /** Of a name that many have, none: it says too little. */
    methods(name) {
      const known = methodScopes.get(name) ?? [];
      return known.length <= METHODS_OF_NAME ? known : [];
    },
    weight() {
      let weight = 0;
      for (const { names, params, returns, runs } of scopes) {
        weight += returns + (runs ? 1 : 0);
        for (const { marks, scope } of names.values()) weight += marks + (scope === undefined ? 0 : 1);
        for (const { marks } of params) weight += marks;
      }
      return weight;
    },
  };
}
