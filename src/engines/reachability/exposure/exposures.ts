/** Every way into the cluster from outside, with the pods behind it and what policies say to traffic that comes so. */
import { union } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { Network } from "../model.ts";
import type { PortSet, PortSets } from "../port-set.ts";
import type { Carrier } from "./controllers.ts";
import type { Exposure, ExposureTarget, Reach } from "./exposure-model.ts";
import { gatewayWays } from "./gateway-ways.ts";
import { hostWays } from "./host-ways.ts";
import { ingressWays } from "./ingress-ways.ts";
import { istioWays } from "./istio-ways.ts";
import { knativeWays } from "./knative-ways.ts";
import { type Lookup, lookupOf } from "./lookup.ts";
import { otherWays } from "./other-ways.ts";
import { openshiftRouteWays, traefikWays } from "./route-ways.ts";
import { serviceWays } from "./service-ways.ts";
import { streamWays } from "./stream-ways.ts";
import { createVerdicts, type Verdicts } from "./verdicts.ts";
import { type Behind, placed, type Way } from "./way.ts";

/**
 * Of Services, host ports and host networks first, then of what controllers carry: Ingress, Gateway API, Routes and the
 * like. Each in the order of the files. What is behind a controller is reached from where the controller itself is.
 */
export function exposuresOf(network: Network): readonly Exposure[] {
  const lookup = lookupOf(network);
  const verdicts = createVerdicts(network);
  let left: number = bounds.exposureTargets;
  const judge = (way: Way): Exposure => {
    left -= way.behind.length;
    return judged(lookup, verdicts, left < 0 ? overBound(way) : way);
  };
  const direct = [...serviceWays(lookup), ...hostWays(lookup)].map(judge);
  const reachOf = carrierReach(direct);
  const carried = [
    ...ingressWays(lookup, reachOf),
    ...streamWays(lookup, reachOf),
    ...gatewayWays(lookup, reachOf),
    ...openshiftRouteWays(lookup, reachOf),
    ...istioWays(lookup, reachOf),
    ...traefikWays(lookup, reachOf),
    ...knativeWays(lookup, reachOf),
    ...otherWays(lookup),
  ].map(judge);
  return [...direct, ...carried];
}

function overBound(way: Way): Way {
  const reason = `more than ${bounds.exposureTargets} workloads behind ways into the cluster`;
  return { ...way, behind: [], doubts: [...way.doubts, placed(way.object, way.field, "network.bound", reason)] };
}

function judged(lookup: Lookup, verdicts: Verdicts, { behind, ...way }: Way): Exposure {
  const { portSets } = lookup.network;
  const targets = behind.map(({ endpoint, service, ports: stated }): ExposureTarget => {
    const ports = portsOf(portSets, stated);
    return {
      endpoint,
      ...(service === undefined ? {} : { service }),
      ports,
      ...verdicts.judge(way.source, way.reach, endpoint, ports),
    };
  });
  return { ...way, targets };
}

function portsOf(sets: PortSets, ports: Behind["ports"]): PortSet {
  return ports === "any"
    ? sets.all
    : sets.of(ports.map(({ protocol, port }) => ({ protocol, first: port, last: port })));
}

/** The widest first. */
const WIDTH = ["internet", "unknown", "nodes", "private"] as const;

function carrierReach(direct: readonly Exposure[]): (carrier: Carrier) => Reach {
  const byEndpoint = new Map<number, Reach[]>();
  for (const { reach, targets } of direct) {
    for (const { endpoint, verdict } of targets) {
      if (verdict === "denied") continue;
      const listed = byEndpoint.get(endpoint);
      if (listed === undefined) byEndpoint.set(endpoint, [reach]);
      else listed.push(reach);
    }
  }
  return (carrier) => {
    if (carrier.kind === "proxy") return { kind: "internet" };
    const found = carrier.kind === "pods" ? carrier.endpoints.flatMap((one) => byEndpoint.get(one) ?? []) : [];
    const widest = WIDTH.flatMap((kind) => found.filter((reach) => reach.kind === kind));
    const [first] = widest;
    if (first === undefined) {
      return { kind: "unknown", reason: "neither a Service nor a host port that leads to its controller was read" };
    }
    const alike = widest.filter(({ kind }) => kind === first.kind);
    const open = alike.find(({ ranges }) => ranges === undefined);
    return open ?? { ...first, ranges: union(alike.flatMap(({ ranges = [] }) => ranges)) };
  };
}
