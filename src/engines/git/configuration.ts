/**
 * The few settings of a repository's config that say how it is stored (git-config(1), "Syntax";
 * gitrepository-layout, `extensions`). Nothing that a setting names is included, opened or run, and git reads these
 * without includes too.
 *
 * @returns `section.key` or `section.subsection.key` in lower case (the subsection as written) → the last value;
 *   a key without a value is `true`. A line that is not understood is passed over.
 */
export function readConfiguration(text: string): Map<string, string> {
  return new Map(settingsOf(text));
}

/** As {@link readConfiguration}, every value in order: of some keys all count. */
export function settingsOf(text: string): [key: string, value: string][] {
  const settings: [string, string][] = [];
  let section = "";
  for (const line of text.split("\n")) {
    let rest = line.trim();
    if (rest.startsWith("[")) {
      const end = closingBracket(rest);
      if (end === -1) continue;
      section = sectionName(rest.slice(1, end));
      rest = rest.slice(end + 1).trim();
    }
    if (rest === "" || rest.startsWith("#") || rest.startsWith(";")) continue;
    const equals = rest.indexOf("=");
    const key = (equals === -1 ? rest : rest.slice(0, equals)).trim().toLowerCase();
    settings.push([`${section}.${key}`, equals === -1 ? "true" : textOf(rest.slice(equals + 1))]);
  }
  return settings;
}

/** Outside quotes: a subsection's name may hold a bracket. */
function closingBracket(text: string): number {
  let quoted = false;
  for (let at = 1; at < text.length; at++) {
    const character = text[at];
    if (character === "\\" && quoted) at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === "]" && !quoted) return at;
  }
  return -1;
}

function sectionName(inside: string): string {
  const quote = inside.indexOf('"');
  if (quote === -1) return inside.trim().toLowerCase();
  const subsection = inside.slice(quote + 1, inside.lastIndexOf('"')).replace(/\\(.)/g, "$1");
  return `${inside.slice(0, quote).trim().toLowerCase()}.${subsection}`;
}

/** Without quotes, and without a comment outside of them. */
function textOf(text: string): string {
  let value = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') quoted = !quoted;
    else if (character === "\\") {
      at += 1;
      value += text[at] ?? "";
    } else if (!quoted && (character === "#" || character === ";")) break;
    else value += character;
  }
  return value.trim();
}
