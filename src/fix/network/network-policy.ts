/** NetworkPolicies as they are written (Kubernetes API reference, networking.k8s.io/v1). */
import type { Allow, Draft, Plain } from "./model.ts";
import type { Subject } from "./subjects.ts";

/** What makes it known as ours. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "bulkhead" } as const;

/** Rules are additive: a connection is allowed where one of them holds. */
export const NETWORK_STAGES = { ingress: "network-ingress", egress: "network-egress" } as const;

export interface WrittenPolicy {
  readonly namespace: string;
  readonly name: string;
  /** Absent: every pod of the namespace. */
  readonly members?: Subject["members"];
  readonly selector: Plain;
}

interface WrittenNetworkPolicy extends WrittenPolicy {
  readonly comments: readonly string[];
  readonly allows: readonly Allow[];
  readonly types: readonly string[];
}

export function networkPolicy(written: WrittenNetworkPolicy): Draft {
  const { namespace, name, selector, comments: above, allows, types, members } = written;
  return {
    kind: "NetworkPolicy",
    namespace,
    name,
    ...(members === undefined ? {} : { members }),
    stages: NETWORK_STAGES,
    keepsWhenEmpty: true,
    comments: above,
    allows,
    build: (kept) => {
      const comments = new Map<Plain, readonly string[]>();
      const rules = (direction: Allow["direction"], peers: string) =>
        kept
          .filter((allow) => allow.direction === direction)
          .map((allow) => {
            const rule: Plain = {
              ...(allow.peers.length === 0 ? {} : { [peers]: allow.peers.flatMap(({ values }) => values) }),
              ports: allow.ports.flatMap(({ values }) => values),
            };
            comments.set(rule, allow.comments);
            for (const { values, comments: own } of allow.peers) {
              if (values[0] !== undefined) comments.set(values[0], own);
            }
            return rule;
          });
      const ingress = rules("ingress", "from");
      const egress = rules("egress", "to");
      const object = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name, namespace, labels: MANAGED_BY },
        spec: {
          podSelector: selector,
          policyTypes: types,
          ...(ingress.length === 0 ? {} : { ingress }),
          ...(egress.length === 0 ? {} : { egress }),
        },
      };
      return { object, comments };
    },
  };
}
