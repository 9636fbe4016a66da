/**
 * JSON as tools write it by the file: a document a line, one document over many lines, several behind each other, or a list of
 * them. Each is handed over by itself, whatever the length of all; one that cannot be read costs itself and no other.
 */
import { measureJson } from "../../../core/json-cost.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { bounds } from "../bounds.ts";
import { type Cutter, cutLines, cutValues, isBalanced, isBlank } from "./cut.ts";

export interface DocumentSink {
  /** @param place - `audit.log:12`: the line on which it begins */
  document(value: unknown, place: string): void;
  /** @param reason - why it could not be read, as the end of a sentence about it */
  broken(reason: string, place: string): void;
}

export interface DocumentReader {
  write(chunk: Buffer): void;
  /** Nothing follows. */
  end(): void;
}

export interface DocumentLimits {
  /** Bytes of one document. */
  readonly bytes: number;
  readonly depth: number;
  /** Values in one document, lists and objects included. */
  readonly values: number;
}

const NEWLINE = 0x0a;
const OPEN_BRACKET = 0x5b;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** @param name - of the file or stream, in places */
export function createDocumentReader(
  name: string,
  sink: DocumentSink,
  limits: DocumentLimits = {
    bytes: bounds.documentBytes,
    depth: bounds.documentDepth,
    values: bounds.documentValues,
  },
): DocumentReader {
  let cutter: Cutter | undefined;
  /** What came before it was clear how documents are told apart, from the first byte that is not blank. */
  let held: Buffer[] = [];
  let size = 0;
  let line = 1;
  let isStart = true;

  /** Why a value's bytes are not parsed at all. */
  function overLimit(bytes: Buffer | undefined): string | undefined {
    if (bytes === undefined) return `longer than ${limits.bytes} bytes`;
    const { over } = measureJson(bytes, limits);
    if (over === "depth") return `nested deeper than ${limits.depth} levels`;
    if (over === "values") return `more than ${limits.values} values`;
    return undefined;
  }

  function onCut(bytes: Buffer | undefined, at: number): void {
    const place = `${name}:${at}`;
    const fault = overLimit(bytes);
    if (fault !== undefined) {
      sink.broken(fault, place);
      return;
    }
    let value: unknown;
    try {
      value = parseJson((bytes as Buffer).toString("utf8"));
    } catch {
      sink.broken("not JSON", place);
      return;
    }
    for (const item of Array.isArray(value) ? value : [value]) sink.document(item, place);
  }

  /** Documents of one line are told from longer ones by the first line: brackets that it opens it closes. */
  function choose(first: Buffer): Cutter {
    if (first[0] === OPEN_BRACKET) return cutValues(limits.bytes, onCut, line);
    const end = first.indexOf(NEWLINE);
    // Without an end of line nothing tells, and either way it is one document.
    const isWhole = end < 0 || isBalanced(first.subarray(0, end));
    return isWhole ? cutLines(limits.bytes, onCut, line) : cutValues(limits.bytes, onCut, line);
  }

  function begin(): void {
    const first = Buffer.concat(held, size);
    held = [];
    cutter = choose(first);
    cutter.write(first);
  }

  function write(chunk: Buffer): void {
    if (cutter !== undefined) {
      cutter.write(chunk);
      return;
    }
    let from = isStart && chunk.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
    isStart = false;
    if (size === 0) {
      for (; from < chunk.length && isBlank(chunk[from]); from += 1) if (chunk[from] === NEWLINE) line += 1;
    }
    const rest = chunk.subarray(from);
    if (rest.length === 0) return;
    held.push(rest);
    size += rest.length;
    const isList = held[0]?.[0] === OPEN_BRACKET;
    if (isList || rest.includes(NEWLINE) || size > limits.bytes) begin();
  }

  return {
    write,
    end() {
      if (cutter === undefined && size > 0) begin();
      cutter?.end();
    },
  };
}
