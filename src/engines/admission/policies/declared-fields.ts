/** What the API server declares of the variables that are no objects: `request` and `namespaceObject` (plugin/cel, compile.go). */

const unknownOfMetadata = [
  ...["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers", "generateName"],
  ...["generation", "resourceVersion"],
];

/** Of a namespace, fields that an expression may read and that are not known here: each a variable of its own. */
export const NAMESPACE_FIELDS: readonly string[] = [
  ...["spec", "status"].map((name) => `namespaceObject.${name}`),
  ...unknownOfMetadata.map((name) => `namespaceObject.metadata.${name}`),
];

const kind = ["group", "version", "kind"];
const resource = ["group", "version", "resource"];

const declared: Readonly<Record<string, readonly string[]>> = {
  request: [
    ...["kind", "resource", "subResource", "requestKind", "requestResource", "requestSubResource", "name", "namespace"],
    ...["operation", "userInfo", "dryRun", "options"],
  ],
  "request.kind": kind,
  "request.resource": resource,
  "request.requestKind": kind,
  "request.requestResource": resource,
  "request.userInfo": ["username", "uid", "groups", "extra"],
  namespaceObject: ["metadata", "spec", "status"],
  // It is declared as `UID` and found as `uid`.
  "namespaceObject.metadata": ["name", "namespace", "labels", "annotations", "UID", "uid", ...unknownOfMetadata],
  "namespaceObject.spec": ["finalizers"],
  "namespaceObject.status": ["conditions", "phase"],
};

/** What an expression may read of each; what it reads beside that is a fault. */
export const DECLARED_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(declared).map(([name, fields]) => [name, new Set(fields)] as const),
);
