/** Whether pods can ask a DNS server. */
import type { ReachingWorkload } from "../../../checks/subjects/network.ts";
import type { Network, PodEndpoint, PortSet } from "../../../engines/reachability/model.ts";

/** Ports that DNS servers listen on: the well-known one, and those of CoreDNS in OpenShift and of node-local caches. */
const PORTS = [53, 5353, 8053] as const;

/** Labels of the cluster's DNS by those who publish it. */
const LABELS: readonly (readonly [label: string, values: readonly string[]])[] = [
  ["k8s-app", ["kube-dns", "coredns", "node-local-dns"]],
  ["app.kubernetes.io/name", ["coredns", "kube-dns", "rke2-coredns"]],
  ["dns.operator.openshift.io/daemonset-dns", ["default"]],
];

export function dnsOf(network: Network): (index: number, endpoint: PodEndpoint) => ReachingWorkload["dns"] {
  const { portSets, endpoints } = network;
  const asks = portSets.of(
    (["UDP", "TCP"] as const).flatMap((protocol) => PORTS.map((port) => ({ protocol, first: port, last: port }))),
  );
  const servers = endpoints.flatMap((endpoint, index) =>
    endpoint.kind === "pods" && isServer(endpoint) ? [{ index, ports: portsOf(endpoint, asks, network) }] : [],
  );
  /** Subjects of rules that let through what may be a question, whoever is asked. */
  const permitted = new Set<number>();
  for (const { stage, action, subject, ports, peers } of network.rules) {
    if (stage !== "network-egress" || action !== "accept" || peers.length === 0) continue;
    if (ports.named.length === 0 && portSets.intersect(ports.numbers, asks) === portSets.none) continue;
    for (const index of subject.members) permitted.add(index);
  }

  /** By class: all pods of one have the same. */
  const known = new Map<number, ReachingWorkload["dns"]>();

  return (index, { host, workload }) => {
    if (host || network.enforced === "no" || workload.pod.dnsPolicy === "None") return "open";
    const own = network.classOf[index] as number;
    const found = known.get(own) ?? answer(index);
    known.set(own, found);
    return found;
  };

  function answer(index: number): ReachingWorkload["dns"] {
    if (network.isolated(index, "egress") !== "yes") return "open";
    if (servers.length === 0) return permitted.has(index) ? "open" : "cut";
    const answers = servers.map(({ index: server, ports }) => {
      if (server === index) return "open";
      const { allowed, unknown } = network.stage("network-egress", index, server);
      if (portSets.intersect(allowed, ports) !== portSets.none) return "open";
      return portSets.intersect(unknown, ports) === portSets.none ? "cut" : "unknown";
    });
    if (answers.includes("open")) return "open";
    // A node-local cache is asked by an address that no pod has.
    return answers.includes("unknown") || asksAddresses(network, index, asks) ? "unknown" : "cut";
  }
}

function isServer({ labels, namespace, host }: PodEndpoint): boolean {
  const isSystem = namespace === "kube-system" || namespace === "openshift-dns";
  return (
    isSystem &&
    !host &&
    LABELS.some(([label, values]) => Object.hasOwn(labels, label) && values.includes(labels[label] as string))
  );
}

/** Those that its containers state, as far as they may be DNS; else the well-known ones. */
function portsOf({ namedPorts }: PodEndpoint, asks: PortSet, { portSets }: Network): PortSet {
  const stated = [...namedPorts].flatMap(([key, numbers]) => {
    const [protocol] = key.split("/");
    if (!/dns/i.test(key) || (protocol !== "UDP" && protocol !== "TCP")) return [];
    return numbers.map((port) => ({ protocol, first: port, last: port }) as const);
  });
  return stated.length === 0 ? asks : portSets.of(stated);
}

function asksAddresses({ rules, portSets }: Network, index: number, asks: PortSet): boolean {
  return rules.some(
    ({ stage, action, subject, ports, peers }) =>
      stage === "network-egress" &&
      action === "accept" &&
      subject.members.includes(index) &&
      (ports.named.length > 0 || portSets.intersect(ports.numbers, asks) !== portSets.none) &&
      peers.some(({ kind }) => kind === "addresses" || kind === "nodes"),
  );
}
