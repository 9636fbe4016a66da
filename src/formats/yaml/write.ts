/** Generated objects as YAML: in a stable order, each part with what it is for. */

/** A value of YAML. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

const NO_COMMENTS: ReadonlyMap<Plain, readonly string[]> = new Map();

/** @param comments - by the very value that they stand above, in lines */
export function writeYaml(value: Plain, comments = NO_COMMENTS): string {
  const lines: string[] = [];
  block(value, 0, lines, comments);
  return `${lines.join("\n")}\n`;
}

type Comments = ReadonlyMap<Plain, readonly string[]>;

function block(value: Plain, depth: number, lines: string[], comments: Comments): void {
  const indent = " ".repeat(depth);
  if (isList(value)) {
    for (const item of value) {
      for (const line of comments.get(item) ?? []) lines.push(`${indent}# ${oneLine(line)}`);
      if (isFlow(item)) lines.push(`${indent}- ${flow(item)}`);
      else {
        const from = lines.length;
        block(item, depth + 2, lines, comments);
        // The first line of a map stands behind the dash; comments above it are rare, and stay above.
        const first = lines.findIndex((line, index) => index >= from && !line.trimStart().startsWith("#"));
        lines[first] = `${indent}- ${(lines[first] ?? "").slice(depth + 2)}`;
      }
    }
    return;
  }
  for (const [key, inner] of Object.entries(value as { readonly [key: string]: Plain })) {
    for (const line of comments.get(inner) ?? []) lines.push(`${indent}# ${oneLine(line)}`);
    if (isText(inner)) {
      lines.push(`${indent}${scalar(key)}: |`);
      for (const line of inner.slice(0, -1).split("\n")) lines.push(line === "" ? "" : `${indent}  ${line}`);
    } else if (isFlow(inner)) lines.push(`${indent}${scalar(key)}: ${flow(inner)}`);
    else {
      lines.push(`${indent}${scalar(key)}:`);
      block(inner, depth + 2, lines, comments);
    }
  }
}

/**
 * Of several lines that a literal block says exactly: ASCII, the last line ended once, the first neither empty nor indented,
 * and no line that YAML would end elsewhere.
 */
function isText(value: Plain): value is string {
  return typeof value === "string" && /^[!-~][\t\n -~]*[^\n]\n$/.test(value) && value.indexOf("\n") < value.length - 1;
}

/** What fits behind its key: texts, what is empty, and lists and maps of few texts. */
function isFlow(value: Plain): boolean {
  if (typeof value !== "object") return true;
  const inner = isList(value) ? value : Object.values(value);
  if (inner.length === 0) return true;
  return isList(value) && inner.every((item) => typeof item !== "object") && flow(value).length <= 80;
}

function flow(value: Plain): string {
  if (typeof value !== "object") return scalar(value);
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  const entries = Object.entries(value).map(([key, inner]) => `${scalar(key)}: ${flow(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** What every reader of YAML takes for this text, plain; anything else in quotes. */
const PLAIN = /^[A-Za-z/][A-Za-z0-9_./-]*$/;
const OTHER_MEANING = /^(?:y|n|yes|no|on|off|true|false|null|~|nan|inf|\.nan|\.inf)$/i;

function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  return PLAIN.test(value) && !OTHER_MEANING.test(value) ? value : JSON.stringify(value);
}

/** A comment ends where its line does, and to some readers at other signs too. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+/g, " ");
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
