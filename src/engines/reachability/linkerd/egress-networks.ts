/**
 * EgressNetwork: what meshed workloads may open to the outside, as rules of the stage `mesh-outbound`.
 * Source: https://linkerd.io/2/reference/egress-network/
 *
 * It is for the clients of its own namespace, in `linkerd-egress` (the installation may name another) for all; the
 * namespace's own go first. With `Deny` nothing gets to its networks but what a route of it matches. Like Istio's
 * REGISTRY_ONLY it is held by the workload's own proxy.
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { AddressRange } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import { bands, type Doubt, type Peer } from "../rule-model.ts";
import { readNetworks } from "./authentications.ts";
import type { LinkerdContext } from "./context.ts";

const SOURCE = "https://linkerd.io/2/reference/egress-network/";

interface EgressNetwork {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly denies: boolean;
  /** Undefined: all that is outside the cluster. */
  readonly ranges: readonly AddressRange[] | undefined;
}

export function addEgressNetworks(context: LinkerdContext): void {
  const { reading, proxies, config, rules } = context;
  const { podSets, portSets } = reading;
  const networks = readEgressNetworks(context);
  if (networks.length === 0) return;
  const routed = routedNetworks(reading);
  const inNamespace = (name: string) =>
    podSets.intersect(proxies, podSets.select({ namespaces: { name }, pods: undefined }));
  const own = new Set(networks.map(({ namespace }) => namespace));
  own.delete(config.egressNamespace);
  const served = podSets.union([...own].map(inNamespace));
  for (const { object, namespace, denies, ranges } of networks) {
    if (!denies) continue;
    const isGlobal = namespace === config.egressNamespace;
    const several = networks.filter((other) => other.namespace === namespace).length > 1;
    const doubts = [
      several ? SEVERAL : undefined,
      routed.has(`${namespace}/${object.name}`) ? BY_ROUTE : undefined,
      isGlobal && !config.isRead ? UNREAD : undefined,
    ];
    const peers: Peer[] =
      ranges === undefined
        ? [{ kind: "outside" }]
        : [{ kind: "addresses", ranges, matches: { pods: "never", nodes: "by-address" } }];
    // Where a namespace has its own, which of the two a connection is for depends on their networks.
    const sides: readonly { readonly subject: PodSet; readonly doubt: Doubt | undefined }[] = isGlobal
      ? [
          { subject: podSets.subtract(proxies, served), doubt: undefined },
          { subject: podSets.intersect(proxies, served), doubt: SEVERAL },
        ]
      : [{ subject: inNamespace(namespace), doubt: undefined }];
    for (const { subject, doubt } of sides) {
      for (const [pods, membership] of byCertainty(context, subject)) {
        rules.add({
          stage: "mesh-outbound",
          band: bands.isolation,
          action: "deny",
          object,
          field: ["spec", "trafficPolicy"],
          subject: pods,
          peers,
          ports: portSets.protocol("TCP"),
          source: SOURCE,
          doubts: [doubt, ...doubts, membership],
        });
      }
    }
  }
}

function readEgressNetworks({ reading, proxies }: LinkerdContext): readonly EgressNetwork[] {
  return reading.objectsOf("policy.linkerd.io", "EgressNetwork").flatMap((object) => {
    const namespace = object.namespace ?? "default";
    const found: EgressNetwork[] = [];
    reading.policy(object, ["mesh-outbound"], ({ spec, refuse, selects }) => {
      const { podSets } = reading;
      selects(podSets.intersect(proxies, podSets.select({ namespaces: { name: namespace }, pods: undefined })));
      const policy = spec.string("trafficPolicy");
      if (policy !== "Allow" && policy !== "Deny") return refuse("spec.trafficPolicy must be Allow or Deny");
      found.push({ object, namespace, denies: policy === "Deny", ranges: readNetworks(spec, refuse) });
    });
    return found;
  });
}

/** By namespace and name: those that a route is attached to. */
function routedNetworks(reading: Reading): ReadonlySet<string> {
  const found = new Set<string>();
  for (const kind of ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"]) {
    for (const group of ["gateway.networking.k8s.io", "policy.linkerd.io"]) {
      for (const object of reading.objectsOf(group, kind)) {
        const namespace = object.namespace ?? "default";
        reading.policy(object, [], ({ spec }) => {
          for (const parent of spec.list("parentRefs").slice(0, bounds.selectorRequirements)) {
            if (parent.string("kind") !== "EgressNetwork") continue;
            found.add(`${parent.string("namespace") ?? namespace}/${parent.string("name") ?? ""}`);
          }
        });
      }
    }
  }
  return found;
}

function byCertainty(
  { pods, members }: LinkerdContext,
  subject: PodSet,
): readonly (readonly [PodSet, Doubt | undefined])[] {
  const doubts = new Set(pods.of(subject).map(([index]) => members[index]?.doubt));
  return [...doubts].map((doubt) => {
    const inSet = new Set(pods.of(subject).flatMap(([index]) => (members[index]?.doubt === doubt ? [index] : [])));
    return [pods.where(`egress ${subject.id} ${doubt?.reason ?? ""}`, (_, index) => inSet.has(index)), doubt] as const;
  });
}

const SEVERAL: Doubt = {
  code: "mesh.several-policies",
  reason: "several EgressNetworks are for the workload, and the networks of the connection decide which counts",
};

const BY_ROUTE: Doubt = {
  code: "mesh.egress-route",
  reason: "routes of the EgressNetwork let some of what it denies through",
};

const UNREAD: Doubt = {
  code: "mesh.egress-namespace",
  reason:
    "an EgressNetwork of linkerd-egress is for all namespaces where the installation says so, and its configuration was not read",
  remedy: "add the ConfigMap linkerd-config to what is read, or audit the live cluster",
};
