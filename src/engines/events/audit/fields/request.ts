/** Who asked for what, and what the API server answered: `ka.*` without what the request's object holds. */
import { valueAt } from "../../../../core/untyped.ts";
import { byteString } from "../../fields/shown.ts";
import { type AuditField, indexed, keyed, one, several } from "./define.ts";
import { chosen } from "./walk.ts";

/** A field that is one value of the event. */
function at(name: string, description: string, ...path: string[]): AuditField {
  return one(name, description, (json) => valueAt(json, path));
}

export const requestFields: readonly AuditField[] = [
  at("ka.auditid", "Id of the request, the same at each of its stages", "auditID"),
  at("ka.stage", "Stage of the request: RequestReceived, ResponseStarted, ResponseComplete, Panic", "stage"),
  at("ka.auth.decision", "Decision of the authorizer: allow, forbid", "annotations", "authorization.k8s.io/decision"),
  at("ka.auth.reason", "Why the authorizer decided so", "annotations", "authorization.k8s.io/reason"),
  at(
    "ka.auth.openshift.decision",
    "Decision of OpenShift's authentication",
    "annotations",
    "authentication.openshift.io/decision",
  ),
  at(
    "ka.auth.openshift.username",
    "User whom OpenShift's authentication was about",
    "annotations",
    "authentication.openshift.io/username",
  ),
  at(
    "ka.validations.admission.policy.failure",
    "What a ValidatingAdmissionPolicy in audit mode found",
    "annotations",
    "validation.policy.admission.k8s.io/validation_failure",
  ),
  at(
    "ka.security.pod.violations",
    "Violations of the namespace's audited Pod Security level",
    "annotations",
    "pod-security.kubernetes.io/audit-violations",
  ),
  at("ka.cluster.name", "Cluster, where the collector of the events annotates it", "annotations", "cluster_name"),
  at("ka.user.name", "User who made the request", "user", "username"),
  several("ka.user.groups", "Groups of that user", (json) => chosen(valueAt(json, ["user", "groups"]), undefined)),
  at("ka.impuser.name", "User whom the request impersonates", "impersonatedUser", "username"),
  at("ka.verb", "Verb: get, list, watch, create, update, patch, delete, deletecollection", "verb"),
  at("ka.uri", "URI of the request", "requestURI"),
  keyed("ka.uri.param", "First value of a query parameter of that URI", (parameter) => (json) => {
    const uri = json.requestURI;
    if (typeof uri !== "string") return undefined;
    const mark = uri.indexOf("?");
    if (mark < 0) return undefined;
    const [query = ""] = uri.slice(mark + 1).split("#", 1);
    const value = new URLSearchParams(query).get(parameter);
    return value === null ? undefined : byteString(value);
  }),
  at("ka.target.name", "Name of the object", "objectRef", "name"),
  at("ka.target.namespace", "Namespace of the object", "objectRef", "namespace"),
  at("ka.target.resource", "Resource: pods, configmaps", "objectRef", "resource"),
  at("ka.target.subresource", "Subresource: exec, status, ephemeralcontainers", "objectRef", "subresource"),
  one("ka.target.pod.name", "Name of the pod, for requests about pods themselves", (json) => {
    if (valueAt(json, ["objectRef", "resource"]) !== "pods") return undefined;
    if ((valueAt(json, ["objectRef", "subresource"]) ?? "") !== "") return undefined;
    // Events without their response tell it as well, but for names that the server makes up.
    return valueAt(json, ["responseObject", "metadata", "name"]) ?? valueAt(json, ["objectRef", "name"]);
  }),
  at("ka.resp.name", "Name of the object in the response", "responseObject", "metadata", "name"),
  at("ka.response.code", "HTTP status of the response", "responseStatus", "code"),
  at(
    "ka.response.reason",
    "Reason of the response, mostly of failures: Forbidden, NotFound",
    "responseStatus",
    "reason",
  ),
  at("ka.useragent", "User agent of the client, as it says itself", "userAgent"),
  indexed(
    "ka.sourceips",
    "Addresses of the client and of proxies before it, the client's own claim first",
    (json, index) => chosen(json.sourceIPs, index),
  ),
];
