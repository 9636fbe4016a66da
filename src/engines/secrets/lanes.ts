/**
 * The automaton in WebAssembly: eight readers walk a stretch at once. Each waits for memory at every byte, and the waits overlap;
 * what walks in JavaScript has room for two.
 */

import {
  type Code,
  get,
  i32,
  increase,
  moduleOf,
  set,
  until,
  type WasmFunction,
  when,
} from "../../formats/wasm/module.ts";
import type { States } from "./states.ts";

export interface Lanes {
  /**
   * Walks bytes from `from` on, as many as there is room for, and then tells of each keyword's end, in order.
   *
   * @param told - the state, and the offset behind its last byte
   * @returns how far it came
   */
  walk(bytes: Uint8Array, from: number, to: number, told: (state: number, end: number) => void): number;
  /** The table that it was given, in the memory of the lanes: whoever holds on to this one need not hold the other. */
  readonly next: Uint16Array;
  /** Memory that is walked as it is, where other bytes are copied first: of a file, and of what it is inflated to. */
  readonly rooms: Readonly<Record<Room, Buffer>>;
}

export type Room = "file" | "inflated";

/** What a runtime has of WebAssembly, which may be nothing (`--jitless`). */
interface Runtime {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: Run } };
}

type Run = (base: number, warm: number, end: number, length: number) => void;

const LANES = 8;
/** Bytes that a lane goes on with between two looks at whether it has come to its end; its length is a multiple of it. */
const STEPS = 4;
/**
 * Bytes of a lane that are walked at once: those of all of them stay in the processor's cache beside the table. By a power of two
 * apart they would be in each other's place there.
 */
const LANE = 8 * 1024 + 64;
/** Bytes before a lane in which a keyword may have begun that ends in it; for longer ones there is no room. */
const LONGEST_BEHIND = 256;
/** A column's place in a row, in bytes, is itself a byte. */
const MOST_COLUMNS = 128;
const PAGE = 0x10000;

/** Where what is: of each lane up to where its finds are, the columns, what is walked, what was found in each lane, room, and the table. */
const COLUMNS = 64;
const TEXT = COLUMNS + 256;
const FOUND = TEXT + LONGEST_BEHIND + LANES * LANE;
/** Each of its bytes may end a keyword: place and state. */
const FOUND_BYTES = 8;
const FOUND_STRIDE = FOUND_BYTES * LANE;
const ROOM = FOUND + LANES * FOUND_STRIDE + LONGEST_BEHIND;
/** Bytes of a file that are read and looked at together. */
const ROOM_BYTES = 1024 * 1024 + 256 * 1024;
const INFLATED = ROOM + ROOM_BYTES + LONGEST_BEHIND;
/** As many as are inflated at once (formats/deflate), and one that tells that there are no more. */
const INFLATED_BYTES = 1024 * 1024 + 64;
const TABLE = INFLATED + INFLATED_BYTES;

/** @returns undefined where the runtime has no WebAssembly or no memory for it, or there is no room for these states */
export function openLanes({ next, shift, columns, firstSpeaking, lookBehind }: States): Lanes | undefined {
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: Runtime };
  const fits = next instanceof Uint16Array && 1 << shift <= MOST_COLUMNS && lookBehind <= LONGEST_BEHIND;
  if (runtime === undefined || !fits) return undefined;
  let run: Run;
  let memory: ArrayBuffer;
  try {
    const imported = new runtime.Memory({ initial: Math.ceil((TABLE + next.byteLength) / PAGE) });
    memory = imported.buffer;
    const module = new runtime.Module(moduleBytes(shift, firstSpeaking));
    ({ run } = new runtime.Instance(module, { host: { memory: imported } }).exports);
  } catch {
    // Address space may be bounded, and code refused.
    return undefined;
  }
  const table = new Uint16Array(memory, TABLE, next.length);
  table.set(next);
  const buffer = Buffer.from(memory);
  for (let byte = 0; byte < columns.length; byte++) buffer[COLUMNS + byte] = (columns[byte] as number) * 2;
  const other = columns.indexOf(0);
  const words = new Uint32Array(memory, 0, ROOM / 4);
  // Before the first byte nothing may look like a keyword's.
  for (const room of [ROOM, INFLATED]) buffer.fill(other, room - lookBehind, room);

  /** @returns where the bytes are that are walked, from as many before them on as a keyword may have begun in */
  function placed(bytes: Uint8Array, from: number, to: number): number {
    if (bytes.buffer === memory && (from >= lookBehind || bytes.byteOffset === ROOM || bytes.byteOffset === INFLATED))
      return bytes.byteOffset + from - lookBehind;
    const given = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const begin = Math.max(0, from - lookBehind);
    if (from - begin < lookBehind) buffer.fill(other, TEXT, TEXT + lookBehind);
    given.copy(buffer, TEXT + lookBehind - (from - begin), begin, to);
    return TEXT;
  }

  return {
    next: table,
    rooms: {
      file: buffer.subarray(ROOM, ROOM + ROOM_BYTES),
      inflated: buffer.subarray(INFLATED, INFLATED + INFLATED_BYTES),
    },
    walk(bytes, from, end, told) {
      const to = Math.min(end, from + LANES * LANE);
      const length = Math.ceil((to - from) / LANES / STEPS) * STEPS;
      run(placed(bytes, from, to), lookBehind, lookBehind + length, length);
      for (let lane = 0; lane < LANES; lane++) {
        const behind = from + lane * length + 1 - lookBehind;
        const found = (FOUND + lane * FOUND_STRIDE) / 4;
        const until = (words[lane] as number) / 4;
        for (let i = found; i < until; i += 2) {
          const at = behind + (words[i] as number);
          // Of the last lane what is left over is some other bytes.
          if (at > to) break;
          told(words[i + 1] as number, at);
        }
      }
      return to;
    },
  };
}

/**
 * `run(base, warm, end, length)`: each lane up to `warm` without a word, and from there on to `end`. The first begins at `base`, and
 * each other one `length` bytes behind the one before.
 */
function moduleBytes(shift: number, firstSpeaking: number): Uint8Array {
  const [base, warm, end, length, at, place] = [0, 1, 2, 3, 4, 5];
  const state = (lane: number): number => 6 + lane;
  const text = (lane: number): number => 6 + LANES + lane;
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  const column = (lane: number, more: number): Code =>
    i32.load8(i32.load8(i32.add(get(at), get(text(lane))), more), COLUMNS);
  const step = (lane: number, more: number): Code =>
    set(
      state(lane),
      i32.load16(i32.add(i32.shiftLeft(get(state(lane)), i32.of(shift + 1)), column(lane, more)), TABLE),
    );
  const speaks = (states: Code): Code => i32.and(states, i32.of(firstSpeaking));
  const tell = (lane: number, more: number): Code =>
    when(
      speaks(get(state(lane))),
      set(place, i32.load(i32.of(4 * lane))),
      i32.store(get(place), i32.add(get(at), i32.of(more))),
      i32.store(get(place), get(state(lane)), 4),
      i32.store(i32.of(4 * lane), i32.add(get(place), i32.of(FOUND_BYTES))),
    );
  const any = lanes.slice(1).reduce((all, lane) => i32.or(all, get(state(lane))), get(state(0)));
  const walked = Array.from({ length: STEPS }, (_, more) => [
    lanes.map((lane) => step(lane, more)),
    when(speaks(any), ...lanes.map((lane) => tell(lane, more))),
  ]);
  const run: WasmFunction = {
    parameters: 4,
    locals: 2 + 2 * LANES,
    code: [
      set(text(0), get(base)),
      lanes.slice(1).map((lane) => set(text(lane), i32.add(get(text(lane - 1)), get(length)))),
      lanes.map((lane) => i32.store(i32.of(4 * lane), i32.of(FOUND + lane * FOUND_STRIDE))),
      until(
        i32.isAtLeast(get(at), get(warm)),
        lanes.map((lane) => step(lane, 0)),
        increase(at, i32.of(1)),
      ),
      until(i32.isAtLeast(get(at), get(end)), walked, increase(at, i32.of(STEPS))),
    ],
  };
  return moduleOf({ run });
}
