/** What recognisers are handed. */
import { type KubernetesObject, type Manifests, rawOf } from "../../kubernetes/model.ts";
import type { KnownLabels } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { list, record } from "./untyped-fields.ts";

export interface ScopedNamespace extends KnownLabels {
  /** Empty: any namespace. */
  readonly name: string;
  readonly object?: KubernetesObject;
}

/** What was read, and of which of it the absence tells. */
export interface Known {
  readonly manifests: Manifests;
  /** Whether all there is of a list was read, so that what is not in it is not there. Never of files. */
  complete(list: string): boolean;
  /** Why nobody answers a Service, by `namespace/name`, where that is sure. */
  silenceOf(service: string): string | undefined;
}

export interface Surroundings extends Known {
  readonly namespaces: readonly ScopedNamespace[];
}

export function known(manifests: Manifests, complete: Known["complete"]): Known {
  let answering: ReadonlySet<string> | undefined;
  return {
    manifests,
    complete,
    silenceOf(name) {
      if (!complete("services") || !complete("network")) return undefined;
      answering ??= answeringServices(manifests);
      if (answering.has(name)) return undefined;
      const isThere = manifests.services.some(({ object }) => nameOf(object.namespace, object.name) === name);
      return `its Service ${name} ${isThere ? "has no ready endpoint" : "does not exist"}`;
    },
  };
}

/** With a ready endpoint: absent is ready (discovery.k8s.io/v1). What is another's name nobody knows. */
function answeringServices({ services, objects }: Manifests): ReadonlySet<string> {
  const external = services
    .filter(({ type }) => type === "ExternalName")
    .map(({ object }) => nameOf(object.namespace, object.name));
  const ready = objects.flatMap((object) => {
    if (object.group !== "discovery.k8s.io" || object.kind !== "EndpointSlice") return [];
    const service = object.labels["kubernetes.io/service-name"];
    const isReady = list(rawOf(object).endpoints).some(({ conditions }) => record(conditions).ready !== false);
    return service === undefined || !isReady ? [] : [nameOf(object.namespace, service)];
  });
  return new Set([...external, ...ready]);
}

function nameOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? "default"}/${name}`;
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
