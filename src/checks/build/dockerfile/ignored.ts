/** What a .dockerignore leaves out (Docker's documentation of build contexts, ".dockerignore files"). */

import { compileGlob } from "../../../core/glob.ts";
import type { BuildContext } from "../../../engines/dockerfile/model.ts";
import { bounds } from "./bounds.ts";

export type Ignored = "yes" | "no" | "unknown";

interface Rule {
  readonly negated: boolean;
  /** Absent where the pattern has a class of characters or an escape. */
  readonly matches?: (path: string) => boolean;
}

/**
 * Tells of a path, relative to the context, whether the builder gets to see it, by the ignore file that wins. `unknown`
 * where a pattern is not taken apart, and when more has been asked than the bound.
 */
export function ignoreRules({ ignoreFiles: [wins] }: BuildContext): (path: string) => Ignored {
  const rules = (wins?.patterns ?? []).slice(0, bounds.dockerignoreMatches).flatMap(ruleOf);
  let left: number = bounds.dockerignoreMatches;
  return (path) => {
    left -= rules.length;
    if (left < 0) return "unknown";
    const parts = cleaned(path).split("/").slice(0, bounds.dockerignoreDepth);
    const paths = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    let found: Ignored = "no";
    for (const { negated, matches } of rules) {
      if (matches === undefined) found = "unknown";
      // What lies below a folder that the pattern means is meant as well.
      else if (paths.some(matches)) found = negated ? "no" : "yes";
    }
    return found;
  };
}

function ruleOf(written: string): Rule[] {
  const negated = written.startsWith("!");
  const pattern = cleaned(negated ? written.slice(1) : written);
  if (pattern === "") return [];
  return [/[[\\]/.test(pattern) ? { negated } : { negated, matches: compileGlob(pattern) }];
}

/** Without what changes nothing: `./`, a slash at the start or the end, doubled slashes. */
export function cleaned(path: string): string {
  return path
    .trim()
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
