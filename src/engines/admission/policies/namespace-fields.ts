/** Of a namespace, fields that an expression may read and that are not known here: each a variable of its own. */
export const NAMESPACE_FIELDS: readonly string[] = [
  ...["spec", "status"].map((name) => `namespaceObject.${name}`),
  ...[
    ...["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers", "generateName"],
    ...["generation", "resourceVersion"],
  ].map((name) => `namespaceObject.metadata.${name}`),
];
