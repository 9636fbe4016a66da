/** Random events of the table, the same for the same seed. */
import { SyscallEvent } from "./event.ts";
import { fillEvent, type ParameterValue } from "./types/encode.ts";
import { isSigned, sizeOf } from "./types/parameters.ts";
import { eventTypes, type Parameter } from "./types/table.ts";

/** Numbers from 0 to below 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function randomBytes(random: () => number, most: number): string {
  return String.fromCharCode(
    ...Array.from({ length: Math.floor(random() * (most + 1)) }, () => Math.floor(random() * 256)),
  );
}

/** Of today's types; of `drop`, which has two codes for one thing, the second. */
export const currentTypes = eventTypes.filter(
  ({ code, exit, kind, old, unused }) => !old && !unused && code !== 148 && (exit || kind !== "syscall"),
);

export function randomEvent(random: () => number, number: number): SyscallEvent {
  const type = currentTypes[Math.floor(random() * currentTypes.length)];
  if (type === undefined) throw new Error("no types");
  const event = new SyscallEvent();
  fillEvent(
    event,
    type.code,
    Object.fromEntries(type.parameters.map((each) => [each.name, randomValue(random, each)])),
  );
  event.number = number;
  event.cpu = Math.floor(random() * 64);
  event.tid = Math.floor(random() * 4_194_304);
  event.seconds = Math.floor(random() * 4_000_000_000);
  event.nanoseconds = Math.floor(random() * 1_000_000_000);
  return event;
}

function randomValue(random: () => number, { type }: Parameter): ParameterValue {
  if (random() < 0.15) return undefined;
  const size = sizeOf(type);
  if (size !== 0) {
    const whole = (BigInt(Math.floor(random() * 4_294_967_296)) << 32n) | BigInt(Math.floor(random() * 4_294_967_296));
    return isSigned(type) ? BigInt.asIntN(8 * size, whole) : BigInt.asUintN(8 * size, whole);
  }
  switch (type) {
    case "sockaddr":
      return { kind: "unix", path: `/run/${Math.floor(random() * 99)}` };
    case "socktuple":
      return {
        kind: "ipv4",
        source: "\x7f\0\0\x01",
        sourcePort: Math.floor(random() * 65_536),
        destination: "abcd",
        destinationPort: 1,
      };
    case "fdlist":
    case "pairs":
      return undefined;
    case "texts":
      return ["a", randomBytes(random, 9).replaceAll("\0", "z")];
    default: {
      const bytes = randomBytes(random, random() < 0.05 ? 4000 : 30) || "x";
      // A text of the kernel's ends at its first zero.
      return type === "text" || type === "path" || type === "relpath" ? bytes.replaceAll("\0", "z") : bytes;
    }
  }
}
