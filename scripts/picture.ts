/**
 * Draws what a terminal showed as an SVG: the README's picture. Reads the terminal's raw output on standard input and
 * writes the SVG to standard output; `make picture` does the whole.
 *
 * `node scripts/picture.ts TITLE [LINES]`: only the first LINES lines are drawn, and what is left out is said.
 */
import { text } from "node:stream/consumers";

const COLUMNS = 104;
const CELL = { width: 8.4, height: 18 };
const PADDING = 16;

/** The 3x colours of ECMA-48 SGR, on a dark ground. */
const colours: Readonly<Record<number, string>> = {
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#76e3ea",
  90: "#8b949e",
};

interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly colour: string | undefined;
}

const plain: Style = { bold: false, dim: false, colour: undefined };

function changed(style: Style, code: number): Style {
  if (code === 0) return plain;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: undefined };
  return { ...style, colour: colours[code] ?? style.colour };
}

/** A line's runs of one style. Every control sequence but colours and weights is left out. */
function runs(line: string): { readonly style: Style; readonly text: string; readonly column: number }[] {
  const found = [];
  let style = plain;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with one
  for (const piece of line.matchAll(/\u001b\[([0-9;]*)([A-Za-z])|([^\u0000-\u001f]+)/g)) {
    const [, codes = "", final, text] = piece;
    if (text !== undefined) {
      found.push({ style, text, column });
      column += [...text].length;
    } else if (final === "m") {
      for (const code of codes.split(";")) style = changed(style, Number(code));
    }
  }
  return found;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Parts without two blanks in a row, each at its column: browsers differ in what they make of those. */
function words<Run extends { readonly text: string; readonly column: number }>(run: Run): Run[] {
  const parts: Run[] = [];
  for (const { 0: text, index } of run.text.matchAll(/\S+(?: \S+)*/g)) {
    parts.push({ ...run, text, column: run.column + [...run.text.slice(0, index)].length });
  }
  return parts;
}

function drawn(lines: readonly string[], title: string): string {
  const width = Math.ceil(COLUMNS * CELL.width + 2 * PADDING);
  const height = lines.length * CELL.height + 2 * PADDING;
  const rows = lines.map((line, row) => {
    const y = PADDING + (row + 0.75) * CELL.height;
    return runs(line)
      .flatMap(words)
      .map(({ style, text, column }) => {
        const x = (PADDING + column * CELL.width).toFixed(1);
        // Every run is stretched to its cells, so that columns stay straight in whatever font there is.
        const length = ([...text].length * CELL.width).toFixed(1);
        const attributes = [
          style.colour === undefined ? "" : ` fill="${style.colour}"`,
          style.bold ? ' font-weight="bold"' : "",
          style.dim ? ' opacity="0.65"' : "",
        ].join("");
        return `<text x="${x}" y="${y}" textLength="${length}"${attributes}>${escaped(text)}</text>`;
      })
      .join("\n");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">`,
    ...rows.filter((row) => row !== ""),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

const [title = "Terminal output", limit = "1000"] = process.argv.slice(2);
const lines = (await text(process.stdin)).replaceAll("\r", "").trimEnd().split("\n");
const shown = lines.slice(0, Number(limit));
if (shown.length < lines.length) shown.push("", `\u001b[2m… and ${lines.length - shown.length} more lines\u001b[22m`);
process.stdout.write(drawn(shown, title));
