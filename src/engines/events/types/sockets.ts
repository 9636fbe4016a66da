/** Socket addresses and pairs of them, as parameters have them: a byte for the family, addresses as sent, ports little-endian. */

import { latin1 } from "../../../core/latin1.ts";
import type { SyscallEvent } from "../event.ts";

/** Families as events number them; the rest are in the flag table `socket_families`. */
export const families = { unspecified: 0, unix: 1, ipv4: 2, ipv6: 10, netlink: 16 } as const;

export type SocketAddress =
  | {
      readonly kind: "ipv4" | "ipv6";
      /** 4 or 16 bytes. */
      readonly address: string;
      readonly port: number;
    }
  /** The path; an abstract one starts with a zero byte, an unnamed one is empty. */
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "other"; readonly family: number };

export type SocketTuple =
  | {
      readonly kind: "ipv4" | "ipv6";
      readonly source: string;
      readonly sourcePort: number;
      readonly destination: string;
      readonly destinationPort: number;
    }
  /** The kernel's addresses of the two ends, which only tell them apart. */
  | { readonly kind: "unix"; readonly source: bigint; readonly destination: bigint; readonly path: string }
  | { readonly kind: "other"; readonly family: number };

/** A parameter of type `sockaddr`; undefined where it is absent or shorter than its family says. */
export function socketAddressAt(event: SyscallEvent, index: number): SocketAddress | undefined {
  const length = lengthAt(event, index);
  if (length < 1) return undefined;
  const { bytes } = event;
  const at = event.starts[index] as number;
  const family = bytes[at] as number;
  const size = addressSize(family);
  if (size !== 0) {
    if (length < 1 + size + 2) return undefined;
    const kind = size === 4 ? "ipv4" : "ipv6";
    return { kind, address: addressAt(bytes, at + 1, size), port: bytes.readUInt16LE(at + 1 + size) };
  }
  return family === families.unix
    ? { kind: "unix", path: pathAt(bytes, at + 1, at + length) }
    : { kind: "other", family };
}

/** A parameter of type `socktuple`; undefined where it is absent or shorter than its family says. */
export function socketTupleAt(event: SyscallEvent, index: number): SocketTuple | undefined {
  const length = lengthAt(event, index);
  if (length < 1) return undefined;
  const { bytes } = event;
  const at = event.starts[index] as number;
  const family = bytes[at] as number;
  const size = addressSize(family);
  if (size !== 0) {
    if (length < 1 + 2 * (size + 2)) return undefined;
    const second = at + 1 + size + 2;
    return {
      kind: size === 4 ? "ipv4" : "ipv6",
      source: addressAt(bytes, at + 1, size),
      sourcePort: bytes.readUInt16LE(at + 1 + size),
      destination: addressAt(bytes, second, size),
      destinationPort: bytes.readUInt16LE(second + size),
    };
  }
  if (family !== families.unix) return { kind: "other", family };
  if (length < 17) return undefined;
  return {
    kind: "unix",
    source: bytes.readBigUInt64LE(at + 1),
    destination: bytes.readBigUInt64LE(at + 9),
    path: pathAt(bytes, at + 17, at + length),
  };
}

function addressAt(bytes: Buffer, at: number, size: 4 | 16): string {
  if (size === 16) return latin1(bytes, at, at + 16);
  return String.fromCharCode(
    bytes[at] as number,
    bytes[at + 1] as number,
    bytes[at + 2] as number,
    bytes[at + 3] as number,
  );
}

function lengthAt(event: SyscallEvent, index: number): number {
  return index < event.parameters ? (event.lengths[index] as number) : -1;
}

function addressSize(family: number): 0 | 4 | 16 {
  if (family === families.ipv4) return 4;
  return family === families.ipv6 ? 16 : 0;
}

/** Most bytes that the kernel has for one (`sun_path`). */
const longestPath = 108;

/** Up to the zero that ends it; the zero that an abstract name starts with is part of it. */
function pathAt(bytes: Buffer, start: number, end: number): string {
  const text = latin1(bytes, start, Math.min(end, start + longestPath));
  const zero = text.indexOf("\0", 1);
  if (zero !== -1) return latin1(bytes, start, start + zero);
  return text === "\0" ? "" : text;
}
