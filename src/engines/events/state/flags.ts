/** Bits and numbers of events that the state reads: those of captures (`types/flag-lines.ts`), not the kernel's own. */

/** Of `clone`. */
export const cloneFiles = 0x1;
export const cloneParent = 0x100;
export const cloneThread = 0x2000;
export const cloneNewPid = 0x40;
export const cloneNewUser = 0x10_0000;
export const cloneVfork = 0x800_0000;
export const childInPidNamespace = 0x2000_0000;
/** Told by the child's own end of clone, which came before the other's. */
export const cloneInverted = 0x1_0000;

/** Of `open` and what else makes descriptors. */
export const openDirectory = 0x400;
export const openCloseOnExec = 0x1000;
export const upperLayer = 0x8000;
export const lowerLayer = 0x1_0000;
/** Of `creat`, which has flags of its own. */
export const creatUpperLayer = 1;
export const creatLowerLayer = 2;
/** SOCK_CLOEXEC, as the kernel has it in a socket's type. */
export const socketCloseOnExec = 0x8_0000;
export const memfdCloseOnExec = 1;
export const epollCloseOnExec = 1;
export const closeRangeUnshare = 2;
export const closeRangeOnExec = 4;

/** `AT_FDCWD`. */
export const currentDirectory = -100;

/** Of a program that was started. */
export const exeWritable = 1;
export const exeUpperLayer = 2;
export const exeFromMemfd = 4;
export const exeLowerLayer = 8;

/** Socket types and protocols. */
export const socketTypes = { stream: 1, datagram: 2, raw: 3 } as const;
export const protocols = { ip: 0, icmp: 1, tcp: 6, udp: 17, icmpv6: 58, raw: 255 } as const;

export const fcntlCommands = { duplicate: 1, setFlags: 3, duplicateCloseOnExec: 26 } as const;
export const SET_CHILD_SUBREAPER = 36;

/** `RLIMIT_NOFILE`. */
export const descriptorLimit = 7;
/** `EINPROGRESS`: a connect that goes on. */
export const inProgress = -115;
/** A uid or gid that is none: "as it is" in what sets them. */
export const noId = 0xffff_ffff;
/** All 41 that Linux has: what the first process of a new user namespace holds. */
export const allCapabilities = (1n << 41n) - 1n;
