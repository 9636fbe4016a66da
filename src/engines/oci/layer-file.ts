/**
 * Reads a layer whose stored bytes are in a file, from its first byte to its last without leaving this thread: half the work of
 * reading it as a stream (layer.ts), for nothing is handed from thread to thread piece by piece, each piece is hashed while it is
 * near the processor, and no memory is taken anew. It is for threads that have nothing else to do.
 */
import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { digestAlgorithm } from "../../core/digest.ts";
import type { StreamInflater } from "../../formats/deflate/stream.ts";
import type { StoredFile } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { compressionOf } from "./compression.ts";
import { copyPart } from "./content-memory.ts";
import { headerLength, TRAILER } from "./gzip-members.ts";
import type { Layer } from "./model.ts";
import type { PieceWriter } from "./piece-ring.ts";

export interface LayerFile {
  readonly layer: Pick<Layer, "digest" | "diffId" | "size">;
  readonly file: StoredFile;
  /** False where whoever gets the content holds it against the diffID. */
  readonly hashesContent: boolean;
}

/**
 * What was handed on counts only where true is returned: the layer is whole and its digests fit. False says no more than that it
 * is to be read as a stream, which says why: it is broken, over a bound, compressed in another way, in several members, or nobody
 * wants more of it.
 */
export function readLayerFile(
  { layer, file, hashesContent }: LayerFile,
  pieces: PieceWriter,
  inflater: StreamInflater,
): boolean {
  if (file.size !== layer.size || layer.size < START) return false;
  const opened = typeof file.file === "string" ? openSync(file.file, "r") : undefined;
  try {
    const source = { descriptor: opened ?? (file.file as number), offset: file.offset, size: layer.size };
    return readWhole(source, layer, hashesContent, fillPieces(pieces), inflater);
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** Enough to tell the compression by. */
const START = 4;

interface Source {
  readonly descriptor: number;
  readonly offset: number;
  readonly size: number;
}

function readWhole(
  source: Source,
  layer: LayerFile["layer"],
  hashesContent: boolean,
  filling: Filling,
  inflater: StreamInflater,
): boolean {
  const storedHash = createHash(digestAlgorithm(layer.digest));
  const memory = inflater.input;
  let content: Content | undefined;
  try {
    for (let stored = 0; stored < source.size; ) {
      const length = readSync(
        source.descriptor,
        memory,
        0,
        Math.min(memory.length, source.size - stored),
        source.offset + stored,
      );
      if (length === 0) return false;
      const bytes = length === memory.length ? memory : memory.subarray(0, length);
      stored += length;
      storedHash.update(bytes);
      if (content === undefined) {
        content = contentOf(bytes, inflater, filling);
        if (content === undefined) return false;
        const isHashed = content.inflates || layer.diffId !== layer.digest;
        if (isHashed && hashesContent) filling.hash = createHash(digestAlgorithm(layer.diffId));
      }
      filling.stored = stored;
      content.write(bytes, stored === source.size);
    }
    if (content?.isWhole() !== true) return false;
    filling.end();
  } catch {
    return false;
  }
  const { hash } = filling;
  return (
    `${digestAlgorithm(layer.digest)}:${storedHash.digest("hex")}` === layer.digest &&
    (hash === undefined || `${digestAlgorithm(layer.diffId)}:${hash.digest("hex")}` === layer.diffId)
  );
}

/** Pieces that are handed on once they are full. */
interface Filling {
  /** Bytes that have been read of what is stored. */
  stored: number;
  /** Bytes that came of them. */
  readonly size: number;
  /** Gets them, where they are hashed here. */
  hash?: Hash;
  /** @throws Error where nobody wants more */
  room(): { readonly bytes: Buffer; readonly at: number };
  /** @throws Error over the bound of a layer */
  filled(length: number, isFull: boolean): void;
  /** The last piece, which may not be full. */
  end(): void;
}

function fillPieces(pieces: PieceWriter): Filling {
  let room: Buffer | undefined;
  let at = 0;
  let size = 0;
  function give(): void {
    if (room === undefined || at === 0) return;
    filling.hash?.update(at === room.length ? room : room.subarray(0, at));
    pieces.give(at, filling.stored);
    room = undefined;
    at = 0;
  }
  const filling: Filling = {
    stored: 0,
    get size() {
      return size;
    },
    room() {
      room ??= pieces.room();
      if (room === undefined) throw new Error("nobody wants more");
      return { bytes: room, at };
    },
    filled(length, isFull) {
      at += length;
      size += length;
      if (size > bounds.layerBytes) throw new Error("over the bound");
      if (isFull) give();
    },
    end: give,
  };
  return filling;
}

/** What is stored, as what it is of. */
interface Content {
  readonly inflates: boolean;
  /** @throws Error where it cannot be read on */
  write(stored: Buffer, isLast: boolean): void;
  isWhole(): boolean;
}

/** By the first bytes; undefined where this is not the way to read it. */
function contentOf(start: Buffer, inflater: StreamInflater, filling: Filling): Content | undefined {
  if (start.length < START) return undefined;
  const compression = compressionOf(start);
  if (compression === "none") return plainContent(filling);
  return compression === "gzip" ? gzipContent(inflater, start, filling) : undefined;
}

function plainContent(filling: Filling): Content {
  return {
    inflates: false,
    write(stored) {
      for (let at = 0; at < stored.length; ) {
        const room = filling.room();
        const copied = Math.min(stored.length - at, room.bytes.length - room.at);
        copyPart(stored, room.bytes, room.at, at, at + copied);
        filling.filled(copied, room.at + copied === room.bytes.length);
        at += copied;
      }
    },
    isWhole: () => true,
  };
}

/** One member (RFC 1952) without its CRC-32, as in gzip-members.ts. @param start - with its header, which is short */
function gzipContent(inflater: StreamInflater, start: Buffer, filling: Filling): Content | undefined {
  const header = headerLength(start);
  if (header === undefined) return undefined;
  let trailer: Buffer | undefined;
  inflater.begin(header);
  return {
    inflates: true,
    write(stored, isLast) {
      if (trailer === undefined) trailer = inflater.write(stored.length, isLast, filling.room, filling.filled);
      else trailer = Buffer.concat([trailer, stored]);
      if (trailer !== undefined && trailer.length > TRAILER) throw new Error("something is behind the first member");
    },
    isWhole: () => trailer?.length === TRAILER && trailer.readUInt32LE(4) === filling.size % 2 ** 32,
  };
}
