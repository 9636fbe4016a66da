/** What is learned of one container while it is watched: bounded lists, and what fell out of each. */
import type { ContainerFacts } from "../containers/model.ts";
import type { UsedOfKernel } from "../frames/notices.ts";
import { bounds } from "./bounds.ts";
import type { How, LearnedConnection } from "./model.ts";

export type Layer = "lower" | "upper" | "memfd";

export interface FileEntry {
  count: number;
  inode: string | undefined;
  layer: Layer | undefined;
  /** Its path is the kernel's own: no link is in it. */
  resolved: boolean;
  how: Set<How> | undefined;
}

export interface ConnectionEntry {
  readonly direction: LearnedConnection["direction"];
  readonly protocol: "TCP" | "UDP";
  /** 4 or 16 bytes. */
  readonly address: string;
  readonly port: number;
  count: number;
  /** Of datagrams: something was sent. */
  sent: boolean;
}

export interface PortEntry {
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  /** Undefined where nobody saw it being listened on. */
  local: boolean | undefined;
  count: number;
}

/** Bytes that all containers of one run may take. */
export interface Budget {
  bytes: number;
}

/** Of an entry besides its text. */
const entryBytes = 120;

export class ContainerRecord {
  facts: ContainerFacts;
  /** Milliseconds since 1970; -1 before the first event of all. */
  from: number;
  to: number;
  /** Something of it ran already when it was told of. */
  early = false;
  start = false;
  stop = false;
  /** Its first process, as the host numbers it; 0 where it was not seen. */
  main = 0;
  readonly opened = new Map<string, FileEntry>();
  readonly executables = new Map<string, FileEntry>();
  readonly written = new Map<string, FileEntry>();
  readonly connections = new Map<string, ConnectionEntry>();
  readonly listening = new Map<string, PortEntry>();
  readonly users = new Set<string>();
  /** Commands of its probes that were executed. */
  readonly probed = new Set<string>();
  readonly cut = new Map<string, number>();
  readonly lost = new Map<string, number>();
  /** By cgroup: a container may make some of its own. */
  readonly used = new Map<bigint, UsedOfKernel>();
  private readonly budget: Budget;

  constructor(facts: ContainerFacts, from: number, budget: Budget) {
    this.facts = facts;
    this.from = from;
    this.to = from;
    this.budget = budget;
  }

  file(list: "opened" | "executables" | "written", path: string): FileEntry | undefined {
    const files = this[list];
    const known = files.get(path);
    if (known !== undefined) return known;
    if (!this.fits(list, files.size, bounds.files, path.length)) return undefined;
    const entry: FileEntry = { count: 0, inode: undefined, layer: undefined, resolved: false, how: undefined };
    files.set(path, entry);
    return entry;
  }

  connection(
    direction: ConnectionEntry["direction"],
    protocol: "TCP" | "UDP",
    address: string,
    port: number,
  ): ConnectionEntry | undefined {
    const key = `${direction}${protocol}${port}/${address}`;
    const known = this.connections.get(key);
    if (known !== undefined) return known;
    if (!this.fits("connections", this.connections.size, bounds.connections, key.length)) return undefined;
    const entry = { direction, protocol, address, port, count: 0, sent: false };
    this.connections.set(key, entry);
    return entry;
  }

  port(protocol: "TCP" | "UDP", port: number): PortEntry | undefined {
    const key = `${protocol}${port}`;
    const known = this.listening.get(key);
    if (known !== undefined) return known;
    if (!this.fits("listening", this.listening.size, bounds.ports, key.length)) return undefined;
    const entry: PortEntry = { protocol, port, local: undefined, count: 0 };
    this.listening.set(key, entry);
    return entry;
  }

  user(uid: number, gid: number): void {
    const key = `${uid}:${gid}`;
    if (!this.users.has(key) && this.fits("users", this.users.size, bounds.users, key.length)) this.users.add(key);
  }

  executes({ exe, args }: { readonly exe: string; readonly args: readonly string[] }): void {
    const probes = probesOf(this.facts);
    if (probes.length === 0) return;
    const command = [exe, ...args].join(" ");
    for (const probe of probes) if (command === probe) this.probed.add(probe);
  }

  loses(reason: string, count: number): void {
    const known = this.lost.has(reason) || this.lost.size < bounds.reasons ? reason : "other reasons";
    this.lost.set(known, (this.lost.get(known) ?? 0) + count);
  }

  missed(list: string, count = 1): void {
    this.cut.set(list, (this.cut.get(list) ?? 0) + count);
  }

  private fits(list: string, size: number, most: number, text: number): boolean {
    const bytes = entryBytes + text;
    if (size >= most || this.budget.bytes + bytes > bounds.bytes) {
      this.missed(list);
      return false;
    }
    this.budget.bytes += bytes;
    return true;
  }
}

/** Command lines that a runtime or kubelet executes in it to see whether it works; byte strings. */
export function probesOf({ details }: ContainerFacts): string[] {
  if (details === undefined) return [];
  const { healthProbe, livenessProbe, readinessProbe } = details;
  return [healthProbe, livenessProbe, readinessProbe].filter(
    (probe) => probe !== undefined && probe !== "",
  ) as string[];
}
