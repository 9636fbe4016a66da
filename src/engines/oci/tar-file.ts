/** A tar file whose members are read in place by their offset; a compressed one is spooled first. */
import nodeFs, { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { Problem } from "../../core/problem.ts";
import { zstdPieces } from "../../formats/zstd/frames.ts";
import type { StoredFile } from "./blob.ts";
import { READ_BYTES } from "./blob-folder.ts";
import { bounds } from "./bounds.ts";
import { type Compression, compressionOf } from "./compression.ts";
import { ambiguous } from "./document.ts";
import { cleanPath } from "./path.ts";
import { spool } from "./spool.ts";
import { stampOf } from "./stamp.ts";
import { createTarWalker, type TarWalker } from "./tar.ts";

export interface Member {
  readonly offset: number;
  readonly size: number;
  /** The archive has it more than once: podman takes the first, Docker the last. */
  readonly repeated: boolean;
}

export interface TarContents {
  readonly members: ReadonlyMap<string, Member>;
  /** Follows links inside the archive. Throws Problem `oci.blob-missing`. */
  member(name: string, place: string): Member;
  read(offset: number, length: number): Promise<Buffer>;
  small(member: Member, place: string): Promise<Buffer>;
  stream(member: Member): Readable;
  file(member: Member): StoredFile;
  stamp(member: Member): Promise<string | undefined>;
  close(): Promise<void>;
}

/** @param archive - a path, or an open file that is closed with what is returned */
export async function openTar(archive: string | FileHandle, shown: string): Promise<TarContents> {
  const handle = typeof archive === "string" ? await nodeFs.promises.open(archive, "r") : archive;
  let seekable = handle;
  const close = async () => {
    await handle.close();
    if (seekable !== handle) await seekable.close();
  };
  try {
    const compression = await compressionOfFile(handle);
    if (compression !== "none")
      seekable = await spool(packed(readFrom(handle, 0), compression), inflater(compression), shown);
    const { members, links } = await listMembers(seekable, shown);
    return {
      members,
      member(name, place) {
        const found = followLinks(cleanPath(name) ?? "", members, links);
        if (found !== undefined) return found;
        throw new Problem({ kind: "input", code: "oci.blob-missing", place, cause: `the archive has no ${name}` });
      },
      read: (offset, length) => readAt(seekable, offset, length, shown),
      small(member, place) {
        if (member.repeated) {
          throw ambiguous(place, "the archive has this document more than once");
        }
        if (member.size > bounds.manifestBytes) {
          throw new Problem({
            kind: "input",
            code: "oci.document",
            place,
            cause: `a document of ${member.size} bytes exceeds the limit of ${bounds.manifestBytes}`,
          });
        }
        return readAt(seekable, member.offset, member.size, shown);
      },
      stream(member) {
        if (member.size === 0) return Readable.from([]);
        return readFrom(seekable, member.offset, member.offset + member.size - 1);
      },
      file: ({ offset, size }) => ({ file: seekable.fd, offset, size }),
      stamp: async (member) => stampOf(await handle.stat({ bigint: true }), member.offset),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Reads by position, so that several streams may read one handle. A stream of node's own would close the handle once
 * it is destroyed, whatever its autoClose says.
 */
function readFrom(handle: FileHandle, start: number, end = Number.POSITIVE_INFINITY): Readable {
  let position = start;
  return new Readable({
    highWaterMark: READ_BYTES,
    read() {
      const length = Math.min(READ_BYTES, end + 1 - position);
      if (length <= 0) {
        this.push(null);
        return;
      }
      handle.read(Buffer.allocUnsafe(length), 0, length, position).then(
        ({ bytesRead, buffer }) => {
          position += bytesRead;
          this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead));
        },
        (error) => this.destroy(error),
      );
    },
  });
}

/** Walks the headers alone, jumping over contents. */
async function listMembers(
  handle: FileHandle,
  file: string,
): Promise<{ members: Map<string, Member>; links: Map<string, string> }> {
  const members = new Map<string, Member>();
  const links = new Map<string, string>();
  const walker = createTarWalker(file, {
    entry(entry) {
      const path = cleanPath(entry.name);
      if (path === undefined || path === "") return false;
      if (members.size + links.size >= bounds.archiveEntries) {
        throw new Problem({
          kind: "input",
          code: "oci.archive",
          place: file,
          cause: `more than ${bounds.archiveEntries} members`,
        });
      }
      if (entry.type === "file" && !entry.sparse)
        members.set(path, { offset: entry.offset, size: entry.size, repeated: members.has(path) });
      else if (entry.type === "symlink") links.set(path, posix.join(posix.dirname(path), entry.link));
      else if (entry.type === "hardlink") links.set(path, entry.link);
      return false;
    },
  });
  await walkHeaders(handle, walker, file);
  walker.end();
  return { members, links };
}

/** Pushes an uncompressed archive through a walker, jumping over what nobody wants. */
async function walkHeaders(handle: FileHandle, walker: TarWalker, file: string, enough = () => false): Promise<void> {
  const { size } = await handle.stat();
  let position = 0;
  while (position < size && !enough()) {
    const jump = Math.min(walker.skippable(), size - position);
    if (jump > 0) {
      walker.skip(jump);
      position += jump;
      continue;
    }
    const block = await readAt(handle, position, Math.min(512, size - position), file);
    walker.write(block);
    position += block.length;
  }
}

function followLinks(path: string, members: Map<string, Member>, links: Map<string, string>): Member | undefined {
  let at: string | undefined = path;
  for (let i = 0; at !== undefined && i <= bounds.symlinks; i++) {
    const found = members.get(at);
    if (found !== undefined) return found;
    const target: string | undefined = links.get(at);
    at = target === undefined ? undefined : cleanPath(target);
  }
  return undefined;
}

async function readAt(handle: FileHandle, offset: number, length: number, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  if (bytesRead !== length) {
    throw new Problem({
      kind: "input",
      code: "oci.archive",
      place: file,
      cause: "it became shorter while it was read",
    });
  }
  return buffer;
}

/** Whether a file is a tar with one of these members; a compressed file is inflated up to a bound to tell. */
export async function hasMember(file: string, names: ReadonlySet<string>): Promise<boolean> {
  let found = false;
  const walker = createTarWalker(file, {
    entry(entry) {
      if (names.has(cleanPath(entry.name) ?? "")) found = true;
      return false;
    },
  });
  try {
    const handle = await nodeFs.promises.open(file, "r");
    try {
      const compression = await compressionOfFile(handle);
      if (compression === "none") await walkHeaders(handle, walker, file, () => found);
      else await walkInflated(file, compression, walker, () => found);
    } finally {
      await handle.close();
    }
  } catch {
    // Neither broken bytes nor the streams' complaint that reading stopped early changes what was seen.
  }
  return found;
}

async function walkInflated(
  file: string,
  compression: "gzip" | "zstd",
  walker: TarWalker,
  enough: () => boolean,
): Promise<void> {
  let bytes = 0;
  const source = packed(createReadStream(file, { highWaterMark: READ_BYTES }), compression);
  await pipeline(source, inflater(compression), async (chunks) => {
    for await (const chunk of chunks) {
      walker.write(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (enough() || bytes > bounds.probeBytes) return;
    }
  });
}

/** What is handed to the inflater: node's decoder of zstd takes one frame at a time. */
function packed(source: Readable, compression: "gzip" | "zstd"): Readable {
  return compression === "gzip" ? source : Readable.from(zstdPieces(source));
}

function inflater(compression: "gzip" | "zstd") {
  const options = { chunkSize: 256 * 1024 };
  return compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
}

async function compressionOfFile(handle: FileHandle): Promise<Compression> {
  const start = Buffer.alloc(4);
  await handle.read(start, 0, 4, 0);
  return compressionOf(start);
}
