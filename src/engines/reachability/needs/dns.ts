/** The cluster's DNS, which every pod needs: by the Service's target port and pods, never by a fixed number. */
import { parseAddress } from "../../../core/ip-address.ts";
import { parseCidr } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { NeedContext } from "./context.ts";
import type { NeedEnd, NeedReason, Reached } from "./model.ts";
import { portsOf, reachedBy } from "./services.ts";

/** Services that are a cluster's DNS: of kubeadm and most others, of RKE2, of OpenShift. */
const DNS_SERVICES = [
  ["kube-system", "kube-dns"],
  ["kube-system", "coredns"],
  ["kube-system", "rke2-coredns-rke2-coredns"],
  ["openshift-dns", "dns-default"],
] as const;

/** What every cluster of the usual kinds labels its DNS pods with, where their Service was not read. */
const USUAL: NeedEnd = {
  kind: "unread-pods",
  namespace: "kube-system",
  labels: { "k8s-app": "kube-dns" },
  name: "kube-system pods k8s-app=kube-dns",
};
const OPENSHIFT: NeedEnd = {
  kind: "unread-pods",
  namespace: "openshift-dns",
  labels: { "dns.operator.openshift.io/daemonset-dns": "default" },
  name: "openshift-dns pods",
};

/** The address that NodeLocal DNSCache listens at on every node (Kubernetes documentation, "NodeLocal DNSCache"). */
const NODE_LOCAL = "169.254.20.10";

export function findDnsNeeds(context: NeedContext): void {
  const { pods, collector } = context;
  const { reached, reason } = clusterDns(context);
  const local = nodeLocal(context);
  for (const one of pods) {
    if (one.host) continue;
    const policy = one.workload.pod.dnsPolicy;
    for (const [address, place] of nameservers(one)) {
      const range = parseCidr(address);
      if (range === undefined) continue;
      const own: NeedReason = { kind: "dns", text: `dnsConfig names ${address}`, place };
      for (const protocol of ["UDP", "TCP"] as const) {
        const to = { kind: "addresses" as const, name: address, ranges: [range] };
        collector.need({ kind: "pods", pods: one }, to, { protocol, port: 53 }, own);
      }
    }
    if (policy === "None") continue;
    if (policy === "Default") {
      const text = "asks the name servers of its node (dnsPolicy: Default), whose addresses are not known";
      const place = { object: one.workload.object, field: [...one.workload.podPath, "dnsPolicy"] };
      collector.unknown({ code: "network.need.node-dns", reason: text, place, workload: one.name });
      continue;
    }
    for (const { to, protocol, port } of [...reached, ...local]) {
      const isLocal = to.kind === "addresses";
      collector.need({ kind: "pods", pods: one }, to, { protocol, port }, isLocal ? NODE_LOCAL_REASON : reason);
    }
  }
}

const NODE_LOCAL_REASON: NeedReason = { kind: "dns", text: "node-local DNS, where there is one" };

function* nameservers({ workload }: PodEndpoint): Generator<readonly [string, NonNullable<NeedReason["place"]>]> {
  for (const [index, address] of (workload.pod.nameservers ?? []).slice(0, 3).entries()) {
    if (parseAddress(address) === undefined) continue;
    const field = [...workload.podPath, "dnsConfig", "nameservers", index];
    yield [address, { object: workload.object, field }];
  }
}

function clusterDns(context: NeedContext): { readonly reached: readonly Reached[]; readonly reason: NeedReason } {
  for (const [namespace, name] of DNS_SERVICES) {
    const service = context.services.named(namespace, name);
    if (service === undefined) continue;
    const place = { object: service.service.object, field: ["spec", "ports"] };
    const reason: NeedReason = { kind: "dns", text: `Service ${namespace}/${name} is the cluster's DNS`, place };
    // Port 53 by both protocols; what else it offers (metrics) nobody asks for names.
    const ports = portsOf(service, 53);
    const reached = ports.flatMap((port) => reachedBy(service, port).reached);
    if (reached.length > 0) return { reached, reason };
    const to: NeedEnd = {
      kind: "unread-pods",
      namespace,
      labels: service.service.selector,
      name: `pods of Service ${namespace}/${name}`,
    };
    const numbered = ports.flatMap(({ targetPort, port, protocol }): Reached[] => {
      const target = typeof targetPort === "number" && targetPort !== 0 ? targetPort : port;
      return target === undefined || (protocol !== "UDP" && (protocol ?? "TCP") !== "TCP")
        ? []
        : [{ to, protocol: protocol === "UDP" ? "UDP" : "TCP", port: target }];
    });
    if (ports.some(({ targetPort }) => typeof targetPort === "string")) {
      const text = `the pods of Service ${namespace}/${name} were not read: their DNS port is taken to be 53`;
      context.collector.unknown({ code: "network.need.dns-port", reason: text, place });
    }
    if (numbered.length > 0 && Object.keys(service.service.selector).length > 0) return { reached: numbered, reason };
  }
  const isOpenShift = context.manifests.objects.some(({ group }) => group.endsWith(".openshift.io"));
  const [to, port] = isOpenShift ? [OPENSHIFT, 5353] : [USUAL, 53];
  context.collector.unknown({
    code: "network.need.dns",
    reason: `the cluster's DNS was not read: it is taken to be the ${to.kind === "unread-pods" ? to.name : ""} at port ${port}`,
    remedy: "add the DNS Service and its pods to what is read",
  });
  return {
    reached: [
      { to, protocol: "UDP", port },
      { to, protocol: "TCP", port },
    ],
    reason: { kind: "dns", text: "the cluster's DNS, as clusters usually have it" },
  };
}

/** Its DaemonSet says at which addresses it listens; without it the usual one, at which nothing else does. */
function nodeLocal({ pods }: NeedContext): readonly Reached[] {
  const daemon = pods.find(({ labels, host }) => host && labels["k8s-app"] === "node-local-dns");
  const words = daemon?.workload.pod.containers.flatMap(({ args, command }) => [...command, ...args]) ?? [];
  const stated = words.flatMap((word, index) =>
    word === "-localip" || word === "--localip" ? (words[index + 1] ?? "").split(",") : [],
  );
  const addresses = stated.filter((address) => parseAddress(address) !== undefined);
  return (addresses.length > 0 ? addresses : [NODE_LOCAL]).flatMap((address) => {
    const range = parseCidr(address);
    if (range === undefined) return [];
    const to = { kind: "addresses" as const, name: `node-local DNS ${address}`, ranges: [range] };
    return [
      { to, protocol: "UDP" as const, port: 53 },
      { to, protocol: "TCP" as const, port: 53 },
    ];
  });
}
