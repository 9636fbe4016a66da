/**
 * What nearly all manifests are written in, as nodes with places, and as Kubernetes reads it: exact where it answers. All else
 * (anchors, aliases, tags, merge keys, anything wrong, and whatever readers take differently) is left to the library.
 */
import { bounds } from "../bounds.ts";
import { composeDocument } from "./block.ts";
import type { Composer } from "./composer.ts";
import { loneReturn } from "./lines.ts";
import type { DocumentRange, YamlEntry, YamlMap, YamlNode, YamlSequence } from "./model.ts";
import { keyText, resolvePlain } from "./scalars.ts";

/** Thrown for what is left to the library, and caught here. One for all: it carries nothing. */
const unusual = new Error("YAML that is left to the library");

function giveUp(): never {
  throw unusual;
}

interface OpenMap extends YamlMap {
  end: number;
  readonly entries: YamlEntry[];
}

interface OpenSequence extends YamlSequence {
  end: number;
  readonly items: YamlNode[];
}

const nodes: Composer<YamlNode, OpenMap, OpenSequence> = {
  depth: bounds.yamlDepth,
  values: bounds.yamlWrittenValues,
  key(text) {
    if (text === "<<") giveUp();
    return MAY_BE_TYPED.test(text) ? (keyText(text) ?? giveUp()) : text;
  },
  explicitKey() {},
  doubt: giveUp,
  refuse: giveUp,
  plain: (text, start, end) => ({ kind: "scalar", value: resolvePlain(text), start, end }),
  text: (value, start, end) => ({ kind: "scalar", value, start, end }),
  nothing: (offset) => ({ kind: "scalar", value: null, start: offset, end: offset }),
  map: (start) => ({ kind: "map", entries: [], start, end: start }),
  put: ({ entries }, key, keyStart, keyEnd, value) => entries.push({ key, keyStart, keyEnd, value }),
  sequence: (start) => ({ kind: "sequence", items: [], start, end: start }),
  push: ({ items }, item) => items.push(item),
  close(collection, end) {
    collection.end = end;
  },
};

const implicitKeysAlone: typeof nodes = { ...nodes, explicitKey: giveUp };

/** What YAML might take for something else than a text. */
const MAY_BE_TYPED = /^(?:[-+.0-9~].*|[yYnNtTfFoO][a-zA-Z]{0,4})$/;

/**
 * The document's value; `null` where it holds none, undefined where it is for the slow reader.
 *
 * @param explicitKeys - `refused` where it is not known that whoever acts on the document takes `? key` as Kubernetes does
 */
export function fastDocument(
  text: string,
  { start, end }: DocumentRange,
  explicitKeys: "read" | "refused" = "read",
): YamlNode | null | undefined {
  // A line break to Kubernetes, and to the library none everywhere.
  if (loneReturn(text.slice(start, end)) !== undefined) return undefined;
  try {
    return composeDocument(text, start, end, explicitKeys === "read" ? nodes : implicitKeysAlone) ?? null;
  } catch (error) {
    if (error === unusual) return undefined;
    throw error;
  }
}
