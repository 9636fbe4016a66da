/** What a reader of one kind of way in gives: all but the verdicts, which are the same for every kind. */
import type { FieldPath, KubernetesObject, Service } from "../../kubernetes/model.ts";
import type { Carrier } from "./controllers.ts";
import type { DeadEnd, Exposure, PlacedDoubt, Reach, TransportPort } from "./exposure-model.ts";
import type { Lookup } from "./lookup.ts";
import { backendTargets } from "./service-targets.ts";

export interface Way extends Omit<Exposure, "targets"> {
  readonly behind: readonly Behind[];
}

/** A workload's own ports that it leads to; `any`: which they are is not stated. */
export interface Behind {
  readonly endpoint: number;
  readonly service?: Service;
  readonly ports: readonly TransportPort[] | "any";
}

/** From where a controller's own pods are reached. */
export type CarrierReach = (carrier: Carrier) => Reach;

/** Where a controller sends what it is asked for. */
export interface Backend {
  readonly service: string;
  readonly namespace: string;
  readonly port?: number | string;
  readonly field: FieldPath;
}

/** One {@link Way} of a controller for each different backend: objects name the same one for many paths. */
export function waysToBackends(
  lookup: Lookup,
  backends: readonly Backend[],
  base: Omit<Way, "field" | "behind" | "doubts" | "deadEnds">,
): Way[] {
  const seen = new Set<string>();
  return backends.flatMap((backend) => {
    const key = `${backend.namespace}/${backend.service}:${backend.port ?? ""}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...base, field: backend.field, ...behindBackend(lookup, base.object, backend) }];
  });
}

function behindBackend(
  lookup: Lookup,
  object: KubernetesObject,
  { service: name, namespace, port, field }: Backend,
): Pick<Way, "behind" | "doubts" | "deadEnds"> {
  const service = lookup.service(namespace, name);
  if (service === undefined) {
    const reason = `there is no Service ${namespace}/${name}`;
    return { behind: [], doubts: [], deadEnds: [{ code: "exposure.no-service", reason, object, field }] };
  }
  const { behind, doubts, deadEnds, found } = remembered(lookup, service, port);
  const missing: DeadEnd[] = found
    ? []
    : [{ code: "exposure.no-port", reason: `Service ${namespace}/${name} has no port ${port}`, object, field }];
  return { behind, doubts, deadEnds: missing.length === 0 ? deadEnds : [...deadEnds, ...missing] };
}

type BehindPort = Pick<Way, "behind" | "doubts" | "deadEnds"> & { readonly found: boolean };

const known = new WeakMap<Lookup, Map<string, BehindPort>>();

/** Many objects name one Service: what is behind it is held once. */
function remembered(lookup: Lookup, service: Service, port: number | string | undefined): BehindPort {
  const ofLookup = known.get(lookup) ?? new Map<string, BehindPort>();
  known.set(lookup, ofLookup);
  const key = JSON.stringify([lookup.namespaceOf(service.object), service.object.name, port]);
  let behind = ofLookup.get(key);
  if (behind === undefined) {
    const { targets, doubts, deadEnds, found } = backendTargets(lookup.network, service, port);
    behind = { behind: behindService(service, targets), doubts, deadEnds, found };
    ofLookup.set(key, behind);
  }
  return behind;
}

export function behindService(
  service: Service,
  targets: readonly (TransportPort & { readonly endpoint: number })[],
): Behind[] {
  return [...Map.groupBy(targets, ({ endpoint }) => endpoint)].map(([endpoint, ports]) => ({
    endpoint,
    service,
    ports,
  }));
}

export function placed(object: KubernetesObject, field: FieldPath, code: string, reason: string): PlacedDoubt {
  return { code, reason, object, field };
}
