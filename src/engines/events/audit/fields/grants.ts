/**
 * Who may do what, by the role or binding of a request: fields of Bulkhead's own. Falco's plugin gives the verbs of all rules
 * of a role in one list and their resources in another, so that `get pods` and `create secrets` look like `get secrets`.
 */
import { isObject, type Untyped, valueAt } from "../../../../core/untyped.ts";
import type { AuditEvent } from "../model.ts";
import { type AuditField, one, several } from "./define.ts";
import { objectAfter } from "./templates.ts";

type Json = AuditEvent["json"];

/** A role may state as many; more are not looked at. */
const MOST_GRANTS = 20_000;

/** What a JSON Patch adds stands in its operations; anything else is the object itself. */
function stated(json: Json, name: string): readonly unknown[] {
  const whole = objectAfter(json);
  if (!Array.isArray(whole)) return listOf(valueAt(whole, [name]));
  return whole.flatMap((operation) => {
    const path = valueAt(operation, ["path"]);
    if (typeof path !== "string" || !(path === `/${name}` || path.startsWith(`/${name}/`))) return [];
    const value = valueAt(operation, ["value"]);
    return Array.isArray(value) ? value : [value];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((text): text is string => typeof text === "string");
}

function grants(json: Json): readonly string[] {
  const pairs: string[] = [];
  for (const rule of stated(json, "rules").filter(isObject)) {
    for (const verb of textsOf(rule.verbs)) {
      for (const what of [...textsOf(rule.resources), ...textsOf(rule.nonResourceURLs)]) {
        if (pairs.length === MOST_GRANTS) return pairs;
        pairs.push(`${verb} ${what}`.toLowerCase());
      }
    }
  }
  return pairs;
}

function subjectOf(subject: Untyped): string | undefined {
  const { kind, name, namespace } = subject;
  if (typeof kind !== "string" || typeof name !== "string") return undefined;
  return kind === "ServiceAccount" && typeof namespace === "string"
    ? `${kind}:${namespace}/${name}`
    : `${kind}:${name}`;
}

export const grantFields: readonly AuditField[] = [
  several(
    "ka.role.grants",
    "What a role allows, a verb and a resource or path each: `create pods/exec`, `* *`",
    grants,
  ),
  several("ka.role.aggregates", "Labels by which a cluster role takes in the rules of others, as JSON", (json) =>
    listOf(valueAt(objectAfter(json), ["aggregationRule", "clusterRoleSelectors"])),
  ),
  one("ka.binding.role", "Role that a binding gives, as the object stands after the request", (json) =>
    valueAt(objectAfter(json), ["roleRef", "name"]),
  ),
  several(
    "ka.binding.subjects",
    "Whom a binding names, with their kind: `User:alice`, `Group:system:masters`, `ServiceAccount:shop/api`",
    (json) => stated(json, "subjects").filter(isObject).map(subjectOf),
  ),
];
