import { positionAt, type Refuse } from "../../position.ts";
import { trimmedEnd, trimmedStart } from "./quoted.ts";

/** A line that says something. */
export interface Line {
  readonly indent: number;
  /** Where its content begins in the whole text. */
  readonly start: number;
  /** Without white space at its end. */
  readonly content: string;
  /** `---` or `...` */
  readonly marker: boolean;
}

export interface Lines {
  current: Line | undefined;
  /** To the next line that is neither blank nor a comment. */
  advance(): void;
  /** A collection may begin within a line: `- name: a` has a mapping whose indentation is that of `name`. */
  reenter(indent: number, start: number, content: string): void;
  /** Goes on behind an offset, which must be in the last part of its line. */
  continueAt(offset: number): void;
  /** Raw lines, blank ones among them, that are indented by more than `indent`: a block scalar's. */
  takeDeeper(indent: number): string[];
  readonly text: string;
  /** At the current line. */
  broken(cause: string): Error;
  brokenAt(offset: number, cause: string): Error;
}

export function yamlLines(text: string, refuse: Refuse): Lines {
  let next = 0;
  const lineFrom = (start: number): { end: number; after: number } => {
    const newline = text.indexOf("\n", start);
    return newline < 0 ? { end: text.length, after: text.length } : { end: newline, after: newline + 1 };
  };
  const lines: Lines = {
    current: undefined,
    text,
    advance() {
      while (next < text.length) {
        let start = next;
        while (text.charCodeAt(start) === SPACE) start += 1;
        const { end, after } = lineFrom(start);
        const indent = start - next;
        const content = trimmedEnd(text.slice(start, end));
        next = after;
        if (content === "" || content[0] === "#") continue;
        if (content[0] === "%" && indent === 0) continue;
        const marker = indent === 0 && isMarker(content);
        if (marker && content.length > 3) {
          // What stands behind the marker, unless a comment, begins the document.
          if (!trimmedStart(content.slice(3)).startsWith("#"))
            throw at(start, "a document begins in its marker's line");
        }
        if (content[0] === "\t") throw at(start, "a line is indented with a tab");
        lines.current = { indent, start, content, marker };
        return;
      }
      lines.current = undefined;
    },
    reenter(indent, start, content) {
      lines.current = { indent, start, content, marker: false };
    },
    continueAt(offset) {
      const { end, after } = lineFrom(offset);
      const rest = trimmedStart(trimmedEnd(text.slice(offset, end)));
      if (rest !== "" && rest[0] !== "#") throw at(offset, "something stands behind a collection");
      next = after;
      lines.advance();
    },
    takeDeeper(indent) {
      const taken: string[] = [];
      while (next < text.length) {
        let start = next;
        while (text.charCodeAt(start) === SPACE) start += 1;
        const { end, after } = lineFrom(start);
        const content = trimmedEnd(text.slice(start, end));
        if (content !== "" && start - next <= indent) break;
        taken.push(content);
        next = after;
      }
      lines.advance();
      return taken;
    },
    broken: (cause) => at(lines.current?.start ?? text.length, cause),
    brokenAt: (offset, cause) => at(offset, cause),
  };
  const at = (offset: number, cause: string): Error => refuse(positionAt(text, offset), cause);
  lines.advance();
  return lines;
}

const SPACE = 0x20;

function isMarker(content: string): boolean {
  return (
    (content.startsWith("---") || content.startsWith("...")) && (content.length === 3 || /[ \t]/.test(content[3] ?? ""))
  );
}
