/** Kinds and protocols of descriptors as `fd.type` and `fd.typechar` say them. */
import type { Descriptor, DescriptorKind } from "../state/thread.ts";

export const kindNames: Readonly<Record<DescriptorKind, string>> = {
  file: "file",
  directory: "directory",
  ipv4: "ipv4",
  ipv6: "ipv6",
  unix: "unix",
  pipe: "pipe",
  event: "event",
  eventpoll: "eventpoll",
  inotify: "inotify",
  signalfd: "signalfd",
  timerfd: "timerfd",
  netlink: "netlink",
  bpf: "bpf",
  userfault: "userfaultfd",
  iouring: "io_uring",
  memfd: "memfd",
  pidfd: "pidfd",
  unknown: "<NA>",
};

export const kindCharacters: Readonly<Record<DescriptorKind, string>> = {
  file: "f",
  directory: "d",
  ipv4: "4",
  ipv6: "6",
  unix: "u",
  pipe: "p",
  event: "e",
  eventpoll: "l",
  inotify: "i",
  signalfd: "s",
  timerfd: "t",
  netlink: "n",
  bpf: "b",
  userfault: "u",
  iouring: "r",
  memfd: "m",
  pidfd: "P",
  unknown: "o",
};

/**
 * The protocol of a socket between addresses. Undefined until it is known who asked whom, or that it listens: so rules of
 * upstream read it. A raw socket is one from the start.
 */
export function protocolOf({ kind, protocol, local, remote, role }: Descriptor): Descriptor["protocol"] {
  if (kind !== "ipv4" && kind !== "ipv6") return undefined;
  const listens = remote === undefined && local !== undefined;
  return protocol === "raw" || role !== undefined || listens ? protocol : undefined;
}
