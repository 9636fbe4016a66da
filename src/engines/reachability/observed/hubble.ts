/**
 * Flows of Hubble: `hubble observe -o json` ({"flow": {…}}) and what Cilium exports to files (the same, or the flow
 * alone). Source: Cilium's api/v1/flow/flow.proto in its JSON form.
 */
import type { Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { ObservedEnd, ReadLine } from "./model.ts";
import { listAt, mapAt, portAt, textAt } from "./values.ts";

/** Names of addresses, as DNS answers gave them to a pod. */
export type DnsNames = Map<string, string>;

export function flowOf(value: Untyped): Untyped | undefined {
  const flow = mapAt(value, "flow") ?? value;
  return Object.hasOwn(flow, "verdict") && (mapAt(flow, "IP") ?? mapAt(flow, "source")) !== undefined
    ? flow
    : undefined;
}

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;

/** @param names - learns from DNS answers, and names what later flows reach */
export function readFlow(flow: Untyped, names: DnsNames): ReadLine {
  learn(flow, names);
  // FORWARDED is 1 where enumerations are written as numbers.
  if (flow.verdict !== "FORWARDED" && flow.verdict !== 1) return "denied or dropped";
  const l4 = mapAt(flow, "l4");
  const protocol = l4 === undefined ? undefined : PROTOCOLS.find((one) => mapAt(l4, one) !== undefined);
  const ports = l4 === undefined || protocol === undefined ? undefined : mapAt(l4, protocol);
  const reply = Object.hasOwn(flow, "is_reply") ? flow.is_reply : undefined;
  if (reply === true) return "a reply";
  if (ports === undefined || protocol === undefined) return "no port";
  if (reply !== false && !begins(ports)) return "no direction";
  const port = portAt(ports, "destination_port");
  if (port === undefined) return "no port";
  const addresses = mapAt(flow, "IP") ?? {};
  const to = endOf(mapAt(flow, "destination"), textAt(addresses, "destination"));
  const from = endOf(mapAt(flow, "source"), textAt(addresses, "source"));
  if (to === undefined) return "no destination";
  if (from === undefined) return "no direction";
  const named = listAt(flow, "destination_names").find((one) => typeof one === "string" && one !== "");
  const name = typeof named === "string" ? withoutDot(named) : names.get(to.address ?? "");
  const last = textAt(flow, "time");
  return {
    from,
    to: to.pod === undefined && name !== undefined && to.entity === "outside" ? { ...to, name } : to,
    protocol,
    port,
    portOf: "pod",
    ...(last === undefined ? {} : { last }),
  };
}

/** Where the record does not say whether it is a reply: a connection's first packet is none. */
function begins(ports: Untyped): boolean {
  const flags = mapAt(ports, "flags");
  return flags !== undefined && flags.SYN === true && flags.ACK !== true;
}

function endOf(end: Untyped | undefined, address: string | undefined): ObservedEnd | undefined {
  if (end === undefined && address === undefined) return undefined;
  const labels: Record<string, string> = {};
  let entity: ObservedEnd["entity"];
  for (const label of listAt(end ?? {}, "labels")) {
    if (typeof label !== "string" || label.length > bounds.observedTextLength) continue;
    entity = ENTITIES.get(label) ?? entity;
    const found = /^k8s:([^=]+)=(.*)$/s.exec(label);
    // Labels of Cilium's own are no labels of the pod.
    if (
      found?.[1] === undefined ||
      found[1].startsWith("io.cilium.k8s.") ||
      found[1].startsWith("io.kubernetes.pod.")
    ) {
      continue;
    }
    labels[found[1]] = found[2] ?? "";
  }
  const namespace = textAt(end ?? {}, "namespace");
  const pod = textAt(end ?? {}, "pod_name");
  const workload = workloadOf(end ?? {});
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(pod === undefined ? {} : { pod: pod.slice(pod.indexOf("/") + 1) }),
    ...(workload === undefined ? {} : { workload }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(address === undefined ? {} : { address }),
    ...(entity === undefined || pod !== undefined ? {} : { entity }),
  };
}

/** Cilium's special identities; of several the API server's goes before the node's that it runs on. */
const ENTITIES: ReadonlyMap<string, NonNullable<ObservedEnd["entity"]>> = new Map([
  ["reserved:world", "outside"],
  ["reserved:world-ipv4", "outside"],
  ["reserved:world-ipv6", "outside"],
  ["reserved:host", "node"],
  ["reserved:remote-node", "node"],
  ["reserved:kube-apiserver", "api-server"],
]);

function workloadOf(end: Untyped): ObservedEnd["workload"] {
  for (const one of listAt(end, "workloads")) {
    if (typeof one !== "object" || one === null || Array.isArray(one)) continue;
    const name = textAt(one as Untyped, "name");
    const kind = textAt(one as Untyped, "kind");
    if (name !== undefined) return { name, ...(kind === undefined ? {} : { kind }) };
  }
  return undefined;
}

function learn(flow: Untyped, names: DnsNames): void {
  const dns = mapAt(mapAt(flow, "l7") ?? {}, "dns");
  const query = dns === undefined ? undefined : textAt(dns, "query");
  if (dns === undefined || query === undefined) return;
  for (const address of listAt(dns, "ips")) {
    if (typeof address !== "string" || address.length > 45 || names.size >= bounds.observedNames) continue;
    names.set(address, withoutDot(query));
  }
}

function withoutDot(name: string): string {
  return (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
}
