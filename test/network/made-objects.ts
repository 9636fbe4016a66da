/** Kubernetes objects of the network layer's tests, written short. */
import type { KubernetesObject } from "./oracle-objects.ts";

type Fields = Record<string, unknown>;

export const namespace = (name: string, labels?: Fields): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, ...(labels && { labels }) },
});

/** @param id - NAMESPACE/NAME */
export function pod(
  id: string,
  { labels, ip, ...spec }: { readonly labels?: Fields; readonly ip?: string | readonly string[] } & Fields = {},
): KubernetesObject {
  const [inside, name] = id.split("/");
  const ips = ip === undefined ? [] : [ip].flat();
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: inside, ...(labels && { labels }) },
    spec: { containers: [{ name: "main", image: "example.com/app" }], ...spec },
    ...(ips.length > 0 && { status: { podIP: ips[0], podIPs: ips.map((each) => ({ ip: each })) } }),
  };
}

/** A container with these ports, each NAME:NUMBER or NAME:NUMBER/PROTOCOL. */
export const container = (...ports: readonly string[]): Fields => ({
  name: "main",
  image: "example.com/app",
  ports: ports.map((port) => {
    const [name, number = "", protocol] = port.split(/[:/]/);
    return { name, containerPort: Number(number), ...(protocol && { protocol }) };
  }),
});

export const node = (name: string, addresses: readonly string[], labels?: Fields): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, ...(labels && { labels }) },
  status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
});

let made = 0;
const nameOf = (kind: string): string => `${kind}-${++made}`;

export const networkPolicy = (inside: string, spec: Fields): KubernetesObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: nameOf("np"), namespace: inside },
  spec,
});

/** A ClusterNetworkPolicy over every pod, unless the rest of the spec has another subject. */
export const clusterPolicy = (tier: "Admin" | "Baseline", priority: number, spec: Fields): KubernetesObject => ({
  apiVersion: "policy.networking.k8s.io/v1alpha2",
  kind: "ClusterNetworkPolicy",
  metadata: { name: nameOf("cnp") },
  spec: { tier, priority, subject: { namespaces: {} }, ...spec },
});

export const adminPolicy = (priority: number, spec: Fields): KubernetesObject => ({
  apiVersion: "policy.networking.k8s.io/v1alpha1",
  kind: "AdminNetworkPolicy",
  metadata: { name: nameOf("anp") },
  spec: { priority, subject: { namespaces: {} }, ...spec },
});

export const baselinePolicy = (spec: Fields): KubernetesObject => ({
  apiVersion: "policy.networking.k8s.io/v1alpha1",
  kind: "BaselineAdminNetworkPolicy",
  metadata: { name: "default" },
  spec: { subject: { namespaces: {} }, ...spec },
});
