/**
 * A program of a few bytes that makes one system call and ends with the number of its error: by it a profile is seen to refuse
 * what nobody learned, whatever is in the image.
 */
import { type Architecture, syscallByName } from "../../../engines/events/types/syscalls.ts";

/** Harmless with arguments that are all 0, and permitted by the engines' own profiles. */
const harmless = ["getsid", "times", "sched_get_priority_max", "sched_get_priority_min", "getpriority", "getitimer"];

/** The first of them that nobody learned; undefined where all were. */
export function unlearnedCall(allowed: readonly string[], architecture: Architecture): string | undefined {
  return harmless.find((name) => !allowed.includes(name) && syscallByName(name)?.[architecture] !== undefined);
}

const HEADERS = 120;
const LOADED_AT = 0x40_0000;
const machines = { x86_64: 62, arm64: 183 } as const;

/** ELF for 64 bits, one segment, without anything else (System V gABI, "ELF Header" and "Program Header"). */
export function probeProgram(name: string, architecture: Architecture): Buffer {
  const number = syscallByName(name)?.[architecture];
  const exit = syscallByName("exit")?.[architecture];
  if (number === undefined || exit === undefined) throw new Error(`${architecture} has no ${name}`);
  const code = architecture === "x86_64" ? x86(number, exit) : arm(number, exit);
  const bytes = Buffer.alloc(HEADERS + code.length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(machines[architecture], 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(LOADED_AT + HEADERS), 24);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  // To be loaded, read and executed.
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(5, 68);
  bytes.writeBigUInt64LE(BigInt(LOADED_AT), 80);
  bytes.writeBigUInt64LE(BigInt(LOADED_AT), 88);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 96);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 104);
  bytes.writeBigUInt64LE(0x1000n, 112);
  code.copy(bytes, HEADERS);
  return bytes;
}

/** The result below 0 is an error's number; one that is not ends with 0. */
function x86(number: number, exit: number): Buffer {
  const code = Buffer.from([
    ...[0x31, 0xff, 0x31, 0xf6, 0x31, 0xd2],
    ...[0xb8, 0, 0, 0, 0, 0x0f, 0x05],
    // test rax, rax; jns: 0, else its negative.
    ...[0x48, 0x85, 0xc0, 0x79, 0x06, 0xf7, 0xd8, 0x89, 0xc7, 0xeb, 0x02, 0x31, 0xff],
    ...[0xb8, 0, 0, 0, 0, 0x0f, 0x05],
  ]);
  code.writeUInt32LE(number, 7);
  code.writeUInt32LE(exit, 27);
  return code;
}

function arm(number: number, exit: number): Buffer {
  const move = (register: number, value: number) => (0xd280_0000 | (value << 5) | register) >>> 0;
  const call = 0xd400_0001;
  const words = [
    ...[move(0, 0), move(1, 0), move(2, 0), move(8, number), call],
    // cmp x0, #0; cneg x0, x0, lt; csel x0, xzr, x0 where it was not below 0.
    ...[0xf100_001f, 0xda80_a400, 0x9a80_a3e0],
    ...[move(8, exit), call],
  ];
  const code = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word, 4 * index);
  return code;
}
