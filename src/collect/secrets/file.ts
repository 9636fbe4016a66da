/** One file on disk, through the scanner. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { FileSecrets, SecretStream } from "../../engines/secrets/stream.ts";
import { lookedAt, SMALL } from "../../engines/secrets/stretches.ts";
import { ARCHIVE_HEAD, type ArchiveScanner, archiveKindOf } from "./archives.ts";
import { bounds } from "./bounds.ts";

/** What files are read with, one at a time. */
export interface Reader {
  readonly scanner: SecretScanner;
  /** Told of what is in archives. */
  readonly archives: ArchiveScanner;
  /** Used again for every file. */
  readonly buffer: Buffer;
}

export interface FileRead {
  readonly bytes: number;
  readonly found: FileSecrets;
  readonly left?: { readonly what: string; readonly bytes: number };
}

/** A file up to this is read at once, into memory that is used again. */
const AT_ONCE = 1024 * 1024;

/** Memory for one file at a time. */
export function fileBuffer(): Buffer {
  return Buffer.allocUnsafe(AT_ONCE);
}

const NOTHING: FileSecrets = { secrets: [], omitted: 0, examined: 0 };

/** @throws Error where it cannot be read, or is no regular file */
export function scanFile(name: string | Buffer, path: string, { scanner, archives, buffer }: Reader): FileRead {
  // The file may have become a symlink or a pipe since it was listed: neither is followed or waited for.
  const descriptor = openSync(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("not a regular file");
    // Of a file whose size is told no second read has to say that it ends there.
    const isTold = stat.size > 0 && stat.size < buffer.length;
    const first = fill(descriptor, isTold ? buffer.subarray(0, stat.size) : buffer, 0);
    const isArchive = archiveKindOf(path, buffer.subarray(0, Math.min(first, ARCHIVE_HEAD))) !== undefined;
    if (isArchive) {
      const bytes = wholeOf(descriptor, buffer, first);
      if (bytes === undefined) archives.tooLarge(path);
      // Of an archive that was read whole the packed bytes tell nothing more.
      else if (archives.scan(path, bytes)) return { bytes: bytes.length, found: NOTHING };
    }
    if (first < SMALL) return { bytes: first, found: scanner.scan(path, buffer.subarray(0, first)) };
    const looked = lookedAt(buffer.subarray(0, first), stat.size, (from, length) => {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(0, fill(descriptor, bytes, from));
    });
    if (looked.left !== undefined) {
      const { bytes, found } = scanStretches(descriptor, () => scanner.openBinary(path), buffer, looked.stretches);
      return { bytes, found, left: looked.left };
    }
    if (first < buffer.length) return { bytes: first, found: scanner.scan(path, buffer.subarray(0, first)) };
    const stream = scanner.open(path);
    let [bytes, count] = [first, first];
    while (count === buffer.length) {
      stream.write(buffer);
      count = fill(descriptor, buffer, bytes);
      bytes += count;
    }
    return { bytes, found: stream.end(buffer.subarray(0, count)) };
  } finally {
    closeSync(descriptor);
  }
}

/** Undefined over the bound of an archive. */
function wholeOf(descriptor: number, buffer: Buffer, first: number): Buffer | undefined {
  if (first < buffer.length) return buffer.subarray(0, first);
  const { size } = fstatSync(descriptor);
  if (size > bounds.archiveBytes) return undefined;
  const bytes = Buffer.allocUnsafe(size);
  return bytes.subarray(0, fill(descriptor, bytes, 0));
}

/** What is found has its place in the file. */
function scanStretches(
  descriptor: number,
  open: () => SecretStream,
  buffer: Buffer,
  stretches: ReturnType<typeof lookedAt>["stretches"],
): Omit<FileRead, "left"> {
  const secrets: FileSecrets["secrets"][number][] = [];
  let [bytes, omitted, examined] = [0, 0, 0];
  for (const { from, to } of stretches) {
    const stream = open();
    let last: Buffer;
    for (let at = from; ; at += last.length) {
      const wanted = Math.min(buffer.length, to - at);
      last = buffer.subarray(0, fill(descriptor, buffer.subarray(0, wanted), at));
      bytes += last.length;
      if (last.length < wanted || at + last.length >= to) break;
      stream.write(last);
    }
    const found = stream.end(last);
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
