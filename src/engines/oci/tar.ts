/**
 * A tar walker: V7, ustar, star, GNU and pax (POSIX.1-2024 pax, GNU tar manual "Basic Tar Format"), read as Go's
 * archive/tar reads them, for that is what runtimes unpack by. Entries about whose name, target or size other readers
 * differ (two sources of one name, empty records, a global header between an entry and its own) are refused.
 *
 * Bytes are pushed in as they come; nothing is kept but the content that the visitor asks for.
 */

import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { type ContentMemory, copyPart, createContentMemory } from "./content-memory.ts";
import { type ExtendedKind, extendedHeader, type PaxRecords, parsePax } from "./tar-extended.ts";
import { BLOCK, isZeroBlock, readTarHeader, type TarHeader, textUntilNul } from "./tar-header.ts";

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
  /** User and group id of the owner, of every entry; -1 leaves what the one who unpacks it has (chown(2)). */
  readonly uid: number;
  readonly gid: number;
  /** The extended attribute `security.capability`, as it is. */
  readonly capability: Buffer | undefined;
  /** Offset of the content from the start of the archive. */
  readonly offset: number;
  /** GNU sparse: the content in the archive is not the file's content. */
  readonly sparse: boolean;
}

/** Whether content is asked for. What is `lent` must not be looked at once `content` has returned: others come in its place. */
export type Wanted = boolean | "lent";

export interface TarVisitor {
  /** Called for each entry. It may ask for the content, which is then handed to `content` whole; `peek` may ask so. */
  entry(entry: TarEntry): Wanted | "peek";
  /** The first bytes of a file whose entry said `peek`, as many as there are up to PEEK_BYTES. */
  peek?(entry: TarEntry, first: Buffer): Wanted;
  content?(entry: TarEntry, bytes: Buffer): void;
  /** Every byte of every file, in pieces as they come; nothing is called for an empty one. Comes before `content`. */
  data?(entry: TarEntry, bytes: Buffer): void;
}

export interface TarWalker {
  /** @returns how many bytes were taken: all, but where what comes next waits for memory that others have as well */
  write(chunk: Buffer): number;
  /** Bytes that come next and that nobody wants (infinite after the end): a seekable source may `skip` them. */
  skippable(): number;
  skip(bytes: number): void;
  /** Call at the end of the input. Throws where it ends inside an entry. */
  end(): void;
}

/** Enough for the magic number of every format that is told by one. */
export const PEEK_BYTES = 16;

const EMPTY = Buffer.alloc(0);
/** The type of GNU's old sparse files. */
const SPARSE = 0x53;
/** Characters of an entry's name that a message shows. */
const SHOWN_NAME = 200;

/** What extended headers say of the one entry that follows them. */
interface Extended {
  pax?: PaxRecords;
  longName?: string;
  longLink?: string;
  doubt?: string;
}

/**
 * Pushes `chunk`s through; throws Problem `oci.tar` for what is no tar, and for what is over a bound.
 *
 * @param memory - for what is lent; it is ended with the archive
 */
export function createTarWalker(
  place: string,
  visitor: TarVisitor,
  memory: ContentMemory = createContentMemory(),
): TarWalker {
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
  let collecting: "none" | "peek" | "visitor" | "lent" | ExtendedKind = "none";
  let current: TarEntry | undefined;
  let collected: Buffer = EMPTY;
  let collectedLength = 0;
  /** Bytes of memory that the content still waits for, and what there is of it already. */
  let awaited = 0;
  let looked: Buffer = EMPTY;

  let extended: Extended | undefined;
  let globalName = "";
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
    collected = EMPTY;
    if (kept > 0 && purpose === "lent") lend(kept, EMPTY);
    else if (kept > 0) collected = Buffer.allocUnsafe(kept);
    if (size === 0) finishContent();
  }

  /** @param first - bytes of the content that were looked at */
  function lend(size: number, first: Buffer): void {
    const lent = memory.take(size);
    awaited = lent === undefined ? size : 0;
    looked = first;
    if (lent === undefined) return;
    first.copy(lent);
    collected = lent;
    looked = EMPTY;
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
      case "lent":
        if (current !== undefined) visitor.content?.(current, bytes);
        if (purpose === "lent") memory.giveBack(bytes);
        break;
      case "pax":
        extend("pax", parsePax(bytes, fail));
        break;
      case "global":
        globalEntry(parsePax(bytes, fail));
        break;
      case "longName":
      case "longLink":
        extend(purpose, textUntilNul(bytes, 0, bytes.length));
        break;
      case "none":
        break;
    }
  }

  /**
   * To Go a global header is an entry of its own, which takes all that was said before it. Runtimes make nothing of
   * it, but only after they removed what stands at its path.
   */
  function globalEntry({ path = globalName, doubt }: PaxRecords): void {
    if (doubt !== undefined) fail(`the global header ${JSON.stringify(path.slice(0, SHOWN_NAME))}: ${doubt}`);
    if (extended !== undefined) extended.doubt = "a global header stands between it and its extended header";
    const nothing = {
      link: "",
      size: 0,
      mode: 0,
      owner: undefined,
      uid: 0,
      gid: 0,
      capability: undefined,
      sparse: false,
    };
    visitor.entry({ type: "other", name: path, offset: position, ...nothing });
  }

  function extend<Key extends "pax" | "longName" | "longLink">(key: Key, value: NonNullable<Extended[Key]>): void {
    extended ??= {};
    if (extended[key] !== undefined) extended.doubt = "two extended headers of one kind";
    if (value === "") extended.doubt = "an empty long name or link target";
    extended[key] = value;
  }

  /** The look is over and more content follows: it is kept from its first byte on, or not at all. */
  function decide(): void {
    const first = collected;
    const wanted = current !== undefined && visitor.peek?.(current, first);
    if (current !== undefined && wanted) {
      collecting = wanted === "lent" ? "lent" : "visitor";
      if (wanted === "lent") lend(current.size, first);
      else {
        collected = Buffer.allocUnsafe(current.size);
        first.copy(collected);
      }
    } else {
      collecting = "none";
      collected = EMPTY;
    }
  }

  function readHeader(block: Buffer, at: number): void {
    if (sparseHeadersFollow) {
      sparseHeadersFollow = block[at + 504] !== 0;
      if (!sparseHeadersFollow && current !== undefined) startContent(current.size, "none");
      return;
    }
    if (isZeroBlock(block, at)) {
      zeroBlocks += 1;
      if (zeroBlocks === 2) ended = true;
      return;
    }
    if (zeroBlocks === 1) fail("a single zero block stands between two entries");
    const header = readTarHeader(block, at);
    if (typeof header === "string") fail(header);
    const { flag } = header;
    const purpose = extendedHeader(flag);
    if (purpose !== undefined) {
      extendedBytes += purpose === "global" ? 0 : header.size;
      checkSize(header.size);
      if (Math.max(header.size, extendedBytes) > bounds.extendedHeaderBytes) {
        fail("the extended headers of one entry exceed the limit");
      }
      current = undefined;
      if (purpose === "global") countEntry();
      globalName = header.name;
      startContent(header.size, purpose);
      return;
    }
    countEntry();
    readEntry(header, block[at + 482] !== 0);
  }

  function countEntry(): void {
    entries += 1;
    if (entries > bounds.entries) fail(`more than ${bounds.entries} entries`);
  }

  function checkSize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0) fail("a header has a negative or oversized number");
  }

  function readEntry(header: TarHeader, sparseHeaders: boolean): void {
    const { flag, mode } = header;
    const pax = extended?.pax;
    const name =
      (pax?.sparse && flag !== SPARSE ? pax.sparseName : undefined) ?? extended?.longName ?? pax?.path ?? header.name;
    const doubt = extended === undefined ? undefined : doubtOf(extended);
    if (doubt !== undefined) fail(`the entry ${JSON.stringify(name.slice(0, SHOWN_NAME))}: ${doubt}`);
    const type = typeOf(flag, name);
    const sparse = flag === SPARSE || pax?.sparse === true;
    const size = hasContent(flag, type) ? (pax?.size ?? header.size) : 0;
    if (flag === 0 || hasContent(flag, type)) checkSize(header.size);
    checkSize(size);
    if (flag === SPARSE ? !header.gnu : sparse && !hasContent(flag, type)) fail("a sparse file is none of GNU's");
    const entry: TarEntry = {
      type,
      name,
      link: extended?.longLink ?? pax?.linkpath ?? header.link,
      // Only files have content that is any; what an unknown type has is passed over.
      size: type === "file" ? size : 0,
      mode,
      owner: (mode & 0o4000) === 0 ? undefined : (pax?.owner ?? header.uid),
      uid: pax?.owner ?? header.uid,
      gid: pax?.group ?? header.gid,
      capability: pax?.capability,
      offset: position + BLOCK,
      sparse,
    };
    extended = undefined;
    extendedBytes = 0;
    const wanted = visitor.entry(entry);
    current = type === "file" ? entry : undefined;
    if (flag === SPARSE && sparseHeaders) {
      sparseHeadersFollow = true;
      return;
    }
    const unread = type !== "file" || sparse || wanted === false;
    startContent(size, unread ? "none" : wanted === true ? "visitor" : wanted);
  }

  return {
    write(chunk) {
      let at = 0;
      const length = chunk.length;
      while (at < length) {
        if (ended) {
          position += length - at;
          return length;
        }
        if (remaining > 0) {
          let take = Math.min(remaining, length - at);
          if (collecting === "peek" && collectedLength === collected.length) decide();
          if (awaited > 0) lend(awaited, looked);
          if (awaited > 0) return at;
          if (collecting === "peek") take = Math.min(take, collected.length - collectedLength);
          if (visitor.data !== undefined && current !== undefined) visitor.data(current, chunk.subarray(at, at + take));
          if (collecting !== "none") {
            copyPart(chunk, collected, collectedLength, at, at + take);
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
      return length;
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
      memory.end();
      if (remaining > 0 || headerLength > 0 || sparseHeadersFollow) fail("the archive ends inside an entry");
    },
  };
}

/** What an entry has come to be called by, where readers do not agree which of it counts. */
function doubtOf({ pax, longName, longLink, doubt }: Extended): string | undefined {
  if (doubt !== undefined) return doubt;
  if (pax === undefined) return undefined;
  if (pax.doubt !== undefined) return pax.doubt;
  const names = [pax.path, longName, pax.sparse ? pax.sparseName : undefined].filter((name) => name !== undefined);
  if (names.length > 1) return "two names: one by each of two kinds of extended headers";
  return pax.linkpath !== undefined && longLink !== undefined
    ? "two link targets: one by each of two kinds of extended headers"
    : undefined;
}

function typeOf(flag: number, name: string): TarEntryType {
  switch (flag) {
    case 0x00:
      return name.endsWith("/") ? "directory" : "file";
    case 0x30: // 0
    case 0x37: // 7, contiguous
    case SPARSE:
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

/** Links, folders, devices and pipes have no content, whatever size they state. All else has, known or not. */
function hasContent(flag: number, type: TarEntryType): boolean {
  return type !== "directory" && !(flag >= 0x31 && flag <= 0x36);
}
