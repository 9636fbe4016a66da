/**
 * Whether two ends speak the mesh's mTLS to each other, as far as what was read tells. It says nothing of whether the
 * connection is allowed. Sources are those of the modes and of the DestinationRules (`istio/`, `linkerd/`).
 */
import type { Endpoint } from "../endpoint-model.ts";
import type { ClientTls, MeshFacts, MeshPlace, PortMtls, WorkloadMesh } from "../mesh-model.ts";
import { hasPort } from "../port-set.ts";

export interface MutualTls {
  readonly answer: "mtls" | "plaintext" | "unknown";
  /** One sentence without a full stop. */
  readonly reason: string;
  /** What says so. */
  readonly place?: MeshPlace;
  /** Of `mtls`: plaintext would be taken at this port as well. */
  readonly alsoPlaintext?: boolean;
}

interface MeshedNetwork {
  readonly mesh?: MeshFacts;
  readonly endpoints: readonly Endpoint[];
}

/** @param from - an endpoint @param port - TCP, of the destination's pod */
export function mutualTls(network: MeshedNetwork, from: number, to: number, port: number): MutualTls {
  const { mesh, endpoints } = network;
  if (mesh === undefined) return { answer: "unknown", reason: "no mesh was looked for" };
  const [source, destination] = [endpoints[from], endpoints[to]];
  const isPod = (endpoint: typeof source) => endpoint?.kind === "pods" && !endpoint.host;
  if (!isPod(destination)) return plaintext(`${destination?.name || "a node"} is in no mesh`);
  if (!isPod(source)) return plaintext(`${source?.name || "a node"} is in no mesh`);
  const [client, server] = [mesh.workloads[from], mesh.workloads[to]];
  if (client === undefined || server === undefined)
    return { answer: "unknown", reason: "the mesh of a workload was not read" };
  return (
    outside(client, source?.name ?? "") ??
    outside(server, destination?.name ?? "") ??
    between(mesh, client, server) ??
    around(client, server, port) ??
    (server.mesh === "linkerd" ? linkerd(server, port) : istio(mesh, { from, to, port }, client, server))
  );
}

function plaintext(reason: string, place?: MeshPlace): MutualTls {
  return { answer: "plaintext", reason, ...(place === undefined ? {} : { place }) };
}

function unknown(reason: string, place?: MeshPlace): MutualTls {
  return { answer: "unknown", reason, ...(place === undefined ? {} : { place }) };
}

function outside({ mesh, certainty, doubt, evidence }: WorkloadMesh, name: string): MutualTls | undefined {
  if (certainty === "labelled" || certainty === "unknown")
    return unknown(doubt?.reason ?? `${name} may be in a mesh`, evidence[0]);
  return mesh === "none" ? plaintext(`${name} is in no mesh`, evidence[0]) : undefined;
}

/** Two meshes know nothing of each other; sidecars and ztunnel speak HBONE, or plaintext. */
function between({ istio: { hbone } }: MeshFacts, client: WorkloadMesh, server: WorkloadMesh): MutualTls | undefined {
  const isLinkerd = (one: WorkloadMesh) => one.mesh === "linkerd";
  if (isLinkerd(client) !== isLinkerd(server)) return plaintext("the two are in different meshes", server.evidence[0]);
  if (server.gateway) return unknown("the gateway's own listeners decide what it speaks", server.evidence[0]);
  if (client.mesh === server.mesh || hbone === true) return undefined;
  const reason = "one end has a sidecar and the other is in ambient";
  return hbone === false
    ? plaintext(`${reason}, and sidecars do not speak HBONE`)
    : unknown(`${reason}, and whether sidecars speak HBONE was not read`);
}

function around(client: WorkloadMesh, server: WorkloadMesh, port: number): MutualTls | undefined {
  if (hasPort(server.bypass.inbound, "TCP", port))
    return plaintext(`the destination's proxy does not see port ${port}`, server.bypass.places[0]);
  if (hasPort(client.bypass.outbound, "TCP", port))
    return plaintext(`the client's proxy does not see port ${port}`, client.bypass.places[0]);
  if (client.bypass.outboundRanges.length > 0)
    return unknown("the client's proxy leaves out addresses that may be the destination's", client.bypass.places[0]);
  return undefined;
}

function linkerd(server: WorkloadMesh, port: number): MutualTls {
  return mtls("both are in Linkerd's mesh", server.mtls?.ports.get(port) ?? server.mtls);
}

function mtls(reason: string, mode: PortMtls | undefined): MutualTls {
  const alsoPlaintext = mode?.mode !== "STRICT" || mode.doubt !== undefined;
  return { answer: "mtls", reason, alsoPlaintext, ...(mode?.decidedBy === undefined ? {} : { place: mode.decidedBy }) };
}

interface Question {
  readonly from: number;
  readonly to: number;
  readonly port: number;
}

function istio(
  { istio: { autoMtls }, overrides }: MeshFacts,
  question: Question,
  client: WorkloadMesh,
  server: WorkloadMesh,
): MutualTls {
  const { port } = question;
  const mode = server.mtls?.ports.get(port) ?? server.mtls;
  if (mode?.mode === "DISABLE" && mode.doubt === undefined)
    return plaintext("the destination speaks no mTLS (DISABLE)", mode.decidedBy);
  if (mode?.mode === "DISABLE" && mode.doubt !== undefined) return unknown(mode.doubt.reason, mode.decidedBy);
  if (client.mesh === "istio-ambient") return mtls("ztunnel speaks mTLS to whatever is in the mesh", mode);
  const told = overrides.filter((one) => applies(one, question));
  const disputed = told.find(({ doubt }) => doubt !== undefined);
  if (disputed?.doubt !== undefined) return unknown(disputed.doubt.reason, disputed);
  const [first] = told;
  if (first?.mode === "plaintext") return plaintext("a DestinationRule disables TLS for the destination", place(first));
  if (first?.mode === "other-tls") return unknown("a DestinationRule sets TLS that is not the mesh's", place(first));
  if (first === undefined && !autoMtls) return plaintext("auto mTLS is off, and no DestinationRule asks for mTLS");
  if (!hasPort(server.served, "TCP", port) && first === undefined) {
    return unknown("no Service leads to this port, and sidecars send plaintext to an address");
  }
  return mtls("both are in Istio's mesh", mode);
}

function place({ object, field }: ClientTls): MeshPlace {
  return { object, field };
}

function applies({ sources, destinations, ports }: ClientTls, { from, to, port }: Question): boolean {
  return sources.includes(from) && destinations.includes(to) && hasPort(ports, "TCP", port);
}
