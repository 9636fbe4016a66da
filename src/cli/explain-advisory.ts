/** What the advisory database says of a CVE, a GHSA or another advisory. */
import { openNamedAdvisories } from "../collect/image/advisories.ts";
import { printable } from "../core/printable.ts";
import { usageProblem } from "../core/problem.ts";
import type { AdvisoryDatabase, NamedAdvisory } from "../engines/vulnerability/database/open.ts";
import { wrap } from "../report/width.ts";
import { defaultDatabase } from "./paths.ts";

const COLUMNS = 88;
/** Links of one advisory. */
const REFERENCES = 5;

/**
 * @param written - in any case
 * @throws Problem (usage) where there is no database, or it has nothing of the name
 */
export function explainAdvisory(written: string, named: string | undefined): string {
  const database = openNamedAdvisories(named ?? defaultDatabase());
  try {
    // Ids are in capitals, but for what follows in GitHub's.
    const names = [...new Set([written, written.toUpperCase(), written.toLowerCase().replace(/^ghsa-/, "GHSA-")])];
    const name = names.find((one) => database.advisoriesNamed(one).length > 0) ?? written;
    const found = database.advisoriesNamed(name);
    if (found.length === 0) {
      const { importedAt } = database.outline();
      throw usageProblem(
        `explain ${written}`,
        `no such advisory in the database of ${importedAt.slice(0, 10)}`,
        "run `bulkhead db update`; `bulkhead db status` lists the ecosystems",
      );
    }
    const lines = [
      `${name} · ${found.length === 1 ? "advisory" : `${found.length} advisories`}`,
      ...priorityLines(database, name, found),
      ...found.flatMap((advisory) => ["", ...advisoryLines(advisory)]),
    ];
    return `${lines.map(printable).join("\n")}\n`;
  } finally {
    database.close();
  }
}

function priorityLines(database: AdvisoryDatabase, name: string, found: readonly NamedAdvisory[]): string[] {
  const cves = [...new Set([name, ...found.flatMap(({ id, aliases }) => [id, ...aliases])])].filter((id) =>
    /^CVE-/.test(id),
  );
  return cves.flatMap((cve) => {
    const exploited = database.exploited(cve);
    const epss = database.epss(cve);
    const of = cve === name ? "" : ` (${cve})`;
    return [
      ...(exploited === undefined
        ? []
        : [
            `  exploited   since ${exploited.dateAdded} in CISA's KEV${exploited.ransomware ? ", by ransomware" : ""}${of}`,
          ]),
      ...(epss === undefined
        ? []
        : [`  EPSS        ${(100 * epss.score).toFixed(1)}% within 30 days, as of ${epss.asOf.slice(0, 10)}${of}`]),
    ];
  });
}

function advisoryLines(advisory: NamedAdvisory): string[] {
  const { id, source, severity, malware, modified, withdrawn, summary, aliases, affected, affectedCount, references } =
    advisory;
  const facts: readonly (readonly [string, string])[] = [
    ["severity", `${severity ?? "not rated by the record"}${malware ? ", malicious package" : ""}`],
    ...(withdrawn === undefined ? [] : [["withdrawn", withdrawn.slice(0, 10)] as const]),
    ...(aliases.length === 0 ? [] : [["also", aliases.join(", ")] as const]),
    ["source", modified === undefined ? source : `${source}, modified ${modified.slice(0, 10)}`],
  ];
  const more = affectedCount - affected.length;
  return [
    id,
    ...wrap(summary, COLUMNS - 2).map((line) => `  ${line}`),
    ...facts.flatMap(([name, text]) =>
      wrap(text, COLUMNS - 14).map((line, index) => `  ${(index === 0 ? name : "").padEnd(12)}${line}`),
    ),
    ...affected.map(
      (one, index) => `  ${(index === 0 ? "affected" : "").padEnd(12)}${one.scope} ${one.package}: ${rangesText(one)}`,
    ),
    ...(more > 0 ? [`  ${"".padEnd(12)}and ${more} more`] : []),
    ...references.slice(0, REFERENCES).map((url, index) => `  ${(index === 0 ? "links" : "").padEnd(12)}${url}`),
  ];
}

/** `0 before 1.2.6; 2.0 to 2.1, no fix`. */
function rangesText({ ranges, versions }: NamedAdvisory["affected"][number]): string {
  const parts = ranges.map((range) => {
    const at = (name: string) => range.flatMap((event) => (name in event ? [Object.values(event)[0] as string] : []));
    const [introduced = "0"] = at("introduced");
    const [fixed] = at("fixed");
    const [last] = at("last_affected");
    const from = introduced === "0" ? "" : `from ${introduced} `;
    if (fixed !== undefined) return `${from}before ${fixed}`;
    return last === undefined ? `${from === "" ? "all versions" : from.trimEnd()}, no fix` : `${from}up to ${last}`;
  });
  if (parts.length > 0) return parts.slice(0, 5).join("; ") + (parts.length > 5 ? "; …" : "");
  return versions.length === 0
    ? "versions not specified"
    : `${versions.slice(0, 5).join(", ")}${versions.length > 5 ? ", …" : ""}`;
}
