/** The last lines of a report: what it comes to, and the worst that it found. Pure. */
import { assetTitle } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import { combine, type Verdict } from "../../core/evaluation.ts";
import { formatLocation } from "../../core/location.ts";
import type { Report } from "../../core/report.ts";
import { totalOf } from "../severity-counts.ts";
import { exitText, findingName, packageOf } from "../wording.ts";
import type { FixGroup } from "./fix-groups.ts";
import { command } from "./shell-command.ts";

type Counts = Readonly<Record<Verdict, number>>;

/** The verdict that an exit code stands for. */
export function verdictOfExit({ exitCode }: Pick<Report, "exitCode">): Verdict {
  return ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[exitCode];
}

/** `8 of 10 controls fail, 2 unknown · 61 findings at or above the threshold · exit code 1`. */
export function resultText(report: Report): string {
  const { controls, exitCode } = report;
  let [over, unenforced] = [0, 0];
  const checks = { pass: 0, fail: 0, unknown: 0 };
  for (const { verdict, action, findings } of report.evaluations) {
    checks[verdict]++;
    for (const { overThreshold } of findings) {
      if (overThreshold && action === undefined) over++;
      else if (overThreshold) unenforced++;
    }
  }
  const counts = controls === undefined ? checks : countsOf(controls.map(({ verdict }) => verdict));
  const total = counts.pass + counts.fail + counts.unknown;
  const found = (count: number) => `${counted(count, "finding")} at or above the threshold`;
  return [
    ...(exitCode === 1 ? [] : [exitText(report)]),
    ...(total === 0 ? [] : [verdictCounts(counts, controls === undefined ? "check" : "control")]),
    ...(over === 0 ? [] : [found(over)]),
    ...(unenforced === 0 ? [] : [`${over === 0 ? found(unenforced) : unenforced} not enforced by the policy`]),
    `exit code ${exitCode}`,
  ].join(" · ");
}

function countsOf(verdicts: readonly Verdict[]): Counts {
  const counts = { pass: 0, fail: 0, unknown: 0 };
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
}

/** `8 of 10 controls fail, 2 unknown`; `10 controls pass`. */
function verdictCounts({ pass, fail, unknown }: Counts, noun: string): string {
  const total = pass + fail + unknown;
  const verdict = combine([fail > 0 ? "fail" : unknown > 0 ? "unknown" : "pass"]);
  const named = { pass, fail, unknown }[verdict];
  const is =
    verdict === "unknown" ? (named === 1 ? "is unknown" : "are unknown") : named === 1 ? `${verdict}s` : verdict;
  const verb = verdict === "pass" && named > 1 ? "pass" : verdict === "pass" ? "passes" : is;
  const head = named === total ? `${counted(total, noun)} ${verb}` : `${named} of ${counted(total, noun)} ${verb}`;
  return verdict === "fail" && unknown > 0 ? `${head}, ${unknown} unknown` : head;
}

/** The worst finding at or above the threshold: what and where; undefined where there is none. */
export function worstText(group: FixGroup | undefined): string | undefined {
  if (group === undefined || totalOf(group.over) === 0) return undefined;
  const { worst, asset } = group;
  const name = packageOf(worst);
  const what = name === undefined ? worst.title : `${findingName(worst)} ${name}: ${worst.title}`;
  return `${worst.severity}: ${assetTitle(asset)}, ${formatLocation(worst.locations[0])}: ${what}`;
}

/** What to run next. */
export function nextText(group: FixGroup | undefined, details: boolean): string {
  const explain = group === undefined ? undefined : command(["bulkhead", "explain", group.worst.check]);
  return [
    ...(explain === undefined ? [] : [explain]),
    details ? "--all" : "--details",
    "--format html=report.html",
  ].join(" · ");
}
