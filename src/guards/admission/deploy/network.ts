/** Who may talk to the guard, and to whom it may talk. */
import type { DeployObject, DeploySettings } from "./model.ts";
import { labels, names, ports } from "./names.ts";

/**
 * The API server has no pod and no address that manifests know: anybody may ask the webhook, which answers nothing that is
 * secret. Metrics are for pods of the namespace `monitoring`; probes come from the node.
 */
export function networkObjects({ namespace }: DeploySettings): DeployObject[] {
  return [
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "default-deny", namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: names.component, namespace },
      spec: {
        podSelector: { matchLabels: labels() },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { ports: [{ protocol: "TCP", port: ports.webhook }] },
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
            ports: [{ protocol: "TCP", port: ports.metrics }],
          },
        ],
        egress: [
          {
            to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
          // The API server and the registries.
          {
            ports: [
              { protocol: "TCP", port: 443 },
              { protocol: "TCP", port: 6443 },
            ],
          },
        ],
      },
    },
  ];
}
