import { closeSync } from "node:fs";
import { openRegular, readAt, unreadable } from "./files.ts";

/** Bytes of many pack files, through a window that moves over them. */
export interface PackBytes extends Disposable {
  /** Valid until the next call. @param end - exclusive */
  read(pack: number, start: number, end: number): Buffer;
  /** As {@link PackBytes.read}: what is no Buffer is made in a third of the time. */
  bare(pack: number, start: number, end: number): Uint8Array;
  /** As {@link PackBytes.read}, and nothing is made: the bytes are those of {@link PackBytes.held} from the offset on that is returned. */
  hold(pack: number, start: number, end: number): number;
  readonly held: Buffer;
  /** @throws {Problem} where the file is none or cannot be opened */
  size(pack: number): number;
}

const NOTHING = Buffer.alloc(0);
const WINDOW_BYTES = 1024 * 1024;
const WINDOWS = 48;
const OPEN_FILES = 32;

interface Window {
  /** A pack and a place in it. */
  readonly key: number;
  readonly bytes: Buffer;
  /** The memory that they lie in: V8 takes a call to tell. */
  readonly memory: ArrayBufferLike;
  readonly offset: number;
}

function windowOf(key: number, bytes: Buffer): Window {
  return { key, bytes, memory: bytes.buffer, offset: bytes.byteOffset };
}

export function openPackBytes(paths: readonly string[]): PackBytes {
  const files = new Map<number, { readonly descriptor: number; readonly size: number }>();
  /** The least recently used first, as a Map keeps its order. */
  const windows = new Map<number, Window>();
  /** What was read last is mostly read next, and is the last of the Map already. */
  let last = windowOf(-1, NOTHING);
  /** Where in it what was asked for begins. */
  let from = 0;

  const open = (pack: number): { readonly descriptor: number; readonly size: number } => {
    let file = files.get(pack);
    if (file !== undefined) return file;
    const path = paths[pack] as string;
    file = openRegular(path);
    if (file === undefined) throw unreadable(path, "the index is there but the pack is not");
    if (files.size >= OPEN_FILES) {
      const [oldest, { descriptor }] = files.entries().next().value as [number, { descriptor: number }];
      closeSync(descriptor);
      files.delete(oldest);
    }
    files.set(pack, file);
    return file;
  };
  const move = (pack: number, start: number, end: number): void => {
    const first = Math.floor(start / WINDOW_BYTES);
    from = start - first * WINDOW_BYTES;
    if (end - first * WINDOW_BYTES > WINDOW_BYTES) {
      const { descriptor, size } = open(pack);
      last = windowOf(-1, readAt(descriptor, paths[pack] as string, start, Math.max(0, Math.min(end, size) - start)));
      from = 0;
      return;
    }
    const key = pack * 2 ** 36 + first;
    if (last.key === key) return;
    let window = windows.get(key);
    if (window === undefined) {
      const { descriptor, size } = open(pack);
      const length = Math.max(0, Math.min(WINDOW_BYTES, size - first * WINDOW_BYTES));
      window = windowOf(key, readAt(descriptor, paths[pack] as string, first * WINDOW_BYTES, length));
      if (windows.size >= WINDOWS) windows.delete(windows.keys().next().value as number);
    } else windows.delete(key);
    windows.set(key, window);
    last = window;
  };
  return {
    size: (pack) => open(pack).size,
    get held() {
      return last.bytes;
    },
    hold(pack, start, end) {
      move(pack, start, end);
      return from;
    },
    read(pack, start, end) {
      move(pack, start, end);
      return last.bytes.subarray(from, from + (end - start));
    },
    bare(pack, start, end) {
      move(pack, start, end);
      const { bytes, memory, offset } = last;
      const length = Math.max(0, Math.min(end - start, bytes.length - from));
      return length === 0 ? NOTHING : new Uint8Array(memory, offset + from, length);
    },
    [Symbol.dispose]() {
      for (const { descriptor } of files.values()) closeSync(descriptor);
      files.clear();
      windows.clear();
      last = windowOf(-1, NOTHING);
    },
  };
}
