/** Networks of a few lines, for tests. */
import { readManifests } from "../../kubernetes/manifests.ts";
import { parseCidr } from "../addresses.ts";
import type { Network } from "../model.ts";
import { readNetwork } from "../network.ts";
import { type ClusterSettings, noSettings } from "../settings.ts";

const podCidrs = [parseCidr("10.0.0.0/16")].flatMap((range) => range ?? []);

/** A known CNI, so that what is denied is kept out. */
export const enforcing: ClusterSettings = { ...noSettings, cni: "cilium", podCidrs };

export function networkOf(text: string, settings: ClusterSettings = enforcing): Network {
  return readNetwork(readManifests([{ path: "a.yaml", text }]), settings);
}

export function documents(...all: readonly string[]): string {
  return all.join("---\n");
}

export function deployment(namespace: string, name: string, more = "", ports = ""): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      ${more}
      containers: [{ name: main, image: a${ports === "" ? "" : `, ports: [${ports}]`} }]
`;
}

export function namespaceOf(name: string): string {
  return `apiVersion: v1
kind: Namespace
metadata: { name: ${name} }
`;
}

export function policy(namespace: string, name: string, spec: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/**
 * Namespace shop: web reaches api on its port `http` (8080), api the database at 10.20.0.16:5432, all else is denied;
 * worker is on its node's network. Namespace tools: one pod, open.
 */
export const shop: string = documents(
  namespaceOf("shop"),
  namespaceOf("tools"),
  deployment("shop", "web"),
  deployment("shop", "api", "", "{ name: http, containerPort: 8080 }"),
  deployment("shop", "worker", "hostNetwork: true"),
  deployment("tools", "shell"),
  `apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec:
  selector: { app: api }
  ports: [{ port: 80, targetPort: http, name: web }]
`,
  `apiVersion: v1
kind: Service
metadata: { name: front, namespace: shop }
spec:
  selector: { app: api }
  ports: [{ port: 443, targetPort: 8080 }]
`,
  policy("shop", "default-deny", "{ podSelector: {}, policyTypes: [Ingress, Egress] }"),
  policy(
    "shop",
    "web",
    "{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: http }] }] }",
  ),
  policy(
    "shop",
    "api",
    "{ podSelector: { matchLabels: { app: api } }, policyTypes: [Ingress, Egress], ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8080 }] }], egress: [{ to: [{ ipBlock: { cidr: 10.20.0.16/32 } }], ports: [{ port: 5432 }] }] }",
  ),
);
