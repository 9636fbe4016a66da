/** Fields of the descriptors that `poll` waits for, with commas between. */
import type { SyscallEvent } from "../event.ts";
import type { Descriptor, Endpoint } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { descriptorListAt } from "../types/parameters.ts";
import { ofEvent, type SyscallField } from "./define.ts";
import { shownAddress } from "./shown.ts";

function listOf(
  name: string,
  description: string,
  read: (fd: number, descriptor: Descriptor | undefined) => string | undefined,
): SyscallField {
  return ofEvent(name, "text", description, (event: SyscallEvent) => {
    const { code, thread } = event;
    if (thread === undefined || (code !== codes.poll && code !== codes.ppoll)) return undefined;
    const texts: string[] = [];
    for (const { fd } of descriptorListAt(event, 1)) {
      const text = read(fd, thread.process.descriptors.get(fd));
      if (text !== undefined) texts.push(text);
    }
    return texts.length === 0 ? undefined : texts.join(",");
  });
}

/** @param server - the end that was asked; else the one that asked, which a socket that listens has none of */
function endOf(descriptor: Descriptor | undefined, server: boolean): Endpoint | undefined {
  if (descriptor === undefined || !/^ipv[46]$/.test(descriptor.kind)) return undefined;
  const { local, remote, role } = descriptor;
  if (remote === undefined) return server ? local : undefined;
  return (role === "server") === server ? local : remote;
}

function addressOf(server: boolean): (fd: number, descriptor: Descriptor | undefined) => string | undefined {
  return (_, descriptor) => {
    const end = endOf(descriptor, server);
    return end === undefined ? undefined : shownAddress(end.address);
  };
}

function portOf(server: boolean): (fd: number, descriptor: Descriptor | undefined) => string | undefined {
  return (_, descriptor) => {
    const end = endOf(descriptor, server);
    return end === undefined ? undefined : String(end.port);
  };
}

export const descriptorListFields: readonly SyscallField[] = [
  listOf("fdlist.nums", "Numbers of the descriptors", (fd) => String(fd)),
  listOf(
    "fdlist.names",
    "Their names; `<NA>` for one that nothing tells of",
    (_, descriptor) => descriptor?.name || "<NA>",
  ),
  listOf("fdlist.cips", "Addresses of their clients", addressOf(false)),
  listOf("fdlist.sips", "Addresses of their servers", addressOf(true)),
  listOf("fdlist.cports", "Ports of their clients", portOf(false)),
  listOf("fdlist.sports", "Ports of their servers", portOf(true)),
];
