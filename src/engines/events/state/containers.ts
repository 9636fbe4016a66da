/**
 * Containers that threads run in: known by their cgroup from the first moment, by what their runtime says as soon as it is
 * asked and answers. Bounded: those that nobody runs in go first, and no eviction of others is silent.
 */
import { bounds } from "../bounds.ts";
import type { ContainerFacts } from "../containers/model.ts";
import { weightOf } from "../weight.ts";
import type { Threads } from "./threads.ts";

export class Containers {
  /** Containers that were forgotten although something runs in them. */
  evicted = 0;
  private readonly known = new Map<string, ContainerFacts>();
  private bytes = 0;
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
    this.put(key, named);
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
    const all: ContainerFacts = {
      id: told.id,
      fullId: told.fullId === told.id && before !== undefined ? before.fullId : told.fullId,
      runtime: told.runtime === "other" && before !== undefined ? before.runtime : told.runtime,
      ...(details === undefined ? {} : { details }),
      ...(podUid === undefined ? {} : { podUid }),
      ...(uid === undefined ? {} : { uid }),
    };
    const facts = this.withinBound(all);
    this.put(key, facts);
    if (before !== undefined) this.replace(before, facts);
  }

  /** Without what more is known of it than fits. */
  private withinBound(facts: ContainerFacts): ContainerFacts {
    if (facts.details === undefined || weightOf(facts) <= bounds.containerBytes) return facts;
    this.evicted += 1;
    return withoutDetails(facts);
  }

  private put(key: string, facts: ContainerFacts): void {
    this.drop(key);
    const bytes = weightOf(facts);
    this.makeRoom(bytes);
    this.known.set(key, facts);
    this.bytes += bytes;
  }

  private drop(key: string): ContainerFacts | undefined {
    const facts = this.known.get(key);
    if (facts === undefined) return undefined;
    this.known.delete(key);
    this.bytes -= weightOf(facts);
    return facts;
  }

  private replace(before: ContainerFacts, facts: ContainerFacts): void {
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

  /** More than is needed, so that it is seldom done: all threads are looked at for it. */
  private makeRoom(bytes: number): void {
    if (this.known.size < this.most && this.bytes + bytes <= bounds.containersBytes) return;
    const used = new Set<ContainerFacts | "host" | undefined>();
    for (const thread of this.threads.values()) used.add(thread.container);
    for (const [key, facts] of this.known) if (!used.has(facts)) this.drop(key);
    const mostBytes = Math.max(0, 0.75 * bounds.containersBytes - bytes);
    const forgotten = new Map<ContainerFacts | "host" | undefined, ContainerFacts>();
    for (const [key, facts] of this.known) {
      if (this.known.size <= 0.75 * (this.most - 1) && this.bytes <= mostBytes) break;
      this.drop(key);
      this.evicted += 1;
      // Its threads would keep what is known of it.
      if (facts.details !== undefined) forgotten.set(facts, withoutDetails(facts));
    }
    if (forgotten.size === 0) return;
    for (const thread of this.threads.values()) {
      const facts = forgotten.get(thread.container);
      if (facts === undefined) continue;
      thread.container = facts;
      thread.forgetFound();
    }
  }
}

function withoutDetails({ details: _, ...facts }: ContainerFacts): ContainerFacts {
  return facts;
}

/** A user's containers are apart from root's, whatever ids they have. */
function keyOf({ id, uid }: ContainerFacts): string {
  return uid === undefined ? id : `${uid} ${id}`;
}
