/**
 * Parameters of the event in hand, read where they stand. A parameter that is absent, or shorter than its type, is `undefined`:
 * captures are written by programs of all ages, and by nobody who can be trusted.
 *
 * Texts are byte strings (`fields/field.ts`). Numbers are little-endian.
 */

import { latin1 } from "../../../core/latin1.ts";
import type { SyscallEvent } from "../event.ts";
import { rememberedText } from "./remembered-texts.ts";
import type { ParameterType } from "./table.ts";
import { splitTexts } from "./texts.ts";
import { wordAt } from "./time.ts";

/** Unsigned, of 1, 2 or 4 bytes. */
export function unsignedAt(event: SyscallEvent, index: number, size: 1 | 2 | 4): number | undefined {
  if (index >= event.parameters || (event.lengths[index] as number) < size) return undefined;
  const { bytes } = event;
  const at = event.starts[index] as number;
  if (size === 1) return bytes[at];
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  if (size === 2) return low;
  return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
}

/** A `u32`, `uid`, `mode`, `flags32`… */
export function u32At(event: SyscallEvent, index: number): number | undefined {
  if (index >= event.parameters || (event.lengths[index] as number) < 4) return undefined;
  return wordAt(event.bytes, event.starts[index] as number);
}

/**
 * A signed number of 8 bytes as a number: results, descriptors, process ids. Over 2^53 in size the last bits are lost; take
 * {@link bigAt} where they count.
 */
export function signedAt(event: SyscallEvent, index: number): number | undefined {
  if (index >= event.parameters || (event.lengths[index] as number) < 8) return undefined;
  const at = event.starts[index] as number;
  const low = wordAt(event.bytes, at);
  const high = wordAt(event.bytes, at + 4) | 0;
  if (high === 0) return low;
  return high === -1 ? low - 4_294_967_296 : high * 4_294_967_296 + low;
}

/** A number of 8 bytes, whole. */
export function bigAt(event: SyscallEvent, index: number, signed: boolean): bigint | undefined {
  if (index >= event.parameters || (event.lengths[index] as number) < 8) return undefined;
  const at = event.starts[index] as number;
  // Most are small, and one bigint is made quicker than the three that go into a large one.
  if (wordAt(event.bytes, at + 4) === 0) return BigInt(wordAt(event.bytes, at));
  return signed ? event.bytes.readBigInt64LE(at) : event.bytes.readBigUInt64LE(at);
}

/**
 * A text without the zero that ends it; undefined where the parameter is empty, which for a text means that nothing could be
 * read, `""` where it is there and has no character.
 */
export function textAt(event: SyscallEvent, index: number): string | undefined {
  if (index >= event.parameters) return undefined;
  const length = event.lengths[index] as number;
  if (length <= 0) return undefined;
  const at = event.starts[index] as number;
  const { bytes } = event;
  const end = bytes[at + length - 1] === 0 ? at + length - 1 : at + length;
  const text = rememberedText(bytes, at, end);
  // A zero within ends the text for the kernel.
  const zero = text.indexOf("\0");
  // Read again: a part of a text keeps all of it in memory.
  return zero === -1 ? text : latin1(bytes, at, at + zero);
}

/** All of a parameter as a byte string, zeros and all; undefined where it is absent. */
export function bytesAt(event: SyscallEvent, index: number): string | undefined {
  if (index >= event.parameters) return undefined;
  const length = event.lengths[index] as number;
  if (length < 0) return undefined;
  const at = event.starts[index] as number;
  return rememberedText(event.bytes, at, at + length);
}

/** Texts that follow one another, each with its zero: arguments, environment, cgroups. Empty where there are none. */
export function textsAt(event: SyscallEvent, index: number): string[] {
  const all = bytesAt(event, index);
  return all === undefined ? [] : splitTexts(all);
}

/** Descriptors that were waited for, each with its events: `poll`. */
export function descriptorListAt(event: SyscallEvent, index: number): { fd: number; flags: number }[] {
  const all: { fd: number; flags: number }[] = [];
  const count = unsignedAt(event, index, 2);
  if (count === undefined) return all;
  const { bytes } = event;
  const end = (event.starts[index] as number) + (event.lengths[index] as number);
  for (let at = (event.starts[index] as number) + 2; all.length < count && at + 10 <= end; at += 10) {
    all.push({ fd: Number(bytes.readBigInt64LE(at)), flags: bytes.readUInt16LE(at + 8) });
  }
  return all;
}

/** Bytes of a number of one type; 0 for what is no number. */
export function sizeOf(type: ParameterType): 0 | 1 | 2 | 4 | 8 {
  return sizes[type] ?? 0;
}

const sizes: Partial<Record<ParameterType, 1 | 2 | 4 | 8>> = {
  i8: 1,
  u8: 1,
  signal: 1,
  flags8: 1,
  enum8: 1,
  i16: 2,
  u16: 2,
  syscall: 2,
  port: 2,
  flags16: 2,
  enum16: 2,
  i32: 4,
  u32: 4,
  uid: 4,
  gid: 4,
  mode: 4,
  sigset: 4,
  flags32: 4,
  enum32: 4,
  fd32: 4,
  pid32: 4,
  i64: 8,
  u64: 8,
  errno: 8,
  fd: 8,
  pid: 8,
  reltime: 8,
  abstime: 8,
};

const signedTypes: ReadonlySet<ParameterType> = new Set([
  "i8",
  "i16",
  "i32",
  "i64",
  "errno",
  "fd",
  "pid",
  "fd32",
  "pid32",
]);

/** True for types whose numbers can be below 0. */
export function isSigned(type: ParameterType): boolean {
  return signedTypes.has(type);
}

/** A number of any type; a bigint only where a number would not be exact. Undefined for what is no number. */
export function numberAt(event: SyscallEvent, index: number, type: ParameterType): number | bigint | undefined {
  const size = sizeOf(type);
  if (size === 0) return undefined;
  if (size === 8) return exact(bigAt(event, index, isSigned(type)));
  const value = unsignedAt(event, index, size);
  if (value === undefined || !isSigned(type)) return value;
  const sign = 2 ** (8 * size - 1);
  return value >= sign ? value - 2 * sign : value;
}

function exact(value: bigint | undefined): number | bigint | undefined {
  if (value === undefined) return undefined;
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : value;
}

/** What each `dynamic` parameter can be: its first byte is the place in this list. */
const dynamicTypes: Readonly<Record<string, readonly DynamicType[]>> = {
  sockopt: [
    { type: "bytes", base: "hexadecimal" },
    { type: "errno", base: "decimal" },
    { type: "u32", base: "decimal" },
    { type: "u64", base: "decimal" },
    { type: "reltime", base: "decimal" },
  ],
  ptrace: [
    { type: "u64", base: "hexadecimal" },
    { type: "signal", base: "decimal" },
  ],
  bpf: [
    { type: "fd", base: "decimal" },
    { type: "errno", base: "decimal" },
  ],
  keyctl: [
    { type: "i64", base: "decimal" },
    { type: "text", base: "decimal" },
  ],
};

export interface DynamicType {
  readonly type: ParameterType;
  readonly base: "decimal" | "hexadecimal";
}

/** Type of a `dynamic` parameter, whose value starts one byte later; undefined where the parameter names none of its list. */
export function dynamicTypeAt(event: SyscallEvent, index: number, list: string): DynamicType | undefined {
  const which = unsignedAt(event, index, 1);
  return which === undefined ? undefined : dynamicTypes[list]?.[which];
}
