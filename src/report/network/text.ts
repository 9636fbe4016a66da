/** `network map` for people: the answer first, then who reaches whom, one line for what is alike. */
import { append } from "../../core/append.ts";
import { counted } from "../../core/counted.ts";
import { greatest } from "../../core/extremes.ts";
import { printable } from "../../core/printable.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, type Page, pageOf } from "../page.ts";
import { displayWidth, pad, wrap } from "../width.ts";
import { headlineOf } from "./headline.ts";
import { type Line, linesOf, namespaceLines } from "./lines.ts";
import { type Names, namesOf } from "./names.ts";
import type { CauseView, ExposureView, NetworkView } from "./view.ts";

/** Lines of each section without --all: two screens together. */
const WITHIN = 30;
const OUT = 10;
const IN = 10;
const CAUSES = 6;
const GAPS = 5;

/** Ends with a line break. */
export function renderNetworkText(view: NetworkView, options: RenderOptions): string {
  const page = pageOf(options);
  const names = namesOf(view);
  const { endpoints, groups } = view;
  const kindOf = (group: number) => endpoints[groups[group]?.[0] ?? -1]?.kind;
  const isWorkload = (group: number) => kindOf(group) === "workload";
  const { from = "", to = "", focus = "" } = view.scope ?? {};
  const asksNodes = [from, to, focus].some((text) => /\bnode\b|\bany\b/.test(text));
  const isInside = (group: number) => isWorkload(group) || (asksNodes && kindOf(group) === "node");
  const isOutside = (group: number) => kindOf(group) === "addresses" || kindOf(group) === "domain";
  const out = [...headlineOf(view, page)];
  section("WHO REACHES WHOM", WITHIN, linesOf(view, isInside, isInside), true);
  section("OUT OF THE CLUSTER", OUT, linesOf(view, isInside, isOutside), false);
  exposures();
  if (view.scope?.from !== undefined) section("FROM OUTSIDE", IN, linesOf(view, isOutside, isInside), false);
  causes();
  gaps();
  for (const note of view.notes) out.push(...hanging(page, note, 0, "  "));
  return `${out.join("\n").trimEnd()}\n`;

  function heading(title: string): void {
    out.push("", page.colors.bold(title));
  }

  function section(title: string, most: number, lines: readonly Line[], inside: boolean): void {
    if (lines.length === 0) return;
    heading(title);
    const ordered = lines.toSorted(byEnds(names));
    if (page.all || ordered.length <= most) {
      out.push(
        ...table(
          page,
          ordered.map((line) => cellsOf(line, names)),
        ),
      );
      return;
    }
    const collapsed = inside ? namespaceLines(view, isInside, isInside) : [];
    if (
      collapsed.length > 0 &&
      (collapsed.length < ordered.length || new Set(collapsed.map(({ from }) => from)).size > 1)
    ) {
      const rows = collapsed.toSorted((a, b) => b.pairs + b.unknown - (a.pairs + a.unknown));
      const shown = rows.slice(0, most);
      out.push(
        ...table(
          page,
          shown.map(({ from, to, pairs, unknown, of, ports }): Cells => {
            const some = pairs === of ? "every pod" : `${pairs} of ${counted(of, "pair")}`;
            const unsure = unknown === 0 ? "" : `, ${unknown} unknown`;
            const named = ports.length > 2 ? `${ports.slice(0, 2).join("; ")}; +${ports.length - 2}` : ports.join("; ");
            return { from: `${from}/*`, to: `${to}/*`, ports: `${named} (${some}${unsure})`, certain: pairs > 0 };
          }),
        ),
      );
      more(ordered.length, "line", rows.length - shown.length, "pair of namespaces", "pairs of namespaces");
      return;
    }
    const largest = ordered.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, most);
    out.push(
      ...table(
        page,
        largest.map((line) => cellsOf(line, names)),
      ),
    );
    more(0, "", ordered.length - most, "line");
  }

  /** Workloads at its beginning. */
  function sizeOf({ from }: Line): number {
    return from.reduce((sum, group) => sum + (groups[group]?.length ?? 0), 0);
  }

  function more(collapsed: number, what: string, left: number, one: string, many?: string): void {
    const parts = [
      ...(left > 0 ? [`${counted(left, `more ${one}`, many === undefined ? undefined : `more ${many}`)}`] : []),
      ...(collapsed > 0 ? [`summed up by namespace from ${counted(collapsed, what)}`] : []),
    ];
    if (parts.length > 0) out.push(`  … ${parts.join("; ")} (--all, or --focus NAME)`);
  }

  function exposures(): void {
    const rows = view.exposures.flatMap((exposure) => exposureRows(exposure, names));
    if (rows.length === 0) return;
    heading("IN FROM OUTSIDE");
    const shown = page.all ? rows : rows.slice(0, IN);
    append(out, table(page, shown));
    more(0, "", rows.length - shown.length, "line");
  }

  function causes(): void {
    const { causes: all } = view;
    // Whether a node that nobody asked about is a pod's own is not what makes a map unknown.
    const pairs = pairsOfCauses(view, isInside, (group) => isInside(group) || isOutside(group));
    const ordered = all
      .map((cause, index) => ({ cause, count: pairs.get(index) ?? 0 }))
      .filter(({ count }) => count > 0)
      .concat(exposureCauses(view))
      .sort((a, b) => b.count - a.count);
    if (ordered.length === 0) return;
    heading(`UNKNOWN (${ordered.length})`);
    const shown = page.all ? ordered : ordered.slice(0, CAUSES);
    for (const { cause, count } of shown) {
      const remedy = cause.remedy === undefined ? "" : ` (${cause.remedy})`;
      out.push(...hanging(page, `? ${counted(count, "connection")}: ${cause.reason}${remedy}`, 2, "  "));
    }
    more(0, "", ordered.length - shown.length, "cause");
  }

  function gaps(): void {
    if (view.gaps.length === 0) return;
    heading(`NOT READ, OR WITHOUT EFFECT (${view.gaps.length})`);
    const shown = page.all ? view.gaps : view.gaps.slice(0, GAPS);
    for (const { reason, remedy, place } of shown) {
      const text = `${place === undefined ? "" : `${place}: `}${reason}${remedy === undefined ? "" : ` (${remedy})`}`;
      out.push(...hanging(page, text, 2, "  "));
    }
    more(0, "", view.gaps.length - shown.length, "gap");
  }
}

/** Why it is unknown whether something outside gets in, by the ways in. */
function exposureCauses({ exposures }: NetworkView): { cause: CauseView; count: number }[] {
  const counts = new Map<string, { cause: CauseView; count: number }>();
  for (const { targets } of exposures) {
    for (const { verdict, causes } of targets) {
      for (const cause of verdict === "unknown" ? causes : []) {
        const known = counts.get(cause.reason) ?? { cause, count: 0 };
        counts.set(cause.reason, { cause, count: known.count + 1 });
      }
    }
  }
  return [...counts.values()];
}

const REACH = {
  internet: "internet",
  private: "private networks",
  nodes: "who reaches a node",
  unknown: "unknown clients",
} as const;

/** The pods that it leads to with one verdict are one line. */
function exposureRows(exposure: ExposureView, names: Names): Cells[] {
  const { by, place, reach, ranges, listens, hosts, targets } = exposure;
  const from = ranges === undefined ? REACH[reach] : ranges.slice(0, 2).join(", ");
  const where = [
    `${by}${listens.length === 0 ? "" : ` (${listens.slice(0, 3).join(", ")})`}`,
    ...hosts.slice(0, 2),
    place,
  ];
  const groups = Map.groupBy(targets, ({ verdict, allowed, unknown }) => `${verdict} ${allowed.text} ${unknown.text}`);
  return [...groups.values()].flatMap((alike): Cells[] => {
    const [first] = alike;
    if (first === undefined) return [];
    const text = { allowed: first.allowed.text, unknown: first.unknown.text, denied: "closed by policies" }[
      first.verdict
    ];
    const called = alike.map(({ to }) => names.one(to));
    const to = called.length > 3 ? `${called.slice(0, 2).join(", ")}, +${called.length - 2}` : called.join(", ");
    return [{ from, to, ports: `${text} · ${where.join(" · ")}`, certain: first.verdict !== "unknown" }];
  });
}

/** Of each cause the pairs of endpoints that it makes unknown. */
function pairsOfCauses(
  { connections, groups }: NetworkView,
  isFrom: (group: number) => boolean,
  isTo: (group: number) => boolean,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const size = (chosen: readonly number[]) => chosen.reduce((sum, group) => sum + (groups[group]?.length ?? 0), 0);
  for (const { from, to, causes } of connections) {
    for (const cause of causes)
      counts.set(cause, (counts.get(cause) ?? 0) + size(from.filter(isFrom)) * size(to.filter(isTo)));
  }
  return counts;
}

interface Cells {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly certain: boolean;
}

function cellsOf({ from, to, ports, certain }: Line, names: Names): Cells {
  return { from: names.set(from), to: names.set(to), ports, certain };
}

function byEnds(names: Names): (a: Line, b: Line) => number {
  const keys = new Map<Line, string>();
  const key = (line: Line): string => {
    const known = keys.get(line) ?? `${names.set(line.to)}\0${names.set(line.from)}`;
    keys.set(line, known);
    return known;
  };
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

/** `from → to  ports`, in columns; what does not fit goes on in the next line. */
function table(page: Page, rows: readonly Cells[]): string[] {
  const room = page.columns - 8;
  const widest = (cells: (row: Cells) => string, most: number) =>
    Math.min(most, greatest(rows.map((row) => displayWidth(printable(cells(row))))));
  const first = widest(({ from }) => from, Math.floor(room * 0.38));
  const second = widest(({ to }) => to, Math.floor(room * 0.38));
  const third = Math.max(10, room - first - second);
  return rows.flatMap(({ from, to, ports, certain }) => {
    const [a, b, c] = [wrap(printable(from), first), wrap(printable(to), second), wrap(printable(ports), third)];
    const height = Math.max(a.length, b.length, c.length);
    return Array.from({ length: height }, (_, line) => {
      const mark = line === 0 ? (certain ? " " : "?") : " ";
      const arrow = line === 0 ? "→" : " ";
      const text =
        `${mark} ${pad(a[line] ?? "", first)} ${arrow} ${pad(b[line] ?? "", second)}  ${c[line] ?? ""}`.trimEnd();
      return certain ? text : page.colors.yellow(text);
    });
  });
}
