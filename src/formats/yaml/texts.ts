/**
 * What programs write for themselves, lockfiles above all: every scalar is its text, whatever YAML's schemas would make of
 * it, and the place of none is kept.
 */
import { least } from "../../core/extremes.ts";
import { bounds } from "../bounds.ts";
import { lineCounter, positionAt, type Refuse } from "../position.ts";
import { composeDocument } from "./block.ts";
import type { Composer } from "./composer.ts";
import { loneReturn } from "./lines.ts";

/** An empty value is the empty text. */
export type YamlValue = string | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlValue>;

export function isMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}

/** Where mappings stand, and which keys stand twice in one. */
export interface YamlPlaces {
  /** From 1: the line of its key, or of its first one where it is an item. */
  lineOf(map: YamlMap): number | undefined;
  readonly repeated: readonly { readonly name: string; readonly line: number }[];
}

/** The same as {@link yamlDocuments}, with places. */
export function placedYamlDocuments(
  text: string,
  refuse: Refuse,
): { readonly documents: YamlMap[]; readonly places: YamlPlaces } {
  const offsets = new Map<YamlMap, number>();
  const repeated: { readonly name: string; readonly offset: number }[] = [];
  const documents = documentsIn(text, refuse, {
    map: (map, start) => offsets.set(map, start),
    put(map, key, keyStart, value) {
      if (map.has(key)) repeated.push({ name: key, offset: keyStart });
      if (isMap(value)) offsets.set(value, keyStart);
    },
  });
  const lineAt = lineCounter(text);
  const lines = new Map<number, number>();
  const ascending = [...offsets.values(), ...repeated.map(({ offset }) => offset)].sort((a, b) => a - b);
  for (const offset of ascending) lines.set(offset, lineAt(offset));
  return {
    documents,
    places: {
      lineOf: (map) => lines.get(offsets.get(map) ?? Number.NaN),
      repeated: repeated.map(({ name, offset }) => ({ name, line: lines.get(offset) ?? 1 })),
    },
  };
}

/**
 * Reads YAML 1.2. Anchors, aliases, tags and merge keys are refused. Of a repeated key the last counts.
 *
 * @returns one mapping a document; a document that is empty has none
 * @param refuse - makes what is thrown where the text is something else
 */
export function yamlDocuments(text: string, refuse: Refuse): YamlMap[] {
  return documentsIn(text, refuse);
}

interface Note {
  map(map: YamlMap, start: number): void;
  put(map: YamlMap, key: string, keyStart: number, value: YamlValue): void;
}

function documentsIn(text: string, refuse: Refuse, note?: Note): YamlMap[] {
  const refuseAt = (offset: number, cause: string): never => {
    throw refuse(positionAt(text, offset), cause);
  };
  const lone = loneReturn(text);
  if (lone !== undefined) refuseAt(lone, "a carriage return ends a line, and no line feed follows");
  const composer = textsOf(refuseAt, note);
  const documents: YamlMap[] = [];
  for (const { start, end } of documentsOf(text, refuseAt)) {
    const value = composeDocument(text, start, end, composer);
    if (value === undefined) continue;
    if (!isMap(value)) refuseAt(start, "it is no mapping");
    else documents.push(value);
  }
  return documents;
}

type RefuseAt = (offset: number, cause: string) => never;

function textsOf(refuse: RefuseAt, note?: Note): Composer<YamlValue, Map<string, YamlValue>, YamlValue[]> {
  return {
    depth: bounds.depth,
    values: bounds.yamlWrittenValues,
    key: (text, offset) => (text === "<<" ? refuse(offset, "merge keys have no place here") : text),
    explicitKey() {},
    doubt() {},
    refuse,
    plain: (text) => text,
    text: (text) => text,
    nothing: () => "",
    map(start) {
      const map = new Map<string, YamlValue>();
      note?.map(map, start);
      return map;
    },
    put(map, key, keyStart, _keyEnd, value) {
      note?.put(map, key, keyStart, value);
      map.set(key, value);
    },
    sequence: () => [],
    push: (sequence, item) => sequence.push(item),
    close() {},
  };
}

/** What lies between lines of `---` or `...`, which end whatever stands before them (YAML 1.2.2, 9.1.2). */
function* documentsOf(text: string, refuse: RefuseAt): Iterable<{ readonly start: number; readonly end: number }> {
  const next = markersOf(text);
  for (let start = 0; start <= text.length; ) {
    const marker = next(start);
    yield { start, end: marker };
    const feed = text.indexOf("\n", marker);
    const lineEnd = feed < 0 ? text.length : feed;
    if (/^[ \t]*[^ \t\r#]/.test(text.slice(marker + MARKER, lineEnd))) {
      refuse(marker, "a document begins in its marker's line");
    }
    start = lineEnd + 1;
  }
}

const MARKER = "---".length;

/** Finds the first marker from a line's start on; the text's end where there is none. */
function markersOf(text: string): (start: number) => number {
  const found = [
    { mark: "---", at: -1 },
    { mark: "...", at: -1 },
  ];
  return (start) => {
    for (const one of found) if (one.at < start) one.at = markerFrom(text, one.mark, start);
    return least(found.map(({ at }) => at));
  };
}

function markerFrom(text: string, mark: string, start: number): number {
  const isMarker = (at: number) => text.startsWith(mark, at) && /^[ \t\r\n]?$/.test(text.charAt(at + MARKER));
  if (start === 0 && isMarker(0)) return 0;
  const line = `\n${mark}`;
  for (let feed = text.indexOf(line, start - 1); feed >= 0; feed = text.indexOf(line, feed + 1)) {
    if (isMarker(feed + 1)) return feed + 1;
  }
  return text.length;
}
