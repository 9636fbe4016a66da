import { closeSync } from "node:fs";
import { openRegular, readAt, unreadable } from "./files.ts";

/** Bytes of many pack files, through a window that moves over them. */
export interface PackBytes extends Disposable {
  /** Valid until the next call. @param end - exclusive */
  read(pack: number, start: number, end: number): Buffer;
  /** @throws {Problem} where the file is none or cannot be opened */
  size(pack: number): number;
}

const WINDOW_BYTES = 1024 * 1024;
const WINDOWS = 48;
const OPEN_FILES = 32;

export function openPackBytes(paths: readonly string[]): PackBytes {
  const files = new Map<number, { readonly descriptor: number; readonly size: number }>();
  /** The least recently used first, as a Map keeps its order. */
  const windows = new Map<number, Buffer>();
  /** What was read last is mostly read next, and is the last of the Map already. */
  let last: { readonly key: number; readonly window: Buffer } | undefined;

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
  return {
    size: (pack) => open(pack).size,
    read(pack, start, end) {
      const first = Math.floor(start / WINDOW_BYTES);
      const from = start - first * WINDOW_BYTES;
      if (end - first * WINDOW_BYTES > WINDOW_BYTES) {
        const { descriptor, size } = open(pack);
        return readAt(descriptor, paths[pack] as string, start, Math.max(0, Math.min(end, size) - start));
      }
      const key = pack * 2 ** 36 + first;
      if (last?.key === key) return last.window.subarray(from, from + (end - start));
      let window = windows.get(key);
      if (window === undefined) {
        const { descriptor, size } = open(pack);
        const length = Math.max(0, Math.min(WINDOW_BYTES, size - first * WINDOW_BYTES));
        window = readAt(descriptor, paths[pack] as string, first * WINDOW_BYTES, length);
        if (windows.size >= WINDOWS) windows.delete(windows.keys().next().value as number);
      } else windows.delete(key);
      windows.set(key, window);
      last = { key, window };
      return window.subarray(from, from + (end - start));
    },
    [Symbol.dispose]() {
      for (const { descriptor } of files.values()) closeSync(descriptor);
      files.clear();
      windows.clear();
      last = undefined;
    },
  };
}
