/** What predicates of attested bills of materials and scans say, as far as a line tells it. All of it is the signer's word. */
import { valueAt } from "../../core/untyped.ts";
import type { Statement } from "../../engines/trust/model.ts";
import { readVulnerabilities } from "../../engines/trust/predicates/reports.ts";

export interface SbomSummary {
  readonly format: string;
  readonly components?: number;
  /** Package-urls without qualifiers and subpaths; absent where it lists none. */
  readonly purls?: ReadonlySet<string>;
  /** As it states it. */
  readonly created?: string;
}

export function readSbom({ predicateType, predicate }: Statement): SbomSummary {
  const isSpdx = predicateType.startsWith("https://spdx.dev/");
  const listed = valueAt(predicate, [isSpdx ? "packages" : "components"]);
  const created = isSpdx
    ? valueAt(predicate, ["creationInfo", "created"])
    : valueAt(predicate, ["metadata", "timestamp"]);
  const purls = new Set(Array.isArray(listed) ? listed.flatMap((item) => purlsOf(item, isSpdx)).map(barePurl) : []);
  return {
    format: isSpdx ? "SPDX" : "CycloneDX",
    ...(purls.size === 0 ? {} : { purls }),
    ...(Array.isArray(listed) ? { components: listed.length } : {}),
    ...(typeof created === "string" ? { created } : {}),
  };
}

/** Qualifiers tell where it came from, which no two tools write alike. */
export function barePurl(purl: string): string {
  const end = purl.search(/[?#]/);
  return end < 0 ? purl : purl.slice(0, end);
}

function purlsOf(item: unknown, isSpdx: boolean): string[] {
  const references = isSpdx ? valueAt(item, ["externalRefs"]) : [{ referenceLocator: valueAt(item, ["purl"]) }];
  if (!Array.isArray(references)) return [];
  return references.flatMap((each) => {
    const locator = valueAt(each, ["referenceLocator"]);
    return typeof locator === "string" && locator.startsWith("pkg:") ? [locator] : [];
  });
}

export interface ScanSummary {
  readonly scanner?: string;
  /** When it ended, as it states it. */
  readonly at?: string;
  /** By severity. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Why there may be more. */
  readonly unread?: string;
}

export function readScan(statement: Statement): ScanSummary {
  const report = readVulnerabilities(statement);
  if ("fault" in report) return { unread: report.fault };
  const { scanner, at, vulnerabilities, unread } = report;
  const counts: Record<string, number> = {};
  for (const { severity } of vulnerabilities) counts[severity] = (counts[severity] ?? 0) + 1;
  return { scanner, ...(at === undefined ? {} : { at }), ...(unread === undefined ? { counts } : { unread }) };
}
