/**
 * Memory that the contents of files are collected in. Taken anew for each program it costs more than what is copied into it: the
 * kernel clears its pages, and V8 collects where much of it was taken. So one piece serves one program after the other, of all
 * layers that are read side by side: a program of one may have to wait for those of others.
 */
import { POOLED, release } from "../../core/release.ts";

export interface ContentMemory {
  /**
   * One at a time.
   *
   * @returns undefined where it is to be asked for again, once others have given some back
   */
  take(bytes: number): Buffer | undefined;
  /** Nobody may look any more at what `take` gave, which takes no more before. */
  giveBack(content: Buffer): void;
  /** None is needed any more. */
  end(): void;
}

/** As much as one layer has for itself: what is larger is rare enough to wait. */
const OWN = 4 * 1024 * 1024;
/** Few programs are larger. Of it the kernel gives no more than was written to. */
const SHARED = 72 * 1024 * 1024;

/** For one layer alone, which waits for nobody. */
export function createContentMemory(): ContentMemory {
  return createContentRoom().open();
}

export interface ContentRoom {
  open(): ContentMemory;
}

interface Part {
  readonly start: number;
  readonly end: number;
}

export function createContentRoom(): ContentRoom {
  let shared: Buffer | undefined;
  const parts = new Map<object, Part>();
  /** Those who wait, in the order in which they came: else one that needs much would wait for ever. */
  const waiting = new Set<object>();
  let opened = 0;

  function releaseShared(): void {
    if (shared !== undefined) release(shared);
    shared = undefined;
  }

  function takePart(owner: object, bytes: number): Buffer | undefined {
    if (bytes > SHARED) {
      // Not both at a time.
      if (parts.size > 0) return undefined;
      releaseShared();
      parts.set(owner, { start: 0, end: Number.POSITIVE_INFINITY });
      return Buffer.allocUnsafeSlow(bytes);
    }
    let start = 0;
    for (const part of [...parts.values()].sort((a, b) => a.start - b.start)) {
      if (part.start - start >= bytes) break;
      start = part.end;
    }
    const end = start + bytes;
    if (end > SHARED) return undefined;
    parts.set(owner, { start, end });
    shared ??= Buffer.allocUnsafeSlow(SHARED);
    return shared.subarray(start, end);
  }

  return {
    open() {
      const owner = {};
      let own: Buffer | undefined;
      let isOver = false;
      opened += 1;
      return {
        take(bytes) {
          if (bytes <= POOLED) return Buffer.allocUnsafe(bytes);
          if (bytes <= OWN) {
            own ??= Buffer.allocUnsafeSlow(OWN);
            return own.subarray(0, bytes);
          }
          waiting.add(owner);
          const [first] = waiting;
          const taken = first === owner ? takePart(owner, bytes) : undefined;
          if (taken !== undefined) waiting.delete(owner);
          return taken;
        },
        giveBack(content) {
          if (content.buffer !== own?.buffer && content.buffer !== shared?.buffer) release(content);
          parts.delete(owner);
        },
        end() {
          if (isOver) return;
          isOver = true;
          waiting.delete(owner);
          parts.delete(owner);
          if (own !== undefined) release(own);
          opened -= 1;
          if (opened === 0) releaseShared();
        },
      };
    },
  };
}

/**
 * As `Buffer.copy` does, which hands a whole buffer to V8; and that goes from word to word through memory that threads share, at a
 * sixteenth of the speed.
 */
export function copyPart(from: Buffer, to: Buffer, toAt: number, start: number, end: number): void {
  const middle = start === 0 && end === from.length ? end >> 1 : start;
  from.copy(to, toAt, start, middle);
  from.copy(to, toAt + middle - start, middle, end);
}
