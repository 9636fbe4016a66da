import { fastDocument } from "./block.ts";
import type { DocumentRange, ManifestText, YamlFault, YamlNode } from "./model.ts";
import { slowDocument } from "./slow.ts";

/**
 * Cuts a stream at its `---` and `...` lines. A line that begins so is never inside a value (YAML 1.2.2, 9.1.2), whatever
 * the quotes around it, so one broken document hides no other.
 *
 * @param limit - how many documents at most; `over` says whether there are more
 */
export function cutDocuments(
  path: string,
  text: string,
  limit: number,
): { readonly text: ManifestText; readonly over: boolean } {
  const documents: DocumentRange[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (const { index, 0: marker } of text.matchAll(/^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm)) {
    if (index < start) continue;
    // Some text may stand behind the three dashes, in the same line, and is the document's.
    if (index > start || documents.length > 0) documents.push({ start, end: index });
    if (documents.length > limit) return { text: { path, text, documents: documents.slice(0, limit) }, over: true };
    start = index + marker.length;
  }
  documents.push({ start, end: text.length });
  return { text: { path, text, documents }, over: false };
}

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
