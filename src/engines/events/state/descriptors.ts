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

function bytesOf({ name, nameRaw, reached = "" }: Descriptor): number {
  return ownBytes + name.length + (nameRaw === undefined || nameRaw === name ? 0 : nameRaw.length) + reached.length;
}

/** Numbers below this are the index of an array; most processes have no others, and a Map takes longer. */
const near = 64;

export class Descriptors {
  readonly budget: DescriptorBudget;
  // What is open, shared with copies until one of them changes. Below `near`, without holes:
  private low: (Descriptor | undefined)[] = [];
  private high: Map<number, Descriptor> | undefined = undefined;
  /** Numbers that `execve` closes: a bit each for those below 32 and for the 32 after them, and the rest. */
  private closingFirst = 0;
  private closingSecond = 0;
  private closingHigh: Set<number> | undefined = undefined;
  private count = 0;
  /** Of all that is open. */
  private bytes = 0;
  /** How many tables have the same; undefined: this one alone. */
  private sharing: { tables: number } | undefined = undefined;
  /** Processes that have this one. */
  private processes = 1;

  constructor(budget: DescriptorBudget) {
    this.budget = budget;
  }

  get size(): number {
    return this.count;
  }

  get(fd: number): Descriptor | undefined {
    if (fd >= near) return this.high?.get(fd);
    return fd >= 0 && fd < this.low.length ? this.low[fd] : undefined;
  }

  /** Numbers with what they are open on. */
  *[Symbol.iterator](): IterableIterator<[number, Descriptor]> {
    for (const [fd, descriptor] of this.low.entries()) if (descriptor !== undefined) yield [fd, descriptor];
    if (this.high !== undefined) yield* this.high;
  }

  closesOnExec(fd: number): boolean {
    if (fd >= near) return this.closingHigh?.has(fd) === true;
    return fd >= 0 && ((fd < 32 ? this.closingFirst : this.closingSecond) & (1 << fd)) !== 0;
  }

  /** Opens a number, over what was there. A number below 0 is none. */
  set(fd: number, descriptor: Descriptor, closeOnExec: boolean): void {
    if (fd < 0) return;
    if (this.sharing !== undefined) this.own();
    const before = this.get(fd);
    if (before === undefined) {
      if (this.count >= this.budget.mostOfOne) this.evictOldest();
      this.budget.held += 1;
      this.count += 1;
    }
    if (fd < near) {
      const { low } = this;
      while (low.length <= fd) low.push(undefined);
      low[fd] = descriptor;
    } else {
      this.high ??= new Map();
      this.high.set(fd, descriptor);
    }
    descriptor.bytes ??= bytesOf(descriptor);
    this.grown(descriptor.bytes - (before?.bytes ?? 0));
    this.mark(fd, closeOnExec);
  }

  setCloseOnExec(fd: number, closeOnExec: boolean): void {
    if (this.closesOnExec(fd) === closeOnExec || this.get(fd) === undefined) return;
    if (this.sharing !== undefined) this.own();
    this.mark(fd, closeOnExec);
  }

  delete(fd: number): void {
    if (this.get(fd) === undefined) return;
    if (this.sharing !== undefined) this.own();
    this.remove(fd);
  }

  /** `close_range`: numbers from the first to the last, both included. */
  deleteRange(first: number, last: number): void {
    for (const [fd] of [...this]) if (fd >= first && fd <= last) this.delete(fd);
  }

  closeRangeOnExec(first: number, last: number): void {
    for (const [fd] of [...this]) if (fd >= first && fd <= last) this.setCloseOnExec(fd, true);
  }

  /** What `execve` does. */
  closeOnExec(): void {
    if (this.closingFirst === 0 && this.closingSecond === 0 && (this.closingHigh?.size ?? 0) === 0) return;
    if (this.sharing !== undefined) this.own();
    for (let bits = this.closingFirst; bits !== 0; bits &= bits - 1) this.remove(31 - Math.clz32(bits & -bits));
    for (let bits = this.closingSecond; bits !== 0; bits &= bits - 1) this.remove(63 - Math.clz32(bits & -bits));
    for (const fd of this.closingHigh ?? []) this.remove(fd);
  }

  /** For a process that `fork` made. */
  copy(): Descriptors {
    this.sharing ??= { tables: 1 };
    this.sharing.tables += 1;
    const copy = new Descriptors(this.budget);
    copy.low = this.low;
    copy.high = this.high;
    copy.closingFirst = this.closingFirst;
    copy.closingSecond = this.closingSecond;
    copy.closingHigh = this.closingHigh;
    copy.count = this.count;
    copy.bytes = this.bytes;
    copy.sharing = this.sharing;
    return copy;
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
    const { count, bytes, sharing } = this;
    this.low = [];
    this.high = undefined;
    this.closingFirst = 0;
    this.closingSecond = 0;
    this.closingHigh = undefined;
    this.count = 0;
    this.bytes = 0;
    this.sharing = undefined;
    if (sharing !== undefined) {
      sharing.tables -= 1;
      if (sharing.tables > 0) return 0;
    }
    this.budget.held -= count;
    this.budget.bytes -= bytes;
    return count;
  }

  /** Before it changes what others may have too. */
  private own(): void {
    const { sharing } = this;
    this.sharing = undefined;
    if (sharing === undefined || sharing.tables === 1) return;
    sharing.tables -= 1;
    this.low = this.low.slice();
    if (this.high !== undefined) this.high = new Map(this.high);
    if (this.closingHigh !== undefined) this.closingHigh = new Set(this.closingHigh);
    this.budget.held += this.count;
    this.budget.bytes += this.bytes;
  }

  private mark(fd: number, closeOnExec: boolean): void {
    if (fd >= near) {
      if (closeOnExec) {
        this.closingHigh ??= new Set();
        this.closingHigh.add(fd);
      } else this.closingHigh?.delete(fd);
      return;
    }
    const bit = 1 << fd;
    if (fd < 32) this.closingFirst = closeOnExec ? this.closingFirst | bit : this.closingFirst & ~bit;
    else this.closingSecond = closeOnExec ? this.closingSecond | bit : this.closingSecond & ~bit;
  }

  /** Of what is its own by now. */
  private remove(fd: number): void {
    const descriptor = this.get(fd);
    if (descriptor === undefined) return;
    if (fd < near) this.low[fd] = undefined;
    else this.high?.delete(fd);
    this.mark(fd, false);
    this.count -= 1;
    this.budget.held -= 1;
    this.grown(-(descriptor.bytes ?? 0));
  }

  private grown(by: number): void {
    this.bytes += by;
    this.budget.bytes += by;
  }

  /** Of numbers that an array holds nothing tells the age: the lowest goes, where there are no others. */
  private evictOldest(): void {
    const [oldest] = this.high !== undefined && this.high.size > 0 ? this.high : this;
    if (oldest === undefined) return;
    this.remove(oldest[0]);
    this.budget.evicted += 1;
  }
}
