/** How a document is to be read, where those that read it differ. */
export interface Rules {
  /** Values within values. */
  readonly depth: number;
  /** Values of one document. */
  readonly values: number;
  /** What a key says that is not quoted. */
  key(text: string, offset: number): string;
  /** A key behind a question mark. */
  explicitKey(offset: number): void;
  /**
   * A form that readers of YAML 1.1 and of 1.2, or two of either, do not take alike. It is read as YAML 1.2 says, unless
   * this throws.
   */
  doubt(offset: number): void;
  /** Throws: it is no YAML, or of a form that is not read (anchors, aliases, tags, collections as keys). */
  refuse(offset: number, cause: string): never;
}

/**
 * What is made of a document while it is read: the reader holds no value itself, and hands each over with its place, the
 * values of a collection before its end. Offsets are UTF-16 units of the text.
 */
export interface Composer<Value, Map extends Value, Sequence extends Value> extends Rules {
  /** Of what is not quoted, in one line. */
  plain(text: string, start: number, end: number): Value;
  /** Of what is a text to all: in quotes, in a block or over several lines. */
  text(text: string, start: number, end: number): Value;
  /** Where a value might stand and none does. */
  nothing(offset: number): Value;
  map(start: number): Map;
  put(map: Map, key: string, keyStart: number, keyEnd: number, value: Value): void;
  sequence(start: number): Sequence;
  push(sequence: Sequence, item: Value): void;
  /** In block style a collection ends with its last value. */
  close(collection: Map | Sequence, end: number): void;
}
