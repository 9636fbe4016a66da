/** Reads a block's entries one field after the other; nothing is read over the block's end. */

import { latin1 } from "../../../core/latin1.ts";
import { Problem } from "../../../core/problem.ts";

/** A broken capture. @param place - the file and what of it */
export function brokenCapture(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "events.broken", place, cause });
}

export class Cursor {
  readonly bytes: Buffer;
  at: number;
  /** One after the last byte that may be read: the entry's end where it says its length, else the block's. */
  end: number;
  private readonly place: string;

  constructor(bytes: Buffer, place: string) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    this.place = place;
  }

  broken(cause: string): Problem {
    return brokenCapture(`${this.place}, byte ${this.at} of the block`, cause);
  }

  overBound(cause: string): Problem {
    return new Problem({ kind: "input", code: "events.over-bound", place: this.place, cause });
  }

  private take(size: number): number {
    const at = this.at;
    if (size > this.end - at) throw this.broken(`${size} bytes are missing`);
    this.at = at + size;
    return at;
  }

  skip(size: number): void {
    this.take(size);
  }

  u8(): number {
    return this.bytes[this.take(1)] as number;
  }

  u16(): number {
    return this.bytes.readUInt16LE(this.take(2));
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  u64(): bigint {
    return this.bytes.readBigUInt64LE(this.take(8));
  }

  /** A signed number of 8 bytes; process ids fit. */
  id(): number {
    return Number(this.bytes.readBigInt64LE(this.take(8)));
  }

  text(size: number): string {
    const at = this.take(size);
    return latin1(this.bytes, at, at + size);
  }

  /** A text that says its length in two bytes. */
  counted(): string {
    return this.text(this.u16());
  }

  left(): number {
    return this.end - this.at;
  }
}
