/** Ways into the cluster, for what shows them. */
import { formatLocation } from "../../core/location.ts";
import { describeObject, locationOf } from "../../engines/kubernetes/model.ts";
import { formatRange } from "../../engines/reachability/addresses.ts";
import type { Exposure, ExposureTarget, Network, PortSet, Reach } from "../../engines/reachability/model.ts";
import type { ExposureView, GapView, PortsView } from "../../report/network/view.ts";

/** One for each workload behind a way; what a policy closes is among them. */
export function exposureViews(
  network: Network,
  exposures: readonly Exposure[],
  ports: (set: PortSet) => PortsView,
): ExposureView[] {
  return exposures.flatMap((exposure) =>
    exposure.targets.map((target): ExposureView => {
      const note = noteOf(exposure, target, network);
      return {
        by: describeWay(exposure),
        kind: exposure.way,
        to: target.endpoint,
        ports: ports(target.allowed),
        unknown: ports(target.unknown),
        from: describeReach(exposure.reach),
        place: formatLocation(locationOf(exposure.object, exposure.field)),
        ...(note === undefined ? {} : { note }),
      };
    }),
  );
}

/** `Service shop/api (NodePort 30300)`, `Ingress shop/web (shop.example)`. */
function describeWay({ way, object, listens, hosts }: Exposure): string {
  const where = [
    ...(TITLES[way] === undefined ? [] : [TITLES[way]]),
    ...listens.slice(0, 4).map(({ protocol, port }) => (protocol === "TCP" ? `${port}` : `${port}/${protocol}`)),
    ...hosts.slice(0, 2),
  ];
  return where.length === 0 ? describeObject(object) : `${describeObject(object)} (${where.join(" ")})`;
}

const TITLES: Partial<Record<Exposure["way"], string>> = {
  "load-balancer": "LoadBalancer",
  "node-port": "NodePort",
  "external-ip": "externalIPs",
  "host-port": "hostPort",
  "host-network": "hostNetwork",
};

function describeReach({ kind, ranges }: Reach): string {
  if (ranges !== undefined) {
    const [first, ...more] = ranges.map(formatRange);
    return first === undefined ? "nobody" : more.length === 0 ? first : `${first} and ${more.length} more`;
  }
  return REACH[kind];
}

const REACH: Readonly<Record<Reach["kind"], string>> = {
  internet: "internet",
  private: "private networks",
  nodes: "nodes' addresses",
  unknown: "its controller",
};

function noteOf({ source }: Exposure, { doubts, allowed, fromEverywhere, verdict }: ExposureTarget, network: Network) {
  const [doubt] = doubts;
  if (verdict === "unknown" && doubt !== undefined) return doubt.reason;
  if (source.kind === "pods") {
    const [first, ...more] = source.endpoints.map((index) => network.endpoints[index]?.name ?? "");
    return `through ${first}${more.length === 0 ? "" : ` and ${more.length} more`}`;
  }
  return verdict === "allowed" && allowed !== fromEverywhere ? "from some addresses" : undefined;
}

/** What is not known of what is behind them. */
export function exposureGaps(exposures: readonly Exposure[]): GapView[] {
  const seen = new Set<string>();
  return exposures.flatMap(({ doubts }) =>
    doubts.flatMap(({ code, reason, remedy, object, field }): GapView[] => {
      const place = formatLocation(locationOf(object, field));
      const key = `${code} ${place}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ code, reason, place, ...(remedy === undefined ? {} : { remedy }) }];
    }),
  );
}
