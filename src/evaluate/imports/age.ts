/** How old reports of other scanners are, by their own word, and how old they may be. */
import { nameOf } from "../../checks/findings/imported-finding.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { ScannerReport } from "../../engines/reports/model.ts";

export interface Age {
  /** ISO 8601, UTC: the oldest of them; now where none has a date. */
  readonly observedAt: string;
  /** Absent where none has a date. */
  readonly validUntil?: string;
  readonly renewal: string;
  /** One for each report without a date, or with one that is still to come. */
  readonly undated: readonly Gap[];
}

const DAY = 24 * 60 * 60 * 1000;
/** Clocks differ: a report may be so much younger than now. */
const AHEAD = DAY;

/** A report may be as old as a scan of an image may be where it is pulled (`registry.pull.scannedWithinDays`). */
export function ageOf(reports: readonly ScannerReport[], { registry }: Pick<Policy, "registry">, now: Date): Age {
  const latest = now.getTime() + AHEAD;
  const dates: string[] = [];
  const undated: Gap[] = [];
  for (const report of reports) {
    const { observedAt, tool } = report;
    const time = observedAt === undefined ? Number.NaN : Date.parse(observedAt);
    if (observedAt !== undefined && time <= latest) dates.push(observedAt);
    else
      undated.push(
        undatedGap(
          report,
          observedAt === undefined ? undefined : `${nameOf(tool)} is dated ${observedAt.slice(0, 10)}`,
        ),
      );
  }
  const [oldest] = dates.sort();
  const days = registry.pull.scannedWithinDays;
  const names = [...new Set(reports.map(({ tool }) => tool.name))].slice(0, 3).join(", ");
  return {
    observedAt: oldest ?? now.toISOString(),
    ...(oldest === undefined ? {} : { validUntil: new Date(Date.parse(oldest) + days * DAY).toISOString() }),
    renewal: `scan again with ${names}`,
    undated,
  };
}

function undatedGap({ place, tool }: ScannerReport, ahead: string | undefined): Gap {
  return {
    code: "imports.undated",
    reason:
      ahead === undefined
        ? `${place}: ${nameOf(tool)} states no date, so its age is unknown`
        : `${place}: ${ahead}, which is still to come`,
  };
}

/** What no report names may be there all the same. */
export function gapNotScanned(what: "vulnerabilities" | "secrets", reports: readonly ScannerReport[]): Gap {
  const tools = [...new Set(reports.map(({ tool }) => nameOf(tool)))].slice(0, 3).join(", ");
  return {
    code: "imports.not-scanned",
    reason: `not scanned for ${what} here: only the report of ${tools} is known`,
    remedy:
      what === "vulnerabilities"
        ? "scan it: bulkhead image scan, or check its directory"
        : "scan it without --no-secrets",
  };
}
