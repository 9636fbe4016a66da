/**
 * Fields of the two ends of a connection. Client is who asked, server who was asked, local this end, remote the other: the
 * state knows which is which from `connect` and `accept`, and so no list of the host's own addresses is needed.
 */
import type { Descriptor, Endpoint } from "../state/thread.ts";
import { type SyscallField, untold } from "./define.ts";
import { ofDescriptor } from "./fd.ts";

type Side = "client" | "server" | "local" | "remote";

function isNetwork({ kind }: Descriptor): boolean {
  return kind === "ipv4" || kind === "ipv6";
}

/** Undefined where nothing tells who asked. A socket that listens has one end, the server's. */
function endOf(descriptor: Descriptor, side: Side): Endpoint | undefined {
  const { local, remote, role } = descriptor;
  if (!isNetwork(descriptor)) return undefined;
  if (remote === undefined) return side === "server" ? local : undefined;
  if (role === undefined) return undefined;
  if (side === "local") return local;
  if (side === "remote") return remote;
  return side === role ? local : remote;
}

/** Both ends, the local one first; undefined for what has none. */
function ends<Result extends string | number>(
  descriptor: Descriptor,
  read: (end: Endpoint) => Result,
): Result[] | undefined {
  if (!isNetwork(descriptor)) return undefined;
  const { local, remote } = descriptor;
  const both: Result[] = [];
  if (local !== undefined) both.push(read(local));
  if (remote !== undefined) both.push(read(remote));
  return both.length === 0 ? undefined : both;
}

const address = (end: Endpoint): string => end.address;
const port = (end: Endpoint): number => end.port;

const sides: readonly { readonly side: Side; readonly letter: string; readonly what: string }[] = [
  { side: "client", letter: "c", what: "client" },
  { side: "server", letter: "s", what: "server" },
  { side: "local", letter: "l", what: "local end" },
  { side: "remote", letter: "r", what: "remote end" },
];

/** Names come from looking addresses up, which no verdict waits for. */
const noNames = "names of addresses are not looked up: compare fd.sip or fd.snet";

export const connectionFields: readonly SyscallField[] = [
  ofDescriptor("fd.ip", "address", "Either address", (descriptor) => ends(descriptor, address), { either: true }),
  ofDescriptor("fd.port", "port", "Either port", (descriptor) => ends(descriptor, port), { either: true }),
  ofDescriptor(
    "fd.net",
    "network",
    "Either address, to be compared with networks: `fd.net in (10.0.0.0/8)`",
    (descriptor) => ends(descriptor, address),
    {
      either: true,
    },
  ),
  ofDescriptor(
    "fd.proto",
    "port",
    "Either port, by number or by the service's name",
    (descriptor) => ends(descriptor, port),
    { either: true },
  ),
  ...sides.flatMap(({ side, letter, what }) => [
    ofDescriptor(
      `fd.${letter}ip`,
      "address",
      `Address of the ${what}`,
      (descriptor) => endOf(descriptor, side)?.address,
    ),
    ofDescriptor(`fd.${letter}port`, "port", `Port of the ${what}`, (descriptor) => endOf(descriptor, side)?.port),
    ofDescriptor(
      `fd.${letter}net`,
      "network",
      `Address of the ${what}, to be compared with networks`,
      (descriptor) => endOf(descriptor, side)?.address,
    ),
    ofDescriptor(`fd.${letter}proto`, "text", `Port of the ${what} as a text`, (descriptor) => {
      const end = endOf(descriptor, side);
      return end === undefined ? undefined : String(end.port);
    }),
    untold(`fd.${letter}ip.name`, "text", `Name of the address of the ${what}: ${noNames}`),
  ]),
  ofDescriptor(
    "fd.is_server",
    "boolean",
    "This end is the server, or listens",
    (descriptor) =>
      isNetwork(descriptor) &&
      (descriptor.role === "server" || (descriptor.remote === undefined && descriptor.local !== undefined)),
  ),
];
