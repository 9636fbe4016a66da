/** Which events tell of connections, and what each says: who was asked, who asked, what is listened on. */
import type { SyscallEvent } from "../event.ts";
import type { Descriptor, Endpoint } from "../state/thread.ts";
import { codes } from "../types/codes.ts";

/** System calls that tell what is learned of connections. */
export const connectionHooks: readonly string[] = [
  ...["socket", "bind", "listen", "connect", "accept", "accept4", "sendto", "sendmsg", "sendmmsg"],
];

export interface ConnectionDeeds {
  /**
   * @param address - 4 or 16 bytes
   * @param sent - false for a connect of a socket of datagrams, which sends nothing yet
   */
  asked(protocol: "TCP" | "UDP", address: string, port: number, sent: boolean): void;
  answered(protocol: "TCP" | "UDP", address: string, port: number): void;
  listens(protocol: "TCP" | "UDP", port: number, local: boolean): void;
}

const IN_PROGRESS = -115;
const sends: ReadonlySet<number> = new Set([codes.sendto, codes.sendmsg, codes.sendmmsg, codes.send]);

export function connectionDeeds(event: SyscallEvent, deeds: ConnectionDeeds): void {
  const { code, descriptor, result } = event;
  if (descriptor === undefined || (descriptor.kind !== "ipv4" && descriptor.kind !== "ipv6")) return;
  if (typeof result !== "number" || (result < 0 && !(code === codes.connect && result === IN_PROGRESS))) return;
  const { local, remote } = descriptor;
  const protocol = protocolOf(descriptor);
  if (protocol === undefined) return;
  if (code === codes.listen) {
    if (local !== undefined) deeds.listens("TCP", local.port, isLoopback(local.address));
  } else if (code === codes.bind) {
    // A port that nobody chose is for what is asked from it.
    if (protocol === "UDP" && local !== undefined && local.port !== 0)
      deeds.listens("UDP", local.port, isLoopback(local.address));
  } else if (code === codes.accept || code === codes.accept4) {
    if (local !== undefined && remote !== undefined) deeds.answered("TCP", remote.address, local.port);
  } else if (code === codes.connect) {
    if (isSomewhere(remote)) deeds.asked(protocol, remote.address, remote.port, protocol === "TCP");
  } else if (sends.has(code) && protocol === "UDP" && isSomewhere(remote)) {
    if (descriptor.role === "server" && local !== undefined) deeds.answered("UDP", remote.address, local.port);
    else deeds.asked("UDP", remote.address, remote.port, true);
  }
}

/** What nothing tells of is TCP; others than the two are not followed. */
function protocolOf({ protocol }: Descriptor): "TCP" | "UDP" | undefined {
  if (protocol === "udp") return "UDP";
  return protocol === undefined || protocol === "tcp" ? "TCP" : undefined;
}

function isSomewhere(end: Endpoint | undefined): end is Endpoint {
  return end !== undefined && end.port !== 0;
}

export function isLoopback(address: string): boolean {
  if (address.length === 4) return address.charCodeAt(0) === 127;
  if (address.startsWith("\0\0\0\0\0\0\0\0\0\0\xff\xff")) return address.charCodeAt(12) === 127;
  return address === `${"\0".repeat(15)}\x01`;
}
