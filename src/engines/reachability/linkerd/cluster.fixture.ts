/** A small mesh of Linkerd's: two workloads in one namespace, one in another, and one outside. */
import { type Answer, ask, deployment, namespace, type networkOf, object } from "../mesh/network.fixture.ts";

export type Spec = Readonly<Record<string, unknown>>;

export const SERVER = "policy.linkerd.io/v1beta3 Server";
export const AUTHORIZATION = "policy.linkerd.io/v1beta1 ServerAuthorization";
export const POLICY = "policy.linkerd.io/v1alpha1 AuthorizationPolicy";
export const TLS = "policy.linkerd.io/v1alpha1 MeshTLSAuthentication";
export const NETWORK = "policy.linkerd.io/v1alpha1 NetworkAuthentication";
export const DEFAULT = "config.linkerd.io/default-inbound-policy";

export function config(values: Spec = {}): Spec {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "linkerd-config", namespace: "linkerd" },
    data: { values: JSON.stringify(values) },
  };
}

export const http = [{ name: "http", containerPort: 8080 }];
export const api = deployment("shop/api", { proxy: "linkerd-proxy", ports: http });
export const others = [
  config(),
  namespace("shop"),
  namespace("other"),
  deployment("shop/web", { proxy: "linkerd-proxy" }),
  deployment("other/in", { proxy: "linkerd-proxy" }),
  deployment("other/plain"),
];
export const cluster = [...others, api];
export const server = object(
  `${SERVER} shop/api`,
  { podSelector: { matchLabels: { app: "api" } }, port: 8080 },
  { labels: { tier: "back" } },
);
export const toServer = { group: "policy.linkerd.io", kind: "Server", name: "api" };

export function reach(network: ReturnType<typeof networkOf>, port = 8080): readonly Answer[] {
  return ["shop/web", "other/in", "other/plain", "internet"].map((from) => ask(network, from, "shop/api", port));
}

export const nobody = ["denied", "denied", "denied", "denied"];
export const meshed = ["allowed", "allowed", "denied", "denied"];
export const everyone = ["allowed", "allowed", "allowed", "allowed"];
