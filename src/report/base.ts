/** What an image is built on, for people and for machines. */

import { counted } from "../core/counted.ts";
import { withoutLogCommands } from "../core/log-commands.ts";
import { printable } from "../core/printable.ts";
import { type Severity, severities } from "../core/severity.ts";
import type { RenderOptions } from "./options.ts";
import { type Page, pageOf } from "./page.ts";
import { wrap } from "./width.ts";

/** Everything that `bulkhead image base` shows. */
export interface BaseReport {
  /** As the user named it. */
  readonly subject: string;
  /** Config digest; absent for a folder. */
  readonly image?: string;
  /** Absent where it was not recognised. */
  readonly base?: {
    readonly kind: string;
    readonly name?: string;
    readonly digest?: string;
    readonly layers: number;
    readonly by: string;
    readonly confidence: string;
    readonly why: string;
    readonly created?: string;
    readonly ageDays?: number;
    /** Whether the policy accepts the kind. */
    readonly accepted: boolean;
  };
  /** When the image was made, as its config says. */
  readonly created?: string;
  readonly ageDays?: number;
  readonly layers: number;
  /** What a rebuild would bring, and how that stands to the policy's age: absent where nothing can be said. */
  readonly rebuild?: { readonly verdict: "pass" | "fail" | "unknown"; readonly summary: string };
  readonly shares: {
    readonly base: Share;
    readonly application: Share;
    /** Packages that an upper layer removed. */
    readonly removed: Share;
  };
  /** Names and versions of the packages that the base brought, sorted. */
  readonly packagesOfBase: readonly string[];
  /** Ids of the vulnerabilities that are in the base's packages alone, the worst first. */
  readonly onlyInBase: readonly { readonly id: string; readonly severity: Severity }[];
  /** Estimates. */
  readonly switching: readonly Switch[];
  /** Why it may not be all, or why there are no vulnerabilities. */
  readonly notes: readonly string[];
}

export interface Share {
  readonly packages: number;
  /** By severity; absent where there are no advisories to ask. */
  readonly vulnerabilities?: Readonly<Partial<Record<Severity, number>>>;
}

export interface Switch {
  readonly to: string;
  readonly packages: number;
  readonly vulnerabilities?: number;
  /** Shells and package managers among them. */
  readonly tools: readonly string[];
  readonly condition: string;
}

export const baseSchema = "bulkhead/base/v1";

/** Ends with a line break; what has no value is left out. */
export function renderBaseJson(report: BaseReport): string {
  return withoutLogCommands(`${JSON.stringify({ schema: baseSchema, ...report, estimate: "switching" }, null, 2)}\n`);
}

const SHOWN = 12;

/** Lines for a terminal or a log; ends with a line break. */
export function renderBase(report: BaseReport, options: RenderOptions): string {
  const page = pageOf(options);
  const { bold, dim, green, red } = page.colors;
  const { base, shares, switching, notes, onlyInBase, packagesOfBase } = report;
  const lines: string[] = [bold(printable(report.subject)), ""];
  const row = (name: string, text: string) => lines.push(...entry(page, name, text));
  if (base === undefined) row("base", "not recognized");
  else {
    row("base", base.name ?? (base.kind === "scratch" ? "none" : "unnamed"));
    if (base.digest !== undefined) row("", base.digest);
    const verdict = base.accepted ? green("accepted by the policy") : red("not accepted by the policy");
    lines.push(`  ${"kind".padEnd(NAMES)}${bold(base.kind)}, ${verdict}`);
    row("", base.why);
    row("recognized by", `${base.by} (${base.confidence})`);
    if (report.layers > 0) row("layers", `the lowest ${base.layers} of ${report.layers}`);
    if (base.created !== undefined) row("age of the base", age(base.created, base.ageDays));
  }
  if (report.created !== undefined) row("age of the image", age(report.created, report.ageDays));

  if (report.rebuild !== undefined) {
    const { verdict, summary } = report.rebuild;
    row("rebuild", `${verdict}: ${summary}`);
  }

  lines.push("", bold("CONTRIBUTED BY THE BASE"));
  row("base", shareText(shares.base));
  row("application", shareText(shares.application));
  if (shares.removed.packages > 0) {
    row("removed", `${shareText(shares.removed)}: still in the lower layers, not accessible at run time`);
  }
  if (packagesOfBase.length > 0) row("base packages", firstOf(packagesOfBase, options.all));
  if (onlyInBase.length > 0) {
    const ids = onlyInBase.map(({ id, severity }) => `${id} (${severity})`);
    row("only in the base", `${counted(ids.length, "vulnerability", "vulnerabilities")}: ${firstOf(ids, options.all)}`);
  }
  if (switching.length > 0) {
    lines.push("", `${bold("REMOVED BY A SMALLER BASE")} ${dim("(estimated from package names)")}`);
    for (const { to, packages, vulnerabilities, tools, condition } of switching) {
      const flaws =
        vulnerabilities === undefined
          ? ""
          : `, ${counted(vulnerabilities, "known vulnerability", "known vulnerabilities")}`;
      const named = tools.length === 0 ? "" : `, among them ${tools.join(", ")}`;
      row(to, `${counted(packages, "package")}${flaws}${named}; ${condition}`);
    }
  }
  if (notes.length > 0) lines.push("");
  for (const note of notes) row("note", note);
  return `${lines.join("\n")}\n`;
}

/** Columns of the names. */
const NAMES = 18;

function entry(page: Page, name: string, text: string): string[] {
  const lines = wrap(printable(text), Math.max(20, page.columns - NAMES - 2));
  return lines.map((line, i) => `  ${(i === 0 ? name : "").padEnd(NAMES)}${line}`);
}

function age(created: string, days: number | undefined): string {
  const date = created.slice(0, 10);
  return days === undefined ? date : `${counted(days, "day")} (${date})`;
}

function shareText({ packages, vulnerabilities }: Share): string {
  const said = counted(packages, "package");
  if (vulnerabilities === undefined) return said;
  const counts = [...severities, "unknown" as const].flatMap((severity) =>
    vulnerabilities[severity] === undefined
      ? []
      : [`${vulnerabilities[severity]} ${severity === "unknown" ? "of unknown severity" : severity}`],
  );
  const total = Object.values(vulnerabilities).reduce((sum, count) => sum + count, 0);
  const list = counts.length === 0 ? "" : ` (${counts.join(", ")})`;
  return `${said}, ${counted(total, "known vulnerability", "known vulnerabilities")}${list}`;
}

function firstOf(names: readonly string[], all: boolean): string {
  const more = all ? 0 : names.length - SHOWN;
  return `${(all ? names : names.slice(0, SHOWN)).join(", ")}${more > 0 ? ` and ${more} more (--all shows them)` : ""}`;
}
