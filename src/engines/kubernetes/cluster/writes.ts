/** What is written to a cluster, each in the form that is safe where several write at once. */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ClusterApi, ClusterReply, Plain } from "./client.ts";
import { pathOf, type ResourcePlace } from "./paths.ts";

/** Our name among the managers of an object's fields. */
const FIELD_MANAGER = "bulkhead";

export interface NamedPlace extends ResourcePlace {
  readonly name: string;
}

/** 201, or 409 where there is one of this name already. @param place - without a name */
export function createObject(api: ClusterApi, place: ResourcePlace, object: Plain): Promise<ClusterReply> {
  return api.send({
    method: "POST",
    path: pathOf(place, { fieldManager: FIELD_MANAGER }),
    body: object,
    repeatable: false,
  });
}

/** 200, or 409 where it is not at the `resourceVersion` of its metadata any more. */
export function replaceObject(api: ClusterApi, place: NamedPlace, object: Plain): Promise<ClusterReply> {
  return api.send({
    method: "PUT",
    path: pathOf(place, { fieldManager: FIELD_MANAGER }),
    body: object,
    repeatable: false,
  });
}

/**
 * Server-side apply: the object has then what we say, beside what others say of it; made where it was not there. Fields
 * that others hold are taken over.
 *
 * @param object - whole, with its apiVersion and kind
 */
export function applyObject(api: ClusterApi, place: NamedPlace, object: Plain): Promise<ClusterReply> {
  const path = pathOf(place, { fieldManager: FIELD_MANAGER, force: "true" });
  // JSON is YAML, which is all that the server takes this patch as.
  return api.send({ method: "PATCH", path, body: object, type: "application/apply-patch+yaml", repeatable: true });
}

export interface JsonPatchStep {
  readonly op: "test" | "add" | "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/** RFC 6902. 422 where a test does not hold. */
export function patchObject(
  api: ClusterApi,
  place: NamedPlace,
  steps: readonly JsonPatchStep[],
): Promise<ClusterReply> {
  const path = pathOf(place, { fieldManager: FIELD_MANAGER });
  return api.send({ method: "PATCH", path, body: steps, type: "application/json-patch+json", repeatable: false });
}

/** RFC 7386. */
export function mergeObject(api: ClusterApi, place: NamedPlace, patch: Plain): Promise<ClusterReply> {
  const path = pathOf(place, { fieldManager: FIELD_MANAGER });
  return api.send({ method: "PATCH", path, body: patch, type: "application/merge-patch+json", repeatable: true });
}

/** 200 or 202; 404 where it is gone, 409 where another has come in its place. @param uid - of the one that is meant */
export function deleteObject(api: ClusterApi, place: NamedPlace, uid?: string): Promise<ClusterReply> {
  const body = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: "Background",
    ...(uid === undefined ? {} : { preconditions: { uid } }),
  };
  return api.send({ method: "DELETE", path: pathOf(place), body, repeatable: true });
}

/** What a reply that is no success says, in our words. @param doing - `list pods`, as RBAC names it */
export function refusedReply({ status, body }: ClusterReply, place: string, doing: string): Problem {
  const said = isObject(body) && typeof body.message === "string" ? `: ${body.message.slice(0, 300)}` : "";
  if (status === 403) {
    const cause = `this identity may not ${doing} (403)`;
    return new Problem({ kind: "unavailable", code: "cluster.forbidden", place, cause, remedy: `grant ${doing}` });
  }
  const cause = `the API server answered ${status} to ${doing}${said}`;
  return new Problem({ kind: "unavailable", code: "cluster.answer", place, cause });
}
