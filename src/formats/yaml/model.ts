/** A text of YAML or JSON documents, and their values with the places of all of them. */

export interface ManifestText {
  /** Relative to the folder that is judged, with forward slashes. */
  readonly path: string;
  /** The whole; it may have to be put together. */
  readonly text: string;
  /** The same in pieces, each of whole lines. */
  texts(): Iterable<string>;
  /** In order; those that hold comments alone too. */
  readonly documents: readonly DocumentRange[];
  /** The part that a character is in; each holds its documents whole. */
  part(offset: number): TextPart;
}

/** Look at it before another part is asked for: its bytes may be written over then. */
export interface TextPart {
  /** Its characters; their bytes where all are ASCII and the text is held packed. */
  readonly content: string | Buffer;
  /** Of its first character in the whole. */
  readonly offset: number;
  /** Of its first line in the whole, from 1. */
  readonly line: number;
}

/** Offsets in UTF-16 units of the text, without the `---` lines around the document. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
}

/** Offsets as in {@link DocumentRange}; of a collection in block style, `end` is that of its last value. */
export type YamlNode = YamlScalar | YamlMap | YamlSequence;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly start: number;
  readonly end: number;
}

export interface YamlMap {
  readonly kind: "map";
  readonly start: number;
  readonly end: number;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: YamlNode;
  /** The value is an alias, or came with a merge key: it stands at its anchor. */
  readonly shared?: true;
  /** It came with a merge key: what the mapping states itself replaces it. */
  readonly merged?: true;
}

export interface YamlSequence {
  readonly kind: "sequence";
  readonly start: number;
  readonly end: number;
  readonly items: readonly YamlNode[];
}

/** Why a document, or one value in it, is not what it seems. */
export interface YamlFault {
  readonly code: "yaml" | "duplicate-key" | "merge-order" | "separator" | "bound";
  readonly offset: number;
  readonly reason: string;
}
