/** A diagram as SVG within a page: nothing is fetched, no script draws it, and every text in it is text. */
import type { Diagram, DiagramArrow, DiagramBox } from "../core/diagram.ts";
import { markupText } from "./markup.ts";
import { clip, displayWidth } from "./width.ts";

/** Colors are those of the page. */
export const diagramStyle = `
.diagram { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); }
.diagram svg { display: block; font: 12px system-ui, sans-serif; min-width: 40rem; height: auto; }
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
  const layout = layOut(boxes);
  const label = `${title}: ${boxes.length} boxes, ${arrows.length} arrows`;
  const sentences = [...summary, ...left.map((text) => `Not drawn: ${text}`)];
  return `<section>
<h2>${markupText(title)}</h2>
${sentences.map((text) => `<p>${markupText(text)}</p>`).join("\n")}
<div class="diagram"><svg role="img" aria-label="${markupText(label)}" viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" xmlns="http://www.w3.org/2000/svg">
<defs>${marker("head", "")}${marker("unsure-head", ' class="unsure-head"')}</defs>
${boxes.map((box) => boxMarkup(box, layout.places)).join("\n")}
${arrows.map((arrow, index) => arrowMarkup(arrow, index, layout.places, arrows.length <= LABELLED)).join("\n")}
</svg></div>
<details><summary>As a list</summary><ul>${arrows.map((arrow) => `<li>${markupText(arrowText(arrow, boxes))}</li>`).join("")}</ul></details>
</section>
`;
}

function marker(id: string, attributes: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"${attributes}><path d="M0 0L8 4L0 8z"/></marker>`;
}

/** Boxes in columns, each put where there is least; what comes from or goes outside stands at the sides. */
function layOut(boxes: readonly DiagramBox[]) {
  const within = boxes.filter(({ side }) => side === undefined);
  const count = Math.max(1, Math.min(4, Math.ceil(Math.sqrt(within.length))));
  const columns: DiagramBox[][] = Array.from({ length: count }, () => []);
  const heights = columns.map(() => 0);
  for (const box of within) {
    const least = heights.indexOf(Math.min(...heights));
    columns[least]?.push(box);
    heights[least] = (heights[least] ?? 0) + boxHeight(box) + BOX.gap;
  }
  const sides = (side: "left" | "right") => boxes.filter((box) => box.side === side);
  const all = [sides("left"), ...columns, sides("right")].filter((column) => column.length > 0);
  const tallest = Math.max(...all.map((column) => column.reduce((sum, box) => sum + boxHeight(box) + BOX.gap, 0)));
  const places = new Map<string, Placed>();
  let x = MARGIN;
  for (const column of all) {
    const width = Math.max(...column.map(boxWidth));
    let y = MARGIN / 2 + Math.max(0, (tallest - column.reduce((sum, box) => sum + boxHeight(box) + BOX.gap, 0)) / 2);
    for (const box of column) {
      const height = boxHeight(box);
      places.set(box.id, { x, y, width, height });
      for (const [index, node] of box.nodes.entries()) {
        places.set(node.id, {
          x: x + BOX.padding,
          y: y + BOX.head + index * (NODE.height + NODE.gap),
          width: width - 2 * BOX.padding,
          height: NODE.height,
        });
      }
      y += height + BOX.gap;
    }
    x += width + LANE;
  }
  return { places, width: Math.ceil(x - LANE + MARGIN * 2), height: Math.ceil(tallest + MARGIN) };
}

function boxHeight({ nodes }: DiagramBox): number {
  return BOX.head + nodes.length * (NODE.height + NODE.gap) - NODE.gap + BOX.padding;
}

function boxWidth({ label, nodes }: DiagramBox): number {
  const longest = Math.max(displayWidth(label), ...nodes.map((node) => displayWidth(node.label)));
  return Math.min(longest, NODE.characters) * NODE.character + 2 * (NODE.padding + BOX.padding);
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
  return `<g class="box"><rect x="${place.x}" y="${place.y}" width="${place.width}" height="${place.height}" rx="6"/>${title}${nodes.join("")}</g>`;
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
      middle: { x: round((x1 + x2) / 2), y: round((startY + endY) / 2) },
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
