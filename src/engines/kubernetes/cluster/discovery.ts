/** What kinds a version of a group has (Kubernetes, "API Concepts", API discovery). */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ClusterClient } from "./client.ts";
import { apiVersionOf, type ResourcePlace } from "./paths.ts";
import { refusedReply } from "./writes.ts";

export interface DiscoveredKind {
  readonly kind: string;
  /** Plural: `pods`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/**
 * Undefined: the group has no such version.
 *
 * @throws Problem whose code starts with `cluster.`
 */
export async function kindsOf(
  client: ClusterClient,
  groupVersion: Pick<ResourcePlace, "group" | "version">,
): Promise<readonly DiscoveredKind[] | undefined> {
  const { group, version } = groupVersion;
  const [first, second] = [group, version].map(encodeURIComponent);
  const path = group === "" ? `/api/${second}` : `/apis/${first}/${second}`;
  const reply = await client.get(path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw refusedReply(reply, path, `get ${path}`);
  const { body } = reply;
  if (
    body.kind !== "APIResourceList" ||
    body.groupVersion !== apiVersionOf(groupVersion) ||
    !Array.isArray(body.resources)
  ) {
    const cause = "the API server answered no list of resources";
    throw new Problem({ kind: "input", code: "cluster.answer", place: path, cause });
  }
  return body.resources.slice(0, bounds.discoveredKinds).flatMap((each: unknown) => {
    if (!isObject(each) || typeof each.kind !== "string" || typeof each.name !== "string") return [];
    // `pods/status` is a part of another.
    if (each.name.includes("/")) return [];
    const verbs = Array.isArray(each.verbs) ? each.verbs.filter((verb) => typeof verb === "string") : [];
    return [{ kind: each.kind, resource: each.name, namespaced: each.namespaced === true, verbs }];
  });
}
