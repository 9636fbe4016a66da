/**
 * B-trees of an SQLite 3 database (sqlite.org/fileformat2.html#b_tree_pages), written once, from the first entry to the last. A page
 * that is full is done with, so that a tree of any size takes one page of memory, and a few bytes for each that is written.
 */
import { integerBytes, integerType, type RecordBuilder, varintBytes, writeInteger, writeVarint } from "./record.ts";

/** Where pages go. */
export interface PageSink {
  /** Bytes of a page, of which none are reserved. */
  readonly pageSize: number;
  /** The number that the next page gets. */
  next(): number;
  /** Copies the page behind the last one. @returns its number */
  append(page: Uint8Array): number;
  /** Puts it in the place of one that is there. */
  replace(number: number, page: Uint8Array): void;
}

const INTERIOR_INDEX = 0x02;
const INTERIOR_TABLE = 0x05;
const LEAF_INDEX = 0x0a;
const LEAF_TABLE = 0x0d;

const LEAF_HEADER = 8;
const INTERIOR_HEADER = 12;
const POINTER = 2;
const PAGE_NUMBER = 4;

/** A page whose cells are put in one behind the other; they lie from its end on. */
class GrowingPage {
  readonly bytes: Uint8Array;
  readonly #header: number;
  readonly #type: number;
  cells = 0;
  #content: number;

  constructor(size: number, type: number) {
    this.bytes = new Uint8Array(size);
    this.#type = type;
    this.#header = type === LEAF_TABLE || type === LEAF_INDEX ? LEAF_HEADER : INTERIOR_HEADER;
    this.#content = size;
  }

  fits(size: number): boolean {
    return this.#content - size >= this.#header + POINTER * (this.cells + 1);
  }

  /** @returns where its bytes go */
  addCell(size: number): number {
    this.#content -= size;
    const pointer = this.#header + POINTER * this.cells++;
    this.bytes[pointer] = this.#content >>> 8;
    this.bytes[pointer + 1] = this.#content & 0xff;
    return this.#content;
  }

  removeLastCell(size: number): void {
    this.#content += size;
    this.cells--;
  }

  /** @param right - the last child of an interior page */
  finish(right?: number): Uint8Array {
    const { bytes } = this;
    bytes[0] = this.#type;
    writeInteger(bytes, 1, 0, 2);
    writeInteger(bytes, 3, this.cells, 2);
    // 65,536 is told by 0.
    writeInteger(bytes, 5, this.#content % 0x1_0000, 2);
    bytes[7] = 0;
    if (right !== undefined) writeInteger(bytes, 8, right, PAGE_NUMBER);
    return bytes;
  }

  empty(): void {
    this.bytes.fill(0);
    this.cells = 0;
    this.#content = this.bytes.length;
  }
}

/** What stands between two children of an interior page, and how it is written there. */
interface Separators {
  readonly type: typeof INTERIOR_TABLE | typeof INTERIOR_INDEX;
  /** Bytes of the greatest cell. */
  readonly greatest: number;
  size(separator: number): number;
  write(bytes: Uint8Array, at: number, separator: number): void;
}

/**
 * Writes the pages above the leaves, the last one over the root.
 *
 * @param leaves - at least two
 */
function writeInterior(pages: PageSink, root: number, leaves: readonly number[], separators: Separators): void {
  const fan = Math.floor((pages.pageSize - INTERIOR_HEADER) / (separators.greatest + POINTER)) + 1;
  const page = new GrowingPage(pages.pageSize, separators.type);
  let children = leaves;
  /** Of each child but the last one the number of what stands behind it. */
  let behind = leaves.map((_, nth) => nth);
  for (;;) {
    const groups = Math.ceil(children.length / fan);
    const above: number[] = [];
    const behindAbove: number[] = [];
    for (let group = 0; group < groups; group++) {
      const start = Math.floor((group * children.length) / groups);
      const last = Math.floor(((group + 1) * children.length) / groups) - 1;
      page.empty();
      for (let nth = start; nth < last; nth++) {
        const separator = behind[nth] as number;
        const at = page.addCell(PAGE_NUMBER + separators.size(separator));
        writeInteger(page.bytes, at, children[nth] as number, PAGE_NUMBER);
        separators.write(page.bytes, at + PAGE_NUMBER, separator);
      }
      page.finish(children[last]);
      if (groups === 1) {
        pages.replace(root, page.bytes);
        return;
      }
      above.push(pages.append(page.bytes));
      behindAbove.push(behind[last] as number);
    }
    children = above;
    behind = behindAbove;
  }
}

export interface TableTree {
  /** @param rowid - greater than the one before, from 0 on */
  add(rowid: number, record: RecordBuilder): void;
  /** Writes what is left. */
  finish(): void;
}

/** The rows of a table that has rowids. @param root - its root page, which is there */
export function tableTree(pages: PageSink, root: number): TableTree {
  const { pageSize } = pages;
  const page = new GrowingPage(pageSize, LEAF_TABLE);
  const leaves: number[] = [];
  const lastRows: number[] = [];
  /** Of a record that is longer the rest lies in pages of its own. */
  const greatest = pageSize - 35;
  const overflow = overflowPages(pages);
  let last = 0;
  const endPage = (): void => {
    leaves.push(pages.append(page.finish()));
    lastRows.push(last);
    page.empty();
  };
  return {
    add(rowid, record) {
      const { length } = record;
      const local = length <= greatest ? length : overflow.local(length, greatest);
      const size = varintBytes(length) + varintBytes(rowid) + local + (length === local ? 0 : PAGE_NUMBER);
      if (!page.fits(size)) endPage();
      let at = writeVarint(page.bytes, page.addCell(size), length);
      at = writeVarint(page.bytes, at, rowid);
      if (length === local) record.write(page.bytes, at);
      else {
        const bytes = new Uint8Array(length);
        record.write(bytes, 0);
        page.bytes.set(bytes.subarray(0, local), at);
        writeInteger(page.bytes, at + local, overflow.write(bytes.subarray(local)), PAGE_NUMBER);
      }
      last = rowid;
    },
    finish() {
      if (leaves.length === 0) {
        pages.replace(root, page.finish());
        return;
      }
      endPage();
      writeInterior(pages, root, leaves, {
        type: INTERIOR_TABLE,
        greatest: PAGE_NUMBER + varintBytes(last),
        size: (nth) => varintBytes(lastRows[nth] as number),
        write: (bytes, at, nth) => writeVarint(bytes, at, lastRows[nth] as number),
      });
    },
  };
}

function overflowPages(pages: PageSink) {
  const { pageSize } = pages;
  const room = pageSize - PAGE_NUMBER;
  const least = Math.floor(((pageSize - 12) * 32) / 255) - 23;
  const page = new Uint8Array(pageSize);
  return {
    /** How much of a record stays in its cell: with that, the last one of its pages is full. */
    local(length: number, greatest: number): number {
      const local = least + ((length - least) % room);
      return local <= greatest ? local : least;
    },
    /** @returns the first page's number */
    write(bytes: Uint8Array): number {
      const first = pages.next();
      for (let at = 0; at < bytes.length; at += room) {
        const part = bytes.subarray(at, at + room);
        page.fill(0);
        writeInteger(page, 0, at + room < bytes.length ? pages.next() + 1 : 0, PAGE_NUMBER);
        page.set(part, PAGE_NUMBER);
        pages.append(page);
      }
      return first;
    },
  };
}

export interface IntegerIndexTree {
  /** Neither of them is less than 0, and each entry greater than the one before. */
  add(value: number, rowid: number): void;
  /** Writes what is left. */
  finish(): void;
}

/** The entries of an index of one column of integers. @param root - its root page, which is there */
export function integerIndexTree(pages: PageSink, root: number): IntegerIndexTree {
  const page = new GrowingPage(pages.pageSize, LEAF_INDEX);
  const leaves: number[] = [];
  /** Entries that stand between two leaves, and in neither: value and rowid by turns. */
  const between: number[] = [];
  let [value, rowid] = [0, 0];
  /** The last entry found no room: it is in no page yet. */
  let isHeld = false;
  const put = (): void => {
    writeEntry(page.bytes, page.addCell(entryBytes(value, rowid)), value, rowid);
  };
  const endPage = (separatorValue: number, separatorRow: number): void => {
    leaves.push(pages.append(page.finish()));
    between.push(separatorValue, separatorRow);
    page.empty();
  };
  /** The last one that is in the page. */
  let inPage: readonly [value: number, rowid: number] = [0, 0];
  return {
    add(nextValue, nextRow) {
      if (isHeld) {
        endPage(value, rowid);
        isHeld = false;
      }
      const before = value;
      const rowBefore = rowid;
      value = nextValue;
      rowid = nextRow;
      if (page.fits(entryBytes(value, rowid))) put();
      else {
        isHeld = true;
        inPage = [before, rowBefore];
      }
    },
    finish() {
      if (isHeld) {
        // Nothing comes that could stand behind it: the one before it stands between.
        page.removeLastCell(entryBytes(...inPage));
        endPage(...inPage);
        put();
      }
      if (leaves.length === 0) {
        pages.replace(root, page.finish());
        return;
      }
      leaves.push(pages.append(page.finish()));
      const [greatestValue, greatestRow] = [0, 1].map((column) =>
        between.reduce((most, each, nth) => (nth % 2 === column ? Math.max(most, each) : most), 0),
      ) as [number, number];
      writeInterior(pages, root, leaves, {
        type: INTERIOR_INDEX,
        greatest: PAGE_NUMBER + entryBytes(greatestValue, greatestRow),
        size: (nth) => entryBytes(between[2 * nth] as number, between[2 * nth + 1] as number),
        write: (bytes, at, nth) => writeEntry(bytes, at, between[2 * nth] as number, between[2 * nth + 1] as number),
      });
    },
  };
}

/** An index's cell: the length of its record, the record's header of three bytes, value and rowid. */
function entryBytes(value: number, rowid: number): number {
  return 4 + keyBytes(value) + keyBytes(rowid);
}

function writeEntry(bytes: Uint8Array, at: number, value: number, rowid: number): void {
  const valueBytes = keyBytes(value);
  const rowBytes = keyBytes(rowid);
  bytes[at] = 3 + valueBytes + rowBytes;
  bytes[at + 1] = 3;
  bytes[at + 2] = keyType(value, valueBytes);
  bytes[at + 3] = keyType(rowid, rowBytes);
  writeInteger(bytes, at + 4, value, valueBytes);
  writeInteger(bytes, at + 4 + valueBytes, rowid, rowBytes);
}

/** 0 and 1 are told by their type. */
function keyBytes(value: number): number {
  return value < 2 ? 0 : integerBytes(value);
}

function keyType(value: number, size: number): number {
  return value < 2 ? 8 + value : integerType(size);
}
