/**
 * What sockets are connected to: `socket`, `bind`, `listen`, `connect`, `accept`, `socketpair`, and what datagrams tell as they
 * are sent and received.
 */
import type { SyscallEvent } from "../event.ts";
import { signedAt, u32At } from "../types/parameters.ts";
import { families, type SocketTuple, socketAddressAt, socketTupleAt } from "../types/sockets.ts";
import type { Descriptor, DescriptorKind, Endpoint } from "./descriptor.ts";
import { makeDescriptor } from "./descriptor.ts";
import { inProgress, openCloseOnExec, protocols, socketCloseOnExec, socketTypes } from "./flags.ts";
import { connectionName, endpointText, isMapped, isNowhere, unmapped } from "./socket-names.ts";
import { opened, renamed, type State, type Step, succeeded } from "./state.ts";
import type { Thread } from "./thread.ts";

export const socket: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const type = u32At(event, 2) ?? 0;
  const descriptor = makeDescriptor(kindOfFamily(u32At(event, 1) ?? 0), "");
  if (descriptor.kind === "ipv4" || descriptor.kind === "ipv6") {
    descriptor.protocol = protocolOf(type & 0xff, u32At(event, 3) ?? 0);
  }
  const flags = u32At(event, 4) ?? 0;
  descriptor.openFlags = flags;
  const closeOnExec = (type & socketCloseOnExec) !== 0 || (flags & openCloseOnExec) !== 0;
  opened(event, thread, event.result as number, descriptor, closeOnExec);
};

function kindOfFamily(family: number): DescriptorKind {
  if (family === families.ipv4) return "ipv4";
  if (family === families.ipv6) return "ipv6";
  if (family === families.unix) return "unix";
  return family === families.netlink ? "netlink" : "unknown";
}

function protocolOf(type: number, protocol: number): Descriptor["protocol"] {
  if (type === socketTypes.raw || protocol === protocols.raw) return "raw";
  if (protocol === protocols.tcp) return "tcp";
  if (protocol === protocols.udp) return "udp";
  if (protocol === protocols.icmp || protocol === protocols.icmpv6) return "icmp";
  if (protocol !== protocols.ip) return undefined;
  if (type === socketTypes.stream) return "tcp";
  return type === socketTypes.datagram ? "udp" : undefined;
}

export const bind: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const address = socketAddressAt(event, 1);
  if (address === undefined) return;
  if (address.kind === "other") {
    if (event.descriptor !== undefined) renamed(event.descriptor, `family ${address.family}`);
    return;
  }
  const descriptor = event.descriptor ?? late(event, thread, address.kind);
  if (descriptor === undefined) return;
  if (address.kind === "unix") {
    renamed(descriptor, address.path);
    return;
  }
  if (address.port > 0) {
    const mapped = isMapped(address.address);
    descriptor.kind = address.kind === "ipv4" || mapped ? "ipv4" : "ipv6";
    descriptor.local = { address: mapped ? unmapped(address.address) : address.address, port: address.port };
    descriptor.remote = undefined;
    descriptor.role = "server";
  }
  renamed(descriptor, endpointText(address.address, address.port));
};

/** A socket that was made before anybody looked. */
function late(event: SyscallEvent, thread: Thread, kind: DescriptorKind): Descriptor | undefined {
  if (event.fd < 0) return undefined;
  const descriptor = makeDescriptor(kind, "");
  opened(event, thread, event.fd, descriptor, false);
  return descriptor;
}

/** Who listens serves, whatever it is bound to. */
export const listen: Step = (event) => {
  const { descriptor } = event;
  if (descriptor === undefined || !succeeded(event)) return;
  if (descriptor.kind === "ipv4" || descriptor.kind === "ipv6") descriptor.role ??= "server";
};

export const connect: Step = (event, thread) => {
  if (!succeeded(event) && event.result !== inProgress) return;
  const tuple = socketTupleAt(event, 1);
  if (tuple === undefined) {
    connectByAddress(event, thread);
    return;
  }
  if (tuple.kind === "other") return;
  const descriptor = event.descriptor ?? late(event, thread, tuple.kind);
  if (descriptor === undefined) return;
  descriptor.connected = true;
  if (tuple.kind === "unix") {
    if (descriptor.kind !== "unix") return;
    descriptor.role ??= "client";
    renamed(descriptor, unixName(tuple));
    return;
  }
  const { remote } = descriptor;
  const { local, peer, kind } = ends(tuple, false);
  // A server of datagrams that now talks to one who asked stays the server; all others who connect ask themselves.
  const answers = descriptor.protocol === "udp" && descriptor.role === "server" && sameEnd(remote, peer);
  descriptor.role = answers ? "server" : "client";
  descriptor.kind = kind;
  descriptor.local = local;
  descriptor.remote = peer;
  renamed(descriptor, connectionName(descriptor));
};

/** A connect that sends nothing yet (TCP_FASTOPEN_CONNECT) has no pair of ends, only the address that was asked for. */
function connectByAddress(event: SyscallEvent, thread: Thread): void {
  const address = socketAddressAt(event, 3);
  if (address === undefined || address.kind === "other") return;
  const descriptor = event.descriptor ?? late(event, thread, address.kind);
  if (descriptor === undefined) return;
  descriptor.connected = true;
  if (address.kind === "unix") {
    renamed(descriptor, address.path);
    return;
  }
  const mapped = isMapped(address.address);
  descriptor.kind = mapped ? "ipv4" : address.kind;
  descriptor.remote = { address: mapped ? unmapped(address.address) : address.address, port: address.port };
  descriptor.role = "client";
  renamed(descriptor, connectionName(descriptor));
}

export const accept: Step = (event, thread) => acceptWith(event, thread, 0);
export const accept4: Step = (event, thread) => acceptWith(event, thread, u32At(event, 5) ?? 0);

function acceptWith(event: SyscallEvent, thread: Thread, flags: number): void {
  if (!succeeded(event)) return;
  const fd = event.result as number;
  const tuple = socketTupleAt(event, 1);
  if (tuple === undefined || tuple.kind === "other") {
    // Something is open there, and nothing tells what: not what was there before.
    thread.process.descriptors.delete(fd);
    event.fd = fd;
    event.descriptor = undefined;
    return;
  }
  const descriptor = makeDescriptor(tuple.kind, "");
  descriptor.role = "server";
  descriptor.connected = true;
  descriptor.openFlags = flags & openCloseOnExec;
  if (tuple.kind === "unix") {
    descriptor.name = unixName(tuple);
  } else {
    const { local, peer, kind } = ends(tuple, true);
    descriptor.kind = kind;
    descriptor.protocol = "tcp";
    descriptor.local = local;
    descriptor.remote = peer;
    descriptor.name = connectionName(descriptor);
  }
  opened(event, thread, fd, descriptor, (flags & openCloseOnExec) !== 0);
}

export const socketpair: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const first = signedAt(event, 1) ?? -1;
  const second = signedAt(event, 2) ?? -1;
  if (first === second) return;
  const closeOnExec = ((u32At(event, 6) ?? 0) & socketCloseOnExec) !== 0;
  opened(event, thread, second, makeDescriptor("unix", ""), closeOnExec);
  opened(event, thread, first, makeDescriptor("unix", ""), closeOnExec);
};

/** The tuple of what is sent names this end first; of what is received, the other. */
export function sends(tupleAt: number): Step {
  return (event, thread, state) => {
    if (!succeeded(event)) return;
    let { descriptor } = event;
    if (descriptor === undefined) {
      const tuple = socketTupleAt(event, tupleAt);
      if (tuple === undefined || (tuple.kind !== "ipv4" && tuple.kind !== "ipv6")) return;
      descriptor = late(event, thread, tuple.kind);
      if (descriptor === undefined) return;
      descriptor.protocol = "udp";
    }
    exchange(event, descriptor, tupleAt, false, state);
  };
}

/** @param controlAt - parameter with what came beside the data: descriptors of other processes among it */
export function receives(tupleAt: number, controlAt?: number): Step {
  return (event, thread, state) => {
    const { descriptor } = event;
    if (descriptor === undefined || !succeeded(event)) return;
    exchange(event, descriptor, tupleAt, true, state);
    if (controlAt !== undefined && descriptor.kind === "unix") forgetReceived(event, thread, controlAt);
  };
}

/** Data went over a socket that was asked to connect. */
export const transfers: Step = (event) => {
  const { descriptor } = event;
  if (descriptor === undefined || descriptor.connected === true) return;
  if ((descriptor.kind === "ipv4" || descriptor.kind === "ipv6") && succeeded(event)) descriptor.connected = true;
};

function exchange(event: SyscallEvent, descriptor: Descriptor, tupleAt: number, incoming: boolean, state: State): void {
  if (descriptor.kind === "ipv4" || descriptor.kind === "ipv6") descriptor.connected = true;
  // A stream stays what it was connected to.
  if (descriptor.protocol === "tcp" && descriptor.name !== "") return;
  const tuple = socketTupleAt(event, tupleAt);
  if (tuple === undefined || tuple.kind === "other") return;
  if (tuple.kind === "unix") {
    descriptor.kind = "unix";
    renamed(descriptor, unixName(tuple));
    return;
  }
  const { local, peer, kind } = ends(tuple, incoming);
  const remote = isNowhere(peer.address) && descriptor.remote !== undefined ? descriptor.remote : peer;
  const here = isNowhere(local.address) ? localEnd(local, remote, descriptor.local, state) : local;
  const known = descriptor.role !== undefined && descriptor.kind === kind;
  if (known && sameEnd(descriptor.local, here) && sameEnd(descriptor.remote, remote)) return;
  descriptor.kind = kind;
  descriptor.local = here;
  descriptor.remote = remote;
  descriptor.protocol ??= "udp";
  // Who hears before it speaks serves.
  descriptor.role ??= incoming ? "server" : "client";
  renamed(descriptor, connectionName(descriptor));
}

/** Which of the host's addresses a datagram left from or came to, where there is no choice. */
function localEnd(told: Endpoint, remote: Endpoint, before: Endpoint | undefined, state: State): Endpoint {
  if (before !== undefined && before.port === told.port && !isNowhere(before.address)) return before;
  const { addresses } = state;
  if (addresses.includes(remote.address)) return { address: remote.address, port: told.port };
  const others = addresses.filter((each) => each.length === remote.address.length && !isLoopback(each));
  return others.length === 1 && others[0] !== undefined ? { address: others[0], port: told.port } : told;
}

function isLoopback(address: string): boolean {
  return address.length === 4 ? address.charCodeAt(0) === 127 : address === `${"\0".repeat(15)}\x01`;
}

function ends(
  tuple: Extract<SocketTuple, { kind: "ipv4" | "ipv6" }>,
  incoming: boolean,
): { readonly local: Endpoint; readonly peer: Endpoint; readonly kind: "ipv4" | "ipv6" } {
  const mapped = isMapped(tuple.source) && isMapped(tuple.destination);
  const source = { address: mapped ? unmapped(tuple.source) : tuple.source, port: tuple.sourcePort };
  const destination = {
    address: mapped ? unmapped(tuple.destination) : tuple.destination,
    port: tuple.destinationPort,
  };
  const kind = mapped ? "ipv4" : tuple.kind;
  return incoming ? { local: destination, peer: source, kind } : { local: source, peer: destination, kind };
}

function sameEnd(one: Endpoint | undefined, other: Endpoint): boolean {
  return one !== undefined && one.port === other.port && one.address === other.address;
}

function unixName(tuple: Extract<SocketTuple, { kind: "unix" }>): string {
  return `${tuple.source.toString(16)}->${tuple.destination.toString(16)} ${tuple.path}`;
}

const rightsMessage = 1;
/** Most descriptors that the kernel passes at once. */
const mostPassed = 253;

/** Descriptors that another process passed (`SCM_RIGHTS`) are open from now on, and not on what their numbers were before. */
function forgetReceived(event: SyscallEvent, thread: Thread, controlAt: number): void {
  if (controlAt >= event.parameters) return;
  const { bytes } = event;
  let at = event.starts[controlAt] as number;
  const end = at + (event.lengths[controlAt] as number);
  while (at + 16 <= end) {
    const length = bytes.readUInt32LE(at);
    if (length < 16 || at + length > end) return;
    if (bytes.readInt32LE(at + 12) === rightsMessage) {
      const count = Math.min(mostPassed, (length - 16) >> 2);
      for (let index = 0; index < count; index++)
        thread.process.descriptors.delete(bytes.readInt32LE(at + 16 + index * 4));
    }
    at += (length + 7) & ~7;
  }
}
