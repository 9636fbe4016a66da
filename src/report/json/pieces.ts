/** JSON piece by piece: a report may be longer than a string can be. */

/**
 * What is written: an object as a `Map`, which is gone through key by key; a list as anything else that can be gone
 * through and is no array, item by item; all else by `JSON.stringify`, whole. A key without a value is left out.
 */
export type Streamed = unknown;

/**
 * The pieces of `JSON.stringify(document, null, 2)`, or without white space. The longest piece is what is longest of what
 * is written whole.
 */
export function jsonPieces(value: Streamed, form: "indented" | "compact" = "indented"): Generator<string> {
  return piecesOf(value, form === "compact" ? undefined : "\n");
}

/** @param line - what begins a line of the collection that the value is in; absent: all on one */
function* piecesOf(value: Streamed, line: string | undefined): Generator<string> {
  const inner = line === undefined ? undefined : `${line}  `;
  if (value instanceof Map) {
    let first = true;
    for (const [key, item] of value as Map<string, Streamed>) {
      if (item === undefined) continue;
      yield `${first ? "{" : ","}${inner ?? ""}${JSON.stringify(key)}:${inner === undefined ? "" : " "}`;
      yield* piecesOf(item, inner);
      first = false;
    }
    yield first ? "{}" : `${line ?? ""}}`;
  } else if (isList(value)) {
    let first = true;
    for (const item of value) {
      yield `${first ? "[" : ","}${inner ?? ""}`;
      yield* piecesOf(item, inner);
      first = false;
    }
    yield first ? "[]" : `${line ?? ""}]`;
  } else {
    // No text of JSON has a line break in it: each is between two tokens.
    yield line === undefined ? JSON.stringify(value) : JSON.stringify(value, null, 2).replaceAll("\n", line);
  }
}

/** An object that is written key by key. */
export function keyByKey(object: object): Map<string, Streamed> {
  return new Map(Object.entries(object));
}

/** A list that is written item by item, each made when it is its turn. */
export function* itemByItem<Item>(items: Iterable<Item>, made: (item: Item) => Streamed): Generator<Streamed> {
  for (const item of items) yield made(item);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Symbol.iterator in value;
}
