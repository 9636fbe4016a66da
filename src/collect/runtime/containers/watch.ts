/**
 * What is known of the containers of a host, as it becomes known: first all that there are, then each that starts, then each that
 * an event names and nobody told of. Facts are handed on; nobody's events wait here.
 */
import { setTimeout as delay } from "node:timers/promises";
import { asProblem, isEvidenceProblem, type Problem } from "../../../core/problem.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { isOfPod, type PodRecord, podContainerFacts, withPod } from "../../../engines/events/containers/pods.ts";
import { shortId } from "../../../engines/events/containers/values.ts";
import type { PodSource } from "./pod-source.ts";
import type { ContainerSource } from "./source.ts";

export interface ContainerWatchOptions {
  /** Root's: the first that knows a container is believed. */
  readonly sources: readonly ContainerSource[];
  /** Those of a user, made when a container of theirs is seen. */
  readonly sourcesOf?: (uid: number) => readonly ContainerSource[];
  readonly pods?: PodSource;
  /** @param settled - false: more is expected, of its pod */
  readonly onFacts: (facts: ContainerFacts, settled: boolean) => void;
  /** Somebody cannot be asked. Told once for each place until it answers again. */
  readonly onProblem?: (problem: Problem) => void;
  /** Milliseconds between tries for one container, the first at once; afterwards it is given up. */
  readonly tries?: readonly number[];
}

export interface ContainerWatch {
  /** When all that there were have been handed on, or could not be read. */
  readonly begun: Promise<void>;
  /**
   * An event named a container of which nothing is known: it is looked for.
   */
  ask(container: ContainerFacts): void;
  /** Looked for at the moment, given up, and left out since too many were. */
  counts(): { readonly asked: number; readonly given: number; readonly crowded: number };
  close(): Promise<void>;
}

/** A runtime writes a container down before it starts it, and a kubelet tells of it seconds later. */
const TRIES = [0, 50, 150, 500, 1_500, 5_000] as const;
const MOST_ASKED = 1_000;
const MOST_GIVEN = 10_000;
const MOST_USERS = 64;
/** Milliseconds before somebody who broke off is followed again, doubled each time up to the most. */
const AGAIN = 5_000;
const MOST_AGAIN = 300_000;
const MOST_KNOWN = 10_000;

export function watchContainers(options: ContainerWatchOptions): ContainerWatch {
  const { sources, pods, onFacts, onProblem, tries = TRIES } = options;
  const ended = new AbortController();
  const { signal } = ended;
  const asked = new Map<string, Promise<void>>();
  /** Whom nobody knew: not looked for again until somebody tells of them. */
  const given = new Set<string>();
  const users = new Map<number, readonly ContainerSource[]>();
  const broken = new Set<string>();
  /** Which of the sources told of a container: those before it know more, those after it are not heard. */
  const tellers = new Map<string, number>();
  let crowded = 0;

  function failed(error: unknown, place: string): void {
    const problem = asProblem(error, place);
    if (!isEvidenceProblem(problem)) throw error;
    if (broken.has(place)) return;
    broken.add(place);
    onProblem?.(problem);
  }

  /** What one of them answers; its failure is told, and is no answer. */
  async function answerOf<T>(place: string, work: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      const value = await work();
      broken.delete(place);
      return { value };
    } catch (error) {
      if (!signal.aborted) failed(error, place);
      return undefined;
    }
  }

  async function podOf(facts: ContainerFacts): Promise<PodRecord | undefined> {
    if (pods === undefined) return undefined;
    return (await answerOf(pods.place, () => pods.find(facts, signal)))?.value;
  }

  /** @returns true where nothing more is to come */
  async function hand(facts: ContainerFacts, teller: number): Promise<boolean> {
    const key = keyOf(facts);
    if ((tellers.get(key) ?? teller) < teller) return true;
    if (tellers.size >= MOST_KNOWN) tellers.clear();
    tellers.set(key, teller);
    given.delete(key);
    // A user's containers are in no pod. Of the others not all runtimes tell: the cluster knows them by their ids.
    const record = facts.uid === undefined ? await podOf(facts) : undefined;
    if (signal.aborted) return true;
    if (record === undefined && (pods === undefined || !isOfPod(facts))) {
      onFacts(facts, true);
      return true;
    }
    onFacts(record === undefined ? facts : withPod(facts, record), record !== undefined);
    return record !== undefined;
  }

  function sourcesFor(uid: number): readonly ContainerSource[] {
    const known = users.get(uid);
    if (known !== undefined) return known;
    if (users.size >= MOST_USERS) return [];
    const made = options.sourcesOf?.(uid) ?? [];
    users.set(uid, made);
    return made;
  }

  async function lookUp(
    container: ContainerFacts,
  ): Promise<{ readonly facts: ContainerFacts; readonly teller: number } | undefined> {
    const { uid } = container;
    // Root's runtimes know nothing of a user's container, and a user nothing of root's.
    const asked = uid === undefined ? byRuntime(sources, container) : sourcesFor(uid);
    if (uid !== undefined && container.runtime !== "podman") return undefined;
    for (const source of asked) {
      const answer = await answerOf(source.place, () => source.find(container.fullId, signal));
      if (answer?.value === undefined) continue;
      const facts = uid === undefined ? answer.value : { ...answer.value, uid };
      return { facts, teller: uid === undefined ? sources.indexOf(source) : sources.length };
    }
    return undefined;
  }

  async function search(container: ContainerFacts): Promise<void> {
    let partly: Awaited<ReturnType<typeof lookUp>>;
    for (const wait of tries) {
      if (wait > 0) await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      partly ??= await lookUp(container);
      if (partly !== undefined) {
        if (await hand(partly.facts, partly.teller)) return;
        continue;
      }
      const record = await podOf(container);
      const told = record === undefined ? undefined : podContainerFacts(record, container.fullId);
      if (told === undefined) continue;
      onFacts(told, true);
      return;
    }
    if (signal.aborted) return;
    if (partly !== undefined) return onFacts(partly.facts, true);
    if (given.size >= MOST_GIVEN) given.clear();
    given.add(keyOf(container));
  }

  function begin(container: ContainerFacts): void {
    const key = keyOf(container);
    if (asked.has(key) || signal.aborted) return;
    if (asked.size >= MOST_ASKED) {
      crowded += 1;
      return;
    }
    asked.set(
      key,
      search(container).finally(() => asked.delete(key)),
    );
  }

  async function list(source: ContainerSource, teller: number): Promise<void> {
    const answer = await answerOf(source.place, () => source.list(signal));
    for (const facts of answer?.value ?? []) {
      if (signal.aborted) return;
      if (!(await hand(facts, teller))) begin(facts);
    }
  }

  async function follow(source: ContainerSource, teller: number): Promise<void> {
    const changed = (fullId: string) => {
      const id = shortId(fullId);
      given.delete(id);
      begin({ id, fullId, runtime: source.runtimes[0] ?? "other" });
    };
    for (let wait = AGAIN; !signal.aborted; wait = Math.min(2 * wait, MOST_AGAIN)) {
      const since = performance.now();
      await answerOf(source.place, () => source.follow(changed, signal));
      if (performance.now() - since > MOST_AGAIN) wait = AGAIN;
      await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
      // What came meanwhile.
      if (!signal.aborted) await list(source, teller);
    }
  }

  async function listAll(): Promise<void> {
    for (const [teller, source] of sources.entries()) await list(source, teller);
  }

  const following = sources.map(follow);
  const begun = listAll();

  return {
    begun,
    ask(container) {
      if (container.details !== undefined || given.has(keyOf(container))) return;
      begin(container);
    },
    counts: () => ({ asked: asked.size, given: given.size, crowded }),
    async close() {
      ended.abort();
      await Promise.all([begun, ...following, ...asked.values()]);
      for (const source of [...sources, ...[...users.values()].flat()]) source.close();
      pods?.close();
    },
  };
}

/** Those first who tell of its runtime; paths of cgroups do not always tell it, so the others too. */
function byRuntime(sources: readonly ContainerSource[], { runtime }: ContainerFacts): readonly ContainerSource[] {
  const tells = (source: ContainerSource) => source.runtimes.includes(runtime);
  return [...sources.filter(tells), ...sources.filter((source) => !tells(source))];
}

/** A user's container is another than root's of the same id. */
function keyOf({ id, uid }: ContainerFacts): string {
  return uid === undefined ? id : `${uid} ${id}`;
}
