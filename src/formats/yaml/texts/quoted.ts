/** The texts of YAML 1.2: quoted ones with their escapes, and its white space. */
/** A quoted text that begins here, and where it ends; undefined where none begins or it does not end in its line. */
export function quotedAt(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  let special = false;
  for (let at = start + 1; at < text.length; at++) {
    const mark = text[at];
    if (mark === "\n") return undefined;
    if (mark === "\\" && quote === '"') {
      special = true;
      at += 1;
    } else if (mark === quote) {
      if (quote === "'" && text[at + 1] === "'") {
        special = true;
        at += 1;
        continue;
      }
      const raw = text.slice(start + 1, at);
      if (!special) return { value: raw, end: at + 1 };
      return { value: quote === "'" ? raw.replaceAll("''", "'") : unescaped(raw), end: at + 1 };
    }
  }
  return undefined;
}

/** YAML's escapes, of which JSON's are a part ("Escaped Characters"). */
function unescaped(raw: string): string {
  return raw.replace(ESCAPE, (_escape, two?: string, four?: string, eight?: string, letter?: string) => {
    const code = two ?? four ?? eight;
    if (code === undefined) return ESCAPES.get(letter ?? "") ?? letter ?? "";
    const point = Number.parseInt(code, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
  });
}

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...([
    ["0", "\0"],
    ["a", "\x07"],
    ["b", "\b"],
    ["t", "\t"],
    ["n", "\n"],
    ["v", "\v"],
    ["f", "\f"],
  ] as const),
  ...([
    ["r", "\r"],
    ["e", "\x1b"],
    ["N", "\x85"],
    ["_", "\xa0"],
    ["L", "\u2028"],
    ["P", "\u2029"],
  ] as const),
]);

/** YAML's white space is the space and the tab; a carriage return is of the line's end. JavaScript's is more. */
function isWhite(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

export function trimmedStart(text: string): string {
  let start = 0;
  while (isWhite(text.charCodeAt(start))) start += 1;
  return text.slice(start);
}

export function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isWhite(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
