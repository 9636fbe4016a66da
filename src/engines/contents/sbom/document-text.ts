/** The text of a document whose lists are long: as JSON.stringify indents it, and in pieces. */

/** Items of a list that are written at once: what is made of them is gone before the next are made. */
const BATCH = 64;

const INDENT = 2;

/**
 * The same text as `JSON.stringify(document, undefined, 2)`. A field that can be iterated is a list, read once and in the
 * order of the fields.
 */
export function* documentPieces(document: object): Generator<string> {
  let before = "{";
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue;
    if (typeof value === "object" && value !== null && Symbol.iterator in value) {
      yield* listPieces(before, name, value as Iterable<unknown>);
    } else {
      // What is within braces of their own is indented as within the document's.
      yield before + JSON.stringify({ [name]: value }, undefined, INDENT).slice("{".length, -"\n}".length);
    }
    before = ",";
  }
  yield before === "{" ? "{}" : "\n}";
}

function* listPieces(before: string, name: string, items: Iterable<unknown>): Generator<string> {
  const key = `\n  ${JSON.stringify(name)}: [`;
  const written = (batch: readonly unknown[]): string =>
    JSON.stringify({ [name]: batch }, undefined, INDENT).slice("{".length + key.length, -"\n  ]\n}".length);
  let start = before + key;
  let batch: unknown[] = [];
  let isEmpty = true;
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield start + written(batch);
    start = ",";
    batch = [];
    isEmpty = false;
  }
  if (batch.length > 0) yield `${start}${written(batch)}\n  ]`;
  else yield isEmpty ? `${start}]` : "\n  ]";
}
