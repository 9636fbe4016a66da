import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { SeccompProfile, SeccompRule } from "./seccomp-model.ts";

/**
 * Reads the JSON of a profile. Both forms are known: `names`, and the older `name` of one call.
 *
 * @throws Problem (input) `kubernetes.seccomp-profile` where it is no JSON, no profile, or over the bounds
 */
export function readSeccompProfile(path: string, text: string): SeccompProfile {
  if (text.length > bounds.seccompProfileLength) {
    throw unreadable(path, `${text.length} characters exceed the limit of ${bounds.seccompProfileLength}`);
  }
  const profile = parse(path, text);
  const { defaultAction, syscalls } = profile;
  if (typeof defaultAction !== "string") throw unreadable(path, "it states no defaultAction");
  if (syscalls !== undefined && syscalls !== null && !Array.isArray(syscalls)) {
    throw unreadable(path, "syscalls is not a list");
  }
  return { path, defaultAction, rules: (syscalls ?? []).map((rule: unknown, at: number) => ruleOf(path, rule, at)) };
}

function parse(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw unreadable(path, (error as Error).message);
  }
  if (!isObject(value)) throw unreadable(path, "not a JSON object");
  return value;
}

function ruleOf(path: string, rule: unknown, at: number): SeccompRule {
  if (!isObject(rule)) throw unreadable(path, `syscalls[${at}] is not an object`);
  const { name, names, action, args, includes, excludes } = rule;
  const called = names ?? (name === undefined ? [] : [name]);
  if (typeof action !== "string") throw unreadable(path, `syscalls[${at}] states no action`);
  if (!Array.isArray(called) || !called.every((each): each is string => typeof each === "string")) {
    throw unreadable(path, `the names of syscalls[${at}] are not a list of texts`);
  }
  return {
    names: called,
    action,
    byArguments: Array.isArray(args) && args.length > 0,
    conditional: holdsSomething(includes) || holdsSomething(excludes),
  };
}

/** Profiles are written with `"includes": {}` where nothing is meant. */
function holdsSomething(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  return Object.values(condition).some((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));
}

function unreadable(path: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "kubernetes.seccomp-profile", place: path, cause });
}
