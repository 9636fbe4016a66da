/** ReferenceGrants: whether an object may name one of another namespace (https://gateway-api.sigs.k8s.io/api-types/referencegrant/). */
import { type Lookup, specOf } from "./lookup.ts";

export interface Referrer {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

/** @param namespace - of the Service; a grant stands where it is */
export function isGranted(lookup: Lookup, from: Referrer, namespace: string, service: string): boolean {
  const grants = ["ReferenceGrant", "ReferencePolicy"].flatMap((kind) =>
    lookup.objectsOf("gateway.networking.k8s.io", kind),
  );
  return grants.some((grant) => {
    if (lookup.namespaceOf(grant) !== namespace) return false;
    const spec = specOf(grant);
    const isFrom = spec
      .list("from")
      .some(
        (one) =>
          (one.string("group") ?? "") === from.group &&
          one.string("kind") === from.kind &&
          one.string("namespace") === from.namespace,
      );
    const isTo = spec
      .list("to")
      .some(
        (one) =>
          (one.string("group") ?? "") === "" &&
          one.string("kind") === "Service" &&
          (one.string("name") ?? service) === service,
      );
    return isFrom && isTo;
  });
}
