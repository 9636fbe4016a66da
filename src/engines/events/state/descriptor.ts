/** What a file descriptor is open on. All texts are byte strings (`fields/field.ts`). */

/**
 * What a file descriptor is open on: the kernel's open file, which descriptors share that were copied from one another (`dup`,
 * `fork`). What is one descriptor's alone, to be closed by `execve`, is in `state/descriptors.ts`.
 */
export interface Descriptor {
  kind: DescriptorKind;
  /** A path, `10.0.0.1:4000->10.0.0.2:80` (who asked comes first), the name of a pipe: what `fd.name` says. */
  name: string;
  /** As it was passed to the kernel, before it was joined to a directory; absent where nothing tells. */
  nameRaw?: string | undefined;
  /** Path of the file that the kernel opened, links followed; absent where nothing tells, or where it is the name. */
  reached?: string | undefined;
  /** Ends of a connection: 4 or 16 bytes each; absent where it has none. A socket that listens has the local one alone. */
  local?: Endpoint | undefined;
  remote?: Endpoint | undefined;
  /** Which of the two asked: `fd.cip` is the client's. Absent where nothing tells. */
  role?: "client" | "server" | undefined;
  protocol?: "tcp" | "udp" | "icmp" | "raw" | undefined;
  /** True from a connect that came through or is under way. */
  connected?: boolean | undefined;
  openFlags?: number | undefined;
  mode?: number | undefined;
  device?: number | undefined;
  inode?: bigint | undefined;
  /** Name changed by the event in hand (`fd.name_changed`). */
  nameChanged?: boolean | undefined;
  overlay?: "upper" | "lower" | undefined;
  /** Of a `pidfd`: the process that it stands for. */
  pid?: number | undefined;
  /** What it counts for in the state's budget, from when a table first has it. */
  bytes?: number | undefined;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** As `fd.type` says it; `fd.typechar` follows from it. */
export type DescriptorKind =
  | "file"
  | "directory"
  | "ipv4"
  | "ipv6"
  | "unix"
  | "pipe"
  | "event"
  | "eventpoll"
  | "inotify"
  | "signalfd"
  | "timerfd"
  | "netlink"
  | "bpf"
  | "userfault"
  | "iouring"
  | "memfd"
  | "pidfd"
  | "unknown";

/** All of one shape, whatever they are open on. */
export function makeDescriptor(kind: DescriptorKind, name: string): Descriptor {
  return {
    kind,
    name,
    nameRaw: undefined,
    reached: undefined,
    local: undefined,
    remote: undefined,
    role: undefined,
    protocol: undefined,
    connected: undefined,
    openFlags: undefined,
    mode: undefined,
    device: undefined,
    inode: undefined,
    nameChanged: undefined,
    overlay: undefined,
    pid: undefined,
    bytes: undefined,
  };
}
