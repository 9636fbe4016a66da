/** A whole list, page by page (Kubernetes, "API Concepts", retrieving large result sets in chunks). */

import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ClusterClient, Plain } from "./client.ts";

export type Listed =
  | {
      readonly outcome: "read";
      readonly items: readonly Plain[];
      readonly bytes: number;
      /** Which state of the cluster it is, where all of it is of one: a watch goes on from there. */
      readonly version?: string;
    }
  /** These are there, and there is more, or there are others in their place. */
  | { readonly outcome: "partial"; readonly items: readonly Plain[]; readonly bytes: number; readonly reason: string }
  /** There is no such resource, or no such version of it. */
  | { readonly outcome: "not-served" }
  | { readonly outcome: "forbidden" }
  | { readonly outcome: "failed"; readonly reason: string };

export interface ListOptions {
  /** What the answer must say that it is: `v1`, `PodList`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly limit: number;
  readonly accept?: string;
  /** Behind the limit: `&includeObject=Metadata`. */
  readonly query?: string;
  /** Where the objects are in the answer. */
  readonly items?: "items" | "rows";
  /** Made of one page's item; the page is there for what it says of all of them. Undefined: it is no such object. */
  readonly item: (item: Plain, page: Plain) => Plain | undefined;
  /** Bytes that may still come: over it the list is partial. */
  readonly most: number;
  /** Objects that may still come. */
  readonly objects: number;
}

/** What was read of one list so far. */
interface Progress {
  readonly items: Plain[];
  readonly names: Set<string>;
  /** Of the first page: all later ones show the same state. */
  version?: unknown;
  /** It was finished from a later state. */
  mixed?: true;
  shortPages: number;
  twice?: string;
}

const fresh = (): Progress => ({ items: [], names: new Set(), shortPages: 0 });

/**
 * A page over its bound is asked for again with fewer objects. A list that expires meanwhile (410) is begun anew, and in
 * the end finished from a later state of the cluster, where the server offers that. What is no list of these objects is
 * none, be it answered with 200: nothing is taken for empty that does not say so.
 *
 * @throws Problem for what the whole reading fails with: nobody answers, or not to us
 */
export async function listAll(client: ClusterClient, path: string, options: ListOptions): Promise<Listed> {
  let read = fresh();
  let next = "";
  let { limit } = options;
  let restarts = 0;
  let bytes = 0;
  const partial = (reason: string): Listed => ({ outcome: "partial", items: read.items, bytes, reason });
  for (;;) {
    const query = `limit=${limit}${next === "" ? "" : `&continue=${encodeURIComponent(next)}`}${options.query ?? ""}`;
    let reply: Awaited<ReturnType<ClusterClient["get"]>>;
    try {
      reply = await client.get(`${path}?${query}`, options.accept);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "cluster.too-large" && limit > 1) {
        limit = Math.max(1, Math.floor(limit / 4));
        continue;
      }
      return { outcome: "failed", reason: error.message };
    }
    const { status, body } = reply;
    bytes += reply.bytes;
    const metadata = isObject(body.metadata) ? body.metadata : {};
    const token = typeof metadata.continue === "string" ? metadata.continue : "";
    if (status === 403) return { outcome: "forbidden" };
    if (status === 404) return { outcome: "not-served" };
    if (status === 410 && next !== "") {
      restarts++;
      if (restarts <= bounds.clusterRestarts) {
        read = fresh();
        next = "";
        continue;
      }
      if (token === "" || token === next || restarts > 2 * bounds.clusterRestarts) {
        return { outcome: "failed", reason: `the list expired ${restarts} times during the read (410)` };
      }
      next = token;
      delete read.version;
      read.mixed = true;
      continue;
    }
    const wrong = status === 200 ? takePage(read, body, options) : `the API server answered no list (${status})`;
    if (wrong !== undefined) return { outcome: "failed", reason: wrong };
    read.version ??= metadata.resourceVersion;
    if (read.version !== metadata.resourceVersion) return partial("its pages are of several states of the cluster");
    if (read.twice !== undefined) return partial(`the API server lists ${read.twice} twice`);
    const left = Number(metadata.remainingItemCount ?? 0);
    if (token === "") {
      if (left === 0) {
        const isOne = typeof read.version === "string" && read.mixed === undefined;
        return { outcome: "read", items: read.items, bytes, ...(isOne ? { version: read.version as string } : {}) };
      }
      return partial(
        `${String(metadata.remainingItemCount).slice(0, 20)} more are there, and the API server does not go on to them`,
      );
    }
    if (token === next) return partial("the API server answers the same page again");
    if (pageOf(body, options).length * 2 < limit && ++read.shortPages > bounds.clusterShortPages) {
      return partial("the API server comes to no end: page after page holds few objects, or none");
    }
    if (bytes > options.most || read.items.length >= options.objects)
      return partial("it exceeds the limits of one reading");
    next = token;
  }
}

/** Why it is no page of the list that was asked for. */
function takePage(read: Progress, body: Plain, options: ListOptions): string | undefined {
  if (body.kind !== options.kind || body.apiVersion !== options.apiVersion)
    return `the API server answered ${whatItIs(body)}`;
  const { items: where = "items" } = options;
  // An empty Table has no rows at all, and the list of Go that holds none is null.
  const isNone = body[where] === null || (where === "rows" && body[where] === undefined);
  if (!isNone && !Array.isArray(body[where])) return "the API server answered no list (200)";
  for (const one of pageOf(body, options)) {
    const made = isObject(one) ? options.item(one, body) : undefined;
    const metadata = isObject(made?.metadata) ? made.metadata : {};
    if (made === undefined || typeof metadata.name !== "string" || metadata.name === "") {
      return "the API server answered a list of something else";
    }
    const name = `${typeof metadata.namespace === "string" ? `${metadata.namespace}/` : ""}${metadata.name}`;
    if (read.names.has(name)) read.twice ??= name.slice(0, 300);
    read.names.add(name);
    read.items.push(made);
  }
  return undefined;
}

function pageOf(body: Plain, { items = "items" }: ListOptions): readonly unknown[] {
  const page = body[items];
  return Array.isArray(page) ? page : [];
}

/** `a Status: etcd is away`, `a PodList in place of the list`. */
function whatItIs({ kind, message }: Plain): string {
  const named = typeof kind === "string" && kind !== "" ? `a ${kind.slice(0, 100)}` : "what names no kind";
  return typeof message === "string" ? `${named}: ${message.slice(0, 300)}` : `${named} instead of the list`;
}
