import type { Finding } from "../core/finding.ts";
import { formatDockerfile, formatLayer, formatLocation, type LayerReference } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import { shortInstruction } from "./instruction.ts";
import { findingIndent, type Page, severityWidth, severityWord, verdictIndent } from "./page.ts";
import { clip, clipStart, displayWidth, pad } from "./width.ts";
import { findingName, packageOf } from "./wording.ts";

/** Columns that a page needs for the table; a narrower one gets a list. */
export const tableColumns = 72;

const gutter = "  ";
/** Columns of a path column that still tells one file from another. */
const readablePath = 24;

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly width: number;
}

/** One line a finding; the path is a column where there is room, a second line where not, and said once if it is one. */
export function packageTable(page: Page, findings: readonly Finding[]): string[] {
  const { dim, red } = page.colors;
  const column = (title: string, cells: readonly string[], most: number): Column => ({
    title,
    cells,
    width: Math.min(
      most,
      cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell)), title.length),
    ),
  });
  const id = column(
    "ID",
    findings.map((finding) => printable(findingName(finding))),
    24,
  );
  const fixed = column("FIXED IN", findings.map(fixedIn), Math.max(10, Math.floor(page.columns / 4)));
  const layer = column("LAYER", findings.map(layerOf), 12);
  const layers = layer.cells.some((cell) => cell !== "") ? [layer] : [];
  const marked = column(
    "EXPLOITS",
    findings.map(({ priority }) => printable(priority?.mark ?? "")),
    9,
  );
  const loaded = column("LOADED", findings.map(loadedIn), 6);
  const marks = [marked, loaded].filter(({ cells }) => cells.some((cell) => cell !== ""));
  const others = [id, ...marks, fixed, ...layers].reduce(
    (sum, { width }) => sum + gutter.length + width,
    findingIndent,
  );
  const names = findings.map((finding) => printable(packageOf(finding) ?? ""));
  const name = column("PACKAGE", names, Math.min(Math.floor(page.columns / 3), page.columns - others));

  const paths = findings.map(pathOf);
  const room = page.columns - others - name.width - gutter.length;
  const place = paths.length > 1 && new Set(paths).size === 1 ? "once" : room >= readablePath ? "column" : "below";
  const path =
    place === "column" ? [{ title: "PATH", cells: paths.map((some) => clipStart(some, room)), width: room }] : [];
  const columns = [id, ...marks, name, fixed, ...layers, ...path];

  const lines = [
    dim(
      `${verdictIndent}${"SEVERITY".padEnd(severityWidth)}${gutter}${line(columns.map((some) => [some.title, some.width]))}`,
    ),
  ];
  for (const [i, finding] of findings.entries()) {
    const mark = finding.overThreshold ? red("✗ ") : verdictIndent;
    const cells = columns.map((some) => [some.cells[i] ?? "", some.width] as const);
    lines.push(`${mark}${severityWord(page, finding.severity)}${gutter}${line(cells)}`);
    if (place === "below")
      lines.push(dim(" ".repeat(findingIndent) + clipStart(paths[i] ?? "", page.columns - findingIndent)));
  }
  return [...lines, ...legend(page, findings, place === "once" ? paths[0] : undefined)];
}

function line(cells: readonly (readonly [text: string, width: number])[]): string {
  return cells
    .map(([text, width]) => pad(clip(text, width), width))
    .join(gutter)
    .trimEnd();
}

function fixedIn({ fix }: Finding): string {
  if (fix === undefined) return "no fix";
  return printable(fix.kind === "upgrade" ? fix.version : fix.text);
}

/** Empty where nobody watched. */
function loadedIn({ loaded }: Finding): string {
  return loaded === undefined ? "" : ({ loaded: "yes", unknown: "?", "not loaded": "no" } as const)[loaded.state];
}

/** `3/5`, and `1/5 base` of what the base image brought. */
function layerOf({ locations: [location], origin }: Finding): string {
  if (location.kind !== "image") return "";
  return formatLayer(location.layer).slice("layer ".length) + (origin === "base" ? " base" : "");
}

function pathOf({ locations: [location] }: Finding): string {
  return printable(location.kind === "image" ? `/${location.path}` : formatLocation(location));
}

/** `Dockerfile:12 RUN make`: where the Dockerfile is known, its line comes first and is never cut off. */
function madeBy(layer: LayerReference, instruction: string): string {
  return [formatDockerfile(layer) ?? [], shortInstruction(instruction)].flat().join(" ");
}

/** What stands for several rows, said once: the path that all share, and the instruction of each layer. */
function legend(page: Page, findings: readonly Finding[], path: string | undefined): string[] {
  const layers = new Map<number, LayerReference>();
  for (const { locations } of findings) {
    for (const location of locations) if (location.kind === "image") layers.set(location.layer.index, location.layer);
  }
  const entries = [...layers.values()]
    .sort((a, b) => a.index - b.index)
    .flatMap((layer) =>
      layer.instruction === undefined
        ? []
        : [[formatLayer(layer), printable(madeBy(layer, layer.instruction))] as const],
    );
  if (path !== undefined) entries.unshift(["path", path]);
  if (entries.length === 0) return [];
  const width = entries.reduce((widest, [name]) => Math.max(widest, name.length), 0);
  const room = page.columns - verdictIndent.length - width - gutter.length;
  return [
    "",
    ...entries.map(([name, text]) =>
      page.colors.dim(`${verdictIndent}${pad(name, width)}${gutter}${clip(text, room)}`),
    ),
  ];
}
