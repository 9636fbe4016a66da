/** Variables as they are where an instruction stands: ARG and ENV of the file, the stage, and the stages below it. */
import type { Lookup, Value } from "./expand.ts";
import type { ShellKind } from "./model.ts";

/** What is true at one point of a stage. */
export interface StageScope {
  /** Of the stage that it is built on: what it does not set itself is as it is there. */
  readonly parent: StageScope | undefined;
  readonly variables: Map<string, Value>;
  /** Names that ENV set: ARG does not reach over them. */
  readonly environment: Set<string>;
  /** It begins at `scratch`: what no instruction sets is unset. */
  readonly fromScratch: boolean;
  shell: ShellKind;
}

/** Given by the builder in every scope that declares them, and in FROM without that. */
const platformArguments = new Set(
  ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"].flatMap((name) => [`TARGET${name}`, `BUILD${name}`]),
);

/** Usable in RUN without an ARG, and in no other instruction. */
const proxyArguments = new Set(
  ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
);

export function isPredefinedArgument(name: string): boolean {
  return platformArguments.has(name) || proxyArguments.has(name) || name === "TARGETSTAGE";
}

const unknown: Value = { kind: "unknown" };
const unset: Value = { kind: "unset" };

/** In FROM: the ARGs before the first one. */
export function globalLookup(globals: ReadonlyMap<string, Value>): Lookup {
  return (name) => globals.get(name) ?? (isPredefinedArgument(name) ? unknown : unset);
}

/** In a stage. What nothing there declares may be in the environment of the base image. */
export function stageLookup(scope: StageScope): Lookup {
  return (name) => {
    for (let at: StageScope | undefined = scope; at !== undefined; at = at.parent) {
      const value = at.variables.get(name);
      if (value !== undefined) return value;
    }
    return scope.fromScratch && !isPredefinedArgument(name) ? unset : unknown;
  };
}

export function childScope(parent: StageScope | undefined, fromScratch: boolean, shell: ShellKind): StageScope {
  return {
    parent,
    variables: new Map(),
    environment: new Set(),
    fromScratch: parent?.fromScratch ?? fromScratch,
    shell: parent?.shell ?? shell,
  };
}

/** `ARG name=value` in a stage; without a value the global one counts, as far as there is one. */
export function declareArgument(
  scope: StageScope,
  globals: ReadonlyMap<string, Value>,
  name: string,
  value: Value | undefined,
): void {
  for (let at: StageScope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.environment.has(name)) return;
  }
  scope.variables.set(name, value ?? globals.get(name) ?? unknown);
}

export function setEnvironment(scope: StageScope, name: string, value: Value): void {
  scope.environment.add(name);
  scope.variables.set(name, value);
}
