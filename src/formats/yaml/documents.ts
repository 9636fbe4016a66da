import { PackableText } from "./manifest-text.ts";
import type { DocumentRange, YamlFault, YamlNode } from "./model.ts";
import { fastDocument } from "./nodes.ts";
import { slowDocument } from "./slow.ts";

export interface CutText {
  readonly text: PackableText;
  /** There are more documents than the limit. */
  readonly over: boolean;
  /** Where readers part on what a document is, each with the index of the one that it is about. */
  readonly faults: readonly (YamlFault & { readonly document: number })[];
}

/**
 * Cuts a stream at its `---` and `...` lines. A line that begins so is never inside a value (YAML 1.2.2, 9.1.2), whatever
 * the quotes around it, so one broken document hides no other.
 *
 * kubectl's own cut (k8s.io/apimachinery, util/yaml, YAMLReader) comes before any YAML: each line that begins with `---`
 * and holds white space or a comment besides ends a document, even `---#`, if there is a line before it; any other line
 * that begins so ends the stream with an error. Of what is between two such lines only the first document is read.
 *
 * @param limit - how many documents at most
 */
export function cutDocuments(path: string, text: string, limit: number): CutText {
  const documents: DocumentRange[] = [];
  const faults: CutText["faults"][number][] = [];
  const fault = (offset: number, reason: string) =>
    faults.push({ code: "separator", offset, reason, document: documents.length });
  const cut = (over: boolean): CutText => ({ text: new PackableText(path, text, documents), over, faults });
  /** Behind the last line that kubectl cuts at. */
  let lineAfter = 0;
  let start = /^\ufeff(?:---(?=[ \t\r\n]|$))?/.exec(text)?.[0].length ?? 0;
  let ended = false;
  const push = (end: number) => {
    if (ended && holdsSomething(text, start, end)) fault(start, BEHIND_DOTS);
    documents.push({ start, end });
  };
  for (const { index, 0: line } of text.matchAll(/^(?:---.*|\.\.\.(?:[ \t\r].*)?$)/gm)) {
    if (index < start) continue;
    // Some text may stand behind the marker, in the same line, and is the document's.
    if (index > start || documents.length > 0) push(index);
    if (documents.length > limit) {
      documents.length = limit;
      return cut(true);
    }
    start = index + "---".length;
    ended = line.startsWith(".");
    if (ended) continue;
    const rest = line.slice("---".length).trim();
    const follows = index > lineAfter;
    if (rest !== "" && !rest.startsWith("#")) fault(index, NO_SEPARATOR);
    else if (!follows && !/^(?:$|[ \t])/.test(line.slice("---".length))) fault(index, NO_LINE_BEFORE);
    else start = index + line.length;
    lineAfter = follows ? text.indexOf("\n", index) + 1 : -1;
  }
  push(text.length);
  return cut(false);
}

const NO_SEPARATOR = "kubectl ends with an error at a document that begins in the line of its ---, others read on";
const NO_LINE_BEFORE = "a line that begins with --- and goes on, with none before it: readers differ on what it is";
const BEHIND_DOTS = "what stands behind a line of three dots is read by some, and not by kubectl";

/** More than white space and comments. */
function holdsSomething(text: string, start: number, end: number): boolean {
  return /(?:^|[\n\r\u2028\u2029])[ \t]*[^ \t\r\n#]/.test(text.slice(start, end));
}

/**
 * Where Kubernetes ends a line, and with it a comment, and YAML 1.2 does not; or where it skips a mark of byte order: what
 * follows might be a field to it. Undefined where there is none, or where it reads JSON, which knows no such.
 */
export function foreignLineBreak(text: string): number | undefined {
  const isJson = text.charAt(text.search(NO_SPACE)) === "{";
  const offset = text.search(isJson ? /\r(?!\n)/ : /[\u0085\u2028\u2029]|\r(?!\n)|(?<=[\n\r])\ufeff/);
  return offset < 0 ? undefined : offset;
}

/** Of a text that begins with a brace kubectl reads JSON alone; a mark of byte order is no space to it. */
const NO_SPACE = /[^\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export interface DocumentReading {
  /** Undefined where it cannot be read, `null` where it holds nothing. */
  readonly node: YamlNode | null | undefined;
  readonly faults: readonly YamlFault[];
  /** It was of an unusual form, and took some ten times as long. */
  readonly slow: boolean;
}

/** Reads one document: fast where it is of the usual form. */
export function readDocument(text: string, range: DocumentRange): DocumentReading {
  const node = fastDocument(text, range);
  return node === undefined ? { ...slowDocument(text, range), slow: true } : { node, faults: [], slow: false };
}
