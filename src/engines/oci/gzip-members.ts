/**
 * Inflates gzip (RFC 1952) without its CRC-32: a layer's content is held against the diffID, which covers it, and the sum is a
 * seventh of inflating. Lengths are checked. Members behind the first, as those of eStargz, are node:zlib's.
 */
import { EventEmitter } from "node:events";
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from "node:zlib";

/** What it emits: `data`, `drain`, `end`, and `error` at most once. */
export interface GzipInflater extends EventEmitter {
  /** As a stream's: false asks to wait for `drain`; `done` when nothing looks at the chunk any more. */
  write(chunk: Buffer, done: () => void): boolean;
  end(): void;
  destroy(): void;
}

/** CRC-32 and length. */
export const TRAILER = 8;
/** Fixed part of a header. */
const HEADER = 10;
/** Names and comments of a header: what writers put there is short. */
const MOST_HEADER = 128 * 1024;
const EMPTY = Buffer.alloc(0);

/** @param chunkSize - bytes of the chunks of `data`, but for the last */
export function createGzipInflater(chunkSize: number): GzipInflater {
  const emitter = new EventEmitter() as GzipInflater;
  /** Until it is whole; it may come in pieces. */
  let header: Buffer | undefined = EMPTY;
  /** What came behind the first member, not yet looked at. */
  let behind: Buffer = EMPTY;
  /** The first member's content was handed on. */
  let handed = false;
  let trailed = false;
  let ignored = false;
  let rest: Gunzip | undefined;
  let given = 0;
  let inflated = 0;
  let failed = false;

  const raw: InflateRaw = createInflateRaw({ chunkSize });
  raw.on("data", (chunk: Buffer) => {
    inflated += chunk.length;
    emitter.emit("data", chunk);
  });
  raw.on("error", fail);
  raw.on("drain", () => {
    if (rest?.writableNeedDrain !== true) emitter.emit("drain");
  });
  raw.on("end", () => {
    handed = true;
    lookBehind();
  });

  function fail(error: Error): void {
    if (failed) return;
    failed = true;
    emitter.emit("error", error);
  }

  /** What the first member is followed by: its trailer, and another member, or padding. */
  function lookBehind(): void {
    if (failed || !handed) return;
    if (!trailed) {
      if (behind.length < TRAILER) return;
      if (behind.readUInt32LE(4) !== inflated % 2 ** 32) {
        fail(new Error("incorrect length check"));
        return;
      }
      trailed = true;
      behind = behind.subarray(TRAILER);
    }
    if (rest === undefined && !ignored) {
      if (behind.length === 0) return;
      // As node:zlib: zeros are padding, anything else must be a member.
      if (behind[0] === 0) ignored = true;
      else rest = openRest();
    }
    if (behind.length > 0) rest?.write(behind);
    behind = EMPTY;
  }

  function openRest(): Gunzip {
    const gunzip = createGunzip({ chunkSize });
    gunzip.on("data", (chunk: Buffer) => emitter.emit("data", chunk));
    gunzip.on("error", fail);
    gunzip.on("end", () => emitter.emit("end"));
    gunzip.on("drain", () => {
      if (!raw.writableNeedDrain) emitter.emit("drain");
    });
    return gunzip;
  }

  /** Also what comes behind the first member: the decompressor leaves it, and says how far it came. */
  function pass(chunk: Buffer, done: () => void): boolean {
    given += chunk.length;
    const end = given;
    const more = raw.write(chunk, (error) => {
      const left = error == null ? Math.min(chunk.length, end - raw.bytesWritten) : 0;
      if (left > 0) {
        // The caller gives the chunk's memory back.
        behind = Buffer.concat([behind, chunk.subarray(chunk.length - left)]);
        lookBehind();
      }
      done();
    });
    return more && rest?.writableNeedDrain !== true;
  }

  return Object.assign(emitter, {
    write(chunk: Buffer, done: () => void): boolean {
      if (failed) {
        done();
        return true;
      }
      if (header === undefined) return pass(chunk, done);
      // A copy where it is not whole: the caller gives the chunk's memory back.
      const all = header.length === 0 ? chunk : Buffer.concat([header, chunk]);
      let length: number | undefined;
      try {
        length = headerLength(all);
      } catch (error) {
        done();
        fail(error as Error);
        return true;
      }
      if (length === undefined) {
        header = Buffer.from(all);
        done();
        return true;
      }
      header = undefined;
      if (length < all.length) return pass(all.subarray(length), done);
      done();
      return true;
    },
    end() {
      if (failed) return;
      if (header !== undefined) return fail(new Error("unexpected end of file"));
      raw.end(() => {
        // Its content may still be on its way.
        if (raw.readableEnded) finish();
        else raw.once("end", finish);
      });
    },
    destroy() {
      failed = true;
      raw.destroy();
      rest?.destroy();
    },
  });

  function finish(): void {
    if (failed) return;
    lookBehind();
    if (failed) return;
    if (!trailed) fail(new Error("unexpected end of file"));
    else if (rest === undefined) emitter.emit("end");
    else rest.end();
  }
}

/**
 * Undefined where it is not whole.
 *
 * @throws Error where it is none
 */
export function headerLength(bytes: Buffer): number | undefined {
  if (bytes.length < HEADER) return undefined;
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new Error("incorrect header check");
  if (bytes[2] !== 8) throw new Error("unknown compression method");
  const flags = bytes[3] as number;
  if ((flags & 0xe0) !== 0) throw new Error("unknown header flags set");
  let at = HEADER;
  if ((flags & 4) !== 0) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.length > at ? bytes.indexOf(0, at) : -1;
    if (zero === -1) {
      if (bytes.length > MOST_HEADER) throw new Error("a header of more than 128 KiB");
      return undefined;
    }
    at = zero + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return bytes.length < at ? undefined : at;
}
