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
  tee,
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
}

/** What a runtime has of WebAssembly, which may be nothing (`--jitless`). */
interface Runtime {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: Run } };
}

type Run = (warm: number, end: number, firstSpeaking: number, length: number) => void;

const LANES = 8;
/** Bytes of a lane that are walked at once: those of all of them stay in the processor's cache beside the table. */
const LANE = 8 * 1024;
/** Bytes before a lane in which a keyword may have begun that ends in it; for longer ones there is no room. */
const LONGEST_BEHIND = 256;
/** No keyword has it. */
const OTHER = 0xff;
const PAGE = 0x10000;

const STRIDE = LANE + LONGEST_BEHIND;
/** Of a stretch up to this length lanes lie one behind the other: it is copied once, and not lane by lane. */
const SHORT = 16 * 1024;

/** Where what is: how many were found in each lane, its bytes, what was found in it, and the table. */
const TEXT = 64;
const FOUND = TEXT + LANES * STRIDE;
/** Each of its bytes may end a keyword: place and state, 16 bits each. */
const FOUND_STRIDE = 4 * STRIDE;
const TABLE = FOUND + LANES * FOUND_STRIDE;

/** @returns undefined where the runtime has no WebAssembly or no memory for it, or there is no room for these states */
export function openLanes({ next, width, firstSpeaking, lookBehind }: States): Lanes | undefined {
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: Runtime };
  if (runtime === undefined || width !== 256 || lookBehind > LONGEST_BEHIND) return undefined;
  let runApart: Run;
  let runJoined: Run;
  let memory: ArrayBuffer;
  try {
    const imported = new runtime.Memory({ initial: Math.ceil((TABLE + next.byteLength) / PAGE) });
    memory = imported.buffer;
    const open = (joined: boolean): Run =>
      new runtime.Instance(new runtime.Module(moduleBytes(joined)), { host: { memory: imported } }).exports.run;
    runApart = open(false);
    runJoined = open(true);
  } catch {
    // Address space may be bounded, and code refused.
    return undefined;
  }
  const table = new Uint16Array(memory, TABLE, next.length);
  table.set(next);
  const buffer = Buffer.from(memory);
  const words = new Uint32Array(memory, 0, TABLE / 4);
  /** Lanes far from each other, each behind a copy of the bytes before it. */
  function copyApart(given: Buffer, from: number, to: number, length: number): void {
    for (let lane = 0; lane < LANES; lane++) {
      const start = TEXT + lane * STRIDE;
      const first = Math.min(from + lane * length, to);
      const begin = Math.max(0, first - lookBehind);
      const last = Math.min(first + length, to);
      // Before the first byte and behind the last nothing may look like a keyword's.
      if (first - begin < lookBehind) buffer.fill(OTHER, start, start + lookBehind);
      given.copy(buffer, start + lookBehind - (first - begin), begin, last);
      if (last - first < length) buffer.fill(OTHER, start + lookBehind + last - first, start + lookBehind + length);
    }
  }

  /** Each lane is behind the bytes before it as it is. */
  function copyJoined(given: Buffer, from: number, to: number, length: number): void {
    const begin = Math.max(0, from - lookBehind);
    const first = TEXT + lookBehind;
    if (from - begin < lookBehind) buffer.fill(OTHER, TEXT, first);
    given.copy(buffer, first - (from - begin), begin, to);
    for (let at = first + to - from; at < first + LANES * length; at++) buffer[at] = OTHER;
  }

  return {
    next: table,
    walk(bytes, from, end, told) {
      const given = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const to = Math.min(end, from + LANES * LANE);
      const length = Math.ceil((to - from) / LANES);
      const isShort = to - from <= SHORT;
      const copy = isShort ? copyJoined : copyApart;
      const run = isShort ? runJoined : runApart;
      copy(given, from, to, length);
      run(lookBehind, lookBehind + length, firstSpeaking, length);
      for (let lane = 0; lane < LANES; lane++) {
        const behind = from + lane * length + 1 - lookBehind;
        const found = (FOUND + lane * FOUND_STRIDE) / 4;
        const until = (words[lane] as number) / 4;
        for (let i = found; i < until; i++) {
          const word = words[i] as number;
          told(word & 0xffff, behind + (word >>> 16));
        }
      }
      return to;
    },
  };
}

/**
 * `run(warm, end, firstSpeaking, length)`: each lane up to `warm` without a word, and from there on to `end`.
 *
 * @param joined - one lane begins `length` bytes behind the other; else where its room does
 */
function moduleBytes(joined: boolean): Uint8Array {
  const [warm, end, firstSpeaking, distance, at, place] = [0, 1, 2, 3, 4, 5];
  const state = (lane: number): number => 6 + lane;
  const text = (lane: number): number => 6 + LANES + lane;
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  const byte = (lane: number): Code =>
    joined ? i32.load8(i32.add(get(at), get(text(lane))), TEXT) : i32.load8(get(at), TEXT + lane * STRIDE);
  const step = (lane: number): Code =>
    i32.load16(i32.add(i32.shiftLeft(get(state(lane)), i32.of(9)), i32.shiftLeft(byte(lane), i32.of(1))), TABLE);
  const tell = (lane: number): Code => [
    set(place, i32.load(i32.of(4 * lane))),
    i32.store(get(place), i32.or(i32.shiftLeft(get(at), i32.of(16)), get(state(lane)))),
    i32.store(i32.of(4 * lane), i32.add(get(place), i32.of(4))),
  ];
  const run: WasmFunction = {
    parameters: 4,
    locals: 2 + 2 * LANES,
    code: [
      lanes.slice(1).map((lane) => set(text(lane), i32.add(get(text(lane - 1)), get(distance)))),
      lanes.map((lane) => i32.store(i32.of(4 * lane), i32.of(FOUND + lane * FOUND_STRIDE))),
      until(
        i32.isAtLeast(get(at), get(warm)),
        lanes.map((lane) => set(state(lane), step(lane))),
        increase(at, i32.of(1)),
      ),
      until(
        i32.isAtLeast(get(at), get(end)),
        lanes.map((lane) => when(i32.isAtLeast(tee(state(lane), step(lane)), get(firstSpeaking)), tell(lane))),
        increase(at, i32.of(1)),
      ),
    ],
  };
  return moduleOf({ run });
}
