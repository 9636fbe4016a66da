/** Lists of the descriptors that a thread had open when the capture started. */
import type { Descriptor, DescriptorKind, Endpoint } from "../state/thread.ts";
import { connectionText, endpointText, unmapped } from "../types/addresses.ts";
import type { Cursor } from "./cursor.ts";

/** Falco's numbers of kinds of descriptors whose entry is a name and nothing else. */
const named: Readonly<Record<number, DescriptorKind>> = {
  1: "file",
  2: "directory",
  7: "pipe",
  9: "event",
  10: "unknown",
  11: "signalfd",
  12: "eventpoll",
  13: "inotify",
  14: "timerfd",
  15: "netlink",
  17: "bpf",
  18: "userfault",
  19: "iouring",
  20: "memfd",
  21: "pidfd",
};

const protocols: Readonly<Record<number, NonNullable<Descriptor["protocol"]>>> = {
  2: "tcp",
  3: "udp",
  4: "icmp",
  5: "raw",
};

/** Each descriptor of a block, in its order. @throws Problem `events.broken` */
export function readDescriptors(
  cursor: Cursor,
  entryLengths: boolean,
  each: (tid: number, fd: number, descriptor: Descriptor) => void,
): void {
  const end = cursor.end;
  const tid = cursor.id();
  while (end - cursor.at >= 4) {
    const start = cursor.at;
    if (entryLengths) {
      const length = cursor.u32();
      if (length < 4 || length > end - start) throw cursor.broken(`an entry of ${length} bytes is over its block`);
      cursor.end = start + length;
    }
    const fd = cursor.id();
    const inode = cursor.u64();
    each(tid, fd, { ...content(cursor, cursor.u8(), entryLengths), inode });
    if (entryLengths) cursor.at = cursor.end;
    cursor.end = end;
  }
}

function content(cursor: Cursor, type: number, entryLengths: boolean): Descriptor {
  switch (type) {
    case 3:
    case 4:
      return connection(cursor, type === 3 ? 4 : 16);
    case 5:
    case 6:
      return server(cursor, type === 5 ? 4 : 16);
    case 8: {
      cursor.skip(16);
      const name = cursor.counted();
      return { kind: "unix", name, role: name === "" ? "client" : "server" };
    }
    case 16: {
      const openFlags = cursor.u32();
      const name = cursor.counted();
      const device = entryLengths && cursor.left() >= 4 ? { device: cursor.u32() } : {};
      return { kind: "file", name, openFlags, ...device };
    }
    default: {
      const kind = named[type];
      if (kind !== undefined) return { kind, name: cursor.counted() };
      // A kind of a later version: only an entry that says its length can be passed over.
      if (!entryLengths) throw cursor.broken(`a descriptor of the unknown kind ${type}`);
      return { kind: "unknown", name: "" };
    }
  }
}

function connection(cursor: Cursor, size: 4 | 16): Descriptor {
  const source = cursor.text(size);
  const destination = cursor.text(size);
  const sourcePort = cursor.u16();
  const destinationPort = cursor.u16();
  const protocol = protocols[cursor.u8()];
  // Both ends in IPv4: an IPv6 socket that talks IPv4.
  const both = unmapped(source).length === 4 && unmapped(destination).length === 4;
  const local: Endpoint = { address: both ? unmapped(source) : source, port: sourcePort };
  const remote: Endpoint = { address: both ? unmapped(destination) : destination, port: destinationPort };
  return {
    kind: both ? "ipv4" : "ipv6",
    name: connectionText(local.address, sourcePort, remote.address, destinationPort),
    local,
    remote,
    ...(protocol === undefined ? {} : { protocol }),
    ...(protocol === "tcp" ? { connected: true } : {}),
  };
}

function server(cursor: Cursor, size: 4 | 16): Descriptor {
  const address = cursor.text(size);
  const port = cursor.u16();
  const protocol = protocols[cursor.u8()];
  return {
    kind: size === 4 ? "ipv4" : "ipv6",
    name: endpointText(address, port),
    local: { address, port },
    role: "server",
    ...(protocol === undefined ? {} : { protocol }),
  };
}
