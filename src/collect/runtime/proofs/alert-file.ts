/** A file that a detector writes its alerts to, read from its present end on, through rotation. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { systemCause } from "../../../core/system-cause.ts";
import { bounds } from "../bounds.ts";

export interface FollowedFile {
  /** Reads what came since. */
  read(): void;
  /** Why it cannot be said that everything was read; undefined where it was. */
  fault(): string | undefined;
  close(): void;
}

interface Opened {
  readonly descriptor: number;
  readonly inode: number;
  readonly device: number;
  /** Of the next byte to read. */
  position: number;
}

/**
 * One that is not there yet is read from its beginning once it is. Of a file that another takes the place of, the rest is read
 * before; of one that becomes shorter, everything anew.
 *
 * @param onChunk - bytes in their order; `isStart`: of another file, so that no line goes on
 */
export function followFile(path: string, onChunk: (chunk: Buffer, isStart: boolean) => void): FollowedFile {
  let fault: string | undefined;
  let opened: Opened | undefined;
  let isStart = true;

  function openAt(position: "end" | "start"): void {
    let descriptor: number | undefined;
    try {
      // A pipe would wait for its writer, and a terminal is no file.
      descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = fstatSync(descriptor);
      if (!stat.isFile()) throw Object.assign(new Error("not a file"), { code: "not a file" });
      opened = { descriptor, inode: stat.ino, device: stat.dev, position: position === "end" ? stat.size : 0 };
      fault = undefined;
      isStart = true;
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      fault = systemCause(error as Error);
    }
  }

  function rest(file: Opened): void {
    const { size } = fstatSync(file.descriptor);
    if (size < file.position) {
      file.position = 0;
      isStart = true;
    }
    let budget = bounds.alertFileBytes;
    while (budget > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(budget, 256 * 1024));
      const read = readSync(file.descriptor, chunk, 0, chunk.length, file.position);
      if (read === 0) return;
      file.position += read;
      budget -= read;
      onChunk(chunk.subarray(0, read), isStart);
      isStart = false;
    }
    fault = `more than ${bounds.alertFileBytes} bytes came at once`;
  }

  function isSame(file: Opened, stat: Stats): boolean {
    return stat.ino === file.inode && stat.dev === file.device;
  }

  openAt("end");
  return {
    read() {
      if (opened === undefined) {
        openAt("start");
        if (opened === undefined) return;
      }
      try {
        rest(opened);
        const now = statSync(path, { throwIfNoEntry: false });
        if (now === undefined || isSame(opened, now)) return;
        closeSync(opened.descriptor);
        opened = undefined;
        openAt("start");
        if (opened !== undefined) rest(opened);
      } catch (error) {
        fault = systemCause(error as Error);
      }
    },
    fault: () => fault,
    close() {
      if (opened !== undefined) closeSync(opened.descriptor);
      opened = undefined;
    },
  };
}
