/**
 * Deflated bytes without header and checksum (RFC 1951), in WebAssembly, in memory that threads share: into pieces of it, from one to the
 * next. It takes three quarters of node:zlib's time.
 */
import { openModuleIn, type SharedMemory } from "../wasm/instance.ts";
import { moduleOf } from "../wasm/module.ts";
import { inflate, MOST_OF_HEADER } from "./inflate-blocks.ts";
import { build } from "./inflate-codes.ts";
import { TABLES_END } from "./inflate-places.ts";
import { stateIn } from "./inflate-state.ts";
import { IS_OVER, OVERRUN, symbols, WANTS_INPUT } from "./inflate-symbols.ts";
import { tables } from "./inflate-tables.ts";
import { fillMeanings, type TableBuilder } from "./meanings.ts";

/** As far back as a distance leads, at most. */
export const WINDOW = 32 * 1024;
/** Bytes that are written at a time. */
export const INPUT = 256 * 1024;

/** What was not taken of the input before, with eight bytes of which some may be held. */
const BEFORE = 2 * MOST_OF_HEADER;
/** On a line of the processor's cache. */
const INPUT_AT = (TABLES_END + BEFORE + 63) & ~63;
/** The beginning of the memory, which is the inflater's; what is read behind the input does not count. */
export const INFLATER_BYTES = INPUT_AT + INPUT + 2 * MOST_OF_HEADER;

/** Where inflated bytes go. */
export interface Room {
  /** Of the memory, more than OVERRUN bytes; as many as WINDOW before it are written as well. */
  readonly bytes: Buffer;
  /** How many are there already, of this stream. */
  readonly at: number;
}

export interface StreamInflater {
  /** Its memory for what is written, INPUT bytes. */
  readonly input: Buffer;
  /** What is written next is another stream. @param skipped - first bytes of it that are not deflated ones */
  begin(skipped: number): void;
  /**
   * Takes what is in the input.
   *
   * @param length - of it
   * @param isLast - nothing is written after them
   * @param room - asked for where the stream goes on
   * @param filled - told how many bytes more there are in it, and whether no more go in
   * @returns what is behind the stream; undefined where that goes on
   * @throws Error where it is broken or cut; nothing more can be written then
   */
  write(
    length: number,
    isLast: boolean,
    room: () => Room,
    filled: (length: number, isFull: boolean) => void,
  ): Buffer | undefined;
}

interface Functions extends TableBuilder {
  inflate(inEnd: number, room: number, isFinal: number): number;
}

/** @returns undefined where the runtime does not compile it */
export function openStreamInflater(shared: SharedMemory): StreamInflater | undefined {
  const module = { build: build(), tables: tables(), symbols: symbols(), inflate: inflate() };
  const opened = openModuleIn<Functions>((pages) => moduleOf(module, pages), shared);
  if (opened === undefined) return undefined;
  const { memory, functions } = opened;
  fillMeanings(memory, functions);
  const state = stateIn(shared.buffer);
  let written = 0;

  /** What a distance may lead to is copied before the next piece. */
  function goTo({ bytes, at }: Room): void {
    const to = bytes.byteOffset + at;
    const out = state.get("out");
    const window = Math.min(written, WINDOW);
    if (to !== out && window > 0) memory.copy(memory, to - window, out - window, out);
    state.set("out", to);
    state.set("start", to - window);
  }

  /** What was not taken comes before what is written next. @param end - of the input */
  function keepLeft(end: number): void {
    const left = end - state.get("input");
    memory.copy(memory, INPUT_AT - left - HELD, end - left - HELD, end);
    state.set("input", INPUT_AT - left);
  }

  return {
    input: memory.subarray(INPUT_AT, INPUT_AT + INPUT),
    begin(skipped) {
      state.begin(INPUT_AT + skipped, 0);
      written = 0;
    },
    write(given, isLast, room, filled) {
      const end = INPUT_AT + given;
      for (;;) {
        const into = room();
        goTo(into);
        const before = state.get("out");
        const most = into.bytes.byteOffset + into.bytes.length - OVERRUN;
        const came = functions.inflate(end, most, isLast ? 1 : 0);
        if (came === 0) throw new Error("broken");
        const length = state.get("out") - before;
        written += length;
        filled(length, came !== WANTS_INPUT && came !== IS_OVER);
        if (came === WANTS_INPUT) {
          keepLeft(end);
          return undefined;
        }
        if (came !== IS_OVER) continue;
        const behind = state.get("input");
        if (behind > end) throw new Error("cut");
        return Buffer.from(memory.subarray(behind, end));
      }
    },
  };
}

/** Bytes before the next one that a stored block may go back to. */
const HELD = 8;
