/** One line a report: whose, as of when, and what became of it. */
import { nameOf } from "../../checks/findings/imported-finding.ts";
import { counted, someOf } from "../../core/counted.ts";
import type { ScannerReport } from "../../engines/reports/model.ts";

const NAMED = 4;

/** @param both - findings that this run has as well */
export function importNote({ place, tool, observedAt, targets, unread }: ScannerReport, both: number): string {
  const found = targets.reduce((sum, { flaws, results }) => sum + flaws.length + results.length, 0);
  const suppressed = new Map<string, number>();
  for (const target of targets) {
    for (const [reason, count] of Object.entries(target.suppressed)) {
      suppressed.set(reason, (suppressed.get(reason) ?? 0) + count);
    }
  }
  const apart = [...suppressed].map(([reason, count]) => `${count} ${reason}`);
  const left = Object.entries(unread).map(([what, count]) => `${count} ${what}`);
  return [
    `import: ${place}, ${nameOf(tool)} ${observedAt === undefined ? "without a date" : `of ${observedAt.slice(0, 10)}`}`,
    `${counted(found, "finding")}${both === 0 ? "" : ` (${both} also found here)`}`,
    ...(apart.length === 0 ? [] : [`suppressed by ${tool.name}: ${someOf(apart, NAMED)}`]),
    ...(left.length === 0 ? [] : [`not read: ${someOf(left, NAMED)}`]),
  ].join(", ");
}
