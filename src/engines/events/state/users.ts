/** Users and groups of the host and of each container, as sources told them. Bounded: what comes over the bound is counted. */
import { bounds } from "../bounds.ts";
import type { GroupFacts, UserFacts } from "../sink.ts";

/** Entries of all hosts and containers together. */
const mostEntries = 200_000;
/** Of an entry besides its texts. */
const ownBytes = 200;

function bytesOf(facts: UserFacts | GroupFacts): number {
  const { home = "", shell = "" } = facts as Partial<UserFacts>;
  return ownBytes + facts.name.length + home.length + shell.length;
}

export class Users {
  /** Entries that found no place. */
  left = 0;
  private held = 0;
  private bytes = 0;
  private readonly mostBytes: number;
  private readonly users = new Map<string, Map<number, UserFacts>>();
  private readonly groups = new Map<string, Map<number, GroupFacts>>();

  constructor(mostBytes: number = bounds.usersBytes) {
    this.mostBytes = mostBytes;
  }

  /** @param container - its id, empty for the host's own */
  setUser(container: string, user: UserFacts): void {
    this.set(this.users, container, user);
  }

  setGroup(container: string, group: GroupFacts): void {
    this.set(this.groups, container, group);
  }

  removeUser(container: string, id: number): void {
    this.remove(this.users, container, id);
  }

  removeGroup(container: string, id: number): void {
    this.remove(this.groups, container, id);
  }

  user(container: string, id: number): UserFacts | undefined {
    return this.users.get(container)?.get(id);
  }

  group(container: string, id: number): GroupFacts | undefined {
    return this.groups.get(container)?.get(id);
  }

  private set<Facts extends UserFacts | GroupFacts>(
    all: Map<string, Map<number, Facts>>,
    container: string,
    facts: Facts,
  ): void {
    const own = all.get(container);
    const before = own?.get(facts.id);
    const bytes = bytesOf(facts) + (own === undefined ? ownBytes + container.length : 0);
    const grown = bytes - (before === undefined ? 0 : bytesOf(before));
    if ((before === undefined && this.held >= mostEntries) || this.bytes + grown > this.mostBytes) {
      this.left += 1;
      return;
    }
    if (before === undefined) this.held += 1;
    this.bytes += grown;
    if (own === undefined) all.set(container, new Map([[facts.id, facts]]));
    else own.set(facts.id, facts);
  }

  private remove<Facts extends UserFacts | GroupFacts>(
    all: Map<string, Map<number, Facts>>,
    container: string,
    id: number,
  ): void {
    const own = all.get(container);
    const before = own?.get(id);
    if (own === undefined || before === undefined) return;
    own.delete(id);
    this.held -= 1;
    this.bytes -= bytesOf(before);
    if (own.size > 0) return;
    all.delete(container);
    this.bytes -= ownBytes + container.length;
  }
}
