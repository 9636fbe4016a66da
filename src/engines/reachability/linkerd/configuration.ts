/** What Linkerd's control plane was installed with: the ConfigMap `linkerd-config`, as its chart writes it. */
import type { AddressRange } from "../addresses.ts";
import { readConfiguration } from "../mesh/configuration.ts";
import { writtenPorts, writtenRanges } from "../mesh/written-lists.ts";
import type { ControlPlane, MeshPlace } from "../mesh-model.ts";
import type { PortInterval } from "../port-set.ts";
import type { Reading } from "../reading.ts";

export interface LinkerdConfig {
  readonly isRead: boolean;
  /** `linkerd` where none was read. */
  readonly namespace: string;
  /** `cluster.local` where none was read. */
  readonly trustDomain: string;
  readonly clusterNetworks: readonly AddressRange[];
  /** Undefined where none was read. */
  readonly defaultPolicy: { readonly policy: DefaultPolicy; readonly place: MeshPlace } | undefined;
  /** `skipInbound` is what every installation has unless it says something else. */
  readonly skipsDefaults: boolean;
  readonly skipInbound: readonly PortInterval[];
  readonly skipOutbound: readonly PortInterval[];
  readonly skipSubnets: readonly AddressRange[];
  /** Where EgressNetworks are for all namespaces. */
  readonly egressNamespace: string;
  readonly sources: readonly ControlPlane[];
}

export const defaultPolicies = [
  "all-unauthenticated",
  "all-authenticated",
  "cluster-authenticated",
  "cluster-unauthenticated",
  "deny",
  "audit",
] as const;
/** https://linkerd.io/2/reference/authorization-policy/#default-policies */
export type DefaultPolicy = (typeof defaultPolicies)[number];

export function defaultPolicyOf(text: string | undefined): DefaultPolicy | undefined {
  return defaultPolicies.find((one) => one === text);
}

const NETWORKS = "10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fd00::/8";
const PORTS = "4567,4568";

export function readLinkerdConfig(reading: Reading): LinkerdConfig {
  for (const { object, data } of reading.manifests.configMaps) {
    if (object.name !== "linkerd-config" || data.values === undefined) continue;
    const configuration = readConfiguration(data.values);
    const fields = configuration?.fields;
    const proxy = fields?.fields("proxy");
    const init = fields?.fields("proxyInit");
    const place: MeshPlace = { object, field: ["data", "values"] };
    const stated = proxy?.string("defaultInboundPolicy") ?? "all-unauthenticated";
    const policy = defaultPolicyOf(stated);
    const networks = writtenRanges(fields?.string("clusterNetworks") ?? NETWORKS);
    const domain = fields?.string("identityTrustDomain") || fields?.string("clusterDomain") || "cluster.local";
    const skips = {
      skipsDefaults: (init?.scalar("ignoreInboundPorts") ?? PORTS) === PORTS,
      skipInbound: writtenPorts(init?.scalar("ignoreInboundPorts") ?? PORTS) ?? [],
      skipOutbound: writtenPorts(init?.scalar("ignoreOutboundPorts") ?? PORTS) ?? [],
      skipSubnets: writtenRanges(init?.string("skipSubnets") ?? "") ?? [],
    };
    const wrong = configuration === undefined ? "not a YAML mapping" : configuration.wrong();
    if (wrong !== undefined || policy === undefined || networks === undefined) {
      reading.gap({
        code: "mesh.configuration",
        reason: `Linkerd's configuration cannot be read: ${wrong ?? (policy === undefined ? `the default policy ${stated.slice(0, 40)}` : "clusterNetworks")}`,
        remedy: "correct the ConfigMap",
        ...place,
      });
      continue;
    }
    return {
      isRead: true,
      namespace: object.namespace ?? "linkerd",
      trustDomain: domain,
      clusterNetworks: networks,
      defaultPolicy: { policy, place },
      ...skips,
      egressNamespace: fields?.fields("egress")?.string("globalEgressNetworkNamespace") || "linkerd-egress",
      sources: [{ mesh: "linkerd", part: "configuration", text: "Linkerd's configuration was read", ...place }],
    };
  }
  return {
    isRead: false,
    namespace: "linkerd",
    trustDomain: "cluster.local",
    clusterNetworks: writtenRanges(NETWORKS) ?? [],
    defaultPolicy: undefined,
    skipsDefaults: true,
    skipInbound: writtenPorts(PORTS) ?? [],
    skipOutbound: writtenPorts(PORTS) ?? [],
    skipSubnets: [],
    egressNamespace: "linkerd-egress",
    sources: [],
  };
}
