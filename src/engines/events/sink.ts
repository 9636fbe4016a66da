/**
 * How sources hand over what they read, in the order in which it was written: first who was there before (snapshots), then
 * what happened. The state (`state/machine.ts`) is the sink of all of them; it sets the event's thread and descriptor and
 * hands it on.
 */
import type { ContainerFacts } from "./containers/model.ts";
import type { SyscallEvent } from "./event.ts";
import type { Descriptor } from "./state/thread.ts";
import type { GroupFacts, UserFacts } from "./users.ts";

export type { GroupFacts, UserFacts };

/** A thread that was there before the first event, or that somebody looked up later. Texts are byte strings. */
export interface ThreadSnapshot {
  readonly tid: number;
  readonly pid: number;
  /** The parent process's id. */
  readonly parent: number;
  readonly vtid?: number;
  readonly vpid?: number;
  readonly pgid?: number;
  readonly vpgid?: number;
  readonly sid?: number;
  readonly comm: string;
  readonly exe: string;
  readonly exePath: string;
  readonly args: readonly string[];
  readonly environment?: readonly string[];
  readonly cwd?: string;
  readonly root?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly loginUid?: number;
  readonly tty?: number;
  readonly capabilities?: { readonly permitted: bigint; readonly effective: bigint; readonly inheritable: bigint };
  readonly exeWritable?: boolean;
  readonly exeUpperLayer?: boolean;
  readonly exeLowerLayer?: boolean;
  readonly exeFromMemfd?: boolean;
  readonly exeInode?: bigint;
  /** Nanoseconds since 1970. */
  readonly exeChanged?: bigint;
  readonly exeModified?: bigint;
  readonly started?: bigint;
  readonly pidNamespaceStarted?: bigint;
  readonly flags?: number;
  readonly cgroups?: readonly string[];
}

export interface MachineFacts {
  readonly hostname?: string;
  /** Addresses of the host's own interfaces, 4 or 16 bytes: what tells which end of a connection is here. */
  readonly addresses: readonly string[];
  readonly bootTime?: bigint;
}

/** What gets each record of a source. None may keep the event, which the next one overwrites. */
export interface SyscallSink {
  machine(facts: MachineFacts): void;
  /** @param container - its id as the source has it, undefined for the host's own */
  user(user: UserFacts, container?: string): void;
  group(group: GroupFacts, container?: string): void;
  thread(snapshot: ThreadSnapshot): void;
  descriptor(tid: number, fd: number, descriptor: Descriptor): void;
  container(facts: ContainerFacts): void;
  event(event: SyscallEvent): void;
  /** Events that were dropped or could not be read: the state may be wrong from here, and "nothing found" is unknown. */
  lost(reason: string, count: number): void;
}
