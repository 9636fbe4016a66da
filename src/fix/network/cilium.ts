/**
 * CiliumNetworkPolicies for what NetworkPolicy cannot say: hosts by name, the API server and nodes (Cilium's documentation,
 * "Layer 3 Examples"). Names need a DNS rule, by which Cilium learns their addresses.
 */
import type { Allow, Draft, Plain } from "./model.ts";
import { MANAGED_BY, NETWORK_STAGES, type WrittenPolicy } from "./network-policy.ts";

interface WrittenCiliumPolicy extends WrittenPolicy {
  /** The field of each is `toFQDNs`, `toEntities` or `fromEntities`. */
  readonly allows: readonly Allow[];
  /** The pods and ports of the cluster's DNS. */
  readonly dns: readonly CiliumDns[];
}

export interface CiliumDns {
  readonly endpoint: Readonly<Record<string, string>>;
  readonly port: number;
}

export function ciliumPolicy({ namespace, name, selector, members, allows, dns }: WrittenCiliumPolicy): Draft {
  const named = allows.some(({ field }) => field === "toFQDNs");
  return {
    kind: "CiliumNetworkPolicy",
    namespace,
    name,
    ...(members === undefined ? {} : { members }),
    stages: NETWORK_STAGES,
    comments: [],
    allows,
    build: (kept, isTrial = false) => {
      const comments = new Map<Plain, readonly string[]>();
      const rules = (direction: Allow["direction"]) =>
        kept
          .filter((allow) => allow.direction === direction)
          .map((allow) => {
            const rule: Plain = {
              [allow.field ?? "toEntities"]: allow.peers.flatMap(({ values }) => values),
              toPorts: [{ ports: allow.ports.flatMap(({ values }) => values.map(ciliumPort)) }],
            };
            comments.set(rule, [...new Set(allow.peers.flatMap((peer) => peer.comments))]);
            return rule;
          });
      const ingress = rules("ingress");
      // In a trial of the other policies the names that this one lets be asked for must not stand in for theirs.
      const egress = [...(named && !isTrial ? dns.map(dnsRule) : []), ...rules("egress")];
      const object = {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name, namespace, labels: MANAGED_BY },
        spec: {
          endpointSelector: selector,
          ...(ingress.length === 0 ? {} : { ingress }),
          ...(egress.length === 0 ? {} : { egress }),
        },
      };
      return { object, comments };
    },
  };
}

/** Ports are texts here. */
function ciliumPort(value: Plain): Plain {
  const { port, protocol } = value as { readonly port: Plain; readonly protocol: Plain };
  return { port: String(port), protocol };
}

function dnsRule({ endpoint, port }: CiliumDns): Plain {
  const ports = ["UDP", "TCP"].map((protocol) => ({ port: String(port), protocol }));
  return {
    toEndpoints: [{ matchLabels: endpoint }],
    toPorts: [{ ports, rules: { dns: [{ matchPattern: "*" }] } }],
  };
}
