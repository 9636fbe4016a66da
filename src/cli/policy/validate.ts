import { type ExtendedPolicy, isLocked, readExtended } from "../../collect/policy/extend.ts";
import { type PolicyPlace, placeNamed } from "../../collect/policy/place.ts";
import { settingKeys, shownValue } from "../../collect/policy/settings.ts";
import { readPolicyAt, treeNames } from "../../collect/policy/source.ts";
import { validatePolicy } from "../../collect/policy/validate.ts";
import { formatLocation } from "../../core/location.ts";
import { printable } from "../../core/printable.ts";
import { loosenedText } from "../../report/wording.ts";

/**
 * `bulkhead policy validate [FILE]`: every error in the file, else what it comes to with the files that it extends.
 * Exit code 1 where one of them tried to loosen what another has locked.
 */
export async function policyValidate(file: string): Promise<number> {
  const root = process.cwd();
  const source = await readPolicyAt(placeOf(file), root);
  const problems = validatePolicy(source.text, file);
  for (const { line, column, cause, allowed } of problems) {
    process.stderr.write(
      `${printable(`${file}:${line}:${column}: ${cause}${allowed === undefined ? "" : ` (${allowed})`}`)}\n`,
    );
  }
  if (problems.length > 0) return 2;
  const extended = await readExtended(source, root);
  const lines = [`${file}: valid`, ...(extended.extended.length === 0 ? [] : chainLines(extended))];
  process.stdout.write(`${lines.map(printable).join("\n")}\n`);
  return extended.loosened.length === 0 ? 0 : 1;
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
      return `${key}: ${shownValue(stated.value)} (${where}${isLocked(key, keys) ? ", locked" : ""})`;
    }),
    ...[...byFile].map(
      ([path, own]) => `exceptions: ${own.length} (${path}${isLocked("exceptions", keys) ? ", locked" : ""})`,
    ),
    ...loosened.map((key) => `loosened: ${loosenedText(key)}`),
  ];
}
