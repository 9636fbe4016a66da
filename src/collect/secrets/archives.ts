/**
 * The secrets of files within archives: zip (jars, wheels, office documents), tar, gzip and zstd, by their first bytes.
 * Archives are read in memory, and so are those within them, as far as the bounds go; what is not read is told.
 */
import { posix } from "node:path";
import { gunzipSync } from "node:zlib";
import { asksOfPath } from "../../core/named.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { cleanPath } from "../../engines/oci/path.ts";
import { createTarWalker } from "../../engines/oci/tar.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { FileSecrets } from "../../engines/secrets/stream.ts";
import { createInflateAtOnce } from "../../formats/deflate/at-once.ts";
import { readZipEntry, zipEntries } from "../../formats/zip/read.ts";
import { inMemory, type ZipRules } from "../../formats/zip/source.ts";
import { readZstd } from "../../formats/zstd/whole.ts";
import type { Accumulator } from "./accumulator.ts";
import { bounds } from "./bounds.ts";

/** Bytes of a file's start that tell. */
export const ARCHIVE_HEAD = 512;

type Kind = "zip" | "tar" | "gzip" | "zstd" | "unread";

/** Archives that are told by name, and for which there is no reader. */
const isUnread = asksOfPath(/\.(?:7z|rar|(?:tar\.)(?:xz|bz2|lzma|lz4?|Z)|txz|tbz2?|cpio|cab)$/i);

/** @param head - the first ARCHIVE_HEAD bytes or more, or all of a shorter file */
export function archiveKindOf(path: string, head: Buffer): Kind | undefined {
  if (head.length < 20) return undefined;
  if (head[0] === 0x50 && head.readUInt32BE(0) === 0x504b0304) return "zip";
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return "gzip";
  if (head[0] === 0x28 && head.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  if (head[257] === 0x75 && head.toString("latin1", 257, 262) === "ustar") return "tar";
  return isUnread(path) ? "unread" : undefined;
}

export interface ArchiveScanner {
  /**
   * @param bytes - all of the file; nobody writes to them meanwhile
   * @returns whether all of it was read
   */
  scan(path: string, bytes: Buffer): boolean;
  /** One that is over the bound of a file. */
  tooLarge(path: string): void;
}

/** What all archives of a folder or layer have inflated to, in KiB: threads that share a folder share it. */
export type Unpacked = Int32Array<SharedArrayBuffer>;

export function noneUnpacked(): Unpacked {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** For one folder or layer: what all of its archives inflate to is bounded. */
export function createArchiveScanner(
  scanner: SecretScanner,
  told: Pick<Accumulator, "file" | "archive">,
  unpacked: Unpacked = noneUnpacked(),
): ArchiveScanner {
  let whole = true;
  const accumulator: typeof told = {
    file: told.file,
    archive(path, cause) {
      whole = false;
      told.archive(path, cause);
    },
  };

  /** Whether something that was inflated there is still looked at, and archives in it. */
  let isRoomTaken = false;

  /** With memory for what is inflated, unless it is taken. */
  function inRoom(work: (room: Buffer | undefined) => void): void {
    const wasTaken = isRoomTaken;
    isRoomTaken = true;
    try {
      work(wasTaken ? undefined : scanner.room("inflated"));
    } finally {
      isRoomTaken = wasTaken;
    }
  }

  /** Takes from what is left. @throws Problem where it is not enough */
  function spend(count: number, place: string): void {
    const kibibytes = Math.ceil(count / 1024);
    if (Atomics.add(unpacked, 0, kibibytes) + kibibytes <= bounds.unpackedBytesOfAsset / 1024) return;
    // It would come to be negative after many.
    Atomics.sub(unpacked, 0, kibibytes);
    throw refused(place, "more than is unpacked of all archives together");
  }

  function open(path: string, scanned: string, bytes: Buffer, depth: number): void {
    const kind = archiveKindOf(path, bytes.subarray(0, ARCHIVE_HEAD));
    if (kind === undefined) return;
    try {
      if (depth > bounds.archiveDepth)
        throw refused(path, `archives within one another more than ${bounds.archiveDepth}`);
      if (kind === "unread") throw refused(path, "there is no reader for this kind of archive");
      if (kind === "zip") zip(path, scanned, bytes, depth);
      else if (kind === "tar") tar(path, scanned, bytes, depth);
      else compressed(kind, path, scanned, bytes, depth);
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      accumulator.archive(path, error.message);
    }
  }

  function compressed(kind: "gzip" | "zstd", path: string, scanned: string, bytes: Buffer, depth: number): void {
    inRoom((room) => {
      const inflated = inflate(kind, path, bytes, room);
      spend(inflated.length, path);
      if (archiveKindOf(path, inflated.subarray(0, ARCHIVE_HEAD)) === "tar") tar(path, scanned, inflated, depth);
      else within({ path, scanned, depth }, posix.basename(path).replace(/\.(?:gz|tgz|zst)$/i, ""), inflated);
    });
  }

  function within(
    outer: { readonly path: string; readonly scanned: string; readonly depth: number },
    name: string,
    bytes: Buffer,
  ): void {
    const shown = `${outer.path}!${name}`;
    // What kind of file it is, is said by its own name, and by the folders that the archive lies in.
    const scanned = posix.join(posix.dirname(outer.scanned), name);
    accumulator.file(shown, bytes.length, moved(scanner.scan(scanned, bytes), shown));
    open(shown, scanned, bytes, outer.depth + 1);
  }

  function zip(path: string, scanned: string, bytes: Buffer, depth: number): void {
    const source = inMemory(bytes);
    const most = Math.max(bounds.archiveRatioFreeBytes, bytes.length * bounds.archiveRatio);
    let unpacked = 0;
    for (const entry of zipEntries(source, ZIP_RULES)) {
      if (entry.name.endsWith("/")) continue;
      const name = cleanPath(entry.name.replaceAll("\\", "/"));
      if (name === undefined || name === "") {
        accumulator.archive(path, "entries with a name that is no path");
        continue;
      }
      unpacked += entry.size;
      if (unpacked > most) throw refused(path, `it inflates to more than ${most} bytes`);
      try {
        spend(entry.size, path);
        inRoom((room) => within({ path, scanned, depth }, name, readZipEntry(source, entry, ZIP_RULES, room)));
      } catch (error) {
        if (!isEvidenceProblem(error)) throw error;
        accumulator.archive(`${path}!${name}`, error.message);
      }
    }
  }

  function tar(path: string, scanned: string, bytes: Buffer, depth: number): void {
    let entries = 0;
    const walker = createTarWalker(path, {
      entry(entry) {
        entries += 1;
        if (entries > bounds.archiveEntries) throw refused(path, `more than ${bounds.archiveEntries} entries`);
        if (entry.type !== "file") return false;
        const name = cleanPath(entry.name.replaceAll("\\", "/"));
        if (name === undefined || name === "" || entry.sparse) {
          accumulator.archive(path, "entries that are sparse, or whose name is no path");
          return false;
        }
        within({ path, scanned, depth }, name, bytes.subarray(entry.offset, entry.offset + entry.size));
        return false;
      },
    });
    walker.write(bytes);
    walker.end();
  }

  return {
    scan(path, bytes) {
      whole = true;
      open(path, path, bytes, 1);
      return whole;
    },
    tooLarge: (path) => accumulator.archive(path, `it has more than ${bounds.archiveBytes} bytes`),
  };
}

const ZIP_RULES: ZipRules = {
  entries: bounds.archiveEntries,
  directoryBytes: bounds.archiveBytes,
  entryBytes: bounds.archiveInflatedBytes,
  refuse: ({ place, cause }) => refused(place, cause),
};

function refused(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "secrets.archive", place, cause });
}

/** @throws Problem where it cannot be inflated, or is over a bound */
function inflate(kind: "gzip" | "zstd", path: string, bytes: Buffer, into: Buffer | undefined): Buffer {
  const most = Math.min(
    bounds.archiveInflatedBytes,
    Math.max(bounds.archiveRatioFreeBytes, bytes.length * bounds.archiveRatio),
  );
  try {
    return kind === "gzip" ? gunzip(bytes, most, into) : readZstd(bytes, most);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw refused(path, `it inflates to more than ${most} bytes`);
    throw refused(path, `it cannot be inflated: ${message}`);
  }
}

/** node:zlib's 16 KiB are slow for what is large. */
const GUNZIP_CHUNK = 256 * 1024;
const gunzipAtOnce = createInflateAtOnce("gzip");

/** Most are of one member, whose size stands at its end. */
function gunzip(bytes: Buffer, most: number, into: Buffer | undefined): Buffer {
  const size = bytes.readUInt32LE(bytes.length - 4);
  const whole = size <= most ? gunzipAtOnce(bytes, size, into) : undefined;
  return whole ?? gunzipSync(bytes, { maxOutputLength: most, chunkSize: GUNZIP_CHUNK });
}

function moved({ secrets, ...rest }: FileSecrets, path: string): FileSecrets {
  return { ...rest, secrets: secrets.map((fact) => ({ ...fact, path })) };
}
