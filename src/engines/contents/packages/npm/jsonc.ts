/**
 * JSON with comments and trailing commas, as Bun writes its lockfile, made plain JSON. Linear: whatever is neither
 * stays as it is, for JSON's own parser to judge.
 */
export function plainJson(text: string): string {
  const kept: string[] = [];
  let from = 0;
  let at = 0;
  /** Where the last mark is, if it is a comma: in the text from `from` on, or as a part of its own. */
  let comma = NOWHERE;
  let commaPart = NOWHERE;
  while (at < text.length) {
    const mark = text[at] as string;
    const next = text[at + 1];
    if (mark === "/" && (next === "/" || next === "*")) {
      if (comma !== NOWHERE) {
        kept.push(text.slice(from, comma), ",");
        commaPart = kept.length - 1;
        from = comma + 1;
        comma = NOWHERE;
      }
      kept.push(text.slice(from, at));
      const end = text.indexOf(next === "/" ? "\n" : "*/", at + 2);
      at = end < 0 ? text.length : end + (next === "/" ? 0 : 2);
      from = at;
      continue;
    }
    if (WHITE.has(mark)) {
      at += 1;
      continue;
    }
    if (mark === "]" || mark === "}") {
      if (commaPart !== NOWHERE) kept[commaPart] = "";
      if (comma !== NOWHERE) {
        kept.push(text.slice(from, comma));
        from = comma + 1;
      }
    }
    comma = mark === "," ? at : NOWHERE;
    commaPart = NOWHERE;
    at = mark === '"' ? behindText(text, at) : at + 1;
  }
  kept.push(text.slice(from));
  return kept.join("");
}

const NOWHERE = -1;

const WHITE: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n"]);

function behindText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
