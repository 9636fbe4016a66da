/**
 * The objects of one kind, as they are now (Kubernetes, "API Concepts", efficient detection of changes): listed once, then
 * followed by a watch that is begun again wherever it ends, and listed anew where the server no longer knows that place.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { type Clock, systemClock, waitBefore } from "../../../net/retry.ts";
import { bounds } from "./bounds.ts";
import type { ClusterApi, Plain } from "./client.ts";
import { listAll } from "./pages.ts";
import { apiVersionOf, pathOf, type ResourcePlace } from "./paths.ts";
import { refusedReply } from "./writes.ts";

export interface WatchedKind extends ResourcePlace {
  readonly kind: string;
  /** What is kept of an object, and so held in memory; absent: all but its managed fields. */
  readonly keep?: (object: Plain) => Plain;
  /** Those alone for which it holds: `spec.nodeName=node-1`. */
  readonly fieldSelector?: string;
}

export type WatchState =
  /** The first list is under way. */
  | { readonly outcome: "begun" }
  /** Followed: what is here is as the API server had it a moment ago. */
  | { readonly outcome: "current"; readonly objects: ReadonlyMap<string, Plain> }
  /** Was read, and is not followed at the moment. @see since - milliseconds of the clock */
  | {
      readonly outcome: "behind";
      readonly objects: ReadonlyMap<string, Plain>;
      readonly since: number;
      readonly problem: Problem;
    }
  /** The API server has no such kind, or no such version of it. */
  | { readonly outcome: "absent" }
  | { readonly outcome: "unread"; readonly problem: Problem };

export interface Watch {
  state(): WatchState;
  /** Resolves with the first state that says something: after one whole list, or why there is none. */
  readonly first: Promise<WatchState>;
  close(): void;
}

export interface WatchOptions {
  readonly clock?: Clock;
  /** After each change of what `state` says. */
  readonly onChange?: () => void;
}

/** `namespace/name`, or the name alone: how objects are called in a state. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Never throws: what goes wrong is in its state, and it goes on until it is closed. */
export function watchKind(api: ClusterApi, watched: WatchedKind, options: WatchOptions = {}): Watch {
  const { clock = systemClock, onChange } = options;
  const ended = new AbortController();
  const { promise: first, resolve: started } = Promise.withResolvers<WatchState>();
  let state: WatchState = { outcome: "begun" };
  let objects = new Map<string, Plain>();
  /** Up to where it was followed; undefined: it has to be listed. */
  let version: string | undefined;

  function become(next: WatchState): void {
    // Another try that fails as the last one did changes nothing.
    const same = next.outcome === state.outcome && next.outcome !== "current";
    state = next;
    started(next);
    if (!same) onChange?.();
  }

  function fail(problem: Problem): void {
    if (state.outcome === "behind") become({ ...state, problem });
    else if (state.outcome === "current") become({ outcome: "behind", objects, since: clock.now(), problem });
    else become({ outcome: "unread", problem });
  }

  async function list(): Promise<boolean> {
    const { kind, fieldSelector } = watched;
    const apiVersion = apiVersionOf(watched);
    const listed = await listAll(api, pathOf(watched), {
      apiVersion,
      kind: `${kind}List`,
      limit: 500,
      ...(fieldSelector === undefined ? {} : { query: `&fieldSelector=${encodeURIComponent(fieldSelector)}` }),
      most: bounds.watchedBytes,
      objects: bounds.watchedObjects,
      // Items of a typed list leave out what the list says.
      item: (item) => (isOf(item, apiVersion, kind) ? { ...item, apiVersion, kind } : undefined),
    });
    if (listed.outcome === "not-served") {
      objects = new Map();
      become({ outcome: "absent" });
      return false;
    }
    const place = pathOf(watched);
    if (listed.outcome === "forbidden") throw refusedReply({ status: 403, bytes: 0, body: {} }, place, doing("list"));
    if (listed.outcome === "failed") throw unread(place, `the list failed: ${listed.reason}`);
    if (listed.outcome === "partial") throw unread(place, `the list is not whole: ${listed.reason}`);
    if (listed.version === undefined) throw unread(place, "the list does not say which state it is of");
    objects = new Map(listed.items.map((item) => [keyOf(item), kept(item)]));
    version = listed.version;
    become({ outcome: "current", objects });
    return true;
  }

  /** Returns where the server ends it as it should. */
  async function follow(): Promise<void> {
    const path = pathOf(watched, {
      watch: "1",
      resourceVersion: version ?? "",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(bounds.watchSeconds),
      ...(watched.fieldSelector === undefined ? {} : { fieldSelector: watched.fieldSelector }),
    });
    const silence = bounds.watchSeconds * 1_000 + bounds.watchGraceMilliseconds;
    const options = { stallMilliseconds: silence, lineLimit: bounds.watchLineBytes };
    const answer = await api.follow(path, options, ended.signal);
    if (!("lines" in answer)) {
      if (answer.status === 410 || answer.status === 404) version = undefined;
      if (answer.status === 410) return;
      throw refusedReply(answer, pathOf(watched), doing("watch"));
    }
    if (state.outcome !== "current") become({ outcome: "current", objects });
    for await (const line of answer.lines) {
      take(line);
      if (version === undefined) return;
    }
  }

  function take(line: string): void {
    const { type, object } = eventOf(line) ?? {};
    if (type === undefined || object === undefined) throw broken("an event that is none");
    if (type === "ERROR") {
      version = undefined;
      if (object.code === 410) return;
      throw broken(`an error: ${String(object.message).slice(0, 300)}`);
    }
    const metadata = isObject(object.metadata) ? object.metadata : {};
    if (typeof metadata.resourceVersion !== "string") throw broken("an object without a version");
    if (type !== "BOOKMARK") {
      if (!isOf(object, apiVersionOf(watched), watched.kind) || keyOf(object) === "") throw broken("another object");
      if (type === "DELETED") objects.delete(keyOf(object));
      else objects.set(keyOf(object), kept(object));
      if (objects.size > bounds.watchedObjects) throw broken(`more than ${bounds.watchedObjects} objects`);
      onChange?.();
    }
    version = metadata.resourceVersion;
  }

  /** What came is of no use: what it may have hidden is found by a new list. */
  function broken(what: string): Problem {
    version = undefined;
    const place = pathOf(watched);
    return new Problem({ kind: "input", code: "cluster.watch", place, cause: `the API server sent ${what}` });
  }

  function kept(object: Plain): Plain {
    if (watched.keep !== undefined) return watched.keep(object);
    if (!isObject(object.metadata)) return object;
    const { managedFields: _, ...metadata } = object.metadata;
    return { ...object, metadata };
  }

  function doing(verb: string): string {
    return `${verb} ${watched.group === "" ? watched.resource : `${watched.resource}.${watched.group}`}`;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!ended.signal.aborted) {
      let wait = 0;
      try {
        const there = version !== undefined || (await list());
        const begun = clock.now();
        if (there) await follow();
        else wait = bounds.absentMilliseconds;
        // A server that ends each watch at once is no reason to ask without a pause.
        if (there) wait = clock.now() - begun < 1_000 ? netBounds.backoffMilliseconds : 0;
        failures = 0;
      } catch (error) {
        if (ended.signal.aborted) return;
        failures += 1;
        // What no server caused shows as what it is: nothing of it is known.
        const problem = error instanceof Problem ? error : unread(pathOf(watched), String(error));
        if (problem.code === "cluster.too-large") version = undefined;
        fail(problem);
        wait = waitBefore(Math.min(failures, 10), undefined, netBounds, clock.random);
      }
      await clock.sleep(wait, ended.signal).catch(() => undefined);
    }
  }

  void run();
  return {
    state: () => state,
    first,
    close() {
      ended.abort();
      if (state.outcome === "begun") fail(unread(pathOf(watched), "it was closed"));
    },
  };
}

function unread(place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "cluster.unread", place, cause });
}

function isOf(item: Plain, apiVersion: string, kind: string): boolean {
  return (item.kind ?? kind) === kind && (item.apiVersion ?? apiVersion) === apiVersion;
}

function keyOf({ metadata }: Plain): string {
  if (!isObject(metadata) || typeof metadata.name !== "string") return "";
  return objectKey(typeof metadata.namespace === "string" ? metadata.namespace : undefined, metadata.name);
}

function eventOf(line: string): { readonly type: string; readonly object: Plain } | undefined {
  try {
    const event: unknown = parseJson(line);
    if (!isObject(event) || typeof event.type !== "string" || !isObject(event.object)) return undefined;
    return { type: event.type, object: event.object };
  } catch {
    return undefined;
  }
}
