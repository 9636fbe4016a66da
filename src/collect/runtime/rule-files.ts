/** Rule files by their names: a file, a directory of them, a file of a commit, and those that come with the program. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds as eventBounds } from "../../engines/events/bounds.ts";
import type { RuleText } from "../../engines/events/falco/model.ts";
import { BUNDLED_RULES } from "../../engines/events/policy.ts";
import { readNamedText } from "../named/named-text.ts";
import { readNamedByPolicy } from "../policy/source.ts";
import { bounds } from "./bounds.ts";

const kind = { code: "rules", option: "--rules", example: "rules.yaml", bytes: eventBounds.ruleFileBytes } as const;

/**
 * In the order in which they are named, those of a directory by name; directories in it are not looked into.
 *
 * @throws Problem (usage) `rules.unreadable`, `rules.too-large`, `rules.bound`
 */
export async function readNamedRules(names: readonly string[], root: string): Promise<RuleText[]> {
  const files: RuleText[] = [];
  for (const name of names) {
    if (name === BUNDLED_RULES) {
      files.push(...(await bundledRules()));
      continue;
    }
    for (const path of filesAt(name)) files.push({ name: path, text: await readNamedText(path, root, kind) });
    if (files.length > eventBounds.ruleFiles) throw tooMany(name);
  }
  return files;
}

/** As a policy names them. @throws as {@link readNamedRules}, and where the policy's tree has no such file */
export async function readPolicyRules(names: readonly string[], root: string): Promise<RuleText[]> {
  const files: RuleText[] = [];
  for (const name of names) {
    if (name === BUNDLED_RULES) files.push(...(await bundledRules()));
    else files.push({ name, text: await readNamedByPolicy(name, root) });
    if (files.length > eventBounds.ruleFiles) throw tooMany(name);
  }
  return files;
}

async function bundledRules(): Promise<RuleText[]> {
  const { default: files } = await import("./bundled-rules.json", { with: { type: "json" } });
  return Object.entries(files as Readonly<Record<string, string>>).map(([name, text]) => ({ name, text }));
}

function filesAt(name: string): string[] {
  if (name.startsWith("git:")) return [name];
  try {
    if (statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [name];
    const entries = readdirSync(name, { withFileTypes: true });
    if (entries.length > bounds.ruleFolderEntries) throw tooMany(name);
    const files = entries.filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name));
    if (files.length === 0) {
      throw refused("rules.unreadable", name, "no .yaml files", "name a directory of rule files");
    }
    return files.map((entry) => join(name, entry.name)).sort();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw refused("rules.unreadable", name, systemCause(error), "check --rules");
  }
}

function tooMany(place: string): Problem {
  return refused("rules.bound", place, `more than ${eventBounds.ruleFiles} files`, "name fewer");
}

function refused(code: string, place: string, cause: string, remedy: string): Problem {
  return new Problem({ kind: "usage", code, place, cause, remedy });
}
