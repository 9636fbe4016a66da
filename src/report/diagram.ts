/** A diagram as SVG within a page: nothing is fetched, no script draws it, and every text in it is text. */

import type { Diagram, DiagramArrow, DiagramBox } from "../core/diagram.ts";
import { greatest } from "../core/extremes.ts";
import { markupText } from "./markup.ts";
import { clip, displayWidth } from "./width.ts";

/** Colors are those of the page. */
export const diagramStyle = `
.diagram { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); }
.diagram svg { display: block; font: 12px system-ui, sans-serif; }
.diagram .box rect { fill: var(--shade); stroke: var(--line); } .diagram .box > text { fill: var(--quiet); font-weight: 600; }
.diagram .node rect { fill: var(--ground); stroke: var(--quiet); } .diagram .node text { fill: var(--ink); }
.diagram .alarm rect { stroke: var(--fail); stroke-width: 2; }
.diagram .arrow path { fill: none; stroke: var(--low); stroke-width: 1.4; } .diagram .arrow text { fill: var(--low); font-size: 10px; }
.diagram .unsure path { stroke: var(--unknown); stroke-dasharray: 5 4; } .diagram .unsure text { fill: var(--unknown); }
.diagram marker path { fill: var(--low); stroke: none; } .diagram .unsure-head path { fill: var(--unknown); }
.diagram .arrow:hover path { stroke-width: 3.5; }
`;

const NODE = { height: 26, gap: 8, characters: 30, character: 6.7, padding: 10 } as const;
const BOX = { head: 26, padding: 12, gap: 46 } as const;
/** Between the columns of one box. */
const INNER = 104;
/** Columns of one box. */
const LAYERS = 5;
/** Between columns, where arrows turn and are labelled. */
const LANE = 150;
const MARGIN = 60;
/** Labels of more arrows would cover one another: they are titles then. */
const LABELLED = 40;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A section of the page, empty where there is nothing to draw. */
export function diagramMarkup(diagram: Diagram): string {
  const { boxes, arrows, title, summary, left } = diagram;
  if (boxes.length === 0) return "";
  const layout = layOut(boxes, arrows);
  // Arrows that end alike are labelled once.
  const endings = Map.groupBy(arrows, ({ to, label, certain }) => JSON.stringify([to, label, certain]));
  const labelled = new Set(endings.size <= LABELLED ? [...endings.values()].flatMap(([first]) => first ?? []) : []);
  const label = `${title}: ${boxes.length} boxes, ${arrows.length} arrows`;
  const sentences = [...summary, ...left.map((text) => `Not drawn: ${text}`)];
  return `<section>
<h2>${markupText(title)}</h2>
${sentences.map((text) => `<p>${markupText(text)}</p>`).join("\n")}
<div class="diagram"><svg role="img" aria-label="${markupText(label)}" viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" xmlns="http://www.w3.org/2000/svg">
<defs>${marker("head", "")}${marker("unsure-head", ' class="unsure-head"')}</defs>
${boxes.map((box) => boxMarkup(box, layout.places)).join("\n")}
${arrows.map((arrow, index) => arrowMarkup(arrow, index, layout.places, labelled.has(arrow))).join("\n")}
</svg></div>
<details><summary>As a list</summary><ul>${arrows.map((arrow) => `<li>${markupText(arrowText(arrow, boxes))}</li>`).join("")}</ul></details>
</section>
`;
}

function marker(id: string, attributes: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"${attributes}><path d="M0 0L8 4L0 8z"/></marker>`;
}

interface SizedBox {
  readonly box: DiagramBox;
  readonly width: number;
  readonly height: number;
  /** Of each node its place within the box. */
  readonly nodes: ReadonlyMap<string, Placed>;
}

/** Boxes in columns, each put where there is least; what comes from or goes outside stands at the sides. */
function layOut(boxes: readonly DiagramBox[], arrows: readonly DiagramArrow[]) {
  const sized = boxes.map((box) => sizeOf(box, arrows));
  const within = sized.filter(({ box }) => box.side === undefined);
  const count = Math.max(1, Math.min(4, Math.ceil(Math.sqrt(within.length))));
  const columns: SizedBox[][] = Array.from({ length: count }, () => []);
  const share = within.reduce((sum, { height }) => sum + height + BOX.gap, 0) / count;
  let used = 0;
  for (const one of inFlow(within, arrows)) {
    columns[Math.min(count - 1, Math.floor((used + one.height / 2) / share))]?.push(one);
    used += one.height + BOX.gap;
  }
  const sides = (side: "left" | "right") => sized.filter(({ box }) => box.side === side);
  const all = [sides("left"), ...columns, sides("right")].filter((column) => column.length > 0);
  const heightOf = (column: readonly SizedBox[]) =>
    column.reduce((sum, { height }) => sum + height + BOX.gap, -BOX.gap);
  const tallest = greatest(all.map(heightOf));
  const places = new Map<string, Placed>();
  let x = MARGIN;
  for (const column of all) {
    const width = greatest(column.map((one) => one.width));
    let y = MARGIN / 2 + (tallest - heightOf(column)) / 2;
    for (const { box, height, nodes } of column) {
      places.set(box.id, { x, y, width, height });
      for (const [id, node] of nodes) places.set(id, { ...node, x: x + node.x, y: y + node.y });
      y += height + BOX.gap;
    }
    x += width + LANE;
  }
  return { places, width: Math.ceil(x - LANE + MARGIN * 2), height: Math.ceil(tallest + MARGIN) };
}

/** Boxes from which more leads than leads to them come first. */
function inFlow(boxes: readonly SizedBox[], arrows: readonly DiagramArrow[]): SizedBox[] {
  const boxOf = new Map(
    boxes.flatMap(({ box }) => [box.id, ...box.nodes.map(({ id }) => id)].map((id) => [id, box.id])),
  );
  const lead = new Map<string, number>();
  for (const { from, to } of arrows) {
    const [source, target] = [boxOf.get(from), boxOf.get(to)];
    if (source === undefined || target === undefined || source === target) continue;
    lead.set(source, (lead.get(source) ?? 0) + 1);
    lead.set(target, (lead.get(target) ?? 0) - 1);
  }
  return boxes.toSorted((a, b) => (lead.get(b.box.id) ?? 0) - (lead.get(a.box.id) ?? 0));
}

/** Nodes in columns, each to the right of those that lead to it, as far as they do not lead back. */
function sizeOf(box: DiagramBox, arrows: readonly DiagramArrow[]): SizedBox {
  const layers = layersOf(box, arrows);
  const columnHeight = (column: DiagramBox["nodes"]) => column.length * (NODE.height + NODE.gap) - NODE.gap;
  const tallest = greatest(layers.map(columnHeight));
  const nodes = new Map<string, Placed>();
  let x = BOX.padding as number;
  for (const column of layers) {
    const longest = greatest(column.map(({ label }) => displayWidth(label)));
    const width = Math.min(longest, NODE.characters) * NODE.character + 2 * NODE.padding;
    const top = BOX.head + (tallest - columnHeight(column)) / 2;
    for (const [index, { id }] of column.entries()) {
      nodes.set(id, { x, y: top + index * (NODE.height + NODE.gap), width, height: NODE.height });
    }
    x += width + INNER;
  }
  const title = Math.min(displayWidth(box.label), NODE.characters) * NODE.character + 2 * BOX.padding;
  return { box, nodes, width: Math.max(x - INNER + BOX.padding, title), height: BOX.head + tallest + BOX.padding };
}

function layersOf({ nodes }: DiagramBox, arrows: readonly DiagramArrow[]): DiagramBox["nodes"][] {
  const own = new Set(nodes.map(({ id }) => id));
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) {
    if (from === to || !own.has(from) || !own.has(to)) continue;
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const layer = new Map<string, number>();
  const open = new Set<string>();
  const place = (id: string, at: number): void => {
    if (open.has(id) || at <= (layer.get(id) ?? -1) || at >= LAYERS) return;
    layer.set(id, at);
    open.add(id);
    for (const other of next.get(id) ?? []) place(other, at + 1);
    open.delete(id);
  };
  const targets = new Set([...next.values()].flat());
  // From what nothing leads to, first; then from what leads in circles.
  for (const { id } of nodes) if (!targets.has(id)) place(id, 0);
  for (const { id } of nodes) if (!layer.has(id)) place(id, 0);
  const columns = Map.groupBy(nodes, ({ id }) => layer.get(id) ?? 0);
  return [...columns.keys()].sort((a, b) => a - b).map((at) => columns.get(at) ?? []);
}

function boxMarkup(box: DiagramBox, places: ReadonlyMap<string, Placed>): string {
  const place = places.get(box.id) as Placed;
  const nodes = box.nodes.map((node) => {
    const { x, y, width, height } = places.get(node.id) as Placed;
    const mark = node.mark === undefined ? "" : ` ${node.mark}`;
    return `<g class="node${mark}"><title>${markupText(node.detail)}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/><text x="${x + NODE.padding}" y="${y + 17}">${markupText(clip(node.label, NODE.characters))}</text></g>`;
  });
  const title =
    box.label === ""
      ? ""
      : `<text x="${place.x + BOX.padding}" y="${place.y + 17}">${markupText(clip(box.label, NODE.characters))}</text>`;
  const frame = `<rect x="${place.x}" y="${place.y}" width="${place.width}" height="${place.height}" rx="6"/>`;
  return `<g class="box">${box.label === "" ? "" : frame}${title}${nodes.join("")}</g>`;
}

function arrowMarkup(
  { from, to, label, certain }: DiagramArrow,
  index: number,
  places: ReadonlyMap<string, Placed>,
  isLabelled: boolean,
): string {
  const [a, b] = [places.get(from), places.get(to)];
  if (a === undefined || b === undefined) return "";
  const { path, middle } = curve(a, b, index);
  const kind = certain ? "arrow" : "arrow unsure";
  const head = certain ? "head" : "unsure-head";
  const text = isLabelled
    ? `<text x="${middle.x}" y="${middle.y - 3}" text-anchor="middle">${markupText(clip(certain ? label : `? ${label}`, 26))}</text>`
    : "";
  return `<g class="${kind}"><title>${markupText(`${certain ? "" : "unknown: "}${label}`)}</title><path d="${path}" marker-end="url(#${head})"/>${text}</g>`;
}

/** Out of one side and into the other; within a column around its right side. Arrows that begin alike part by their numbers. */
function curve(a: Placed, b: Placed, index: number) {
  const shift = ((index % 5) - 2) * 3;
  const [startY, endY] = [a.y + a.height / 2 + shift, b.y + b.height / 2 + shift];
  const round = (number: number) => Math.round(number * 10) / 10;
  const isRight = b.x >= a.x + a.width;
  const isLeft = b.x + b.width <= a.x;
  if (isRight || isLeft) {
    const [x1, x2] = isRight ? [a.x + a.width, b.x] : [a.x, b.x + b.width];
    const bend = Math.max(40, Math.abs(x2 - x1) / 2) * (isRight ? 1 : -1);
    return {
      path: `M${round(x1)} ${round(startY)}C${round(x1 + bend)} ${round(startY)} ${round(x2 - bend)} ${round(endY)} ${round(x2)} ${round(endY)}`,
      // Near its end, before which nothing stands.
      middle: { x: round(x2 - (isRight ? 46 : -46)), y: round(endY) },
    };
  }
  const [x1, x2] = [a.x + a.width, b.x + b.width];
  const reach = Math.min(LANE - 30, 30 + Math.abs(endY - startY) / 3) + (index % 4) * 6;
  const [y1, y2] = a === b ? [startY - 7, endY + 7] : [startY, endY];
  const far = Math.max(x1, x2) + reach;
  return {
    path: `M${round(x1)} ${round(y1)}C${round(far)} ${round(y1)} ${round(far)} ${round(y2)} ${round(x2)} ${round(y2)}`,
    middle: { x: round(far - reach / 4), y: round((y1 + y2) / 2) },
  };
}

function arrowText({ from, to, label, certain }: DiagramArrow, boxes: readonly DiagramBox[]): string {
  const called = (id: string): string => {
    for (const box of boxes) {
      if (box.id === id) return `all of ${box.label}`;
      const node = box.nodes.find((each) => each.id === id);
      if (node !== undefined) return node.detail;
    }
    return id;
  };
  return `${called(from)} → ${called(to)}: ${certain ? label : `unknown: ${label}`}`;
}
