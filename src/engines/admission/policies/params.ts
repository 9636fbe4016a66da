/** Which objects a binding takes its parameters from (the API server's policy/generic, CollectParams). */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { AdmissionRequest } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { Params, ReadyBinding, ReadyPolicy } from "./ready.ts";

/** Objects, of which undefined is evaluated with without parameters; else why there are none. */
export type Found =
  | readonly (Untyped | undefined)[]
  | { readonly outcome: "unknown" | "error"; readonly reason: string };

export function collectParams(
  { paramKind }: ReadyPolicy,
  { paramRef }: ReadyBinding,
  params: Params,
  request: AdmissionRequest,
): Found {
  if (paramKind === undefined || paramRef === undefined) return [undefined];
  const kind = `${paramKind.apiVersion}/${paramKind.kind}`;
  const shown = `${paramKind.kind} (${paramKind.apiVersion})`;
  const unread = params.unread.find((each) => `${each.apiVersion}/${each.kind}` === kind);
  if (unread !== undefined)
    return { outcome: "unknown", reason: `parameters of ${shown} could not be read: ${unread.problem.message}` };
  const all = params.byKind.get(kind) ?? [];
  const isNamespaced = NAMESPACED.has(kind) || all.some((each) => namespaceOf(each) !== undefined);
  if (all.length > 0 && !isNamespaced && paramRef.namespace !== undefined)
    return { outcome: "error", reason: "paramRef.namespace must not be provided for a cluster-scoped `paramKind`" };
  const own = paramRef.namespace ?? request.namespace ?? "";
  if (isNamespaced && own === "")
    return {
      outcome: "error",
      reason: "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources",
    };
  const found = all.filter((each) => {
    if (isNamespaced && (namespaceOf(each) ?? "default") !== own) return false;
    if (paramRef.name !== undefined) return metadataOf(each).name === paramRef.name;
    const { labels } = metadataOf(each);
    return paramRef.selector?.matches(isObject(labels) ? labels : {}) ?? false;
  });
  if (found.length > bounds.params)
    return { outcome: "unknown", reason: `more than ${bounds.params} objects of parameters` };
  if (found.length > 0) return found;
  if (!params.complete)
    return { outcome: "unknown", reason: `parameters ${paramRef.name ?? "by selector"} of ${shown} are not given` };
  if (!paramRef.isNeeded) return [];
  return { outcome: "error", reason: "no params found for policy binding with `Deny` parameterNotFoundAction" };
}

/** Of other kinds it is told by their objects. */
const NAMESPACED: ReadonlySet<string> = new Set(["v1/ConfigMap", "v1/Secret"]);

function metadataOf(object: Untyped): Untyped {
  return isObject(object.metadata) ? object.metadata : {};
}

function namespaceOf(object: Untyped): string | undefined {
  const { namespace } = metadataOf(object);
  return typeof namespace === "string" && namespace !== "" ? namespace : undefined;
}

/** `NAMESPACE/NAME`. */
export function paramsName(object: Untyped): string {
  const namespace = namespaceOf(object);
  const { name } = metadataOf(object);
  return namespace === undefined ? String(name) : `${namespace}/${String(name)}`;
}
