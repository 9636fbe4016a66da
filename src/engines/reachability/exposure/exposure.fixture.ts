/** Small networks for the tests of this room, and exposures as texts. */
import { readManifests } from "../../kubernetes/manifests.ts";
import type { Service } from "../../kubernetes/model.ts";
import { formatPorts, type Network } from "../model.ts";
import { readNetwork } from "../network.ts";
import { type ClusterSettings, noSettings } from "../settings.ts";
import type { Exposure, ExposureSource } from "./exposure-model.ts";
import { exposuresOf } from "./exposures.ts";

export function networkOf(text: string, settings: Partial<ClusterSettings> = {}): Network {
  return readNetwork(readManifests([{ path: "a.yaml", text }]), { ...noSettings, cni: "calico", ...settings });
}

export function serviceOf({ manifests }: Network, name: string): Service {
  const found = manifests.services.find(({ object }) => object.name === name);
  if (found === undefined) throw new Error(`no Service ${name}`);
  return found;
}

/** A Deployment of namespace `shop` with one container; `more` goes on with the pod's specification. */
export function deployment(name: string, labels: string, ports: string, more = ""): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: ${labels} }
    spec:
      containers: [{ name: main, image: example/${name}, ports: ${ports} }]
      ${more}
---
`;
}

export function service(name: string, spec: string, metadata = ""): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop${metadata === "" ? "" : `, ${metadata}`} }
spec: ${spec}
---
`;
}

/** `load-balancer Service/web internet by node: web TCP 8080 allowed`; without a target what leads nowhere, or is not known. */
export function told(network: Network): string[] {
  return exposuresOf(network).flatMap((exposure) => {
    const { way, object, reach, source, targets, deadEnds, doubts } = exposure;
    const start = `${way} ${object.kind}/${object.name} ${reachText(exposure, reach.kind)} by ${sourceText(network, source)}`;
    const reasons = [...deadEnds.map(({ code }) => code), ...doubts.map(({ code }) => `? ${code}`)];
    if (targets.length === 0) return [`${start}: ${reasons.join(", ")}`];
    return targets.map(({ endpoint, ports, verdict }) => {
      const name = network.endpoints[endpoint]?.name.split("/").at(-1);
      return `${start}: ${name} ${formatPorts(ports)} ${verdict}${reasons.map((one) => ` (${one})`).join("")}`;
    });
  });
}

function reachText({ reach: { ranges } }: Exposure, kind: string): string {
  return ranges === undefined ? kind : `${kind}(${ranges.length})`;
}

function sourceText({ endpoints }: Network, source: ExposureSource): string {
  if (source.kind !== "pods") return source.kind;
  return source.endpoints.map((index) => endpoints[index]?.name.split("/").at(-1)).join("+");
}
