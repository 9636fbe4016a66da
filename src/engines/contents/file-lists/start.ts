import type { Start } from "./model.ts";

/** Bytes of a program's beginning that tell its loader: linkers put the headers and the name right at the front. */
export const HEAD_BYTES = 4096;

const ELF = 0x7f454c46;
const INTERPRETER = 3;

/**
 * What the kernel loads to start a program (System V gABI, "Program Header").
 *
 * @param head - the file's first bytes, HEAD_BYTES or all that there are
 */
export function startOf(head: Buffer): Start {
  if (head.length < 4 || head.readUInt32BE(0) !== ELF) return head.length === 0 ? UNKNOWN : ALONE;
  const wide = head[4] === 2;
  const big = head[5] === 2;
  if (head.length < (wide ? 64 : 52)) return UNKNOWN;
  const uint16 = (at: number) => (big ? head.readUInt16BE(at) : head.readUInt16LE(at));
  const uint32 = (at: number) => (big ? head.readUInt32BE(at) : head.readUInt32LE(at));
  const word = (at: number) => {
    if (!wide) return uint32(at);
    return Number(big ? head.readBigUInt64BE(at) : head.readBigUInt64LE(at));
  };
  const table = word(wide ? 32 : 28);
  const size = uint16(wide ? 54 : 42);
  const count = uint16(wide ? 56 : 44);
  if (size < (wide ? 56 : 32) || table + count * size > head.length) return UNKNOWN;
  for (let index = 0; index < count; index++) {
    const at = table + index * size;
    if (uint32(at) !== INTERPRETER) continue;
    const offset = word(at + (wide ? 8 : 4));
    const length = word(at + (wide ? 32 : 16));
    if (length < 2 || offset + length > head.length) return UNKNOWN;
    return { kind: "loader", path: head.toString("utf8", offset, offset + length - 1) };
  }
  return ALONE;
}

const UNKNOWN: Start = { kind: "unknown" };
const ALONE: Start = { kind: "alone" };
