/** Ingresses of every version. */
import type { Ingress } from "../../kubernetes/model.ts";
import { type Carrier, carrierOf, ingressClasses } from "./controllers.ts";
import type { Reach } from "./exposure-model.ts";
import type { Lookup } from "./lookup.ts";
import { type Backend, type CarrierReach, placed, type Way, waysToBackends } from "./way.ts";

/** The annotation before `ingressClassName`; controllers still read it, and it counts first. */
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

export function ingressWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  return lookup.network.manifests.ingresses.flatMap((ingress) => waysOf(lookup, ingress, reachOf));
}

function waysOf(lookup: Lookup, ingress: Ingress, reachOf: CarrierReach): Way[] {
  const { object, hosts, backends, otherBackends } = ingress;
  const className = object.annotations[CLASS_ANNOTATION] || ingress.ingressClassName;
  const source = carrierOf(lookup, className, ingressClasses);
  const namespace = lookup.namespaceOf(object);
  const base = {
    way: "ingress" as const,
    object,
    reach: ingressReach(ingress, className, source, reachOf),
    hosts,
    listens: [],
    source,
  };
  const [inAnnotations, named] = partition(backends, ({ port }) => port === USE_ANNOTATION);
  const ways = waysToBackends(
    lookup,
    [...named, ...annotated(ingress)].map((one) => ({ ...one, namespace })),
    base,
  );
  for (const { field } of inAnnotations) {
    const reason = "an annotation of the AWS Load Balancer Controller says what is behind it, which is not read";
    ways.push({
      ...base,
      field,
      behind: [],
      doubts: [placed(object, field, "exposure.backend", reason)],
      deadEnds: [],
    });
  }
  for (const field of otherBackends) {
    const doubts = [
      placed(object, field, "exposure.backend", "its backend is no Service: what is behind it is not known"),
    ];
    ways.push({ ...base, field, behind: [], doubts, deadEnds: [] });
  }
  return ways;
}

/** The name of a port by which an annotation takes the place of the Service. */
const USE_ANNOTATION = "use-annotation";
const DEFAULT_BACKEND = "nginx.ingress.kubernetes.io/default-backend";

/** What ingress-nginx sends requests to that no pod of a backend can take. */
function annotated({ object: { annotations } }: Ingress): Omit<Backend, "namespace">[] {
  const service = Object.hasOwn(annotations, DEFAULT_BACKEND) ? annotations[DEFAULT_BACKEND] : undefined;
  return service ? [{ service, field: ["metadata", "annotations", DEFAULT_BACKEND] }] : [];
}

function partition<T>(items: readonly T[], holds: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

/** What says that a cloud's load balancer is of a private network. */
function ingressReach(
  { object: { annotations } }: Ingress,
  className: string | undefined,
  source: Carrier,
  reachOf: CarrierReach,
): Reach {
  if (source.kind !== "proxy") return reachOf(source);
  if (className === "gce-internal") return { kind: "private", reason: "class gce-internal" };
  if (annotations["appgw.ingress.kubernetes.io/use-private-ip"] === "true") {
    return { kind: "private", reason: "annotation appgw.ingress.kubernetes.io/use-private-ip: true" };
  }
  if (source.controller !== "AWS Load Balancer Controller") return { kind: "internet" };
  const scheme = annotations["alb.ingress.kubernetes.io/scheme"];
  return scheme === "internet-facing"
    ? { kind: "internet" }
    : { kind: "private", reason: "alb.ingress.kubernetes.io/scheme is not internet-facing" };
}
