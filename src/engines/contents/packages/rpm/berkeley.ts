import { Problem } from "../../../../core/problem.ts";
import { bounds } from "../../bounds.ts";

/**
 * Reads the records of a Berkeley DB hash database (rpm's `Packages` of old), as the page layouts in Berkeley DB's
 * source say (dbinc/db_page.h). Pages are numbered from 0, which is the metadata page, and written in the byte order
 * of the machine that made the file. The records of all buckets lie on hash pages, in pairs of a key and its data,
 * and what is too long for a page in a chain of overflow pages: so going through the hash pages finds every record
 * without a look at the buckets.
 *
 * Each overflow page is used once at most, which bounds the work by the size of the file whatever its pointers say.
 */
export interface BerkeleyRecord {
  readonly key: Buffer;
  readonly data: Buffer;
}

const HASH_MAGIC = 0x061561;
/** Where every page has its header, and how long it is (`PAGE`). */
const PAGE_HEADER_BYTES = 26;
/** Of the metadata page, as far as it is read (`DBMETA`). */
const METADATA_BYTES = 72;

const PAGE_TYPE = 25;
const HASH_UNSORTED = 2;
const OVERFLOW = 7;
const HASH_METADATA = 8;
const HASH = 13;

/** The first byte of an item on a hash page. */
const KEY_DATA = 1;
const OFF_PAGE = 3;
const OFF_PAGE_BYTES = 12;

/** Versions of the hash format that share this layout: Berkeley DB 3.1 to 18. */
const VERSIONS: ReadonlySet<number> = new Set([7, 8, 9, 10]);

/**
 * @throws Problem `contents.berkeley-broken`, kind input; records before the broken place have been handed out
 */
export function* readBerkeley(bytes: Buffer): Generator<BerkeleyRecord> {
  const file = open(bytes);
  const used = new Set<number>();
  for (let number = 1; number < file.pages; number++) {
    const page = file.page(number);
    const type = page[PAGE_TYPE];
    if (type !== HASH && type !== HASH_UNSORTED) continue;
    const items = file.uint16(page, 20);
    if (PAGE_HEADER_BYTES + 2 * items > page.length) throw broken(`page ${number}`, `${items} items`);
    if (items % 2 === 1) throw broken(`page ${number}`, "a key without data");
    let end = page.length;
    let key: Buffer | undefined;
    for (let index = 0; index < items; index++) {
      const start = file.uint16(page, PAGE_HEADER_BYTES + 2 * index);
      // Items are filled in from the end of the page, so each ends where the one before begins.
      if (start < PAGE_HEADER_BYTES + 2 * items || start >= end) {
        throw broken(`page ${number}`, `item ${index} lies outside its place`);
      }
      const value = readItem(file, page.subarray(start, end), used, `page ${number}`);
      end = start;
      if (key === undefined) {
        key = value;
      } else {
        yield { key, data: value };
        key = undefined;
      }
    }
  }
  if (file.pages < file.statedPages) {
    throw broken(`page ${file.pages}`, `there should be ${file.statedPages} pages: the file was cut off`);
  }
}

interface BerkeleyFile {
  /** Whole pages that there are, of those that the metadata states. */
  readonly pages: number;
  readonly statedPages: number;
  page(number: number): Buffer;
  uint16(from: Buffer, at: number): number;
  uint32(from: Buffer, at: number): number;
}

function open(bytes: Buffer): BerkeleyFile {
  if (bytes.length < METADATA_BYTES) throw broken("page 0", `${bytes.length} bytes`);
  const little = bytes.readUInt32LE(12) === HASH_MAGIC;
  if (!little && bytes.readUInt32BE(12) !== HASH_MAGIC) throw broken("page 0", "not a Berkeley DB hash database");
  const uint16 = (from: Buffer, at: number) => (little ? from.readUInt16LE(at) : from.readUInt16BE(at));
  const uint32 = (from: Buffer, at: number) => (little ? from.readUInt32LE(at) : from.readUInt32BE(at));

  const version = uint32(bytes, 16);
  if (!VERSIONS.has(version)) throw broken("page 0", `its version is ${version}`);
  const pageBytes = uint32(bytes, 20);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
    throw broken("page 0", `its pages have ${pageBytes} bytes`);
  }
  if (bytes[24] !== 0) throw broken("page 0", "encrypted");
  if (bytes[PAGE_TYPE] !== HASH_METADATA) throw broken("page 0", `of type ${bytes[PAGE_TYPE]}`);
  // DBMETA_CHKSUM and DBMETA_PART_*: other page headers, and data in other files. rpm uses neither.
  if (bytes[26] !== 0) throw broken("page 0", `its flags are ${bytes[26]}`);
  const statedPages = uint32(bytes, 32) + 1;
  return {
    statedPages,
    pages: Math.min(statedPages, Math.floor(bytes.length / pageBytes)),
    page: (number) => bytes.subarray(number * pageBytes, (number + 1) * pageBytes),
    uint16,
    uint32,
  };
}

function readItem(file: BerkeleyFile, item: Buffer, used: Set<number>, place: string): Buffer {
  if (item[0] === KEY_DATA) return item.subarray(1);
  if (item[0] !== OFF_PAGE) throw broken(place, `an item is of type ${item[0]}`);
  if (item.length < OFF_PAGE_BYTES) throw broken(place, "an item that points to other pages is too short");
  const length = file.uint32(item, 8);
  if (length > bounds.wantedFileBytes) throw broken(place, `an item has ${length} bytes`);
  const parts: Buffer[] = [];
  let missing = length;
  for (let next = file.uint32(item, 4); missing > 0; ) {
    if (next === 0) throw broken(place, "the pages of an item end early");
    if (next >= file.pages) throw broken(`page ${next}`, `there are ${file.pages} pages`);
    if (used.has(next)) throw broken(`page ${next}`, "used twice");
    used.add(next);
    const page = file.page(next);
    if (page[PAGE_TYPE] !== OVERFLOW) throw broken(`page ${next}`, `of type ${page[PAGE_TYPE]}`);
    // On overflow pages the field for the free space holds the number of bytes (`OV_LEN`).
    const bytes = file.uint16(page, 22);
    if (bytes === 0 || bytes > missing || PAGE_HEADER_BYTES + bytes > page.length) {
      throw broken(`page ${next}`, `it holds ${bytes} bytes of an item`);
    }
    parts.push(page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + bytes));
    missing -= bytes;
    next = file.uint32(page, 16);
  }
  return Buffer.concat(parts, length);
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.berkeley-broken", place, cause });
}
