/**
 * Memory that the contents of files are collected in. Taken anew for each program it costs more than what is copied into it: the
 * kernel clears its pages, and V8 collects where much of it was taken. So one piece serves one program after the other.
 */
import { POOLED, release } from "../../core/release.ts";

export interface ContentMemory {
  take(bytes: number): Buffer;
  /** Nobody may look any more at what `take` gave, which takes no more before. */
  giveBack(content: Buffer): void;
  /** None is needed any more. */
  end(): void;
}

/** Few programs are larger. Of it the kernel gives no more than was written to. */
const LENT = 64 * 1024 * 1024;

export function createContentMemory(): ContentMemory {
  let memory: Buffer | undefined;
  function end(): void {
    if (memory !== undefined) release(memory);
    memory = undefined;
  }
  return {
    end,
    take(bytes) {
      if (bytes <= POOLED) return Buffer.allocUnsafe(bytes);
      if (bytes <= LENT) {
        memory ??= Buffer.allocUnsafeSlow(LENT);
        return memory.subarray(0, bytes);
      }
      // Not both at a time.
      end();
      return Buffer.allocUnsafeSlow(bytes);
    },
    giveBack(content) {
      if (content.buffer !== memory?.buffer) release(content);
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
