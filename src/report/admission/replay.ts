/** `admission replay`: what another policy would refuse or admit, one line a cause; what stays as it was is counted. */
import { counted, someOf } from "../../core/counted.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, type Page, pageOf } from "../page.ts";
import { causesOf } from "./causes.ts";
import { checksText, reasonText, short } from "./reasons.ts";
import type { ChangeView, ReplayView } from "./replay-view.ts";
import type { ReasonView } from "./trial-view.ts";

const NAMED = 3;
const UNREAD = 10;

const SECTIONS = [
  { change: "refused", title: "WOULD NOW BE REFUSED", mark: "✗", side: "added" },
  { change: "admitted", title: "WOULD NOW BE ADMITTED", mark: "✓", side: "gone" },
  { change: "reasons", title: "SAME ANSWER, NEW REASONS", mark: "+", side: "added" },
  { change: "reasons", title: "SAME ANSWER, REASONS GONE", mark: "-", side: "gone" },
] as const;

/** Ends with a line break. */
export function renderReplay(view: ReplayView, options: RenderOptions): string {
  const page = pageOf(options);
  const { changes, unread, notes } = view;
  const out: string[] = [];
  for (const { change, title, mark, side } of SECTIONS) {
    const some = changes.filter((one) => one.change === change);
    const lines = causeLines(some, { mark, side }, page);
    if (lines.length > 0) out.push(page.colors.bold(title), ...lines, "");
  }
  if (unread.length > 0) {
    out.push(page.colors.yellow(`? not read: ${counted(unread.length, "line")}`));
    for (const { place, reason } of unread.slice(0, page.all ? unread.length : UNREAD)) {
      out.push(...hanging(page, `${place}: ${reason}`, 4, "  "));
    }
    if (unread.length > UNREAD && !page.all) out.push(`    … ${unread.length - UNREAD} more (--all)`);
    out.push("");
  }
  for (const note of notes) out.push(...hanging(page, note, 0, "  "));
  return `${[...out, ...summaryLines(view, page)].join("\n")}\n`;
}

function causeLines(
  changes: readonly ChangeView[],
  { mark, side }: { readonly mark: string; readonly side: "gone" | "added" },
  page: Page,
): string[] {
  const requests = changes.map((change) => ({
    ...change.request,
    // Twice the same object is two requests: its place in the log tells them apart.
    object: `line ${change.line}: ${change.request.object}`,
    // What only audits does not make another answer.
    reasons: change[side].filter(({ action }) => change.change === "reasons" || action === "deny"),
  }));
  return causesOf(requests).flatMap(({ checks, policy, action, objects, reason }) => {
    const where = policy === undefined ? "" : ` (${policy})`;
    const kind = action === "deny" ? "" : `, ${action}`;
    return [
      ...hanging(page, `${mark} ${checksText(checks)}${where}${kind}: ${counted(objects.length, "request")}`, 2, "  "),
      ...hanging(page, short(page, `as ${exampleText(reason)}`), 6, "  "),
      ...hanging(page, someOf(objects, page.all ? objects.length : NAMED), 6, "  "),
    ];
  });
}

function exampleText({ policy: _, ...reason }: ReasonView): string {
  return reasonText(reason);
}

function summaryLines(view: ReplayView, page: Page): string[] {
  const { subject, replayed, same, changes, unread, policy, exitCode, from, to } = view;
  const of = (change: ChangeView["change"]) => changes.filter((one) => one.change === change).length;
  const span = from === undefined || to === undefined ? "" : ` from ${from.slice(0, 16)} to ${to.slice(0, 16)}`;
  const parts = [
    `${counted(replayed, "request")}${span}`,
    ...(of("refused") === 0 ? [] : [`${of("refused")} would now be refused`]),
    ...(of("admitted") === 0 ? [] : [`${of("admitted")} would now be admitted`]),
    ...(of("reasons") === 0 ? [] : [`${of("reasons")} for other reasons`]),
    `${same} as before`,
    ...(unread.length === 0 ? [] : [`${unread.length} not read`]),
  ];
  const { green, red, yellow } = page.colors;
  const [mark, paint] = ({ 0: ["✓", green], 1: ["✗", red], 3: ["?", yellow] } as const)[exitCode];
  return hanging(
    page,
    `${mark} ${subject}: ${parts.join(", ")} · policy: ${policy} · exit code ${exitCode}`,
    0,
    "  ",
  ).map(paint);
}

/** An object with every change; ends with a line break. */
export function renderReplayJson(view: ReplayView): string {
  return `${JSON.stringify({ schema: "bulkhead-admission-replay-v1", ...view }, null, 2)}\n`;
}
