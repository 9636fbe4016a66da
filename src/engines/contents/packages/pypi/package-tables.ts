import { tomlText } from "../../../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../../../formats/toml/read.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { type PythonEntry, pythonPackages } from "./python-graph.ts";

/** A lockfile of `[[package]]` tables, a package each, and one of `[metadata]`: poetry's and PDM's. */
export interface PackageTables {
  readonly id: string;
  readonly version: number;
  readonly basename: string;
  /** The key of `[metadata]` that holds the format's version. */
  readonly lockVersion: string;
  readonly entryOf: (table: TomlTable) => PythonEntry;
}

export function packageTables({ id, version, basename, ...form }: PackageTables) {
  return lockfile({
    id,
    version,
    basenames: [basename],
    read(text) {
      let stated: string | undefined;
      const entries = entriesIn(text, form, (lockVersion) => {
        stated = lockVersion;
      });
      return pythonPackages({ entries, formatVersion: () => stated });
    },
  });
}

function* entriesIn(
  text: string,
  { lockVersion, entryOf }: Pick<PackageTables, "lockVersion" | "entryOf">,
  tell: (version: string | undefined) => void,
): Generator<PythonEntry> {
  let isOne = false;
  for (const { name, table, line, repeated } of tomlSections(text, brokenAt)) {
    if (name === "package") yield { ...entryOf(table), line, repeated };
    if (name === "metadata") tell(tomlText(table.get(lockVersion)));
    isOne ||= name === "package" || name === "metadata";
  }
  if (!isOne) throw brokenLockfile("the file", "neither packages nor metadata");
}
