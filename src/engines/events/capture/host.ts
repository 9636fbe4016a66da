/** What a capture says of its host: the machine, its addresses, its users and groups. */
import { bounds } from "../bounds.ts";
import type { GroupFacts, UserFacts } from "../sink.ts";
import type { Cursor } from "./cursor.ts";

const HOSTNAME_BYTES = 128;

/** The machine's name and when it booted, in nanoseconds since 1970; 0n in captures of before libs 0.10. */
export function readMachine(cursor: Cursor): { hostname: string; bootTime: bigint } {
  cursor.skip(4 + 8 + 8);
  const hostname = cursor.text(HOSTNAME_BYTES);
  const zero = hostname.indexOf("\0");
  return {
    hostname: zero === -1 ? hostname : hostname.slice(0, zero),
    bootTime: cursor.left() >= 8 ? cursor.u64() : 0n,
  };
}

/** Addresses of the host's interfaces, 4 or 16 bytes each. @throws Problem `events.broken` */
export function readInterfaces(cursor: Cursor, entryLengths: boolean): string[] {
  const addresses: string[] = [];
  const end = cursor.end;
  while (end - cursor.at >= 4) {
    const length = entryLengths ? cursor.u32() : undefined;
    const start = cursor.at;
    if (length !== undefined && length > end - start)
      throw cursor.broken(`an entry of ${length} bytes is over its block`);
    const type = cursor.u16();
    const nameLength = cursor.u16();
    // 1 and 2: IPv4 and IPv6 with the link's speed; 3 and 4 without.
    if (type < 1 || type > 4) throw cursor.broken(`an interface of the unknown kind ${type}`);
    const size = type % 2 === 1 ? 4 : 16;
    if (addresses.length === bounds.addresses)
      throw cursor.overBound(`more than ${bounds.addresses} addresses of one host`);
    addresses.push(cursor.text(size));
    cursor.skip(2 * size + (type <= 2 ? 8 : 0) + nameLength);
    if (length !== undefined) {
      if (cursor.at > start + length) throw cursor.broken(`an entry of ${length} bytes is too short`);
      cursor.at = start + length;
    }
  }
  return addresses;
}

/** Users and groups of the host. @throws Problem `events.broken` */
export function readUsers(
  cursor: Cursor,
  entryLengths: boolean,
  user: (user: UserFacts) => void,
  group: (group: GroupFacts) => void,
): void {
  const end = cursor.end;
  while (end - cursor.at >= 4) {
    const start = cursor.at;
    if (entryLengths) {
      const length = cursor.u32();
      if (length < 4 || length > end - start) throw cursor.broken(`an entry of ${length} bytes is over its block`);
      cursor.end = start + length;
    }
    if (cursor.u8() === 0) {
      const id = cursor.u32();
      const gid = cursor.u32();
      user({ id, gid, name: cursor.counted(), home: cursor.counted(), shell: cursor.counted() });
    } else {
      group({ id: cursor.u32(), name: cursor.counted() });
    }
    if (entryLengths) cursor.at = cursor.end;
    cursor.end = end;
  }
}
