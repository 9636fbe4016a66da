/** Alerts for people: when and how bad, what and where, who did it; one line a fact. */
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { type RatedSeverity, severities, severityRank } from "../../core/severity.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, type Page, pageOf, severityPaint, severityWidth } from "../page.ts";
import { clip } from "../width.ts";
import type { AlertsView, AlertView } from "./view.ts";

/** Alerts and gaps without --all. */
const SHOWN = 50;
const GAPS = 5;

/** Ends with a line break. */
export function renderAlerts(view: AlertsView, options: RenderOptions): string {
  const page = pageOf(options);
  const counting = view.alerts.filter(({ state }) => options.all || state === "over" || state === "below");
  // The worst of many, told in the order in which they began.
  const worst = options.all
    ? counting
    : counting.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity)).slice(0, SHOWN);
  const chosen = new Set(worst);
  const out: string[] = [];
  let day = "";
  for (const alert of counting) {
    if (!chosen.has(alert)) continue;
    const own = alert.first.slice(0, 10);
    if (own !== day) out.push(page.colors.bold(own), "");
    day = own;
    out.push(...alertLines(alert, page), "");
  }
  const left = counting.length - worst.length;
  if (left > 0) out.push(`… ${counted(left, "more alert")}, none worse (--all)`, "");
  out.push(...endLines(view, page));
  return `${out.join("\n")}\n`;
}

/** One alert as it is told at once, its date with its time. Ends with a line break. */
export function renderAlert(alert: AlertView, options: RenderOptions): string {
  return `${alertLines(alert, pageOf(options), alert.first.slice(0, 10)).join("\n")}\n`;
}

/** What is said when alerts were told already. Ends with a line break. */
export function renderEnd(view: AlertsView, options: RenderOptions): string {
  return `${endLines(view, pageOf(options)).join("\n")}\n`;
}

function endLines(view: AlertsView, page: Page): string[] {
  const out: string[] = [];
  for (const gap of view.gaps.slice(0, page.all ? view.gaps.length : GAPS)) {
    out.push(...hanging(page, `? ${gap}`, 0, "  ").map(page.colors.yellow));
  }
  if (!page.all && view.gaps.length > GAPS) out.push(`  … ${counted(view.gaps.length - GAPS, "more gap")} (--all)`);
  for (const note of view.notes) out.push(...hanging(page, note, 0, "  "));
  out.push(...lastLines(view, page));
  return out;
}

/** @param day - before the time; absent: it stands above */
function alertLines(alert: AlertView, page: Page, day = ""): string[] {
  const { first, severity, rule, output, process, state } = alert;
  const paint = severityPaint(page, severity);
  const mark = { over: "", below: "", excepted: " (excepted)", baselined: " (in the baseline)" }[state];
  const head = `${day === "" ? "" : `${day} `}${first.slice(11, 19)} ${severity.padEnd(severityWidth)}  ${printable(rule)} · ${printable(whereOf(alert))}${mark}`;
  const lines = hanging(page, head, 0, "  ");
  const painted = lines.map((line, at) => (at === 0 ? line.replace(severity, () => paint(severity)) : line));
  if (process !== undefined) painted.push(...hanging(page, processText(process), 2, "  "));
  painted.push(...hanging(page, clip(printable(output), page.columns * 2), 2, "  "));
  for (const before of alert.after) painted.push(...hanging(page, `after ${before}`, 2, "  "));
  for (const [at, { name, request, time }] of alert.kubernetesUsers.entries()) {
    const by = at === 0 ? "by" : "or by";
    painted.push(...hanging(page, `${by} Kubernetes user ${name} (${request} ${time.slice(11, 19)})`, 2, "  "));
  }
  if (alert.program !== undefined) painted.push(...hanging(page, `program: ${printable(alert.program)}`, 2, "  "));
  painted.push(...hanging(page, detailsOf(alert), 2, "  ").map(page.colors.dim));
  return painted;
}

/** `shop/Deployment/api (container api, sha256:34df…)`. */
function whereOf({ asset, container, pod, object }: AlertView): string {
  const parts = [
    ...(object === undefined ? [] : [object]),
    ...(pod === undefined ? [] : [`pod ${pod.name}`]),
    ...(container === undefined ? [] : [`container ${container.name ?? container.id.slice(0, 12)}`]),
    ...(container?.digest === undefined
      ? container?.image === undefined
        ? []
        : [container.image]
      : [`${container.digest.slice(0, 19)}…`]),
  ];
  return parts.length === 0 ? asset : `${asset} (${parts.join(", ")})`;
}

function processText({ name, ancestors, user, uid, commandLine }: NonNullable<AlertView["process"]>): string {
  const chain = [name, ...ancestors.slice(0, 3)].join(" ← ");
  const who = user ?? (uid === undefined ? undefined : `uid ${uid}`);
  return [chain, ...(who === undefined ? [] : [`user ${who}`]), `cmd: ${clip(printable(commandLine), 300)}`].join(
    " · ",
  );
}

function detailsOf({ tags, count, first, last, place, detector }: AlertView): string {
  const techniques = tags.filter((tag) => /^T\d{4}/.test(tag));
  const seconds = Math.round((Date.parse(last) - Date.parse(first)) / 1000);
  const span = seconds === 0 ? "" : ` in ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}`;
  return [
    ...(detector === "bulkhead" ? [] : [`detector: ${detector}`]),
    ...(place === undefined ? [] : [`rule: ${place}`]),
    ...techniques,
    ...(count === 1 ? [] : [`${counted(count, "time")}${span}`]),
  ].join(" · ");
}

function lastLines(view: AlertsView, page: Page): string[] {
  const { subject, alerts, events, evaluated, policy, exitCode } = view;
  const levels = severities.flatMap((severity: RatedSeverity) => {
    const count = alerts.filter((alert) => alert.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const apart = alerts.filter(({ state }) => state === "excepted" || state === "baselined").length;
  const parts = [
    `${alerts.length === 0 ? "no alerts" : counted(alerts.length, "alert")}${levels.length === 0 ? "" : ` (${levels.join(", ")})`}`,
    ...(apart === 0 ? [] : [`${apart} excepted or in the baseline`]),
    evaluated === events ? counted(events, "event") : `${counted(events, "event")}, ${evaluated} evaluated`,
  ];
  const { green, red, yellow } = page.colors;
  const [mark, paint] = ({ 0: ["✓", green], 1: ["✗", red], 2: ["✗", red], 3: ["?", yellow] } as const)[exitCode];
  return hanging(page, `${mark} ${subject}: ${parts.join(" · ")} · ${policy} · exit code ${exitCode}`, 0, "  ").map(
    paint,
  );
}
