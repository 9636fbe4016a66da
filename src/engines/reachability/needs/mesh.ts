/**
 * What a service mesh needs of the network beside the connections that it carries: Istio's ambient tunnels and probes
 * (https://istio.io/latest/docs/ambient/usage/networkpolicy/), and the control planes that sidecars ask
 * (https://istio.io/latest/docs/ops/deployment/application-requirements/, https://linkerd.io/2/reference/proxy-configuration/).
 */
import { parseCidr } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { MeshKind } from "../mesh-model.ts";
import type { Need, NeedEnd, NeedReason } from "./model.ts";

/** HBONE: what ambient carries arrives on it, whatever the port within. */
const TUNNEL = 15_008;
/** In ambient mode the kubelet's probes come from it, so that they are told from what pods send. */
const AMBIENT_PROBES = "169.254.7.127";

interface ControlPlane {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly text: string;
}

const CONTROL_PLANES: Readonly<Record<"istio-sidecar" | "linkerd", readonly ControlPlane[]>> = {
  "istio-sidecar": [
    {
      namespace: "istio-system",
      labels: { app: "istiod" },
      ports: [15_012],
      text: "sidecars ask istiod for their configuration",
    },
  ],
  linkerd: [
    {
      namespace: "linkerd",
      labels: { "linkerd.io/control-plane-component": "destination" },
      ports: [8086, 8090],
      text: "proxies ask Linkerd's control plane for destinations and policies",
    },
    {
      namespace: "linkerd",
      labels: { "linkerd.io/control-plane-component": "identity" },
      ports: [8080],
      text: "proxies ask Linkerd's control plane for their identity",
    },
  ],
};

/** @param needs - those without the mesh's @param meshOf - which mesh the pods are in, or may be */
export function meshNeeds(
  needs: readonly Need[],
  pods: readonly PodEndpoint[],
  meshOf: (pods: PodEndpoint) => MeshKind | "none",
): Need[] {
  const found: Need[] = [];
  for (const { from, to, protocol, reasons } of needs) {
    if (protocol !== "TCP" || to.kind !== "pods" || to.pods.host || meshOf(to.pods) === "none") continue;
    if (
      from.kind === "pods" &&
      !from.pods.host &&
      meshOf(from.pods) === "istio-ambient" &&
      meshOf(to.pods) !== "linkerd"
    ) {
      found.push(needOf(from, to, TUNNEL, "ambient mode carries it in a tunnel", reasons[0].place));
    }
  }
  for (const { from, to, port, reasons } of needs) {
    const isProbe = from.kind === "nodes" && reasons.some(({ kind }) => kind === "probe");
    if (!isProbe || to.kind !== "pods" || to.pods.host || meshOf(to.pods) !== "istio-ambient") continue;
    const range = parseCidr(AMBIENT_PROBES);
    if (range === undefined) continue;
    const probes: NeedEnd = { kind: "addresses", name: `probes in ambient mode (${AMBIENT_PROBES})`, ranges: [range] };
    found.push(
      needOf(probes, to, port, "the kubelet's probes come from this address in ambient mode", reasons[0].place),
    );
  }
  for (const one of pods) {
    const mesh = meshOf(one);
    if (one.host || mesh === "none" || mesh === "istio-ambient") continue;
    for (const { namespace, labels, ports, text } of CONTROL_PLANES[mesh]) {
      const read = pods.filter(
        (other) =>
          other.namespace === namespace &&
          Object.entries(labels).every(([label, value]) => other.labels[label] === value),
      );
      const name = `${namespace} pods ${Object.entries(labels)
        .map((pair) => pair.join("="))
        .join(",")}`;
      const ends: readonly NeedEnd[] =
        read.length > 0
          ? read.map((other) => ({ kind: "pods", pods: other }))
          : [{ kind: "unread-pods", namespace, labels, name }];
      if (read.includes(one)) continue;
      for (const port of ports)
        for (const end of ends) found.push(needOf({ kind: "pods", pods: one }, end, port, text));
    }
  }
  return found;
}

function needOf(from: NeedEnd, to: NeedEnd, port: number, text: string, place?: NeedReason["place"]): Need {
  const reason: NeedReason = { kind: "mesh", text, ...(place === undefined ? {} : { place }) };
  return { from, to, protocol: "TCP", port, reasons: [reason] };
}
