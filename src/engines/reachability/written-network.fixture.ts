/** Networks of manifests that a test writes, and what they let through, as text. */

import { parseAddress } from "../../core/ip-address.ts";
import { readManifests } from "../kubernetes/manifests.ts";
import { formatPorts, type Network } from "./model.ts";
import { readNetwork } from "./network.ts";
import { type ClusterSettings, noSettings } from "./settings.ts";

/** @param pod - `shop/web app=web tier=front`: namespace, name and labels */
export function podText(pod: string, more: { host?: boolean; account?: string; ports?: string } = {}): string {
  const [place = "", ...labels] = pod.split(" ");
  const [namespace, name] = place.split("/");
  const pairs = labels
    .map((label) => label.split("="))
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {${pairs.join(", ")}}}
spec:
  hostNetwork: ${more.host === true}
  serviceAccountName: ${more.account ?? "default"}
  containers: [{name: main, image: "a:1", ports: [${more.ports ?? ""}]}]
`;
}

export function namespaceText(name: string, labels = ""): string {
  return `apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: {${labels}}}
`;
}

export function networkOf(texts: readonly string[], settings: Partial<ClusterSettings> = {}): Network {
  const manifests = readManifests([{ path: "all.yaml", text: texts.join("---\n") }]);
  return readNetwork(manifests, { ...noSettings, ...settings });
}

/** An object of the API as a document. */
export function objectText(apiVersion: string, kind: string, place: string, body: object): string {
  const [name, namespace] = place.split("/").reverse();
  return `${JSON.stringify({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, ...body })}\n`;
}

/** By the name of a pod (`shop/web`), an address that is in it, a domain's name, or `node`. */
export function endpointAt({ endpoints }: Network, name: string): number {
  const [namespace, pod] = name.split("/");
  const address = parseAddress(name);
  const found = endpoints.findIndex((one) => {
    if (one.kind === "pods") return one.name === `${namespace}/Pod/${pod}`;
    if (one.kind === "node") return one.name === (name === "node" ? "" : name);
    if (one.kind === "domain") return one.name === name;
    return one.ranges.some(
      ({ family, first, last }) => family === address?.family && first <= address.value && address.value <= last,
    );
  });
  if (found < 0) throw new Error(`no endpoint ${name} among ${endpoints.map((one) => one.name).join(", ")}`);
  return found;
}

/** `TCP 80`, `none`, `all ports`; behind ` ? ` what is unknown. */
export function allowedPorts(network: Network, from: string, to: string): string {
  const { allowed, unknown } = network.connection(endpointAt(network, from), endpointAt(network, to));
  const doubtful = formatPorts(unknown);
  return doubtful === "none" ? formatPorts(allowed) : `${formatPorts(allowed)} ? ${doubtful}`;
}
