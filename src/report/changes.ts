/** What a change does to the packages of lockfiles, in the table, in plain lines and in Markdown. */
import { counted } from "../core/counted.ts";
import { changeKinds, type DirectChange, type LockfileChanges } from "../core/dependency-changes.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { code, plain } from "./markdown-text.ts";
import { type Page, rule } from "./page.ts";
import { pairs } from "./pairs.ts";
import { clip, displayWidth, pad } from "./width.ts";

/** Lines of the table for all lockfiles; the rest is counted. */
const LINES = 14;
/** Entries of one lockfile in Markdown. */
const MARKDOWN = 40;

const MARKS: Readonly<Record<DirectChange["kind"], string>> = {
  added: "+",
  upgraded: "↑",
  downgraded: "↓",
  replaced: "≠",
  removed: "-",
  unchanged: "·",
};

/** `12 added, 1 upgraded, 1 removed`; `nothing`. */
export function changeCounts({ counts }: Pick<LockfileChanges, "counts">): string {
  const some = changeKinds.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return some.length === 0 ? "nothing" : some.join(", ");
}

function totals(changes: readonly LockfileChanges[]): LockfileChanges["counts"] {
  const counts = { added: 0, upgraded: 0, downgraded: 0, replaced: 0, removed: 0 };
  for (const own of changes) for (const kind of changeKinds) counts[kind] += own.counts[kind];
  return counts;
}

function closesText({ closes = 0 }: LockfileChanges): string {
  return closes === 0 ? "" : `; closes ${counted(closes, "known vulnerability", "known vulnerabilities")}`;
}

/** `1.0.0 → 1.1.0`, or the one that there is. */
export function changeVersions({ before, after }: DirectChange): string {
  return before !== undefined && after !== undefined && before !== after
    ? `${before} → ${after}`
    : (after ?? before ?? "");
}

function bringsText({ brings, kind }: DirectChange): string {
  if (brings === 0) return "";
  return kind === "removed" ? `takes ${brings} along` : `brings ${brings}`;
}

/** A line a direct dependency that changes, or through which something does. */
export function changeLines(page: Page, { changes = [] }: Report): string[] {
  if (changes.length === 0) return [];
  const { dim, green, red } = page.colors;
  const lines = [rule(page, "CHANGES", changeCounts({ counts: totals(changes) }))];
  for (const own of changes) {
    const room = LINES - lines.length;
    if (room < 2 && own !== changes[0]) {
      lines.push(dim(`  … ${counted(changes.length - changes.indexOf(own), "more lockfile")}`));
      break;
    }
    const title = printable(own.lockfile);
    lines.push(clip(`${title}: ${changeCounts(own)}${closesText(own)}`, page.columns));
    const shown = own.direct.slice(0, Math.max(1, own.direct.length <= room ? room : room - 1));
    const width = Math.min(32, Math.max(0, ...shown.map(({ name }) => displayWidth(printable(name)))));
    for (const direct of shown) {
      const paint = direct.kind === "added" ? green : direct.kind === "removed" ? red : (text: string): string => text;
      const brings = bringsText(direct);
      const told = [printable(changeVersions(direct)), ...(brings === "" ? [] : [brings])].filter(
        (text) => text !== "",
      );
      const name = pad(clip(printable(direct.name), width), width);
      lines.push(`  ${paint(MARKS[direct.kind])} ${name}  ${clip(told.join("  "), page.columns - width - 6)}`);
    }
    const left = own.direct.length - shown.length;
    if (left > 0) lines.push(dim(`  … ${left} more`));
  }
  return lines;
}

export function* changePlain({ changes = [] }: Report): Generator<string> {
  for (const own of changes) {
    yield `changes: ${own.lockfile}: ${changeCounts(own)}${closesText(own)}`;
    for (const direct of own.direct) {
      const { kind, type, name, before, after, brings } = direct;
      const told = pairs([
        ["lockfile", own.lockfile],
        ["type", type],
        ["name", name],
        ["before", before],
        ["after", after],
        ["brings", String(brings)],
      ]);
      yield `change: ${kind} ${told}`;
    }
  }
}

/** A line a lockfile, and folded its direct dependencies. */
export function changeMarkdown({ changes = [] }: Report): string {
  return changes
    .slice(0, MARKDOWN)
    .map((own) => {
      const summary = `${code(own.lockfile)}: ${changeCounts(own)}${closesText(own)}`;
      if (own.direct.length === 0) return `${summary}\n\n`;
      const lines = own.direct.slice(0, MARKDOWN).map((direct) => {
        const brings = bringsText(direct);
        return `- ${direct.kind}: ${code(direct.name)} ${plain(changeVersions(direct))}${brings === "" ? "" : `, ${brings}`}`;
      });
      const left = own.direct.length - lines.length;
      const more = left > 0 ? [`- and ${left} more`] : [];
      return `<details><summary>${summary}</summary>\n\n${[...lines, ...more].join("\n")}\n\n</details>\n\n`;
    })
    .join("");
}
