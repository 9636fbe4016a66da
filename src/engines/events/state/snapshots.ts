/**
 * Threads and descriptors that were there before the first event, or that somebody looked up later: put into the table as
 * they are told, and linked to one another when all were.
 */
import type { ThreadSnapshot } from "../sink.ts";
import { linkTo } from "./clone.ts";
import type { Descriptor, Endpoint } from "./descriptor.ts";
import { makeDescriptor } from "./descriptor.ts";
import { openCloseOnExec } from "./flags.ts";
import { asDirectory, nameAsPassed, withoutDeleted } from "./paths.ts";
import { connectionName } from "./socket-names.ts";
import type { State } from "./state.ts";
import type { Thread } from "./thread.ts";

/** Most ports that are remembered as listened on. */
const mostPorts = 65_536;
/** Most that wait for all others to be told: who tells more than there can be is not believed in that either. */
const mostUnsettled = 65_536;

export class Snapshots {
  private readonly state: State;
  private readonly loose = new Set<number>();
  private readonly unsettled: Descriptor[] = [];
  private readonly ports = new Set<number>();

  constructor(state: State) {
    this.state = state;
  }

  thread(told: ThreadSnapshot): void {
    const { threads } = this.state;
    let thread = threads.get(told.tid);
    if (thread?.known === true && thread.process.pid !== told.pid) {
      threads.remove(thread, 0);
      thread = undefined;
    }
    thread ??= threads.get(told.tid) ?? threads.add(told.tid, told.pid, undefined);
    threads.moveTo(thread, told.pid);
    fill(thread, told);
    if (told.cgroups !== undefined) {
      this.state.place(thread, this.state.readCgroups(told.cgroups.map((each) => `${each}\0`).join("")));
    }
    if (thread.leader === thread) {
      thread.parentPid = told.parent;
      this.loose.add(told.tid);
      if (this.loose.size > mostUnsettled) this.settle();
    }
    thread.weighAgain();
    thread.invalidate();
  }

  descriptor(tid: number, fd: number, told: Descriptor): void {
    const thread = this.state.threads.of(tid);
    const descriptor = Object.assign(makeDescriptor(told.kind, told.name), told);
    descriptor.name = nameAsPassed(told.name);
    const flags = descriptor.openFlags ?? 0;
    thread.process.descriptors.set(fd, descriptor, (flags & openCloseOnExec) !== 0);
    this.state.told = descriptor;
    if (descriptor.kind !== "ipv4" && descriptor.kind !== "ipv6") return;
    if (descriptor.remote !== undefined) {
      this.unsettled.push(descriptor);
      if (this.unsettled.length > mostUnsettled) this.settle();
    } else if (descriptor.local !== undefined && this.ports.size < mostPorts) {
      descriptor.role ??= "server";
      this.ports.add(descriptor.local.port);
    }
  }

  /** All that were there were told: who made whom, and which end of a connection serves. */
  settle(): void {
    for (const tid of this.loose) {
      const thread = this.state.threads.get(tid);
      if (thread === undefined || thread.leader !== thread || thread.parent !== undefined) continue;
      linkTo(thread, thread.parentPid, this.state);
    }
    this.loose.clear();
    for (const descriptor of this.unsettled) {
      descriptor.role ??= this.serves(descriptor.local) ? "server" : "client";
      if (descriptor.protocol === "tcp") descriptor.connected = true;
      descriptor.name = connectionName(descriptor);
    }
    this.unsettled.length = 0;
  }

  private serves(local: Endpoint | undefined): boolean {
    return local !== undefined && this.ports.has(local.port);
  }
}

function fill(thread: Thread, told: ThreadSnapshot): void {
  thread.known = true;
  thread.vtid = told.vtid ?? told.tid;
  thread.vpid = told.vpid ?? told.pid;
  thread.pgid = told.pgid ?? thread.pgid;
  thread.vpgid = told.vpgid ?? thread.vpgid;
  thread.sid = told.sid ?? thread.sid;
  thread.comm = told.comm;
  thread.exe = told.exe;
  thread.exePath = withoutDeleted(told.exePath);
  thread.args = told.args;
  if (told.environment !== undefined) thread.environment = told.environment;
  if (told.cwd !== undefined && told.cwd !== "") thread.process.cwd = asDirectory(told.cwd);
  if (told.root !== undefined) thread.process.root = told.root;
  thread.uid = told.uid ?? thread.uid;
  thread.gid = told.gid ?? thread.gid;
  thread.loginUid = told.loginUid === 0xffff_ffff ? undefined : told.loginUid;
  thread.tty = told.tty ?? thread.tty;
  thread.capabilities = told.capabilities ?? thread.capabilities;
  thread.exeWritable = told.exeWritable ?? thread.exeWritable;
  thread.exeUpperLayer = told.exeUpperLayer ?? thread.exeUpperLayer;
  thread.exeLowerLayer = told.exeLowerLayer ?? thread.exeLowerLayer;
  thread.exeFromMemfd = told.exeFromMemfd ?? thread.exeFromMemfd;
  thread.exeInode = told.exeInode ?? thread.exeInode;
  thread.exeChanged = told.exeChanged ?? thread.exeChanged;
  thread.exeModified = told.exeModified ?? thread.exeModified;
  if (told.started !== undefined) thread.started = told.started;
  thread.pidNamespaceStarted = told.pidNamespaceStarted ?? thread.pidNamespaceStarted;
  thread.flags = told.flags ?? thread.flags;
  if (thread.process.pid === 1 || thread.vpid === 1) thread.process.reaper = true;
}
