/**
 * Deflated bytes without header and checksum (RFC 1951), inflated on this thread into memory that the caller has. A stream of
 * node:zlib takes new memory for each piece, which costs as much as to look at it. As in at-once.ts the handle is not documented:
 * where it is not there, there is no inflater, and the caller asks node:zlib as usual.
 */
import { constants, createInflateRaw } from "node:zlib";
import { handleOf } from "./handle.ts";

/** Where inflated bytes go. */
export interface Room {
  /** Memory for at least one byte, from `at` on. */
  readonly bytes: Buffer;
  readonly at: number;
}

export interface InPlaceInflater {
  /**
   * Takes the next bytes, all of them.
   *
   * @param room - asked before each write
   * @param filled - told how many bytes of the room were filled
   * @returns how many bytes at the end are behind the deflated ones; undefined where those go on
   * @throws Error where they are broken; nothing more can be written then
   */
  write(chunk: Buffer, room: () => Room, filled: (length: number) => void): number | undefined;
  close(): void;
}

export function createInPlaceInflater(): InPlaceInflater | undefined {
  const stream = createInflateRaw();
  let failure: Error | undefined;
  stream.on("error", (error) => {
    failure = error;
  });
  const opened = handleOf(stream);
  if (opened === undefined) return undefined;
  const { handle, state } = opened;
  return {
    write(chunk, room, filled) {
      for (let taken = 0; ; ) {
        const { bytes, at } = room();
        const free = bytes.length - at;
        handle.writeSync(constants.Z_NO_FLUSH, chunk, taken, chunk.length - taken, bytes, at, free);
        if (stream.destroyed) throw failure ?? new Error("broken");
        const [unfilled = 0, left = 0] = state;
        filled(free - unfilled);
        taken = chunk.length - left;
        // Room that is left says that all was taken, or that the stream is over.
        if (unfilled > 0) return left > 0 ? left : undefined;
      }
    },
    close() {
      stream.destroy();
    },
  };
}
