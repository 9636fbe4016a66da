import { type ExtendedPolicy, isLocked, readExtended } from "../../collect/policy/extend.ts";
import { checkEnvironment } from "../../collect/policy/load.ts";
import { type PolicyPlace, placeNamed } from "../../collect/policy/place.ts";
import { settingKeys, shownValue } from "../../collect/policy/settings.ts";
import { readPolicyAt, treeNames } from "../../collect/policy/source.ts";
import { validatePolicy } from "../../collect/policy/validate.ts";
import { compileGlob } from "../../core/glob.ts";
import { formatLocation } from "../../core/location.ts";
import { printable } from "../../core/printable.ts";
import { loosenedText } from "../../report/wording.ts";
import { everyDescription } from "../check-descriptions.ts";

/**
 * `bulkhead policy validate [FILE]`: every error in the file, else what it comes to with the files that it extends.
 * With an environment, what it comes to there. Exit code 1 where one of them tried to loosen what another has locked.
 */
export async function policyValidate(file: string, environment?: string): Promise<number> {
  const root = process.cwd();
  const source = await readPolicyAt(placeOf(file), root);
  const problems = validatePolicy(source.text, file);
  for (const { line, column, cause, allowed } of problems) {
    process.stderr.write(
      `${printable(`${file}:${line}:${column}: ${cause}${allowed === undefined ? "" : ` (${allowed})`}`)}\n`,
    );
  }
  if (problems.length > 0) return 2;
  const extended = await readExtended(source, root, environment);
  checkEnvironment(environment, [extended]);
  const composed = environment !== undefined || extended.extended.length > 0;
  const lines = [`${file}: valid`, ...(composed ? chainLines(extended) : []), ...(await unknownChecks(extended))];
  process.stdout.write(`${lines.map(printable).join("\n")}\n`);
  return extended.loosened.length === 0 ? 0 : 1;
}

/** What the policy states of checks that there are not: a name that is spelt wrong leaves its check to the rest. */
async function unknownChecks({ settings }: ExtendedPolicy): Promise<string[]> {
  const stated = settings["enforcement.ci"]?.value;
  if (stated === undefined) return [];
  const ids = (await everyDescription()).map(({ id }) => id);
  const patterns = [stated, ...stated.atLeast].flatMap(({ checks }) => Object.keys(checks));
  return [...new Set(patterns)]
    .filter((pattern) => !ids.some(compileGlob(pattern)))
    .map((pattern) => {
      const near = nearest(pattern, ids);
      return `note: enforcement.ci.checks: there is no check ${pattern}${near === undefined ? "" : `; ${near}?`}`;
    });
}

/** The one that takes the fewest changes of a character, of those that take few. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, written.length / 4);
  const [best] = known
    .filter((word) => Math.abs(word.length - written.length) <= most)
    .map((word) => ({ word, changes: changesBetween(written, word) }))
    .sort((a, b) => a.changes - b.changes);
  return best !== undefined && best.changes <= most ? best.word : undefined;
}

/** Levenshtein's distance. */
function changesBetween(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, character] of Array.from(one).entries()) {
    const here = [row + 1];
    for (let column = 0; column < other.length; column++) {
      const kept = (before[column] ?? 0) + (other[column] === character ? 0 : 1);
      here.push(Math.min(kept, (here[column] ?? 0) + 1, (before[column + 1] ?? 0) + 1));
    }
    before = here;
  }
  return before[other.length] ?? 0;
}

/** As judging would find it: the tree's own policy may name less than one that the caller names. */
function placeOf(file: string): PolicyPlace {
  return treeNames.includes(file) ? { kind: "tree", path: file } : placeNamed(file);
}

/** What holds in the end, and which file says so; what no file states is the default and left out. */
function chainLines({ settings, exceptions, extended, locked, loosened }: ExtendedPolicy): string[] {
  const keys = new Set(locked);
  const byFile = Map.groupBy(exceptions, ({ source }) => source.path);
  return [
    ...extended.map((name) => `extends: ${name}`),
    ...settingKeys.flatMap((key) => {
      const stated = settings[key];
      if (stated === undefined) return [];
      const where = formatLocation({ kind: "file", ...stated.place });
      return `${key}: ${shownValue(key, stated.value as never)} (${where}${isLocked(key, keys) ? ", locked" : ""})`;
    }),
    ...[...byFile].map(
      ([path, own]) => `exceptions: ${own.length} (${path}${isLocked("exceptions", keys) ? ", locked" : ""})`,
    ),
    ...loosened.map((key) => `loosened: ${loosenedText(key)}`),
  ];
}
