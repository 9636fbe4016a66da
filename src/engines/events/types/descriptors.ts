/** Descriptors as frames and lines name their kinds, and the names that sockets have. */
import type { DescriptorKind, Endpoint } from "../state/thread.ts";
import { connectionText, endpointText } from "./addresses.ts";

export const protocols = ["tcp", "udp", "icmp", "raw"] as const;
export const roles = ["client", "server"] as const;
export const overlays = ["upper", "lower"] as const;

const descriptorKinds: ReadonlySet<string> = new Set<DescriptorKind>([
  "file",
  "directory",
  "ipv4",
  "ipv6",
  "unix",
  "pipe",
  "event",
  "eventpoll",
  "inotify",
  "signalfd",
  "timerfd",
  "netlink",
  "bpf",
  "userfault",
  "iouring",
  "memfd",
  "pidfd",
]);

/** A kind that only a later version knows is `unknown`. */
export function descriptorKind(text: string): DescriptorKind {
  return descriptorKinds.has(text) ? (text as DescriptorKind) : "unknown";
}

/** Who asked comes first. */
export function socketName(
  local: Endpoint | undefined,
  remote: Endpoint | undefined,
  role: string | undefined,
): string {
  if (local === undefined) return "";
  if (remote === undefined) return endpointText(local.address, local.port);
  const [from, to] = role === "server" ? [remote, local] : [local, remote];
  return connectionText(from.address, from.port, to.address, to.port);
}
