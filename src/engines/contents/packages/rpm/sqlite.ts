import { Problem } from "../../../../core/problem.ts";
import { readWriteAheadLog, type WriteAheadLog } from "./write-ahead-log.ts";

/**
 * Reads tables out of the bytes of a SQLite 3 database, as sqlite.org/fileformat2.html says. No SQL, no writing, no
 * index. SQLite itself is not used on purpose: these files come out of images, it wants them on a disk, and its
 * schema parser runs what an attacker wrote there.
 *
 * Every page is visited once and every payload byte handed out once, so the work is bounded by the size of the file
 * whatever its pointers say.
 */
export interface SqliteDatabase {
  /**
   * The rows of a table in the order of their rowids, each as its columns: undefined for NULL, so too for the column that is
   * an alias of the rowid.
   *
   * @throws Problem `contents.sqlite-broken`, kind input; rows before the broken place have been handed out
   */
  rows(table: string): Generator<readonly SqliteValue[]>;
  /**
   * What the schema holds, in its order.
   *
   * @throws Problem `contents.sqlite-broken`, kind input
   */
  schema(): SqliteObject[];
}

/** A row of sqlite_schema: a table, an index, a view or a trigger. */
export interface SqliteObject {
  readonly type: string;
  readonly name: string;
  /** Of an index or a trigger, whose it is. */
  readonly table: string;
  /** Absent for the indexes that SQLite makes by itself. */
  readonly sql?: string;
}

export type SqliteValue = undefined | number | bigint | string | Buffer;

const HEADER = Buffer.from("SQLite format 3\0", "latin1");
const HEADER_BYTES = 100;
const SCHEMA_ROOT = 1;
const INTERIOR_TABLE = 0x05;
const LEAF_TABLE = 0x0d;

/** rpm's database has some fifty. */
const MOST_OBJECTS = 10_000;

type Encoding = "utf8" | "utf16le" | "utf16be";
const ENCODINGS: readonly (Encoding | undefined)[] = ["utf8", "utf8", "utf16le", "utf16be"];

/**
 * @param log - the write-ahead log beside it (`NAME-wal`), where there is one
 * @throws Problem `contents.sqlite-broken` or `contents.sqlite-log-broken`, kind input
 */
export function openSqlite(bytes: Buffer, log?: Buffer): SqliteDatabase {
  const pages = pagesOf(bytes, log === undefined ? undefined : { bytes: log, index: readWriteAheadLog(log) });
  const encoding = ENCODINGS[pages.read(1).readUInt32BE(56)];
  if (encoding === undefined) throw broken("header", "its text encoding is unknown");
  return {
    *rows(table) {
      const visits = visitOnce(pages);
      let root: number | undefined;
      // sqlite_schema: type, name, tbl_name, rootpage, sql
      for (const [type, name, , rootPage] of tableRows(pages, visits, SCHEMA_ROOT, encoding)) {
        if (type !== "table" || typeof name !== "string" || name.toLowerCase() !== table.toLowerCase()) continue;
        if (typeof rootPage !== "number") throw broken("schema", `table ${table} has no root page`);
        root = rootPage;
        break;
      }
      if (root === undefined) throw broken("schema", `no table ${table}`);
      yield* tableRows(pages, visits, root, encoding);
    },
    schema() {
      const objects: SqliteObject[] = [];
      for (const [type, name, table, , sql] of tableRows(pages, visitOnce(pages), SCHEMA_ROOT, encoding)) {
        if (typeof type !== "string" || typeof name !== "string" || typeof table !== "string") {
          throw broken("schema", "an object has no name");
        }
        if (objects.length >= MOST_OBJECTS) throw broken("schema", `more than ${MOST_OBJECTS} objects`);
        objects.push({ type, name, table, ...(typeof sql === "string" ? { sql } : {}) });
      }
      return objects;
    },
  };
}

/** The database's pages, those of the log over those of the file. */
interface Pages {
  readonly count: number;
  /** Bytes of a page that hold content; the rest is reserved for extensions. */
  readonly usable: number;
  /** Bytes of all pages. */
  readonly size: number;
  read(page: number): Buffer;
}

function pagesOf(bytes: Buffer, log: { bytes: Buffer; index: WriteAheadLog | undefined } | undefined): Pages {
  const overlay = log?.index;
  const firstInLog = overlay?.pages.get(1);
  const header =
    log !== undefined && overlay !== undefined && firstInLog !== undefined
      ? log.bytes.subarray(firstInLog, firstInLog + overlay.pageSize)
      : bytes;
  if (header.length < HEADER_BYTES) throw broken("header", `${header.length} bytes`);
  if (!header.subarray(0, HEADER.length).equals(HEADER)) throw broken("header", "not an SQLite 3 database");
  const declared = header.readUInt16BE(16);
  const pageSize = declared === 1 ? 65_536 : declared;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw broken("header", `its page size is ${declared}`);
  const readVersion = header.readUInt8(19);
  if (readVersion !== 1 && readVersion !== 2) throw broken("header", `its read version is ${readVersion}`);
  const usable = pageSize - header.readUInt8(20);
  if (usable < 480) throw broken("header", `${usable} bytes of a page are usable`);
  if (header.readUInt8(21) !== 64 || header.readUInt8(22) !== 32 || header.readUInt8(23) !== 32) {
    throw broken("header", "its payload fractions are not 64, 32 and 32");
  }
  if (overlay !== undefined && overlay.pageSize !== pageSize) {
    throw broken("header", `its pages have ${pageSize} bytes and those of its log ${overlay.pageSize}`);
  }

  const inFile = Math.floor(bytes.length / pageSize);
  const count = overlay?.pageCount ?? declaredPageCount(header) ?? inFile;
  if (overlay === undefined && count > inFile) {
    throw broken("header", `it should have ${count} pages and has ${inFile}: cut off`);
  }
  return {
    count,
    usable,
    size: bytes.length + (log?.bytes.length ?? 0),
    read(page) {
      const inLog = overlay?.pages.get(page);
      if (log !== undefined && inLog !== undefined) return log.bytes.subarray(inLog, inLog + pageSize);
      const start = (page - 1) * pageSize;
      if (start + pageSize > bytes.length) throw broken(`page ${page}`, "it lies outside the file");
      return bytes.subarray(start, start + pageSize);
    },
  };
}

/** "In-header database size": it counts only where the writer that set it also wrote last. */
function declaredPageCount(header: Buffer): number | undefined {
  const count = header.readUInt32BE(28);
  return count > 0 && header.readUInt32BE(24) === header.readUInt32BE(92) ? count : undefined;
}

/** Reads a page, but never the same one twice; and counts the payload bytes handed out. */
interface Visits {
  read(page: number): Buffer;
  charge(payloadBytes: number, page: number): void;
}

function visitOnce(pages: Pages): Visits {
  const visited = new Set<number>();
  let handedOut = 0;
  return {
    read(page) {
      if (page < 1 || page > pages.count) throw broken(`page ${page}`, `there are ${pages.count} pages`);
      if (visited.has(page)) throw broken(`page ${page}`, "used twice");
      visited.add(page);
      return pages.read(page);
    },
    charge(payloadBytes, page) {
      handedOut += payloadBytes;
      if (handedOut > pages.size) throw broken(`page ${page}`, "its cells ask for more bytes than the file has");
    },
  };
}

/** Walks a table b-tree ("B-tree Pages"). A stack of our own: a hostile tree may be as deep as it has pages. */
function* tableRows(pages: Pages, visits: Visits, root: number, encoding: Encoding): Generator<readonly SqliteValue[]> {
  const pending = [root];
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const page = visits.read(number);
    const start = number === SCHEMA_ROOT ? HEADER_BYTES : 0;
    const kind = page.readUInt8(start);
    if (kind !== INTERIOR_TABLE && kind !== LEAF_TABLE) throw broken(`page ${number}`, `its kind is ${kind}`);
    const cells = page.readUInt16BE(start + 3);
    const pointers = start + (kind === LEAF_TABLE ? 8 : 12);
    if (pointers + 2 * cells > pages.usable) throw broken(`page ${number}`, `${cells} cells`);
    const cellAt = (index: number): number => {
      const cell = page.readUInt16BE(pointers + 2 * index);
      if (cell + 4 > pages.usable) throw broken(`page ${number}`, `cell ${index} lies outside it`);
      return cell;
    };
    if (kind === INTERIOR_TABLE) {
      // The last child first, so that the first one is the next to be popped.
      pending.push(page.readUInt32BE(start + 8));
      for (let index = cells - 1; index >= 0; index--) pending.push(page.readUInt32BE(cellAt(index)));
      if (pending.length > pages.count) throw broken(`page ${number}`, "more children than there are pages");
    } else {
      for (let index = 0; index < cells; index++) {
        yield readRecord(payloadOf(pages, visits, number, page, cellAt(index)), encoding, number);
      }
    }
  }
}

/** A leaf cell: payload length, rowid, and the payload, of which what does not fit is in a chain of overflow pages. */
function payloadOf(pages: Pages, visits: Visits, number: number, page: Buffer, cell: number): Buffer {
  const content = page.subarray(0, pages.usable);
  const length = varintAt(content, cell, number);
  const rowid = varintAt(content, length.end, number);
  const total = length.value;
  visits.charge(total, number);

  // "Cell Payload Overflow Pages": X is the most that stays in the page, M the least, K what fills the last page.
  const most = pages.usable - 35;
  const least = Math.floor(((pages.usable - 12) * 32) / 255) - 23;
  const filling = least + ((total - least) % (pages.usable - 4));
  const local = total <= most ? total : filling <= most ? filling : least;
  const end = rowid.end + local;
  if (end + (local < total ? 4 : 0) > content.length) throw broken(`page ${number}`, "a cell runs over its end");
  const here = content.subarray(rowid.end, end);
  if (local === total) return here;

  const parts = [here];
  let missing = total - local;
  let next = content.readUInt32BE(end);
  while (missing > 0) {
    const overflow = visits.read(next);
    const part = overflow.subarray(4, 4 + Math.min(missing, pages.usable - 4));
    parts.push(part);
    missing -= part.length;
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts, total);
}

/** "Record Format": a header of serial types, then the values. */
function readRecord(payload: Buffer, encoding: Encoding, page: number): SqliteValue[] {
  const header = varintAt(payload, 0, page);
  if (header.value > payload.length) throw broken(`page ${page}`, "a record's header runs over its end");
  const values: SqliteValue[] = [];
  let at = header.value;
  for (let type = header.end; type < header.value; ) {
    const serial = varintAt(payload, type, page);
    const end = at + valueBytes(serial.value);
    if (end > payload.length) throw broken(`page ${page}`, "a record's value runs over its end");
    values.push(readValue(payload.subarray(at, end), serial.value, encoding, page));
    type = serial.end;
    at = end;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0] as const;

function valueBytes(serialType: number): number {
  return INTEGER_BYTES[serialType] ?? Math.floor((serialType - 12) / 2);
}

function readValue(bytes: Buffer, serialType: number, encoding: Encoding, page: number): SqliteValue {
  if (serialType === 0) return undefined;
  if (serialType <= 5) return bytes.readIntBE(0, bytes.length);
  if (serialType === 6) return bytes.readBigInt64BE();
  if (serialType === 7) return bytes.readDoubleBE();
  if (serialType <= 9) return serialType - 8;
  if (serialType < 12) throw broken(`page ${page}`, `a value is of serial type ${serialType}`);
  if (serialType % 2 === 0) return bytes;
  if (encoding !== "utf16be") return bytes.toString(encoding);
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString("utf16le");
}

/** A variable-length integer: seven bits a byte while the top bit is set, all eight of a ninth byte. */
function varintAt(bytes: Buffer, start: number, page: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw broken(`page ${page}`, "a number runs over its end");
    if (index === 8) return { value: value * 256 + byte, end: start + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw broken(`page ${page}`, "a number does not end");
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.sqlite-broken", place, cause });
}
