/** A network as plain texts and numbers, for what shows it. */
import { formatLocation } from "../../core/location.ts";
import { locationOf } from "../../engines/kubernetes/model.ts";
import { formatRange } from "../../engines/reachability/addresses.ts";
import {
  type Endpoint,
  type Exposure,
  formatPorts,
  hasPort,
  intervalsOf,
  type Network,
  type PortSet,
  type PortSets,
} from "../../engines/reachability/model.ts";
import { groupedConnections, type Scope } from "../../engines/reachability/queries/connections.ts";
import type {
  ConnectionView,
  EndpointView,
  GapView,
  Isolation,
  NetworkView,
  PortsView,
  ScopeView,
} from "../../report/network/view.ts";
import type { ReadNetwork } from "../../scan/network.ts";
import { toolVersion } from "../version.ts";
import { causeView, exposureView } from "./exposure-view.ts";

export function viewOf(
  { network, enforced, unread, notes }: ReadNetwork,
  subject: string,
  exposures: readonly Exposure[],
  scope: Scope = {},
  shown?: ScopeView,
): NetworkView {
  const { groups, blocks, doubts } = groupedConnections(network, scope);
  const ports = portsViewer(network.portSets);
  return {
    tool: { name: "bulkhead", version: toolVersion() },
    subject,
    ...(shown === undefined ? {} : { scope: shown }),
    enforced,
    ...(network.settings.cni === undefined ? {} : { cni: network.settings.cni }),
    policies: new Set(
      network.rules.flatMap(({ object, doubt }) => (doubt?.code === "kubernetes.cluster-list" ? [] : [object])),
    ).size,
    endpoints: network.endpoints.map((endpoint, index) => endpointView(network, endpoint, index)),
    groups,
    connections: blocks.map(
      ({ from, to, allowed, unknown, doubts: causes }): ConnectionView => ({
        from,
        to,
        allowed: ports(allowed),
        unknown: ports(unknown),
        causes,
      }),
    ),
    exposures: exposures.flatMap((exposure) =>
      exposureView(exposure, ports, (index) => scope.to?.has(index) !== false && scope.focus?.has(index) !== false),
    ),
    causes: doubts.map(causeView),
    gaps: gapViews(network, unread),
    notes,
  };
}

/** Equal sets give one object. */
export function portsViewer(portSets: PortSets): (set: PortSet) => PortsView {
  const known = new Map<PortSet, PortsView>();
  return (set) => {
    const found = known.get(set) ?? { text: portsText(set, portSets), intervals: intervalsOf(set) };
    known.set(set, found);
    return found;
  };
}

/** `TCP 80,443`; of nearly all `all ports but TCP 3000`. */
export function portsText(set: PortSet, { all, subtract }: PortSets): string {
  const text = formatPorts(set);
  if (set === all || !hasPort(set, "other", 0)) return text;
  const rest = formatPorts(subtract(all, set));
  return rest.length < text.length ? `all ports but ${rest}` : text;
}

export function gapViews({ gaps }: Pick<Network, "gaps">, unread: ReadNetwork["unread"]): GapView[] {
  return [
    ...unread.map(({ path, line, column, ...gap }) => ({
      ...causeView(gap),
      place: `${path}${line === undefined ? "" : `:${line}${column === undefined ? "" : `:${column}`}`}`,
    })),
    ...gaps.map(({ object, field, ...gap }) => ({
      ...causeView(gap),
      ...(object === undefined ? {} : { place: formatLocation(locationOf(object, field)) }),
    })),
  ];
}

const ISOLATION = { yes: "isolated", no: "open", unknown: "unknown" } as const satisfies Record<string, Isolation>;

export function endpointView(network: Network, endpoint: Endpoint, index: number): EndpointView {
  switch (endpoint.kind) {
    case "pods":
      return {
        name: endpoint.name,
        kind: "workload",
        namespace: endpoint.namespace,
        ...(endpoint.host ? { host: true } : {}),
        ingress: ISOLATION[network.isolated(index, "ingress")],
        egress: ISOLATION[network.isolated(index, "egress")],
        place: formatLocation(locationOf(endpoint.workload.object)),
      };
    case "node":
      return { name: endpoint.name, kind: "node" };
    case "domain":
      return { name: endpoint.name, kind: "domain" };
    case "addresses":
      return {
        name: endpoint.name,
        kind: "addresses",
        scope: endpoint.scope,
        ranges: endpoint.ranges.map(formatRange),
      };
  }
}
