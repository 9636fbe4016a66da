/** Renovate's configuration, as far as it says that nothing comes ("Configuration Options", docs.renovatebot.com). */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { type Json5Document, readJson5 } from "../../../formats/json/json5.ts";
import { positionAt, type Refuse } from "../../../formats/position.ts";
import type { Place } from "../field.ts";
import type { UpdateConfiguration } from "./model.ts";

/** Where Renovate looks, in its order. */
export const RENOVATE_FILES: readonly string[] = [
  "renovate.json",
  "renovate.jsonc",
  "renovate.json5",
  ".github/renovate.json",
  ".github/renovate.jsonc",
  ".github/renovate.json5",
  ".gitlab/renovate.json",
  ".gitlab/renovate.jsonc",
  ".gitlab/renovate.json5",
  ".renovaterc",
  ".renovaterc.json",
  ".renovaterc.jsonc",
  ".renovaterc.json5",
];

/** A file of Node.js, where Renovate takes a member for its configuration; the last place that it looks at. */
export const RENOVATE_PACKAGE_FILE = "package.json";

/**
 * Any of the files is read as JSON5, which JSON and JSON with comments are a part of: what a file's name is, Renovate
 * takes less narrowly than that.
 *
 * @returns undefined of a package.json that says nothing of Renovate
 * @throws Problem `pipelines.broken` with the place
 */
export function renovateConfiguration(path: string, text: string): UpdateConfiguration | undefined {
  const broken: Refuse = ({ line, column }, cause) =>
    new Problem({ kind: "input", code: "pipelines.broken", place: `${path}:${line}:${column}`, cause });
  const document = readJson5(text, broken);
  if (path !== RENOVATE_PACKAGE_FILE) return configurationIn(path, text, document, broken);
  const { value, places } = document;
  if (!isObject(value) || value.renovate === undefined) return undefined;
  const at = places.get("renovate") ?? 0;
  return configurationIn(path, text, { value: value.renovate, places: new Map(), at }, broken);
}

function configurationIn(
  path: string,
  text: string,
  { value, places, at = 0 }: Json5Document & { readonly at?: number },
  broken: Refuse,
): UpdateConfiguration {
  if (!isObject(value)) throw broken(positionAt(text, at), "no object");
  const placeOf = (start: number): Place => ({ path, ...positionAt(text, start), start, end: start });
  const stopped = stoppedBy(value);
  return {
    tool: "Renovate",
    path,
    entries: [
      {
        name: "Renovate",
        place: placeOf(at),
        found: "unknown",
        ...(stopped === undefined
          ? {}
          : { stopped: { reason: stopped.reason, place: placeOf(places.get(stopped.key) ?? at) } }),
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
