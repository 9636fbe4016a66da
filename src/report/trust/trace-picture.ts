/** The chain of one image's life as SVG: what happens to it from left to right, a box a link, red where it is broken. */
import { markupText } from "../markup.ts";
import { displayWidth } from "../width.ts";
import { briefOf, conclusionText, type LinkView, linkTitles, stateMarks, type TraceView } from "./trace-view.ts";

/** Colors are those of the page. */
export const pictureStyle = `
.chain { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); }
.chain svg { display: block; font: 12px system-ui, sans-serif; } .chain .column { fill: var(--quiet); font-weight: 600; }
.chain rect { fill: var(--ground); stroke: var(--quiet); } .chain text { fill: var(--ink); } .chain .title { font-weight: 600; }
.chain .brief { fill: var(--quiet); font-size: 11px; } .chain path { fill: none; stroke: var(--low); stroke-width: 1.6; }
.chain marker path { fill: var(--low); stroke: none; }
.chain .good rect { stroke: var(--pass); } .chain .good .title { fill: var(--pass); }
.chain .broken rect { stroke: var(--fail); stroke-width: 2.5; } .chain .broken .title { fill: var(--fail); }
.chain .open rect { stroke: var(--unknown); stroke-dasharray: 5 4; } .chain .open .title { fill: var(--unknown); }
.chain path.cut { stroke: var(--fail); stroke-dasharray: 3 5; }
`;

const BOX = { width: 236, height: 64, gap: 26, line: 34 } as const;
const COLUMN = { gap: 58, head: 30, margin: 16 } as const;

/** Who acts on it, and which links are theirs; what is in none stands in the last. */
const columns: readonly { readonly title: string; readonly links: readonly string[] }[] = [
  { title: "Built", links: ["image", "source", "build", "base"] },
  { title: "Inspected", links: ["sbom", "vulnerabilities", "secrets"] },
  { title: "Let in", links: ["signatures", "push", "admission"] },
  { title: "Running", links: ["runs", "reach", "behavior", "loaded"] },
];

interface PlacedLink {
  readonly link: LinkView;
  readonly column: number;
  readonly x: number;
  readonly y: number;
}

/** A section of a page; its text alternative is a sentence, and the table that follows has all of it. */
export function pictureMarkup(view: TraceView): string {
  const placed = placedLinks(view.links);
  const width = 2 * COLUMN.margin + columns.length * BOX.width + (columns.length - 1) * COLUMN.gap;
  const height = Math.max(...placed.map(({ y }) => y + BOX.height), COLUMN.head) + COLUMN.margin;
  const label = `The chain in ${view.links.length} links: ${conclusionText(view)}`;
  const heads = columns.map(
    ({ title }, column) => `<text class="column" x="${columnAt(column)}" y="20">${markupText(title)}</text>`,
  );
  const arrows = placed.slice(1).map((to, nth) => arrowMarkup(placed[nth] as PlacedLink, to));
  return `<section>
<h2>The chain</h2>
<div class="chain" tabindex="0" role="group" aria-label="Picture of the chain"><svg role="img" aria-label="${markupText(label)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
<defs><marker id="chain-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>
${heads.join("\n")}
${arrows.join("\n")}
${placed.map(boxMarkup).join("\n")}
</svg></div>
</section>
`;
}

function columnAt(column: number): number {
  return COLUMN.margin + column * (BOX.width + COLUMN.gap);
}

/** In the order of the view, each below the one before it in its column. */
function placedLinks(links: readonly LinkView[]): PlacedLink[] {
  const filled = columns.map(() => 0);
  return links
    .map((link) => {
      const found = columns.findIndex((column) => column.links.includes(link.name));
      return { link, column: found < 0 ? columns.length - 1 : found };
    })
    .sort((a, b) => a.column - b.column)
    .map(({ link, column }) => {
      const row = filled[column] ?? 0;
      filled[column] = row + 1;
      return { link, column, x: columnAt(column), y: COLUMN.head + row * (BOX.height + BOX.gap) };
    });
}

/** Down in a column; from the foot of one to the head of the next. */
function arrowMarkup(from: PlacedLink, to: PlacedLink): string {
  const cut = to.link.state === "broken" ? ' class="cut"' : "";
  const middle = from.x + BOX.width / 2;
  if (from.column === to.column) {
    return `<path${cut} d="M${middle} ${from.y + BOX.height}V${to.y - 1}" marker-end="url(#chain-head)"/>`;
  }
  const turn = from.x + BOX.width + COLUMN.gap / 2;
  const [start, end] = [from.y + BOX.height / 2, to.y + BOX.height / 2];
  return `<path${cut} d="M${from.x + BOX.width} ${start}H${turn}V${end}H${to.x - 1}" marker-end="url(#chain-head)"/>`;
}

function boxMarkup({ link, x, y }: PlacedLink): string {
  const kind = { broken: "broken", verified: "good", observed: "good", claimed: "open", none: "none", unknown: "open" };
  const title = linkTitles[link.name] ?? link.name;
  const brief = briefOf(link);
  const lines = twoLines(brief).map(
    (line, nth) => `<text class="brief" x="${x + 10}" y="${y + 38 + 16 * nth}">${markupText(line)}</text>`,
  );
  return `<g class="${kind[link.state]}"><title>${markupText(`${title}: ${link.state}: ${brief}`)}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5"/><text class="title" x="${x + 10}" y="${y + 20}">${markupText(`${stateMarks[link.state]} ${title}`)}</text>${lines.join("")}</g>`;
}

/** As much as has room; digests and commits as long as tells them apart. */
function twoLines(text: string): readonly string[] {
  const words = text.replaceAll(/\b((?:sha256:)?[0-9a-f]{8})[0-9a-f]{32,56}\b/g, "$1…").split(" ");
  const lines: string[] = [""];
  for (const word of words) {
    const last = lines.at(-1) as string;
    const longer = last === "" ? word : `${last} ${word}`;
    if (displayWidth(longer) <= BOX.line) lines[lines.length - 1] = longer;
    else if (lines.length < 2) lines.push(cut(word));
    else {
      lines[1] = cut(`${lines[1]} ${word}`);
      break;
    }
  }
  return lines.map(cut).filter((line) => line !== "");
}

function cut(text: string): string {
  if (displayWidth(text) <= BOX.line) return text;
  let kept = "";
  for (const character of text) {
    if (displayWidth(kept + character) > BOX.line - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
