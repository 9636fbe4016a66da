/** Variables as they are where an instruction stands: ARG and ENV of the file, the stage, and the stages below it. */
import type { Known, Lookup, Value } from "./expand.ts";
import type { ShellKind } from "./model.ts";

/** What is true at one point of a stage. */
export interface StageScope {
  /** Of the stage that it is built on: what it does not set itself is as it is there. */
  readonly parent: StageScope | undefined;
  readonly variables: Map<string, Value>;
  /** What ENV set, which the image keeps. */
  readonly environment: Map<string, Value>;
  /** It begins at `scratch`: what no instruction sets is unset. */
  readonly fromScratch: boolean;
  /** Something was set whose name is not known. */
  anySet: boolean;
  shell: ShellKind;
}

/** Given by the builder in every scope that declares them, and in FROM without that. */
const platformArguments = new Set(
  ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"].flatMap((name) => [`TARGET${name}`, `BUILD${name}`]),
);

function isPlatformArgument(name: string): boolean {
  return platformArguments.has(name) || name === "TARGETSTAGE";
}

const unknown: Value = { kind: "unknown" };
const unset: Known = { kind: "unset" };
/** Nothing, where nobody gives it. */
const open: Value = { kind: "unknown", stated: unset };

/** ARGs before the first FROM; undefined is one without a default. */
export type Globals = Map<string, Value | undefined>;

/** In FROM: the ARGs before the first one. */
export function globalLookup(globals: Globals): Lookup {
  return (name) => {
    const value = globals.get(name);
    if (value !== undefined) return value;
    if (isPlatformArgument(name)) return unknown;
    return globals.has(name) ? { kind: "unknown", stated: { kind: "set", value: "" } } : unset;
  };
}

/**
 * In a stage. What nothing there declares may be in the environment of the base image. A stage that is built on another
 * one starts with the environment of its image, before what ARG set there.
 */
export function stageLookup(scope: StageScope): Lookup {
  return (name) => {
    const own = scope.variables.get(name);
    if (own !== undefined && !scope.anySet) return own;
    for (let at: StageScope | undefined = scope; at !== undefined; at = at.parent) if (at.anySet) return unknown;
    for (let at = scope.parent; at !== undefined; at = at.parent) {
      const value = at.environment.get(name);
      if (value !== undefined) return value;
    }
    for (let at = scope.parent; at !== undefined; at = at.parent) {
      const value = at.variables.get(name);
      // Here buildah has an ARG end with its stage.
      if (value !== undefined) return { ...value, disputed: true };
    }
    if (name === "PATH") return unknown;
    return scope.fromScratch ? unset : open;
  };
}

export function childScope(parent: StageScope | undefined, fromScratch: boolean, shell: ShellKind): StageScope {
  return {
    parent,
    variables: new Map(),
    environment: new Map(),
    fromScratch: parent?.fromScratch ?? fromScratch,
    anySet: false,
    shell: parent?.shell ?? shell,
  };
}

/**
 * `ARG name=value` in a stage, which reaches over an ENV before it (BuildKit, `dispatchArg`; buildah leaves the ENV);
 * without a value the global one counts, as far as there is one, and else what the name stood for before.
 */
export function declareArgument(scope: StageScope, globals: Globals, name: string, value: Value | undefined): void {
  const given = value ?? globals.get(name) ?? (isPlatformArgument(name) ? unknown : undefined);
  if (given !== undefined)
    scope.variables.set(name, isInEnvironment(scope, name) ? { ...given, disputed: true } : given);
  else if (stageLookup(scope)(name).kind === "unset") scope.variables.set(name, open);
}

function isInEnvironment(scope: StageScope, name: string): boolean {
  for (let at: StageScope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.anySet || at.environment.has(name)) return true;
  }
  return false;
}

export function setEnvironment(scope: StageScope, name: string, value: Value): void {
  scope.environment.set(name, value);
  scope.variables.set(name, value);
}
