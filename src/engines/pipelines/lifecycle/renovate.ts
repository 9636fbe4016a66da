/** Renovate's configuration, as far as it says that nothing comes ("Configuration Options", docs.renovatebot.com). */
import { isObject } from "../../../core/untyped.ts";
import type { Place } from "../field.ts";
import type { UpdateConfiguration } from "./model.ts";

/** Where Renovate looks, in its order. */
export const RENOVATE_FILES: readonly string[] = [
  "renovate.json",
  "renovate.json5",
  ".github/renovate.json",
  ".github/renovate.json5",
  ".gitlab/renovate.json",
  ".gitlab/renovate.json5",
  ".renovaterc",
  ".renovaterc.json",
  ".renovaterc.json5",
];

/** Undefined of what is not JSON: of JSON5 what goes beyond it is not read. */
export function renovateConfiguration(path: string, text: string): UpdateConfiguration | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const place = placeOf(path, text, undefined);
  const stopped = stoppedBy(value);
  return {
    tool: "Renovate",
    path,
    entries: [
      {
        name: "Renovate",
        place,
        found: "unknown",
        ...(stopped === undefined
          ? {}
          : { stopped: { reason: stopped.reason, place: placeOf(path, text, stopped.key) } }),
      },
    ],
  };
}

function stoppedBy(value: Readonly<Record<string, unknown>>): { reason: string; key: string } | undefined {
  if (value.enabled === false) return { reason: "enabled is false", key: "enabled" };
  if (Array.isArray(value.enabledManagers) && value.enabledManagers.length === 0) {
    return { reason: "enabledManagers is empty", key: "enabledManagers" };
  }
  if (listOf(value.ignorePaths).some(isAll)) return { reason: "ignorePaths leaves out every file", key: "ignorePaths" };
  if (listOf(value.ignoreDeps).some(isAll))
    return { reason: "ignoreDeps leaves out every dependency", key: "ignoreDeps" };
  const rules = Array.isArray(value.packageRules) ? value.packageRules.filter(isObject) : [];
  const off = rules.findLastIndex((rule) => rule.enabled === false && isForAll(rule));
  const isOnAgain = rules.slice(off + 1).some((rule) => rule.enabled === true);
  return off >= 0 && !isOnAgain ? { reason: "packageRules disable every package", key: "packageRules" } : undefined;
}

/** It names all packages, and limits itself by nothing else. */
function isForAll(rule: Readonly<Record<string, unknown>>): boolean {
  const limits = Object.keys(rule).filter((key) => key.startsWith("match"));
  return limits.every((key) => /^match(?:Package|Dep)(?:Names|Patterns)$/.test(key) && listOf(rule[key]).some(isAll));
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function isAll(pattern: string): boolean {
  return pattern === "*" || pattern === "**" || pattern === "**/*" || pattern === ".*" || pattern === "/.*/";
}

/** Of the key's first place in the text. */
function placeOf(path: string, text: string, key: string | undefined): Place {
  const start = key === undefined ? 0 : Math.max(0, text.indexOf(`"${key}"`));
  const before = text.slice(0, start);
  const line = before.split("\n").length;
  return { path, line, column: start - before.lastIndexOf("\n"), start, end: start };
}
