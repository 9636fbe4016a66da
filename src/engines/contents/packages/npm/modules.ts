import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { bounds } from "../../bounds.ts";

/** A package in the tree of folders that Node looks through: those right below it, and the one around it. */
export interface Module {
  /** What the lockfile's reader knows it by. */
  readonly key: string;
  readonly around: Module | undefined;
  readonly depth: number;
  readonly below: Map<string, Module>;
}

/**
 * Where packages lie in each other's `node_modules`, and which one a name means from a place (Node's "Loading from
 * node_modules folders"). The looks taken are bounded together: over the bound nothing more is found.
 */
export interface Modules {
  readonly root: Module;
  /** The place below another, made where there is none; undefined where it lies too deep. */
  place(around: Module, name: string, key: string): Module | undefined;
  find(from: Module, name: string): Module | undefined;
  /** Whether the bound on looks was met, so that dependencies are missing. */
  exhausted(): boolean;
}

export function modules(): Modules {
  const root: Module = { key: "", around: undefined, depth: 0, below: new Map() };
  let steps = 0;
  return {
    root,
    place(around, name, key) {
      const there = around.below.get(name);
      if (there !== undefined) return there;
      if (around.depth >= formatsBounds.depth) return undefined;
      const made: Module = { key, around, depth: around.depth + 1, below: new Map() };
      around.below.set(name, made);
      return made;
    },
    find(from, name) {
      for (let place: Module | undefined = from; place !== undefined; place = place.around) {
        steps += 1;
        if (steps > bounds.dependencySteps) return undefined;
        const found = place.below.get(name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    exhausted: () => steps > bounds.dependencySteps,
  };
}
