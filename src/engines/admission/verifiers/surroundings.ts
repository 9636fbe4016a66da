/** What recognisers are handed. */
import type { KubernetesObject, Manifests } from "../../kubernetes/model.ts";
import type { KnownLabels } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";

export interface ScopedNamespace extends KnownLabels {
  /** Empty: any namespace. */
  readonly name: string;
  readonly object?: KubernetesObject;
}

export interface Surroundings {
  readonly manifests: Manifests;
  readonly namespaces: readonly ScopedNamespace[];
  /** Whether all there is of a list was read, so that what is not in it is not there. Never of files. */
  complete(list: string): boolean;
}

/** A verifier as its product's recogniser states it. */
export interface RecognisedVerifier {
  readonly object: KubernetesObject;
  readonly enforces: Statement;
  readonly failsClosed: Statement;
  readonly everyImage: Statement;
  scopeOf(namespace: ScopedNamespace): Statement;
}

/** What a reason calls a namespace. */
export function callNamespace({ name }: ScopedNamespace): string {
  return name === "" ? "every namespace" : `namespace ${name}`;
}
