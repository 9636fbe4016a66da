/**
 * A tar walker: ustar, pax extended headers and GNU long names (POSIX.1-2024 pax, GNU tar manual "Basic Tar Format").
 * Where the formats leave room it follows what container engines extract, for that is what will run: global pax
 * headers are skipped, an archive may end without its two zero blocks.
 *
 * Bytes are pushed in as they come; nothing is kept but the content that the visitor asks for.
 */
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";

export type TarEntryType = "file" | "directory" | "symlink" | "hardlink" | "other";

export interface TarEntry {
  readonly type: TarEntryType;
  /** As written in the archive, not cleaned. */
  readonly name: string;
  /** Target of a symlink or hard link, as written. */
  readonly link: string;
  /** Bytes of content in the archive. */
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** User id of the owner of what is setuid; undefined elsewhere, and where the header has no number there. */
  readonly owner: number | undefined;
  /** The extended attribute `security.capability`, as it is. */
  readonly capability: Buffer | undefined;
  /** Offset of the content from the start of the archive. */
  readonly offset: number;
  /** GNU sparse: the content in the archive is not the file's content. */
  readonly sparse: boolean;
}

export interface TarVisitor {
  /** Called for each entry. True asks for the content, which is then handed to `content` whole; `peek` may ask so. */
  entry(entry: TarEntry): boolean | "peek";
  /** The first bytes of a file whose entry said `peek`, as many as there are up to PEEK_BYTES. True asks for it all. */
  peek?(entry: TarEntry, first: Buffer): boolean;
  content?(entry: TarEntry, bytes: Buffer): void;
  /** Every byte of every file, in pieces as they come; nothing is called for an empty one. Comes before `content`. */
  data?(entry: TarEntry, bytes: Buffer): void;
}

export interface TarWalker {
  write(chunk: Buffer): void;
  /** Bytes that come next and that nobody wants (infinite after the end): a seekable source may `skip` them. */
  skippable(): number;
  skip(bytes: number): void;
  /** Call at the end of the input. Throws where it ends inside an entry. */
  end(): void;
}

/** Enough for the magic number of every format that is told by one. */
export const PEEK_BYTES = 16;

const BLOCK = 512;
const EMPTY = Buffer.alloc(0);

/** Pushes `chunk`s through; throws Problem `oci.tar` for what is no tar, and for what is over a bound. */
export function createTarWalker(place: string, visitor: TarVisitor): TarWalker {
  const header = Buffer.allocUnsafe(BLOCK);
  let headerLength = 0;
  /** Bytes of the current entry's content still to come, and of its padding after that. */
  let remaining = 0;
  let padding = 0;
  let sparseHeadersFollow = false;
  let ended = false;
  let zeroBlocks = 0;
  let position = 0;
  let entries = 0;

  /** What the content is collected for: the visitor, or an extended header. */
  let collecting: "none" | "peek" | "visitor" | "pax" | "longName" | "longLink" = "none";
  let current: TarEntry | undefined;
  let collected: Buffer = EMPTY;
  let collectedLength = 0;

  let pax: PaxRecords | undefined;
  let longName: string | undefined;
  let longLink: string | undefined;
  let extendedBytes = 0;

  function fail(cause: string): never {
    throw new Problem({ kind: "input", code: "oci.tar", place: `${place}, byte ${position}`, cause });
  }

  function startContent(size: number, purpose: typeof collecting): void {
    remaining = size;
    padding = (BLOCK - (size % BLOCK)) % BLOCK;
    collecting = purpose;
    collectedLength = 0;
    const kept = purpose === "none" ? 0 : purpose === "peek" ? Math.min(size, PEEK_BYTES) : size;
    collected = kept === 0 ? EMPTY : Buffer.allocUnsafe(kept);
    if (size === 0) finishContent();
  }

  function finishContent(): void {
    const purpose = collecting;
    const bytes = collected;
    collecting = "none";
    collected = EMPTY;
    switch (purpose) {
      case "peek":
        // A file as short as the look itself: asked for, it is whole already.
        if (current !== undefined && visitor.peek?.(current, bytes)) visitor.content?.(current, bytes);
        break;
      case "visitor":
        if (current !== undefined) visitor.content?.(current, bytes);
        break;
      case "pax":
        pax = parsePax(bytes, fail);
        break;
      case "longName":
        longName = textUntilNul(bytes, 0, bytes.length);
        break;
      case "longLink":
        longLink = textUntilNul(bytes, 0, bytes.length);
        break;
      case "none":
        break;
    }
  }

  /** The look is over and more content follows: it is kept from its first byte on, or not at all. */
  function decide(): void {
    const first = collected;
    if (current !== undefined && visitor.peek?.(current, first)) {
      collecting = "visitor";
      collected = Buffer.allocUnsafe(current.size);
      first.copy(collected);
    } else {
      collecting = "none";
      collected = EMPTY;
    }
  }

  function readHeader(block: Buffer, at: number): void {
    if (sparseHeadersFollow) {
      sparseHeadersFollow = block[at + 504] === 1;
      if (!sparseHeadersFollow && current !== undefined) startContent(current.size, "none");
      return;
    }
    if (isZero(block, at)) {
      zeroBlocks += 1;
      if (zeroBlocks === 2) ended = true;
      return;
    }
    if (zeroBlocks === 1) fail("a single zero block stands between two entries");
    checkSum(block, at, fail);
    const flag = block[at + 156] as number;
    let size = readNumber(block, at + 124, 12, fail);
    if (flag === 0x78 /* x */ || flag === 0x4c /* L */ || flag === 0x4b /* K */) {
      extendedBytes += size;
      if (extendedBytes > bounds.extendedHeaderBytes) fail("the extended headers of one entry are over the bound");
      current = undefined;
      startContent(size, flag === 0x78 ? "pax" : flag === 0x4c ? "longName" : "longLink");
      return;
    }
    if (flag === 0x67 /* g */ || flag === 0x56 /* V */) {
      current = undefined;
      startContent(size, "none");
      return;
    }
    entries += 1;
    if (entries > bounds.entries) fail(`more than ${bounds.entries} entries`);
    if (pax?.size !== undefined) size = pax.size;
    const name = pax?.sparseName ?? pax?.path ?? longName ?? headerName(block, at);
    const link = pax?.linkpath ?? longLink ?? textUntilNul(block, at + 157, 100);
    const type = typeOf(flag, name);
    const oldSparse = flag === 0x53; /* S */
    const mode = readNumber(block, at + 100, 8, fail) & 0o7777;
    const entry: TarEntry = {
      type,
      name,
      link,
      // Only files have content; a size on a link or device is to be ignored (POSIX), and a runtime does ignore it.
      size: type === "file" ? size : 0,
      mode,
      owner: (mode & 0o4000) === 0 ? undefined : (pax?.owner ?? ownerNumber(block, at + 108)),
      capability: pax?.capability,
      offset: position + BLOCK,
      sparse: oldSparse || pax?.sparse === true,
    };
    pax = undefined;
    longName = undefined;
    longLink = undefined;
    extendedBytes = 0;
    current = entry;
    const wanted = visitor.entry(entry);
    if (oldSparse && block[at + 482] === 1) {
      sparseHeadersFollow = true;
      return;
    }
    startContent(entry.size, entry.sparse || wanted === false ? "none" : wanted === "peek" ? "peek" : "visitor");
  }

  return {
    write(chunk) {
      let at = 0;
      const length = chunk.length;
      while (at < length) {
        if (ended) {
          position += length - at;
          return;
        }
        if (remaining > 0) {
          let take = Math.min(remaining, length - at);
          if (collecting === "peek" && collectedLength === collected.length) decide();
          if (collecting === "peek") take = Math.min(take, collected.length - collectedLength);
          if (visitor.data !== undefined && current !== undefined) visitor.data(current, chunk.subarray(at, at + take));
          if (collecting !== "none") {
            chunk.copy(collected, collectedLength, at, at + take);
            collectedLength += take;
          }
          remaining -= take;
          at += take;
          position += take;
          if (remaining === 0) finishContent();
        } else if (padding > 0) {
          const take = Math.min(padding, length - at);
          padding -= take;
          at += take;
          position += take;
        } else if (headerLength === 0 && length - at >= BLOCK) {
          readHeader(chunk, at);
          at += BLOCK;
          position += BLOCK;
        } else {
          const take = Math.min(BLOCK - headerLength, length - at);
          chunk.copy(header, headerLength, at, at + take);
          headerLength += take;
          at += take;
          if (headerLength === BLOCK) {
            headerLength = 0;
            readHeader(header, 0);
            position += BLOCK;
          }
        }
      }
    },
    skippable() {
      if (ended) return Number.POSITIVE_INFINITY;
      return collecting === "none" && visitor.data === undefined ? remaining + padding : 0;
    },
    skip(bytes) {
      const content = Math.min(bytes, remaining);
      remaining -= content;
      padding -= bytes - content;
      position += bytes;
    },
    end() {
      if (remaining > 0 || headerLength > 0 || sparseHeadersFollow) fail("the archive ends inside an entry");
    },
  };
}

interface PaxRecords {
  path?: string;
  linkpath?: string;
  size?: number;
  owner?: number;
  capability?: Buffer;
  sparse?: boolean;
  sparseName?: string;
}

type Fail = (cause: string) => never;

/** `<length> <key>=<value>\n`, the length counting itself; lengths are bytes, the text is UTF-8. */
function parsePax(bytes: Buffer, fail: Fail): PaxRecords {
  const records: PaxRecords = {};
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0 || space - at > 8) fail("an extended header record has no length");
    const length = Number(bytes.toString("latin1", at, space));
    const end = at + length;
    if (!Number.isInteger(length) || length <= space - at + 1 || end > bytes.length || bytes[end - 1] !== 0x0a) {
      fail("an extended header record has a wrong length");
    }
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals < 0 || equals >= end) fail("an extended header record has no value");
    const key = bytes.toString("utf8", space + 1, equals);
    if (key === "path" || key === "linkpath" || key === "GNU.sparse.name") {
      const value = bytes.toString("utf8", equals + 1, end - 1);
      if (value.includes("\0")) fail(`an extended header has a NUL byte in its ${key}`);
      if (key === "path") records.path = value;
      else if (key === "linkpath") records.linkpath = value;
      else records.sparseName = value;
    } else if (key === "size") {
      const size = Number(bytes.toString("latin1", equals + 1, end - 1));
      if (!Number.isSafeInteger(size) || size < 0) fail("an extended header has an invalid size");
      records.size = size;
    } else if (key === "uid") {
      // Nothing is unpacked by it: one that is no number is left out.
      const digits = bytes.toString("latin1", equals + 1, end - 1);
      if (/^\d{1,10}$/.test(digits)) records.owner = Number(digits);
    } else if (key === "SCHILY.xattr.security.capability") {
      records.capability = Buffer.from(bytes.subarray(equals + 1, end - 1));
    }
    if (key.startsWith("GNU.sparse.")) records.sparse = true;
    at = end;
  }
  return records;
}

function typeOf(flag: number, name: string): TarEntryType {
  switch (flag) {
    case 0x00:
      return name.endsWith("/") ? "directory" : "file";
    case 0x30: // 0
    case 0x37: // 7, contiguous
    case 0x53: // S, GNU sparse
      return "file";
    case 0x31:
      return "hardlink";
    case 0x32:
      return "symlink";
    case 0x35:
      return "directory";
    default:
      return "other";
  }
}

function headerName(block: Buffer, at: number): string {
  const name = textUntilNul(block, at, 100);
  // The prefix belongs to POSIX ustar ("ustar\0"); GNU ("ustar  ") keeps times there.
  const posix =
    block[at + 257] === 0x75 && block[at + 258] === 0x73 && block[at + 261] === 0x72 && block[at + 262] === 0;
  if (!posix || block[at + 345] === 0) return name;
  return `${textUntilNul(block, at + 345, 155)}/${name}`;
}

function textUntilNul(bytes: Buffer, start: number, length: number): string {
  let end = start;
  const limit = Math.min(start + length, bytes.length);
  while (end < limit && bytes[end] !== 0) end += 1;
  return bytes.toString("utf8", start, end);
}

/** Octal in ASCII, or base-256 where the first bit is set (GNU). Negative and unsafe numbers are refused. */
function readNumber(block: Buffer, start: number, length: number, fail: Fail): number {
  const first = block[start] as number;
  if (first & 0x80) {
    if (first !== 0x80) fail("a header has a negative or oversized number");
    let value = 0;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] as number);
    if (!Number.isSafeInteger(value)) fail("a header has an oversized number");
    return value;
  }
  let value = 0;
  let i = start;
  const end = start + length;
  while (i < end && block[i] === 0x20) i += 1;
  for (; i < end; i++) {
    const digit = block[i] as number;
    if (digit === 0 || digit === 0x20) break;
    if (digit < 0x30 || digit > 0x37) fail("a header has a number that is not octal");
    value = value * 8 + (digit - 0x30);
  }
  return value;
}

/** Nothing is walked or unpacked by it: what is no number is undefined, where others are refused. */
function ownerNumber(block: Buffer, start: number): number | undefined {
  if (((block[start] as number) & 0x80) !== 0) {
    return block[start] === 0x80 ? block.readUIntBE(start + 2, 6) : undefined;
  }
  const digits = /^ *([0-7]{1,8})[ \0]*$/.exec(block.toString("latin1", start, start + 8))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function isZero(block: Buffer, at: number): boolean {
  if (block[at] !== 0) return false;
  for (let i = at; i < at + BLOCK; i++) if (block[i] !== 0) return false;
  return true;
}

function checkSum(block: Buffer, at: number, fail: Fail): void {
  const stated = readNumber(block, at + 148, 8, fail);
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let i = 0; i < BLOCK; i++) {
    if (i === 148) i = 156;
    const byte = block[at + i] as number;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  if (stated !== unsigned && stated !== signed) fail("a header's checksum is wrong");
}
