/** The parts of the table that answer first: what to fix, which assets, what is unknown. */
import { assetTitle } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import type { Report } from "../../core/report.ts";
import { type Page, rule, severityPaint, verdictMark, verdictPaint, verdictWidth } from "../page.ts";
import { severityCountsText } from "../severity-counts.ts";
import type { View } from "../view.ts";
import { clip, clipStart, displayWidth, fitTitle, pad, wrap } from "../width.ts";
import { type AssetTally, isFound, otherCount, restText, verdictsText } from "./asset-tally.ts";
import { andMore, type FixEntry, fixEntry, restOfFixes } from "./fix-entry.ts";
import type { FixGroup } from "./fix-groups.ts";
import { limits, mostAssets, mostFixes } from "./limits.ts";
import { groupUnknowns, type UnknownGroup, unknownCount } from "./unknown-groups.ts";

const INDENT = 4;
/** Columns of what a fix resolves; longer counts are cut. */
const RESOLVES = 28;
/** Columns that a table of the assets needs; a narrower page has a list. */
const TABULAR = 72;
/** From so many columns on, checks that are unknown are counted beside those that fail. */
const WIDE = 120;
/** Columns of an asset's name beside what is wrong with it. */
const ASSET = 44;

/**
 * The groups of findings that one change fixes, each with where and how; the worst first.
 *
 * @param room - lines that there are for them, where there are controls; two are told whatever it is
 */
export function fixLines(
  page: Page,
  report: Report,
  { fixFirst, fixes, isOver, assets }: View,
  room = Number.POSITIVE_INFINITY,
): string[] {
  if (fixFirst.length === 0) return [];
  const alone = report.controls === undefined;
  const most = fixFirst.slice(0, mostFixes(report, isOver));
  const places = fixes.placesOf(most);
  const lines = [rule(page, isOver ? "FIX FIRST" : "FIX NEXT", isOver ? "resolves" : "resolves, below the threshold")];
  let shown = 0;
  for (const group of most) {
    const own = places.get(group.key);
    if (own === undefined) continue;
    const entry = fixEntry(report, group, own, (title) => displayWidth(title) <= page.columns - INDENT - RESOLVES - 24);
    const told = entryLines(page, { number: shown + 1, group, entry, named: assets.length > 1 });
    const taken = lines.length - 1 + told.length;
    if (shown > 2 && taken > (alone ? limits.fixLinesAlone : limits.fixLines)) break;
    if (shown > 1 && !alone && taken > room) break;
    lines.push(...told);
    shown++;
  }
  const rest = fixFirst.slice(shown);
  if (rest.length > 0) lines.push(page.colors.dim(`  … ${clip(restOfFixes(rest), page.columns - INDENT)}`));
  return lines;
}

interface NumberedEntry {
  readonly number: number;
  readonly group: FixGroup;
  readonly entry: FixEntry;
  /** Whether its asset is: not where the report is about one. */
  readonly named: boolean;
}

function entryLines(page: Page, { number, group, entry, named }: NumberedEntry): string[] {
  const { worst } = group;
  const { bold, cyan, dim } = page.colors;
  const resolves = clip(entry.action === undefined ? entry.resolves : `${entry.resolves} (warn)`, RESOLVES);
  const room = page.columns - INDENT - displayWidth(resolves) - 2;
  const asset = fitTitle(printable(entry.asset), Math.min(ASSET, Math.floor(room / 2)));
  const where = named ? `: ${andMore(asset, entry.assets)}` : "";
  const what = clip(printable(entry.what), room - displayWidth(where));
  const paint = entry.isOver ? severityPaint(page, worst.severity) : dim;
  const inner = page.columns - INDENT;
  const names = entry.name === undefined ? [] : [andMore(entry.name, entry.names)];
  const before = [entry.check, ...names, ...(entry.mark === undefined ? [] : [entry.mark]), ...entry.marks]
    .map(printable)
    .join(" · ");
  const more = entry.places < 2 ? "" : andMore("", entry.places);
  const placeRoom = inner - displayWidth(before) - displayWidth(more) - 3;
  const place = placeRoom < 8 ? "" : ` · ${clipStart(printable(entry.place), placeRoom)}${more}`;
  const at = clip(`${before}${place}`, inner);
  const [fix, ...moreFix] = fixTexts(entry, inner);
  const beside = fix !== undefined && moreFix.length === 0 && displayWidth(at) + 2 + displayWidth(fix) <= inner;
  return [
    `${String(number).padStart(2)}  ${bold(what)}${pad(where, room - displayWidth(what))}  ${paint(resolves)}`,
    `    ${dim(at)}${beside ? `  ${cyan(fix)}` : ""}`,
    ...(fix === undefined || beside ? [] : [fix, ...moreFix].map((line) => `    ${cyan(line)}`)),
  ];
}

/** A command is whole, and has words before it where there is room for most of them; words alone have two lines. */
function fixTexts({ fix, command }: FixEntry, room: number): string[] {
  if (command === undefined) return fix === undefined ? [] : wrap(clip(`fix: ${printable(fix)}`, 2 * room - 12), room);
  const words = fix === undefined ? "fix: " : `fix: ${printable(fix)}: `;
  const left = room - displayWidth(command);
  if (left >= displayWidth(words)) return [`${words}${command}`];
  if (left >= 48) return [`${clip(words, left - 2)}: ${command}`];
  return left >= 5 ? [`fix: ${command}`] : wrap(command, room);
}

const columns = ["critical", "high", "medium", "low"] as const;

/** One line an asset, the worst first. */
export function assetLines(page: Page, report: Pick<Report, "lifecycle">, { assets: all }: View): string[] {
  if (all.length === 0) return [];
  const some = all.filter(isFound);
  const most = mostAssets(report);
  const shown = some.slice(0, some.length === most + 1 ? most + 1 : most);
  const rest = all.filter((tally) => !shown.includes(tally));
  return [
    ...(page.columns < TABULAR ? assetList(page, shown, all.length) : assetTable(page, shown, all.length)),
    ...(rest.length === 0 ? [] : [page.colors.dim(`  … ${rest.length} more: ${restText(rest)}`)]),
  ];
}

/** Without columns for the severities, which leave no room for a name. */
function assetList(page: Page, shown: readonly AssetTally[], all: number): string[] {
  return [
    rule(page, "ASSETS", counted(all, "asset")),
    ...shown.map(({ asset, found, verdict }) => {
      const counts = severityCountsText(found);
      const room = page.columns - verdictWidth - 2;
      const told = counts === "" ? "" : `  ${clip(counts, Math.floor(room / 2))}`;
      const name = fitTitle(printable(assetTitle(asset)), room - displayWidth(told));
      return `${verdictMark(page, verdict, verdictWidth)}  ${name}${told}`;
    }),
  ];
}

function assetTable(page: Page, shown: readonly AssetTally[], all: number): string[] {
  const others = shown.some((tally) => otherCount(tally) > 0);
  const titles = [...columns, ...(others ? ["other"] : [])];
  const widths = titles.map((title) => Math.max(title.length, 5));
  const counts = widths.reduce((sum, width) => sum + width + 1, 0);
  const verdicts = shown.reduce(
    (most, { verdicts: own }) => Math.max(most, verdictsText(own, page.columns >= WIDE).length),
    0,
  );
  const verdictRoom = Math.min(verdicts + 11, Math.max(12, page.columns - counts - 24));
  const room = Math.max(12, page.columns - counts - verdictRoom - 4);
  const width = Math.min(room, Math.max(20, ...shown.map(({ asset }) => displayWidth(printable(assetTitle(asset))))));
  const head = titles.map((title, index) => title.padStart(widths[index] ?? 0)).join(" ");
  return [
    assetHead(page, shown.length === 0 ? "" : head, width, counted(all, "asset")),
    ...shown.map((tally) => assetLine(page, tally, width, widths)),
  ];
}

/** The heading with the titles of the columns in its line. */
function assetHead(page: Page, head: string, width: number, count: string): string {
  const { bold, dim } = page.colors;
  if (head === "") return rule(page, "ASSETS", count);
  const before = `${"─".repeat(width - 6)} ${head} `;
  const rest = page.columns - 7 - displayWidth(before) - displayWidth(count) - 2;
  if (rest < 0) return `${bold("ASSETS")} ${dim(clip(before.trimEnd(), page.columns - 7))}`;
  return `${bold("ASSETS")} ${dim(`${before}${"─".repeat(rest + 1)}`)} ${count}`;
}

function assetLine(page: Page, tally: AssetTally, width: number, widths: readonly number[]): string {
  const { asset, found, verdict, verdicts } = tally;
  const numbers = [...columns.map((severity) => found[severity]), otherCount(tally)];
  const cells = widths.map((cell, index) => {
    const text = String(numbers[index] === 0 ? "·" : numbers[index]).padStart(cell);
    const severity = columns[index];
    if (numbers[index] === 0) return page.colors.dim(text);
    return severity === undefined ? text : severityPaint(page, severity)(text);
  });
  const name = pad(fitTitle(printable(assetTitle(asset)), width), width);
  const used = 2 + width + widths.reduce((sum, cell) => sum + cell + 1, 0) + 2;
  const mark = `${verdictMark(page, verdict)} `;
  const text = clip(verdictsText(verdicts, page.columns >= WIDE), page.columns - used - verdict.length - 3);
  return `  ${name} ${cells.join(" ")}  ${mark}${verdictPaint(page, verdict)(text)}`;
}

/** Each cause once, with how much it keeps from being evaluated, and what closes it. */
export function unknownLines(page: Page, report: Report, { assets }: View): string[] {
  const groups = groupUnknowns(report);
  if (groups.length === 0) return [];
  const lines = [rule(page, "UNKNOWN", counted(groups.length, "cause"))];
  for (const group of groups.slice(0, limits.unknowns)) {
    const { yellow } = page.colors;
    for (const [index, line] of unknownEntry(page, group, assets.length > 1).entries()) {
      lines.push(index === 0 ? `${yellow("?")} ${line}` : `  ${line}`);
    }
  }
  const rest = groups.length - limits.unknowns;
  if (rest > 0) lines.push(page.colors.dim(`  … ${counted(rest, "more cause")} (--details)`));
  return lines;
}

/** The reason, and below it how much it keeps from being evaluated and what closes it. */
function unknownEntry(page: Page, group: UnknownGroup, named: boolean): string[] {
  const room = page.columns - 2;
  const { reason, otherReasons, remedy } = group;
  const like = otherReasons === 0 ? "" : `, and ${otherReasons} like it`;
  const told = clip(printable(reason), 2 * room - displayWidth(like) - 8);
  const first = wrap(`${told}${like}`, room);
  const count = clip(printable(unknownCount(group, named)), remedy === undefined ? room : Math.floor(room / 2));
  if (remedy === undefined) return [...first, page.colors.dim(count)];
  const closes = clip(`→ ${printable(remedy)}`, room - displayWidth(count) - 2);
  return [...first, `${page.colors.dim(count)}  ${page.colors.cyan(closes)}`];
}
