/** Requests of which the log tells that they were made and not what they asked for: an audit policy may say level Metadata. */
import { isObject } from "../../../core/untyped.ts";
import type { AuditEvent } from "./model.ts";

/** What rules look into; bodies of Secrets and config maps are left out of logs with good reason. */
const resources = new Set([
  ...["pods", "podtemplates", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers"],
  ...["jobs", "cronjobs", "roles", "clusterroles", "rolebindings", "clusterrolebindings"],
]);
const verbs = new Set(["create", "update", "patch"]);
const withContent = new Set([undefined, "", "ephemeralcontainers"]);

/** Fields that are absent for such a request, whatever it asked for. */
export const contentFields = /^ka\.(?:req\.(?:pod|container|volume|role|binding)|pods|role|binding)\./;

export function lacksContent({ json }: AuditEvent): boolean {
  const { objectRef, verb, stage, requestObject, responseObject, responseStatus } = json;
  if (requestObject !== undefined || responseObject !== undefined || stage !== "ResponseComplete") return false;
  if (typeof verb !== "string" || !verbs.has(verb) || !isObject(objectRef)) return false;
  const { resource, subresource } = objectRef;
  if (typeof resource !== "string" || !resources.has(resource)) return false;
  if (!withContent.has(subresource as string | undefined)) return false;
  const code = isObject(responseStatus) ? responseStatus.code : undefined;
  return typeof code === "number" && code >= 200 && code < 300;
}
