/** Comments in GitHub's files that ask for findings not to count: zizmor's form and ours. */
import { append } from "../../core/append.ts";
import type { PlacedNode } from "../../formats/yaml/placed.ts";
import { bounds } from "./bounds.ts";
import type { IgnoreComment } from "./github/model.ts";
import type { Source } from "./source.ts";

/** Behind the `#`, up to the line's end. zizmor's ids stand in brackets. */
const ZIZMOR = /^zizmor: ?ignore\[([^\]\n]*)\](.*)$/;
const BULKHEAD = /^bulkhead\s+(ignore|ignore-file)=(\S*)/;

/** What looks so within a value is text, of a script say, and no comment. */
export function ignoresIn(source: Source, root: PlacedNode): IgnoreComment[] {
  const { text } = source;
  if (!text.includes("ignore")) return [];
  let values: Spans | undefined;
  let next: NextContent | undefined;
  const found: IgnoreComment[] = [];
  for (let at = text.indexOf("#"); at >= 0; at = text.indexOf("#", at + 1)) {
    if (!/^(?:|[\s\ufeff])$/.test(text.charAt(at - 1))) continue;
    const feed = text.indexOf("\n", at);
    const end = feed < 0 ? text.length : feed;
    const ignore = ignoreOf(text.slice(at + 1, end).trim());
    if (ignore === undefined) continue;
    values ??= severalLines(text, root);
    next ??= nextContent(text);
    if (values.hold(at)) continue;
    const place = source.place(at, end);
    found.push({ ...ignore.comment, place, covers: ignore.whole ? "file" : covered(text, at, place.line, next) });
    if (found.length === bounds.ignoreComments) break;
  }
  return found;
}

function ignoreOf(
  comment: string,
): { comment: Pick<IgnoreComment, "form" | "ids" | "reason">; whole: boolean } | undefined {
  const zizmor = ZIZMOR.exec(comment);
  if (zizmor !== null) {
    const [, ids = "", reason = ""] = zizmor;
    return { comment: { form: "zizmor", ids: idsOf(ids), reason: reason.trim() }, whole: false };
  }
  const own = BULKHEAD.exec(comment);
  if (own === null) return undefined;
  const [before, verb, ids = ""] = own;
  const reason = comment.slice(before.length).trim();
  return { comment: { form: "bulkhead", ids: idsOf(ids), reason }, whole: verb === "ignore-file" };
}

function idsOf(written: string): string[] {
  return written.split(",").flatMap((id) => (id.trim() === "" ? [] : [id.trim()]));
}

/** Stretches of the text that overlap nowhere. */
interface Spans {
  hold(offset: number): boolean;
}

/** Values that may hold what looks like a comment: all that are not plain. */
function severalLines(text: string, root: PlacedNode): Spans {
  const found: [number, number][] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === "map") for (const { value } of node.entries) pending.push(value);
    else if (node.kind === "sequence") append(pending, node.items);
    else if (node.style !== "plain") found.push([behindHeader(text, node), node.end]);
  }
  found.sort(([one], [other]) => one - other);
  // Comments are asked about in the text's order.
  let at = 0;
  return {
    hold(offset) {
      while (at < found.length && (found[at]?.[1] ?? 0) <= offset) at++;
      return (found[at]?.[0] ?? Number.POSITIVE_INFINITY) < offset;
    },
  };
}

/** A comment may stand in a block's header. */
function behindHeader(text: string, { start, style }: Extract<PlacedNode, { kind: "scalar" }>): number {
  if (style !== "literal" && style !== "folded") return start;
  const feed = text.indexOf("\n", start);
  return feed < 0 ? text.length : feed;
}

/**
 * Its own line. Behind the first line of a list's item, such as a step, all of the item; behind a block's header, such as
 * `run: |`, the block, which has no room for comments. Of a comment that has the line to itself, also the next one that holds
 * more than a comment.
 */
function covered(text: string, at: number, line: number, next: NextContent): { first: number; last: number } {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  if (before.trim() === "") return { first: line, last: next(line) ?? line };
  const begins = before.trimStart().startsWith("- ") || /[|>][-+0-9]*$/.test(before.trimEnd());
  return { first: line, last: begins ? line + linesBelow(text, at, indentOf(before)) : line };
}

/** The first line behind a line that holds more than a comment, both from 1. */
type NextContent = (line: number) => number | undefined;

function nextContent(text: string): NextContent {
  const lines = text.split("\n");
  const next: (number | undefined)[] = [];
  let last: number | undefined;
  for (let at = lines.length - 1; at >= 0; at--) {
    next[at] = last;
    const content = (lines[at] ?? "").trim();
    if (content !== "" && !content.startsWith("#")) last = at + 1;
  }
  return (line) => next[line - 1];
}

/** Lines from the next one on that are indented deeper, blank ones between them included. */
function linesBelow(text: string, at: number, indent: number): number {
  let below = 0;
  let passed = 0;
  for (let feed = text.indexOf("\n", at); feed >= 0; ) {
    const next = text.indexOf("\n", feed + 1);
    const content = text.slice(feed + 1, next < 0 ? text.length : next);
    passed++;
    if (content.trim() !== "") {
      if (indentOf(content) <= indent) break;
      below = passed;
    }
    feed = next;
  }
  return below;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
