/**
 * The descriptors of a process. A copy that `fork` makes costs nothing until one of the two changes; what `clone(CLONE_FILES)`
 * shares is one object for both. Bounded for each and for all: the oldest goes first, counted.
 */
import type { Descriptor } from "./descriptor.ts";

/** What is counted over all tables. */
export interface DescriptorBudget {
  readonly mostOfOne: number;
  /** Of all tables, what they share counted once. */
  held: number;
  evicted: number;
  /** Of the texts of all threads and descriptors, with what they take for themselves (`bounds.ts`, `stateBytes`). */
  bytes: number;
}

export function newBudget(mostOfOne: number): DescriptorBudget {
  return { mostOfOne, held: 0, evicted: 0, bytes: 0 };
}

/** Of a descriptor without its texts, with its place in a table and the name of a socket. */
const ownBytes = 256;

function bytesOf({ name, nameRaw }: Descriptor): number {
  return ownBytes + name.length + (nameRaw === undefined || nameRaw === name ? 0 : nameRaw.length);
}

/** What one or more tables have, until one of them changes. */
interface Entries {
  readonly open: Map<number, Descriptor>;
  /** Numbers that `execve` closes. */
  readonly closing: Set<number>;
  tables: number;
  /** Of all that is open. */
  bytes: number;
}

function noEntries(): Entries {
  return { open: new Map(), closing: new Set(), tables: 1, bytes: 0 };
}

export class Descriptors {
  readonly budget: DescriptorBudget;
  private entries: Entries;
  /** Processes that have this one. */
  private processes = 1;

  constructor(budget: DescriptorBudget, entries: Entries = noEntries()) {
    this.budget = budget;
    this.entries = entries;
  }

  get size(): number {
    return this.entries.open.size;
  }

  get(fd: number): Descriptor | undefined {
    return this.entries.open.get(fd);
  }

  /** Numbers with what they are open on. */
  [Symbol.iterator](): IterableIterator<[number, Descriptor]> {
    return this.entries.open[Symbol.iterator]();
  }

  closesOnExec(fd: number): boolean {
    return this.entries.closing.has(fd);
  }

  /** Opens a number, over what was there. A number below 0 is none. */
  set(fd: number, descriptor: Descriptor, closeOnExec: boolean): void {
    if (fd < 0) return;
    const entries = this.own();
    const { open, closing } = entries;
    const before = open.get(fd);
    if (before === undefined) {
      if (open.size >= this.budget.mostOfOne) this.evictOldest(entries);
      this.budget.held += 1;
    }
    open.set(fd, descriptor);
    descriptor.bytes ??= bytesOf(descriptor);
    this.grown(entries, descriptor.bytes - (before?.bytes ?? 0));
    if (closeOnExec) closing.add(fd);
    else if (closing.size > 0) closing.delete(fd);
  }

  setCloseOnExec(fd: number, closeOnExec: boolean): void {
    if (this.closesOnExec(fd) === closeOnExec || this.get(fd) === undefined) return;
    const { closing } = this.own();
    if (closeOnExec) closing.add(fd);
    else closing.delete(fd);
  }

  delete(fd: number): void {
    const descriptor = this.entries.open.get(fd);
    if (descriptor === undefined) return;
    const entries = this.own();
    entries.open.delete(fd);
    entries.closing.delete(fd);
    this.budget.held -= 1;
    this.grown(entries, -(descriptor.bytes ?? 0));
  }

  /** `close_range`: numbers from the first to the last, both included. */
  deleteRange(first: number, last: number): void {
    for (const fd of [...this.entries.open.keys()]) if (fd >= first && fd <= last) this.delete(fd);
  }

  closeRangeOnExec(first: number, last: number): void {
    for (const fd of [...this.entries.open.keys()]) if (fd >= first && fd <= last) this.setCloseOnExec(fd, true);
  }

  /** What `execve` does. */
  closeOnExec(): void {
    if (this.entries.closing.size === 0) return;
    const entries = this.own();
    const { open, closing } = entries;
    const before = open.size;
    let bytes = 0;
    for (const fd of closing) {
      bytes += open.get(fd)?.bytes ?? 0;
      open.delete(fd);
    }
    closing.clear();
    this.budget.held -= before - open.size;
    this.grown(entries, -bytes);
  }

  /** For a process that `fork` made. */
  copy(): Descriptors {
    this.entries.tables += 1;
    return new Descriptors(this.budget, this.entries);
  }

  /** For a process that `clone(CLONE_FILES)` made. */
  share(): this {
    this.processes += 1;
    return this;
  }

  /** What the process has on its own from now on: `execve`, `unshare(CLONE_FILES)`. */
  unshare(): Descriptors {
    if (this.processes === 1) return this;
    this.processes -= 1;
    return this.copy();
  }

  /** A process is over, or forgotten. Returns how many descriptors are gone with it. */
  release(): number {
    this.processes -= 1;
    if (this.processes > 0) return 0;
    const { entries } = this;
    this.entries = noEntries();
    entries.tables -= 1;
    if (entries.tables > 0) return 0;
    this.budget.held -= entries.open.size;
    this.budget.bytes -= entries.bytes;
    return entries.open.size;
  }

  private own(): Entries {
    const { entries } = this;
    if (entries.tables === 1) return entries;
    entries.tables -= 1;
    const { open, closing, bytes } = entries;
    this.entries = { open: new Map(open), closing: new Set(closing), tables: 1, bytes };
    this.budget.held += open.size;
    this.budget.bytes += bytes;
    return this.entries;
  }

  private grown(entries: Entries, by: number): void {
    entries.bytes += by;
    this.budget.bytes += by;
  }

  private evictOldest(entries: Entries): void {
    for (const [fd, descriptor] of entries.open) {
      entries.open.delete(fd);
      entries.closing.delete(fd);
      this.budget.held -= 1;
      this.budget.evicted += 1;
      this.grown(entries, -(descriptor.bytes ?? 0));
      return;
    }
  }
}
