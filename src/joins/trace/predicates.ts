/** What predicates of attested bills of materials and scans say, as far as a line tells it. All of it is the signer's word. */
import { valueAt } from "../../core/untyped.ts";
import type { Statement } from "../../engines/trust/model.ts";
import { readVulnerabilities } from "../../engines/trust/predicates/reports.ts";

export interface SbomSummary {
  readonly format: string;
  readonly components?: number;
  /** As it states it. */
  readonly created?: string;
}

export function readSbom({ predicateType, predicate }: Statement): SbomSummary {
  const isSpdx = predicateType.startsWith("https://spdx.dev/");
  const listed = valueAt(predicate, [isSpdx ? "packages" : "components"]);
  const created = isSpdx
    ? valueAt(predicate, ["creationInfo", "created"])
    : valueAt(predicate, ["metadata", "timestamp"]);
  return {
    format: isSpdx ? "SPDX" : "CycloneDX",
    ...(Array.isArray(listed) ? { components: listed.length } : {}),
    ...(typeof created === "string" ? { created } : {}),
  };
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
