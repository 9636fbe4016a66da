/**
 * Pieces of a layer on their way from the thread that inflates them to the one that walks them: a few places in shared memory that
 * are filled again as soon as they were looked at, so that nothing is copied, and no memory is taken anew.
 */

import { INFLATER_BYTES, WINDOW } from "../../formats/deflate/stream.ts";
import { createSharedMemory, type SharedMemory } from "../../formats/wasm/instance.ts";

/** Bytes of a piece: two are near the processor at a time while they are inflated and hashed. */
export const PIECE = 256 * 1024;
const PLACES = 8;
/** Pieces between two words to whoever waits: each wakes a thread. */
const TOLD = 2;

/** Positions in the head: pieces that were written and taken so far, and the last layer that nobody wants. */
const WRITTEN = 0;
const TAKEN = 1;
const UNWANTED = 2;
/** Behind what inflates into the places. */
const HEAD_AT = (INFLATER_BYTES + 63) & ~63;
const HEAD = 64;
/** Of each piece on its way: its bytes, or what its layer came to, the stored bytes that were read by then, and its place. */
const NOTE = 3;
const NOTES = NOTE * PLACES * Float64Array.BYTES_PER_ELEMENT;
const PLACES_AT = HEAD_AT + HEAD + NOTES;
/** Each has room before it for what the inflater looks back to. */
const PLACE = WINDOW + PIECE;
const WHOLE = -1;
const BROKEN = -2;

export type Ring = SharedMemory;

/** Counts what has happened in all rings, for the one who waits for any of them. */
export type Bell = Int32Array<SharedArrayBuffer>;

/** @returns undefined where the runtime has no WebAssembly, or no memory for it */
export function createRing(): Ring | undefined {
  return createSharedMemory(PLACES_AT + PLACES * PLACE);
}

export function createBell(): Bell {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

export function ring(bell: Bell): void {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}

function partsOf({ buffer }: Ring) {
  return {
    head: new Int32Array(buffer, HEAD_AT, 3),
    notes: new Float64Array(buffer, HEAD_AT + HEAD, NOTE * PLACES),
    memories: Array.from({ length: PLACES }, (_, at) => Buffer.from(buffer, PLACES_AT + at * PLACE + WINDOW, PIECE)),
  };
}

export interface PieceWriter {
  /** Memory of the next piece, once there is some; undefined where nobody wants the layer any more. */
  room(): Buffer | undefined;
  /** Hands on what was written there. @param stored - bytes of the layer that have been read */
  give(length: number, stored: number): void;
  /** What came of the layer ends it. @param layer - its number; they go up from 1 */
  begin(layer: number): void;
  end(isWhole: boolean): void;
}

export function pieceWriter(memory: Ring, bell: Bell): PieceWriter {
  const { head, notes, memories } = partsOf(memory);
  let current = 0;
  let written = Atomics.load(head, WRITTEN);
  let free = written;
  /** Places that are free, the last one of which was looked at last: it is still near the processor. */
  const places = Array.from({ length: PLACES }, (_, at) => at);

  function waitForPlace(): number {
    for (;;) {
      const taken = Atomics.load(head, TAKEN);
      for (; free < taken; free++) places.push(notes[NOTE * (free % PLACES) + 2] as number);
      const place = places.at(-1);
      if (place !== undefined) return place;
      Atomics.wait(head, TAKEN, taken);
    }
  }

  function note(length: number, stored: number): void {
    const at = NOTE * (written % PLACES);
    notes[at] = length;
    notes[at + 1] = stored;
    notes[at + 2] = places.pop() as number;
    written += 1;
    Atomics.store(head, WRITTEN, written);
  }

  return {
    begin(layer) {
      current = layer;
    },
    room() {
      const place = waitForPlace();
      return Atomics.load(head, UNWANTED) >= current ? undefined : memories[place];
    },
    give(length, stored) {
      note(length, stored);
      if (written % TOLD === 0) ring(bell);
    },
    end(isWhole) {
      waitForPlace();
      note(isWhole ? WHOLE : BROKEN, 0);
      ring(bell);
    },
  };
}

/** A piece, whose memory is filled again once it is taken; or what its layer came to. */
export type Piece = { readonly bytes: Buffer; readonly stored: number } | "whole" | "broken";

export interface PieceReader {
  /** Undefined where none is there yet. */
  next(): Piece | undefined;
  /** Done with what `next` gave. */
  taken(): void;
  /** No more of a layer is wanted. What is under way of it comes all the same, and then `broken`. */
  unwanted(layer: number): void;
}

export function pieceReader(memory: Ring): PieceReader {
  const { head, notes, memories } = partsOf(memory);
  let taken = Atomics.load(head, TAKEN);
  return {
    next() {
      if (Atomics.load(head, WRITTEN) === taken) return undefined;
      const at = NOTE * (taken % PLACES);
      const length = notes[at] as number;
      if (length < 0) return length === WHOLE ? "whole" : "broken";
      const bytes = memories[notes[at + 2] as number] as Buffer;
      return { bytes: length === PIECE ? bytes : bytes.subarray(0, length), stored: notes[at + 1] as number };
    },
    taken() {
      taken += 1;
      Atomics.store(head, TAKEN, taken);
      Atomics.notify(head, TAKEN);
    },
    unwanted(layer) {
      Atomics.store(head, UNWANTED, layer);
    },
  };
}
