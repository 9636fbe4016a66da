/** Ingresses of every version. */
import type { Ingress } from "../../kubernetes/model.ts";
import { type Carrier, carrierOf, ingressClasses } from "./controllers.ts";
import type { Reach } from "./exposure-model.ts";
import type { Lookup } from "./lookup.ts";
import { type CarrierReach, placed, type Way, waysToBackends } from "./way.ts";

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
  const ways = waysToBackends(
    lookup,
    backends.map((backend) => ({ ...backend, namespace })),
    base,
  );
  for (const field of otherBackends) {
    const doubts = [
      placed(object, field, "exposure.backend", "its backend is no Service: what is behind it is not known"),
    ];
    ways.push({ ...base, field, behind: [], doubts, deadEnds: [] });
  }
  return ways;
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
