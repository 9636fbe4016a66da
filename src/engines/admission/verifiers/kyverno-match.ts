/** Whom a rule of Kyverno is about: `match`, `exclude` and `preconditions` (kyverno.io/v1, its documentation, "Selecting Resources"). */

import type { Untyped } from "../../../core/untyped.ts";
import type { FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import { selects } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { no, unknown, yes } from "./statement.ts";
import type { ScopedNamespace } from "./surroundings.ts";
import { field, list, record, texts } from "./untyped-fields.ts";
import { wildcard } from "./wildcard.ts";

/** How much of a namespace's new pods a filter is about. */
type Part = "all" | "some" | "none" | "unknown";

export function matchesPods(
  rule: Untyped,
  object: KubernetesObject,
  path: FieldPath,
  namespace: ScopedNamespace,
): Statement {
  const matched = partOf(record(field(rule, "match")), namespace, MATCHED);
  const place = [...path, "match"];
  if (matched === "none") return no(object, place, "its rule is not about pods of it (match)");
  const excluded =
    field(rule, "exclude") === undefined ? "none" : partOf(record(field(rule, "exclude")), namespace, EXCLUDED);
  const exclusion = [...path, "exclude"];
  if (excluded === "all") return no(object, exclusion, "its rule leaves it out (exclude)");
  if (excluded === "some") return no(object, exclusion, "its rule leaves some of its pods out (exclude)");
  if (matched === "some") return no(object, place, "its rule is about some of its pods alone (match)");
  if (matched === "unknown")
    return unknown(object, place, "whom its rule is about depends on what no object tells (match)");
  if (excluded === "unknown") {
    return unknown(object, exclusion, "whom its rule leaves out depends on what no object tells (exclude)");
  }
  const conditions = field(rule, "preconditions") ?? field(rule, "celPreconditions");
  if (conditions !== undefined)
    return unknown(object, [...path, "preconditions"], "an expression decides (preconditions)");
  return yes(object, place);
}

/** From the least to the most, of what is joined: `some` with `unknown` may be all, and leaves surely some out. */
const MATCHED: readonly Part[] = ["none", "some", "unknown", "all"];
const EXCLUDED: readonly Part[] = ["none", "unknown", "some", "all"];

/** Filters under `any` are one or another, under `all` each; without either the block itself is one. */
export function partOf(block: Untyped, namespace: ScopedNamespace, width: readonly Part[] = EXCLUDED): Part {
  const any = field(block, "any");
  const every = field(block, "all");
  if (any !== undefined)
    return widest(
      list(any).map((filter) => filterPart(filter, namespace)),
      width,
    );
  if (every !== undefined) return narrowest(list(every).map((filter) => filterPart(filter, namespace)));
  return filterPart(block, namespace);
}

function widest(parts: readonly Part[], width: readonly Part[]): Part {
  return parts.reduce<Part>((a, b) => (width.indexOf(a) >= width.indexOf(b) ? a : b), "none");
}

function narrowest(parts: readonly Part[]): Part {
  if (parts.includes("none") || parts.length === 0) return "none";
  return parts.includes("unknown") ? "unknown" : parts.includes("some") ? "some" : "all";
}

function filterPart(filter: Untyped, namespace: ScopedNamespace): Part {
  const resources = record(field(filter, "resources"));
  const parts: Part[] = [kindsPart(resources), namespacesPart(resources, namespace), podsPart(resources)];
  // Who asks is told by each request.
  const byUser = ["subjects", "roles", "clusterRoles"].some((name) => field(filter, name) !== undefined);
  return narrowest([...parts, byUser ? "unknown" : "all"]);
}

/** `Pod`, `v1/Pod`, `*` with a `/Pod`, `*`; with a subresource behind it, it is about that alone. */
function kindsPart(resources: Untyped): Part {
  const kinds = texts(field(resources, "kinds"));
  // A filter of users or namespaces alone is about all kinds that the others leave.
  if (kinds.length === 0) return "all";
  return kinds.some((kind) => /^(?:(?:\*|v1)\/)?(?:\*\/)?(?:Pod|\*)$/.test(kind)) ? "all" : "none";
}

function namespacesPart(resources: Untyped, namespace: ScopedNamespace): Part {
  const names = texts(field(resources, "namespaces"));
  const bySelector = selects(field(resources, "namespaceSelector"), namespace);
  const selected: Part = bySelector === undefined ? "unknown" : bySelector ? "all" : "none";
  if (names.length === 0) return selected;
  if (namespace.name === "") return names.includes("*") ? selected : "unknown";
  return names.some((name) => wildcard(name, namespace.name)) ? selected : "none";
}

/** Names, labels and annotations of a pod are those of whoever creates it; it may be created, and changed. */
function podsPart(resources: Untyped): Part {
  const all = (name: string) => texts(field(resources, name)).every((pattern) => pattern === "*");
  const operations = texts(field(resources, "operations"));
  if (operations.length > 0 && !operations.includes("CREATE")) return "none";
  const single = field(resources, "name");
  const byName = (single !== undefined && single !== "*" && single !== "") || !all("names");
  const byMetadata = ["selector", "annotations"].some((name) => Object.keys(record(field(resources, name))).length > 0);
  return byName || byMetadata ? "some" : "all";
}
