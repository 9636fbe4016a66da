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
  return piecesOf(value, form === "compact" ? undefined : 0);
}

/** @param depth - collections that the value is in, of which each is a line of its own; absent: all on one */
function* piecesOf(value: Streamed, depth: number | undefined): Generator<string> {
  const line = depth === undefined ? undefined : lineAt(depth);
  const inner = depth === undefined ? undefined : lineAt(depth + 1);
  const within = depth === undefined ? undefined : depth + 1;
  if (value instanceof Map) {
    let first = true;
    for (const [key, item] of value as Map<string, Streamed>) {
      if (item === undefined) continue;
      yield `${first ? "{" : ","}${inner ?? ""}${JSON.stringify(key)}:${inner === undefined ? "" : " "}`;
      yield* piecesOf(item, within);
      first = false;
    }
    yield first ? "{}" : `${line ?? ""}}`;
  } else if (isList(value)) {
    let first = true;
    for (const item of value) {
      yield `${first ? "[" : ","}${inner ?? ""}`;
      yield* piecesOf(item, within);
      first = false;
    }
    yield first ? "[]" : `${line ?? ""}]`;
  } else {
    yield depth === undefined ? JSON.stringify(value) : indented(value, depth);
  }
}

/** What begins a line. */
function lineAt(depth: number): string {
  return `\n${"  ".repeat(depth)}`;
}

/** Written where it stands, within so many lists: to move the lines of what is written by itself would copy each once more. */
function indented(value: unknown, depth: number): string {
  let whole = value;
  for (let level = 0; level < depth; level++) whole = [whole];
  // Of each list a bracket and the beginning of the next line, and before its end as many lines.
  let before = 0;
  for (let level = 1; level <= depth; level++) before += 2 + 2 * level;
  const after = depth === 0 ? 0 : before - 2 * depth;
  const text = JSON.stringify(whole, null, 2);
  return text.slice(before, text.length - after);
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
