/**
 * Paths that a trace gives to blobs, in memory that threads share: told as the trace goes, and followed by a thread that
 * reads the blobs meanwhile.
 */
import { sharedInts } from "./ids.ts";

export interface TracedPaths {
  /** Object number → index of its path, or -1; set once. */
  readonly paths: Int32Array<SharedArrayBuffer>;
  /** Of each path its length in bytes (4, the lowest first), and UTF-8. */
  readonly bytes: SharedArrayBuffer;
  /** As of the constants below. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

/** How many paths are told. */
const COUNT = 0;
/** Raised each time that more is told. */
const TURN = 1;
/** 1 when nothing more will be. */
const ENDED = 2;

/** Bytes of all paths; behind them no more are told, and what they belong to is left to the thread that traces. */
const MOST = 256 * 1024 * 1024;
const FIRST = 64 * 1024;
const LENGTH = 4;

export function noTracedPaths(objects: number): TracedPaths {
  return {
    paths: sharedInts(objects).fill(-1),
    bytes: new SharedArrayBuffer(FIRST, { maxByteLength: MOST }),
    state: sharedInts(3),
  };
}

export interface PathTeller {
  /** @param names - all paths so far, by their index */
  tell(names: readonly string[]): void;
  /** Nothing more will be told, also where the trace broke off. */
  end(): void;
}

export function tellPaths({ bytes, state }: TracedPaths): PathTeller {
  let told = 0;
  let used = 0;
  const wake = (): void => {
    Atomics.add(state, TURN, 1);
    Atomics.notify(state, TURN);
  };
  return {
    tell(names) {
      for (; told < names.length; told++) {
        const text = Buffer.from(names[told] as string);
        const end = used + LENGTH + text.length;
        if (end > MOST) break;
        while (end > bytes.byteLength) bytes.grow(Math.min(MOST, bytes.byteLength * 2));
        const place = new Uint8Array(bytes, used);
        new DataView(bytes).setUint32(used, text.length, true);
        place.set(text, LENGTH);
        used = end;
      }
      Atomics.store(state, COUNT, told);
      wake();
    },
    end() {
      Atomics.store(state, ENDED, 1);
      wake();
    },
  };
}

export interface PathFollower {
  /** Waits until every one has a path, or none will come to it any more. */
  waitFor(numbers: Iterable<number>): void;
  /** Empty for what has none; undefined where it was not told. */
  pathOf(number: number): string | undefined;
}

export function followPaths({ paths, bytes, state }: TracedPaths): PathFollower {
  const names: string[] = [];
  let read = 0;
  const catchUp = (): void => {
    const count = Atomics.load(state, COUNT);
    if (count === names.length) return;
    const view = new DataView(bytes);
    for (; names.length < count; ) {
      const from = read + LENGTH;
      read = from + view.getUint32(read, true);
      // A copy: what decodes takes no shared memory.
      names.push(Buffer.from(new Uint8Array(bytes, from, read - from).slice()).toString());
    }
  };
  const isKnown = (number: number): boolean => {
    const path = paths[number] as number;
    return path !== -1 && path < names.length;
  };
  return {
    waitFor(numbers) {
      for (const number of numbers) {
        while (!isKnown(number)) {
          const turn = Atomics.load(state, TURN);
          const ended = Atomics.load(state, ENDED) === 1;
          catchUp();
          if (isKnown(number) || ended) break;
          Atomics.wait(state, TURN, turn);
        }
      }
    },
    pathOf(number) {
      const path = paths[number] as number;
      return path === -1 ? "" : names[path];
    },
  };
}
