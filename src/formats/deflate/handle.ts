/** What a stream of node:zlib works by, which Node does not document. */
import type { Zlib } from "node:zlib";

export interface Handle {
  reset(): void;
  writeSync(
    flush: number,
    from: Uint8Array,
    offset: number,
    length: number,
    to: Uint8Array,
    toOffset: number,
    toLength: number,
  ): void;
}

export interface OpenHandle {
  readonly handle: Handle;
  /** After each write: bytes of room that are left, and bytes that were not taken. */
  readonly state: Uint32Array;
}

/** Undefined where this Node has it in another form. */
export function handleOf(stream: Zlib): OpenHandle | undefined {
  const { _handle: handle, _writeState: state } = stream as Partial<{ _handle: Handle; _writeState: unknown }>;
  const isKnown = typeof handle?.reset === "function" && typeof handle.writeSync === "function";
  return isKnown && state instanceof Uint32Array ? { handle, state } : undefined;
}
