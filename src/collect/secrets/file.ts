/** One file on disk, through the scanner. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { FileSecrets, SecretStream } from "../../engines/secrets/stream.ts";
import { type LookedAt, lookedAt, SMALL } from "../../engines/secrets/stretches.ts";
import { ARCHIVE_HEAD, type ArchiveScanner, archiveKindOf } from "./archives.ts";
import { bounds } from "./bounds.ts";

/** What files are read with, one at a time. */
export interface Reader {
  readonly scanner: SecretScanner;
  /** Told of what is in archives. */
  readonly archives: ArchiveScanner;
  /** Used again for every file. */
  readonly memory: FileMemory;
}

/** Memory for one file at a time. */
export type FileMemory = () => Buffer;

export interface FileRead {
  readonly bytes: number;
  readonly found: FileSecrets;
  readonly left?: { readonly what: string; readonly bytes: number };
}

/** A file below this is read at once, into memory that is used again. */
const AT_ONCE = 1024 * 1024;

/** That of the scanner, once it has some. */
export function fileMemory(scanner: SecretScanner): FileMemory {
  let own: Buffer | undefined;
  return () => {
    const room = scanner.room("file");
    own = room === undefined ? (own ?? Buffer.allocUnsafe(AT_ONCE)) : undefined;
    return room ?? (own as Buffer);
  };
}

const NOTHING: FileSecrets = { secrets: [], omitted: 0, examined: 0 };
/** All of a file, however it grows. */
const ALL: LookedAt = { stretches: [{ from: 0, to: Number.POSITIVE_INFINITY }] };

/** @throws Error where it cannot be read, or is no regular file */
export function scanFile(name: string | Buffer, path: string, { scanner, archives, memory }: Reader): FileRead {
  // The file may have become a symlink or a pipe since it was listed: neither is followed or waited for.
  const descriptor = openSync(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("not a regular file");
    const buffer = memory();
    // Of a file whose size is told no second read has to say that it ends there; of a large one its head is enough to know what it is.
    const isSmall = stat.size < buffer.length;
    const wanted = stat.size === 0 ? buffer.length : isSmall ? stat.size : SMALL;
    const head = buffer.subarray(0, fill(descriptor, buffer.subarray(0, wanted), 0));
    const isWhole = isSmall && head.length < buffer.length;
    if (archiveKindOf(path, head.subarray(0, ARCHIVE_HEAD)) !== undefined) {
      const bytes = isWhole ? head : wholeOf(descriptor);
      if (bytes === undefined) archives.tooLarge(path);
      // Of an archive that was read whole the packed bytes tell nothing more.
      else if (archives.scan(path, bytes)) return { bytes: bytes.length, found: NOTHING };
    }
    if (isWhole && head.length < SMALL) return { bytes: head.length, found: scanner.scan(path, head) };
    const looked = lookedAt(head, stat.size, (from, length) => {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(0, fill(descriptor, bytes, from));
    });
    if (looked.left !== undefined) {
      const read = scanStretches(descriptor, () => scanner.openBinary(path, buffer), looked);
      return { ...read, left: looked.left };
    }
    if (isWhole) return { bytes: head.length, found: scanner.scan(path, head) };
    return scanStretches(descriptor, () => scanner.open(path, buffer), ALL);
  } finally {
    closeSync(descriptor);
  }
}

/** Undefined over the bound of an archive. */
function wholeOf(descriptor: number): Buffer | undefined {
  const { size } = fstatSync(descriptor);
  if (size > bounds.archiveBytes) return undefined;
  const bytes = Buffer.allocUnsafe(size);
  return bytes.subarray(0, fill(descriptor, bytes, 0));
}

/** What is found has its place in the file. */
function scanStretches(descriptor: number, open: () => SecretStream, { stretches }: LookedAt): Omit<FileRead, "left"> {
  const secrets: FileSecrets["secrets"][number][] = [];
  let [bytes, omitted, examined] = [0, 0, 0];
  for (const { from, to } of stretches) {
    const stream = open();
    for (let at = from; at < to; ) {
      const space = stream.space();
      const count = fill(descriptor, space.subarray(0, Math.min(space.length, to - at)), at);
      stream.filled(count);
      bytes += count;
      at += count;
      if (count < space.length) break;
    }
    const found = stream.end();
    for (const secret of found.secrets) secrets.push({ ...secret, offset: secret.offset + from });
    omitted += found.omitted;
    examined += found.examined;
  }
  return { bytes, found: { secrets, omitted, examined } };
}

function fill(descriptor: number, buffer: Buffer, from: number): number {
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, from + length);
    if (count === 0) break;
    length += count;
  }
  return length;
}
