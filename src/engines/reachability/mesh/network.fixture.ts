/** Networks made of a few objects, and questions that tests ask of them. */
import { readManifests } from "../../kubernetes/manifests.ts";
import type { Network, NetworkGap } from "../model.ts";
import { readNetwork } from "../network.ts";
import { hasPort } from "../port-set.ts";
import { type ClusterSettings, noSettings } from "../settings.ts";

type Plain = Readonly<Record<string, unknown>>;

export function networkOf(objects: readonly Plain[], settings: Partial<ClusterSettings> = {}): Network {
  const text = objects.map((one) => JSON.stringify(one)).join("\n---\n");
  return readNetwork(readManifests([{ path: "mesh.yaml", text }]), { ...noSettings, ...settings });
}

export function namespace(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  annotations: Readonly<Record<string, string>> = {},
): Plain {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels, annotations } };
}

interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly account?: string;
  /** The sidecar is in the template. */
  readonly proxy?: "istio-proxy" | "linkerd-proxy";
  readonly ports?: readonly Plain[];
  readonly spec?: Plain;
  readonly kind?: string;
}

/** A Deployment `NAMESPACE/NAME` whose pods have the label `app: NAME`. */
export function deployment(name: string, options: PodOptions = {}): Plain {
  const [space, own] = name.split("/") as [string, string];
  const { labels = {}, annotations = {}, account = own, proxy, ports = [], spec = {}, kind = "Deployment" } = options;
  const containers: Plain[] = [{ name: "main", image: "example.com/main:1", ports }];
  if (proxy !== undefined) containers.push({ name: proxy, image: "example.com/proxy:1" });
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: own, namespace: space },
    spec: {
      selector: { matchLabels: { app: own } },
      template: {
        metadata: { labels: { app: own, ...labels }, annotations },
        spec: { serviceAccountName: account, containers, ...spec },
      },
    },
  };
}

export function service(name: string, ports: readonly Plain[], selector?: Readonly<Record<string, string>>): Plain {
  const [space, own] = name.split("/") as [string, string];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: own, namespace: space },
    spec: { selector: selector ?? { app: own }, ports },
  };
}

/** An object of Istio or Linkerd: `security.istio.io/v1 PeerAuthentication shop/default`. */
export function object(what: string, spec: Plain, metadata: Plain = {}): Plain {
  const [apiVersion, kind, name] = what.split(" ") as [string, string, string];
  const [space, own] = name.split("/") as [string, string];
  return { apiVersion, kind, metadata: { name: own, namespace: space, ...metadata }, spec };
}

export const AUTHZ = "security.istio.io/v1 AuthorizationPolicy";
export const PEER = "security.istio.io/v1 PeerAuthentication";

/** Istio's MeshConfig as its chart writes it. */
export function istioConfig(mesh: Plain = {}): Plain {
  const config = { rootNamespace: "istio-system", trustDomain: "cluster.local", ...mesh };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "istio", namespace: "istio-system" },
    data: { mesh: JSON.stringify(config) },
  };
}

export function ztunnel(): Plain {
  return deployment("istio-system/ztunnel", { kind: "DaemonSet" });
}

/** Index of `shop/web`, of `node`, of `internet` or `private` (some address there), or of what is called so. */
export function find(network: Network, name: string): number {
  const index = network.endpoints.findIndex((endpoint) =>
    endpoint.kind === "pods"
      ? endpoint.name.replace(/\/[A-Za-z]+\//, "/") === name
      : endpoint.kind === name || endpoint.name === name || (endpoint.kind === "addresses" && endpoint.scope === name),
  );
  if (index < 0) throw new Error(`no endpoint ${name} among ${network.endpoints.map((one) => one.name).join(", ")}`);
  return index;
}

export type Answer = "allowed" | "denied" | "unknown";

/** Of TCP. */
export function ask(network: Network, from: string, to: string, port = 8080): Answer {
  const { allowed, unknown } = network.connection(find(network, from), find(network, to));
  return hasPort(unknown, "TCP", port) ? "unknown" : hasPort(allowed, "TCP", port) ? "allowed" : "denied";
}

export function askUdp(network: Network, from: string, to: string, port: number): Answer {
  const { allowed, unknown } = network.connection(find(network, from), find(network, to));
  return hasPort(unknown, "UDP", port) ? "unknown" : hasPort(allowed, "UDP", port) ? "allowed" : "denied";
}

export function notes(network: Network): readonly string[] {
  return [...new Set(network.mesh?.notes.map(({ code }) => code))].sort();
}

export function gapCodes({ gaps }: { readonly gaps: readonly NetworkGap[] }): readonly string[] {
  return [...new Set(gaps.map(({ code }) => code))].sort();
}
