/** A report as its reader asks for it: what is shown of it, grouped and counted. */
import type { Report } from "../core/report.ts";
import { type Display, defaultDisplay, filterOf, filterText, type Shows } from "./display.ts";
import type { RenderOptions } from "./options.ts";
import { totalOf } from "./severity-counts.ts";
import { type AssetTally, tallyAssets } from "./summary/asset-tally.ts";
import { type FixGroup, type FixGroups, groupByFix, sorted } from "./summary/fix-groups.ts";
import { auditedIn } from "./wording.ts";

export interface View {
  readonly display: Display;
  readonly all: boolean;
  /** The findings themselves, not only what fixes them. */
  readonly details: boolean;
  /** Absent: every finding. */
  readonly shows?: Shows;
  readonly fixes: FixGroups;
  /** The worst group of what is shown, whatever the order. */
  readonly worst?: FixGroup;
  /** Groups with a finding at or above the threshold, in the reader's order; where there are none, those below. */
  readonly fixFirst: readonly FixGroup[];
  readonly isOver: boolean;
  /** Worst first, or as the reader asks for. */
  readonly assets: readonly AssetTally[];
  /** `4 evaluations with 12 findings: 2 high`: what the policy only has recorded, where it is not shown. */
  readonly audited?: string;
  /** `12 findings are hidden by --severity high`; absent where nothing is hidden. */
  readonly hidden?: string;
}

export function viewOf(
  report: Report,
  { all, display = defaultDisplay }: Pick<RenderOptions, "all" | "display">,
): View {
  const shows = filterOf(display, report);
  const fixes = groupByFix(report, shows);
  const [worst] = fixes.groups;
  const over = fixes.groups.filter((group) => totalOf(group.over) > 0);
  const audited = all ? undefined : auditedIn(report.evaluations);
  const hidden = hiddenText(report, display, shows);
  return {
    display,
    all,
    details: all || display.details,
    ...(shows === undefined ? {} : { shows }),
    fixes,
    ...(worst === undefined ? {} : { worst }),
    fixFirst: sorted(over.length > 0 ? over : fixes.groups, display.sort),
    isOver: over.length > 0,
    assets: tallyAssets(report, shows, display.sort),
    ...(audited === undefined ? {} : { audited }),
    ...(hidden === undefined ? {} : { hidden }),
  };
}

function hiddenText(report: Report, display: Display, shows: Shows | undefined): string | undefined {
  const filters = filterText(display);
  if (filters === "") return undefined;
  let hidden = 0;
  for (const { findings, baselined, excepted } of report.evaluations) {
    if (shows !== undefined) for (const finding of findings) if (!shows(finding)) hidden++;
    if (display.onlyNew) hidden += (baselined?.length ?? 0) + excepted.length;
  }
  const are = hidden === 1 ? "finding is" : "findings are";
  return `${hidden} ${are} hidden by ${filters}: verdicts and the exit code count every finding`;
}
