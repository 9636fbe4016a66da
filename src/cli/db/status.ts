import { withoutLogCommands } from "../../core/log-commands.ts";
import { printable } from "../../core/printable.ts";
import { openAdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { defaultDatabase } from "../paths.ts";

/** Records that could not be read, as many as are shown. */
const PROBLEMS = 20;

/** `bulkhead db status` */
export function dbStatus(options: { readonly db?: string; readonly json: boolean }): number {
  const database = openAdvisoryDatabase(options.db ?? defaultDatabase());
  try {
    const status = database.status();
    const problems = database.problems(PROBLEMS);
    if (options.json) {
      process.stdout.write(withoutLogCommands(`${JSON.stringify({ ...status, problems }, undefined, 2)}\n`));
      return 0;
    }
    const lines = [
      `${status.path}${status.label === undefined ? "" : ` (${status.label})`}`,
      `${status.advisories} advisories on ${status.packages} packages, ${status.withdrawn} withdrawn, ${(status.size / 1e6).toFixed(1)} MB, imported ${status.importedAt.slice(0, 10)}`,
      "",
    ];
    for (const source of status.sources) {
      const refused = source.refused === 0 ? "" : `, ${source.refused} refused`;
      lines.push(`${source.name}: ${source.records} records${refused}`);
      for (const { ecosystem, release, asOf, complete, why } of source.coverage) {
        const scope = release === undefined ? ecosystem : `${ecosystem}:${release}`;
        lines.push(
          `  ${scope} as of ${asOf.slice(0, 10)}${complete ? "" : `, not complete${why === undefined ? "" : `: ${why}`}`}`,
        );
      }
      if (source.undeclared.length > 0) {
        lines.push(`  undeclared: ${source.undeclared.map((undeclared) => undeclared.scope).join(", ")}`);
      }
    }
    for (const { kind, version, asOf, records, refused } of status.catalogues) {
      const broken = refused === 0 ? "" : `, ${refused} refused`;
      lines.push(`${kind.toUpperCase()} ${version}: ${records} vulnerabilities${broken}, as of ${asOf.slice(0, 10)}`);
    }
    if (problems.length > 0) {
      lines.push("", problems.length < PROBLEMS ? "not read:" : `not read, the first ${PROBLEMS}:`);
      for (const { place, id, reason } of problems)
        lines.push(`  ${place}${id === undefined ? "" : ` ${id}`}: ${reason}`);
    }
    process.stdout.write(`${lines.map(printable).join("\n")}\n`);
    return 0;
  } finally {
    database.close();
  }
}
