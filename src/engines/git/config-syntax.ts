/**
 * Git's configuration format as git reads it (git-config(1), "Syntax"; git's config.c). Includes are entries like any
 * other here: nothing that an entry names is opened.
 */

export interface ConfigEntry {
  /** In lower case. */
  readonly section: string;
  /** As written; of the old `[section.subsection]` in lower case. Absent: the section itself. */
  readonly subsection?: string;
  /** In lower case. */
  readonly key: string;
  /** Absent of a key alone, which stands for true. */
  readonly value?: string;
}

export interface ConfigText {
  readonly entries: readonly ConfigEntry[];
  /** The line, counted from 1, that git refuses: it reads nothing of such a file. */
  readonly brokenAt?: number;
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", b: "\b", n: "\n", "\\": "\\", '"': '"' };

/** Entries up to the first line that git refuses. Time and memory are linear in the text. */
export function readConfigText(written: string): ConfigText {
  const text = written.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const entries: ConfigEntry[] = [];
  let at = 0;
  // Keys before the first section are none that git has.
  let header: Pick<ConfigEntry, "section" | "subsection"> | undefined = { section: "" };

  while (at < text.length) {
    const character = text[at] as string;
    if (isSpace(character)) at++;
    else if (character === "#" || character === ";") at = endOfLine(at);
    else if (character === "[") {
      header = sectionHeader();
      if (header === undefined) return broken();
    } else {
      const entry = keyAndValue();
      if (entry === undefined) return broken();
      entries.push({ ...header, ...entry });
    }
  }
  return { entries };

  function broken(): ConfigText {
    return { entries, brokenAt: text.slice(0, at).split("\n").length };
  }

  function endOfLine(from: number): number {
    const end = text.indexOf("\n", from);
    return end < 0 ? text.length : end;
  }

  /** `[section]`, `[section "subsection"]`, `[section.subsection]`. */
  function sectionHeader(): typeof header {
    const [, written = ""] = matchAt(/\[([A-Za-z0-9.-]*)/y);
    const name = written.toLowerCase();
    if (text[at] === "]") {
      if (name === "") return undefined;
      at++;
      const dot = name.indexOf(".");
      return dot < 0 ? { section: name } : { section: name.slice(0, dot), subsection: name.slice(dot + 1) };
    }
    const [spaces] = matchAt(/[ \t\r]+/y);
    if (spaces === undefined || text[at] !== '"') return undefined;
    let subsection = "";
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === "\\") at++;
      if (text[at] === "\n" || at >= text.length) return undefined;
      subsection += text[at];
    }
    if (text[at] !== '"' || text[at + 1] !== "]") return undefined;
    at += 2;
    return { section: name, subsection };
  }

  function keyAndValue(): Pick<ConfigEntry, "key" | "value"> | undefined {
    const [name] = matchAt(/[A-Za-z][A-Za-z0-9-]*/y);
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    matchAt(/[ \t]*/y);
    if (at >= text.length || text[at] === "\n") return { key };
    if (text[at] !== "=") return undefined;
    at++;
    const value = valueText();
    return value === undefined ? undefined : { key, value };
  }

  /** Spaces around it, and a comment behind, are no part of it; quotes keep both. Undefined where git refuses it. */
  function valueText(): string | undefined {
    let value = "";
    /** Without the spaces at the end that no quotes keep. */
    let kept = 0;
    let quoted = false;
    for (; at < text.length; at++) {
      const character = text[at] as string;
      if (character === "\n") break;
      if (!quoted && (character === "#" || character === ";")) {
        at = endOfLine(at);
        break;
      }
      if (!quoted && isSpace(character)) {
        if (value !== "") value += character;
        continue;
      }
      if (character === '"') {
        quoted = !quoted;
        kept = value.length;
        continue;
      }
      if (character === "\\") {
        at++;
        const next = text[at];
        // To git the end of the file is the end of a line.
        if (next === "\n" || next === undefined) continue;
        const escaped = ESCAPES[next];
        if (escaped === undefined) return undefined;
        value += escaped;
      } else value += character;
      kept = value.length;
    }
    return quoted ? undefined : value.slice(0, kept);
  }

  function matchAt(pattern: RegExp): readonly (string | undefined)[] {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return [];
    at = pattern.lastIndex;
    return found;
  }
}

/** As git has it, not as C does. */
function isSpace(character: string): boolean {
  return /[ \t\n\r]/.test(character);
}
