/** Users and groups of the host and of each container, as sources told them. Bounded: what comes over the bound is counted. */
import type { GroupFacts, UserFacts } from "../sink.ts";

/** Entries of all hosts and containers together. */
const mostEntries = 200_000;

export class Users {
  /** Entries that found no place. */
  left = 0;
  private held = 0;
  private readonly users = new Map<string, Map<number, UserFacts>>();
  private readonly groups = new Map<string, Map<number, GroupFacts>>();

  /** @param container - its id, empty for the host's own */
  setUser(container: string, user: UserFacts): void {
    this.set(this.users, container, user);
  }

  setGroup(container: string, group: GroupFacts): void {
    this.set(this.groups, container, group);
  }

  removeUser(container: string, id: number): void {
    if (this.users.get(container)?.delete(id)) this.held -= 1;
  }

  removeGroup(container: string, id: number): void {
    if (this.groups.get(container)?.delete(id)) this.held -= 1;
  }

  user(container: string, id: number): UserFacts | undefined {
    return this.users.get(container)?.get(id);
  }

  group(container: string, id: number): GroupFacts | undefined {
    return this.groups.get(container)?.get(id);
  }

  /** A container is gone. */
  forget(container: string): void {
    this.held -= (this.users.get(container)?.size ?? 0) + (this.groups.get(container)?.size ?? 0);
    this.users.delete(container);
    this.groups.delete(container);
  }

  private set<Facts extends { readonly id: number }>(
    all: Map<string, Map<number, Facts>>,
    container: string,
    facts: Facts,
  ): void {
    let own = all.get(container);
    if (own?.has(facts.id) !== true) {
      if (this.held >= mostEntries) {
        this.left += 1;
        return;
      }
      this.held += 1;
    }
    if (own === undefined) {
      own = new Map();
      all.set(container, own);
    }
    own.set(facts.id, facts);
  }
}
