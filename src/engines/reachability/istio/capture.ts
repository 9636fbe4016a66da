/**
 * What a pod's proxy does not see: the annotations `traffic.sidecar.istio.io/…` and the installation's defaults behind them
 * (https://istio.io/latest/docs/reference/config/annotations/).
 */
import { type AddressRange, everyAddress, subtract } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { otherPorts, writtenPorts, writtenRanges } from "../mesh/written-lists.ts";
import type { MeshBypass, MeshEvidence } from "../mesh-model.ts";
import type { PortInterval, PortSets } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import type { IstioConfig } from "./mesh-config.ts";

const PREFIX = "traffic.sidecar.istio.io/";

/** Ports of the proxy itself, which its rules of iptables leave out: status, health, metrics. */
export const proxyPorts: readonly PortInterval[] = [
  { protocol: "TCP", first: 15_020, last: 15_021 },
  { protocol: "TCP", first: 15_090, last: 15_090 },
];

export function sidecarBypass(reading: Reading, pod: PodEndpoint, { capture }: IstioConfig): MeshBypass {
  const { annotations } = pod.workload.podMetadata;
  const { portSets } = reading;
  const places: MeshEvidence[] = [];
  if (annotations["sidecar.istio.io/interceptionMode"] === "NONE") {
    places.push(place(pod, "sidecar.istio.io/interceptionMode", "no traffic is led to the sidecar"));
    const all = portSets.protocol("TCP");
    return { inbound: all, outbound: all, outboundRanges: everyAddress, places };
  }
  const written = <T>(
    name: string,
    read: (text: string) => T | undefined,
    what: (text: string) => string,
  ): T | undefined => {
    const text = annotations[PREFIX + name];
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) refuse(reading, pod, PREFIX + name, text);
    else if (text !== "" || name.startsWith("include")) places.push(place(pod, PREFIX + name, what(text)));
    return value;
  };

  const excluded = written(
    "excludeInboundPorts",
    writtenPorts,
    (text) => `the sidecar does not see connections to ports ${text}`,
  );
  const included = written(
    "includeInboundPorts",
    allOr(writtenPorts),
    (text) => `the sidecar sees connections to ports ${text || "none"} only`,
  );
  const inbound =
    included === undefined || included === "*" ? (excluded ?? capture.excludeInboundPorts) : otherPorts(included);
  const outboundPorts = written(
    "excludeOutboundPorts",
    writtenPorts,
    (text) => `the sidecar does not see connections that the pod opens to ports ${text}`,
  );
  const excludedRanges = written(
    "excludeOutboundIPRanges",
    writtenRanges,
    (text) => `the sidecar does not see connections that the pod opens to ${text}`,
  );
  const includedRanges = written(
    "includeOutboundIPRanges",
    allOr(writtenRanges),
    (text) => `the sidecar sees connections that the pod opens to ${text || "no address"} only`,
  );
  return {
    inbound: portSets.of(inbound),
    outbound: portSets.of(outboundPorts ?? capture.excludeOutboundPorts),
    outboundRanges: rangesOutside(includedRanges ?? capture.includeRanges, excludedRanges ?? capture.excludeRanges),
    places,
  };
}

function allOr<T>(read: (text: string) => T | undefined): (text: string) => T | "*" | undefined {
  return (text) => (text.trim() === "*" ? "*" : read(text));
}

function rangesOutside(
  included: readonly AddressRange[] | "*",
  excluded: readonly AddressRange[],
): readonly AddressRange[] {
  return included === "*" ? excluded : subtract(everyAddress, subtract(included, excluded));
}

/** `ambient.istio.io/bypass-inbound-capture`: ztunnel takes what the pod sends, and nothing that it is sent. */
export function ambientBypass({ none, protocol }: PortSets, pod: PodEndpoint): MeshBypass {
  const name = "ambient.istio.io/bypass-inbound-capture";
  if (pod.workload.podMetadata.annotations[name] !== "true") {
    return { inbound: none, outbound: none, outboundRanges: [], places: [] };
  }
  const places = [place(pod, name, "ztunnel does not see connections to the pod")];
  return { inbound: protocol("TCP"), outbound: none, outboundRanges: [], places };
}

function place({ workload }: PodEndpoint, name: string, text: string): MeshEvidence {
  return { object: workload.object, field: [...workload.templatePath, "metadata", "annotations", name], text };
}

/** The injector refuses such a pod. */
function refuse(
  reading: Reading,
  { workload: { object, templatePath } }: PodEndpoint,
  name: string,
  text: string,
): void {
  reading.gap({
    code: "mesh.annotation",
    reason: `${name}: ${text.slice(0, 80)} is no list of this kind`,
    remedy: "correct the annotation",
    object,
    field: [...templatePath, "metadata", "annotations", name],
  });
}
