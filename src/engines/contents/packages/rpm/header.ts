import { Problem } from "../../../../core/problem.ts";
import { bounds } from "../../bounds.ts";
import { FILE_TAGS, type FileTag, type FileTags, type HeaderValues, ownedFiles } from "./files.ts";

/**
 * One package's header as the rpm database stores it: two big-endian counts, an index of 16-byte entries and a store
 * of values ("RPM v4 header format", rpm-software-management.github.io/rpm/manual). Only the tags that identify a
 * package are decoded.
 */
export interface RpmHeader {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly license?: string;
  readonly sourceRpm?: string;
  readonly vendor?: string;
  readonly modularityLabel?: string;
  /** Its files that may declare other packages (see ownership.ts), relative to the root, sorted. */
  readonly owns?: readonly string[];
}

const STRING_TAGS = new Map([
  [1000, "name"],
  [1001, "version"],
  [1002, "release"],
  [1022, "architecture"],
  [1014, "license"],
  [1044, "sourceRpm"],
  [1011, "vendor"],
  [5096, "modularityLabel"],
] as const);
const EPOCH = 1003;

const INT32 = 4;
const STRING = 6;
const STRING_ARRAY = 8;
const I18N_STRING = 9;

const PREAMBLE_BYTES = 8;
const ENTRY_BYTES = 16;
/** rpm's own limits on a header (lib/header.c): entries of the index, bytes of the store. */
const MAX_ENTRIES = 0xffff;
const MAX_STORE_BYTES = 0x0fffffff;

/**
 * Of a tag that stands there twice the later one counts: rpm appends to the signed region, and what is appended
 * replaces what it names again.
 *
 * @throws Problem `contents.rpm-header-broken`, kind input; its place is `header`
 */
export function readRpmHeader(blob: Buffer): RpmHeader {
  const { header, files } = readRpmTags(blob);
  const owns = ownedFiles(files);
  return owns.length === 0 ? header : { ...header, owns };
}

/**
 * What identifies the package, and its lists of files as they are stored.
 *
 * @throws as above
 */
export function readRpmTags(blob: Buffer): { readonly header: RpmHeader; readonly files: FileTags } {
  if (blob.length < PREAMBLE_BYTES) throw broken(`${blob.length} bytes`);
  const entries = blob.readUInt32BE(0);
  const storeBytes = blob.readUInt32BE(4);
  const storeStart = PREAMBLE_BYTES + entries * ENTRY_BYTES;
  if (entries === 0 || entries > MAX_ENTRIES) throw broken(`its index has ${entries} entries`);
  if (storeBytes > MAX_STORE_BYTES || storeStart + storeBytes > blob.length) {
    throw broken(`its counts ask for ${storeStart + storeBytes} bytes of ${blob.length}`);
  }
  const store = blob.subarray(storeStart, storeStart + storeBytes);

  // Positions first and values after, so that a tag repeated a thousand times is decoded once.
  const wanted = new Map<number, number>();
  for (let at = PREAMBLE_BYTES; at < storeStart; at += ENTRY_BYTES) {
    const tag = blob.readUInt32BE(at);
    if (tag === EPOCH || STRING_TAGS.has(tag as never) || FILE_TAGS.has(tag as never)) wanted.set(tag, at);
  }

  const header: { -readonly [Name in keyof RpmHeader]: RpmHeader[Name] } = {};
  const files: Partial<Record<FileTag, HeaderValues>> = {};
  for (const [tag, at] of wanted) {
    const type = blob.readUInt32BE(at + 4);
    const offset = blob.readUInt32BE(at + 8);
    const count = blob.readUInt32BE(at + 12);
    const fileTag = FILE_TAGS.get(tag as never);
    if (fileTag !== undefined) {
      files[fileTag] = { type, count, bytes: store.subarray(offset) };
      continue;
    }
    if (count === 0) throw broken(`tag ${tag} has no value`);
    const name = STRING_TAGS.get(tag as never);
    if (name !== undefined) {
      header[name] = stringAt(store, tag, type, offset);
    } else {
      if (type !== INT32) throw broken(`tag ${tag} is of type ${type}`);
      if (offset + 4 > store.length) throw broken(`tag ${tag} lies outside the store`);
      header.epoch = store.readUInt32BE(offset);
    }
  }
  return { header, files };
}

/** The first string of a tag, up to its NUL. */
function stringAt(store: Buffer, tag: number, type: number, offset: number): string {
  if (type !== STRING && type !== STRING_ARRAY && type !== I18N_STRING) throw broken(`tag ${tag} is of type ${type}`);
  if (offset >= store.length) throw broken(`tag ${tag} lies outside the store`);
  const end = store.indexOf(0, offset);
  if (end < 0) throw broken(`tag ${tag} is not terminated`);
  // One byte more than is kept, so that what is too long is seen as such by whoever reads it.
  return store.toString("utf8", offset, Math.min(end, offset + 4 * bounds.declaredTextLength + 4));
}

function broken(cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.rpm-header-broken", place: "header", cause });
}
