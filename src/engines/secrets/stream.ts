/** One file on its way through the rules. */
import type { SecretFact } from "./model.ts";

export interface SecretStream {
  /** The chunk is copied. */
  write(chunk: Buffer): void;
  /** Memory for the next bytes, at least for one: whoever can puts them there in place of writing them. */
  space(): Buffer;
  /** So many bytes were put there. */
  filled(count: number): void;
  /** @param last - what is still to come; all of the file where nothing was written. It must not change until then. */
  end(last?: Buffer): FileSecrets;
}

export interface FileSecrets {
  /** In order of place. One secret once at each place. */
  readonly secrets: readonly SecretFact[];
  /** How many more there were over the bound. */
  readonly omitted: number;
  /** Bytes that patterns were tried on, all rules together. */
  readonly examined: number;
}

/** What looks at a file stretch by stretch. Offsets are from the start of the file. */
export interface Look {
  /**
   * @param held - the file from `base` on: what was to be kept, and what is new
   * @param final - it ends with it
   * @returns from where on bytes are needed once more
   */
  look(held: Buffer, base: number, final: boolean): number;
  settle(): FileSecrets;
}

/** Bytes that are looked at together: new ones, and what is kept of those before. */
const WINDOW = 1024 * 1024 + 256 * 1024;

/** Windows that nobody uses: what takes one gives it back, and there are as many as streams within one another. */
const free: Buffer[] = [];

/**
 * A stream whose chunks are gathered in a window that is used again.
 *
 * @param own - a window that nobody else uses until the end
 */
export function streamOf({ look, settle }: Look, size: number = WINDOW, own?: Buffer): SecretStream {
  let window = own;
  let length = 0;
  let base = 0;

  function proceed(from: Buffer): void {
    const kept = look(from.subarray(0, length), base, false) - base;
    const rest = length - kept;
    // Of what has to be kept as long as that little more would fit in.
    if (rest > from.length / 2) window = Buffer.allocUnsafe(from.length * 2);
    from.copy(window as Buffer, 0, kept, length);
    length = rest;
    base += kept;
  }

  function space(): Buffer {
    window ??= (size === WINDOW ? free.pop() : undefined) ?? Buffer.allocUnsafe(size);
    if (length === window.length) proceed(window);
    return window.subarray(length);
  }

  function write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const count = chunk.copy(space(), 0, at);
      length += count;
      at += count;
    }
  }

  return {
    write,
    space,
    filled(count) {
      length += count;
    },
    end(last) {
      // Where nothing was written there is nothing to gather.
      if (base + length === 0) look(last ?? EMPTY, 0, true);
      else {
        if (last !== undefined) write(last);
        look((window as Buffer).subarray(0, length), base, true);
      }
      if (window !== own && window?.length === WINDOW) free.push(window);
      window = undefined;
      return settle();
    },
  };
}

const EMPTY: Buffer = Buffer.alloc(0);
