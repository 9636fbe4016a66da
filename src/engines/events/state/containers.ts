/**
 * Containers that threads run in: known by their cgroup from the first moment, by what their runtime says as soon as it is
 * asked and answers. Bounded: those that nobody runs in go first, and no eviction of others is silent.
 */
import type { ContainerFacts } from "../containers/model.ts";
import type { Threads } from "./threads.ts";

export class Containers {
  /** Containers that were forgotten although something runs in them. */
  evicted = 0;
  private readonly known = new Map<string, ContainerFacts>();
  private readonly threads: Threads;
  private readonly most: number;
  private readonly appeared: (facts: ContainerFacts) => void;

  /** @param appeared - hears of each container that a thread is seen in and of which no details are known */
  constructor(threads: Threads, most: number, appeared: (facts: ContainerFacts) => void) {
    this.threads = threads;
    this.most = most;
    this.appeared = appeared;
  }

  /** What is known of the container that a cgroup names. */
  of(named: ContainerFacts): ContainerFacts {
    const key = keyOf(named);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.makeRoom();
    this.known.set(key, named);
    this.appeared(named);
    return named;
  }

  get(id: string): ContainerFacts | undefined {
    return this.known.get(id);
  }

  /** Somebody asked the runtime: every thread of the container shows it from now on. */
  set(told: ContainerFacts): void {
    const key = this.keyFor(told);
    const before = this.known.get(key);
    const podUid = told.podUid ?? told.details?.pod?.uid ?? before?.podUid;
    const details = told.details ?? before?.details;
    const uid = told.uid ?? before?.uid;
    const facts: ContainerFacts = {
      id: told.id,
      fullId: told.fullId === told.id && before !== undefined ? before.fullId : told.fullId,
      runtime: told.runtime === "other" && before !== undefined ? before.runtime : told.runtime,
      ...(details === undefined ? {} : { details }),
      ...(podUid === undefined ? {} : { podUid }),
      ...(uid === undefined ? {} : { uid }),
    };
    if (before === undefined) this.makeRoom();
    this.known.set(key, facts);
    if (before === undefined) return;
    for (const thread of this.threads.values()) {
      if (thread.container !== before) continue;
      thread.container = facts;
      thread.forgetFound();
    }
  }

  /** Captures do not say whose a container of podman is: it is a user's where root's is not known. */
  private keyFor(told: ContainerFacts): string {
    const own = keyOf(told);
    if (told.uid !== undefined || told.runtime !== "podman" || this.known.has(own)) return own;
    for (const [key, { id }] of this.known) if (id === told.id) return key;
    return own;
  }

  private makeRoom(): void {
    if (this.known.size < this.most) return;
    const used = new Set<ContainerFacts | "host" | undefined>();
    for (const thread of this.threads.values()) used.add(thread.container);
    for (const [id, facts] of this.known) if (!used.has(facts)) this.known.delete(id);
    for (const id of this.known.keys()) {
      if (this.known.size < this.most) return;
      this.known.delete(id);
      this.evicted += 1;
    }
  }
}

/** A user's containers are apart from root's, whatever ids they have. */
function keyOf({ id, uid }: ContainerFacts): string {
  return uid === undefined ? id : `${uid} ${id}`;
}
