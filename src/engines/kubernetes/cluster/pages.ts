/** A whole list, page by page (Kubernetes, "API Concepts", retrieving large result sets in chunks). */
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
import { isPlain } from "../read/fields.ts";
import type { ClusterClient, Plain } from "./client.ts";

export type Listed =
  | { readonly outcome: "read"; readonly items: readonly Plain[]; readonly bytes: number }
  /** There is no such resource, or no such version of it. */
  | { readonly outcome: "not-served" }
  | { readonly outcome: "forbidden" }
  | { readonly outcome: "failed"; readonly reason: string };

export interface ListOptions {
  readonly limit: number;
  readonly accept?: string;
  /** Behind the limit: `&includeObject=Metadata`. */
  readonly query?: string;
  /** Where the objects are in the answer. */
  readonly items?: "items" | "rows";
  /** Made of one page's item; the page is there for what it says of all of them. */
  readonly item?: (item: Plain, page: Plain) => Plain | undefined;
  /** Bytes that may still come: over it the list fails. */
  readonly most: number;
  /** Objects that may still come. */
  readonly objects: number;
}

/**
 * A page over its bound is asked for again with fewer objects. A list that expires meanwhile (410) is begun anew, and in
 * the end finished from a later state of the cluster, where the server offers that.
 *
 * @throws Problem for what the whole reading fails with: nobody answers, or not to us
 */
export async function listAll(client: ClusterClient, path: string, options: ListOptions): Promise<Listed> {
  const { items: where = "items", item = (one: Plain) => one } = options;
  let found: Plain[] = [];
  let next = "";
  let { limit } = options;
  let restarts = 0;
  let bytes = 0;
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
    const metadata = isPlain(body.metadata) ? body.metadata : {};
    const token = typeof metadata.continue === "string" ? metadata.continue : "";
    if (status === 403) return { outcome: "forbidden" };
    if (status === 404) return { outcome: "not-served" };
    if (status === 410 && next !== "") {
      restarts++;
      if (restarts <= bounds.clusterRestarts) {
        found = [];
        next = "";
        continue;
      }
      if (token === "" || token === next) {
        return { outcome: "failed", reason: `the list expired ${restarts} times while it was read (410)` };
      }
      next = token;
      continue;
    }
    const page = body[where];
    // An empty Table has no rows at all.
    if (status !== 200 || (!Array.isArray(page) && page !== undefined && page !== null)) {
      return { outcome: "failed", reason: `the API server answered no list (${status})` };
    }
    for (const one of (page as readonly unknown[] | null | undefined) ?? []) {
      const made = isPlain(one) ? item(one, body) : undefined;
      if (made === undefined) return { outcome: "failed", reason: "the API server answered a list of something else" };
      found.push(made);
    }
    if (token === "") return { outcome: "read", items: found, bytes };
    if (token === next) return { outcome: "failed", reason: "the API server answers the same page again" };
    if (bytes > options.most || found.length >= options.objects) {
      return { outcome: "failed", reason: "it is over the bounds of one reading" };
    }
    next = token;
  }
}
