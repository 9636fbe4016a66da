/** Cilium's policies as tests write them, and pods that they are about. */
import type { Network } from "../model.ts";
import type { ClusterSettings } from "../settings.ts";
import { allowedPorts, namespaceText, networkOf, objectText, podText } from "../written-network.fixture.ts";

export const INTERNET = "8.8.8.8";
export const METADATA = "169.254.169.254";
const PODS = [
  podText("shop/web app=web role=front"),
  podText("shop/api app=api role=back", { account: "api", ports: "{name: http, containerPort: 8080}" }),
  podText("shop/db app=db role=back"),
  podText("pay/web app=web role=front"),
  podText("shop/agent app=web role=front", { host: true }),
  namespaceText("shop", "team: one"),
  namespaceText("pay", "team: two"),
];

export function cnp(spec: object, place = "shop/policy"): string {
  return objectText("cilium.io/v2", "CiliumNetworkPolicy", place, { spec });
}

export function ccnp(spec: object): string {
  return objectText("cilium.io/v2", "CiliumClusterwideNetworkPolicy", "policy", { spec });
}

export function config(data: Readonly<Record<string, string>>): string {
  return objectText("v1", "ConfigMap", "kube-system/cilium-config", { data });
}

export function network(texts: readonly string[], settings: Partial<ClusterSettings> = {}): Network {
  return networkOf([...PODS, ...texts], { cni: "cilium", ...settings });
}

export const labels = (matchLabels: Readonly<Record<string, string>>) => ({ matchLabels });
export const API = { endpointSelector: labels({ app: "api" }) };
export const WEB = { endpointSelector: labels({ app: "web" }) };
export const tcp = (port: string) => [{ ports: [{ port, protocol: "TCP" }] }];

/** Who reaches shop/api. */
export function intoApi(ingress: unknown, more: object = {}): (from: string) => string {
  const made = network([cnp({ ...API, ingress, ...more })]);
  return (from) => allowedPorts(made, from, "shop/api");
}

export function codes({ gaps }: Network): string[] {
  return gaps.map(({ code }) => code);
}
