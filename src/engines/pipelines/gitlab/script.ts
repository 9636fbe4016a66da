/** Scripts of jobs, taken apart as the shell does, each command with its place in the file. */
import { type MappedText, mappedText, type Source } from "../../dockerfile/mapped-text.ts";
import { readShell } from "../../dockerfile/shell/read.ts";
import type { Text } from "../field.ts";
import type { GitlabLine } from "./model.ts";

export function readLine(text: Text, source: Source): GitlabLine {
  const { commands, trouble } = readShell(mappedScalar(text, source));
  if (trouble === undefined) return { text, commands };
  const { start, end, line, column } = trouble.range;
  const place = { path: text.place.path, start, end, line, column };
  return { text, commands, trouble: { place, reason: `its shell text ${trouble.reason}` } };
}

/** A scalar's value that knows where each of its characters is written. Where that cannot be told, the rest is the scalar. */
export function mappedScalar({ written, value, style, place }: Text, source: Source): MappedText {
  const text = written ?? value;
  const { start, end } = place;
  const { text: file } = source;
  const builder = mappedText(source, start);
  let at = start;
  if (style === "single" || style === "double") at += 1;
  else if (style !== "plain") at = Math.max(start, file.indexOf("\n", start) + 1);
  let from = at;
  const flush = (): void => {
    if (at > from) builder.copy(from, at);
  };
  for (let index = 0; index < text.length; ) {
    const wanted = text.charAt(index);
    const character = file.charAt(at);
    if (at >= end) {
      flush();
      builder.replace(text.slice(index), Math.min(start, end), end);
      return builder.build();
    }
    const isEscape = style === "double" && character === "\\";
    if (character === wanted && !isEscape && !(style === "single" && character === "'")) {
      at += 1;
      index += 1;
      continue;
    }
    flush();
    if (isEscape) {
      const length = escapeLength(file, at);
      const next = file.charAt(at + 1);
      if (next === "\n" || next === "\r") at = skipBlank(file, at + 1, end);
      else {
        const unit = text.codePointAt(index) ?? 0;
        const meant = String.fromCodePoint(unit);
        builder.replace(meant, at, Math.min(at + length, end));
        index += meant.length;
        at += length;
      }
    } else if (style === "single" && character === "'" && file.charAt(at + 1) === "'") {
      builder.replace("'", at, at + 2);
      at += 2;
      index += 1;
    } else if (BLANK.has(wanted)) {
      // A line that was folded.
      const next = Math.max(at + 1, skipBlank(file, at, end));
      builder.replace(wanted, at, next);
      at = next;
      index += 1;
    } else if (BLANK.has(character)) at += 1;
    else {
      builder.replace(text.slice(index), at, end);
      return builder.build();
    }
    from = at;
  }
  flush();
  return builder.build();
}

const BLANK: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n"]);

function skipBlank(file: string, from: number, end: number): number {
  let at = from;
  while (at < end && BLANK.has(file.charAt(at))) at += 1;
  return at;
}

/** Characters of an escape in a double-quoted scalar, its backslash included. */
function escapeLength(file: string, at: number): number {
  switch (file.charAt(at + 1)) {
    case "x":
      return 4;
    case "u":
      return 6;
    case "U":
      return 10;
    default:
      return 2;
  }
}
