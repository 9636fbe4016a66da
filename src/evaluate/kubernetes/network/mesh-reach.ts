/** What a service mesh does for each workload, as the checks are told. */
import type { MeshedWorkload, MeshPortCutOff, OpeningRule, PlaintextWay } from "../../../checks/subjects/network.ts";
import type { Gap } from "../../../core/evidence.ts";
import {
  type Doubt,
  formatPorts,
  type InboundMtls,
  type MeshKind,
  meshPortsCut,
  type Network,
  type PortMtls,
  type WorkloadMesh,
} from "../../../engines/reachability/model.ts";
import { createUnknowns, nameOf } from "./unknowns.ts";

const NAMES: Readonly<Record<MeshKind, string>> = {
  "istio-sidecar": "Istio sidecar",
  "istio-ambient": "Istio ambient",
  linkerd: "Linkerd",
};

const NO_MESH: MeshedWorkload = { member: "no", plaintext: [], authorization: "open", cutOff: [] };

export function meshedWorkloads(network: Network): (index: number) => MeshedWorkload {
  const cuts = new Map<number, MeshPortCutOff[]>();
  for (const { direction, port, workloads, deniedBy, isUnsure } of meshPortsCut(network)) {
    if (isUnsure) continue;
    const by = deniedBy === undefined ? {} : { by: { object: deniedBy.object, field: deniedBy.field } };
    for (const index of workloads) {
      const own = cuts.get(index) ?? [];
      cuts.set(index, own);
      own.push({ direction, port, ...by });
    }
  }
  return (index) => meshedWorkload(network, index, cuts.get(index) ?? []);
}

function meshedWorkload(network: Network, index: number, cutOff: readonly MeshPortCutOff[]): MeshedWorkload {
  const found = network.mesh?.workloads[index];
  if (found === undefined) return NO_MESH;
  const member = membership(found);
  if (member !== "yes" || found.mesh === "none") return { ...NO_MESH, member };
  const everyone = everyoneOf(found);
  return {
    member,
    mesh: NAMES[found.mesh],
    plaintext: found.gateway ? [] : plaintextOf(found),
    authorization: authorizationOf(found),
    ...(everyone === undefined ? {} : { everyone }),
    cutOff,
  };
}

function membership({ mesh, certainty }: WorkloadMesh): MeshedWorkload["member"] {
  if (certainty === "unknown" || certainty === "labelled") return "unknown";
  return mesh === "none" ? "no" : "yes";
}

function plaintextOf({ mtls, bypass }: WorkloadMesh): PlaintextWay[] {
  const ways: PlaintextWay[] = [];
  if (mtls !== undefined) {
    const mode = wayOf(mtls);
    if (mode !== undefined) ways.push(mode);
    for (const [port, own] of mtls.ports) {
      const ofPort = wayOf(own, port);
      if (ofPort !== undefined) ways.push(ofPort);
    }
  }
  const ports = formatPorts(bypass.inbound);
  if (ports !== "none") {
    const [place] = bypass.places;
    ways.push({
      kind: "bypass",
      text: `the proxy does not take ${ports}`,
      ...(place === undefined ? {} : { by: { object: place.object, field: place.field } }),
    });
  }
  return ways;
}

function wayOf({ mode, decidedBy, doubt }: PortMtls, port?: number): PlaintextWay | undefined {
  if (mode === "STRICT" || doubt !== undefined) return undefined;
  const by = decidedBy === undefined ? {} : { by: { object: decidedBy.object, field: decidedBy.field } };
  if (port !== undefined) return { kind: "port", text: `port ${port} is ${mode}`, ...by };
  if (decidedBy === undefined) return { kind: "unset", text: "no mode is set, which is PERMISSIVE" };
  return { kind: "mode", text: `mode ${mode}`, ...by };
}

function authorizationOf({ authorization, gateway }: WorkloadMesh): MeshedWorkload["authorization"] {
  // Who comes to a gateway is outside the mesh.
  if (gateway || authorization.default === "isolated") return "named";
  return authorization.default;
}

function everyoneOf({ authorization: { policies }, gateway }: WorkloadMesh): OpeningRule | undefined {
  const found = gateway ? undefined : policies.find(({ action, everyone }) => action === "allow" && everyone);
  return found === undefined ? undefined : { object: found.object, field: found.field };
}

export function unknownMesh(network: Network, endpoints: readonly number[]): readonly Gap[] {
  const unknowns = createUnknowns();
  for (const index of endpoints) {
    const found = network.mesh?.workloads[index];
    if (found === undefined) continue;
    const name = nameOf(network, index);
    if (membership(found) === "unknown") {
      unknowns.add(gapOf(found.doubt, `whether ${name} is in a service mesh`));
      continue;
    }
    if (found.mtls !== undefined && !found.gateway) {
      for (const doubt of doubtsOf(found.mtls)) unknowns.add(gapOf(doubt, `whether ${name} takes plaintext`));
    }
    if (found.authorization.default === "unknown") {
      unknowns.add({ code: "mesh.authorization", reason: `whom ${name} takes by default is unknown` });
    }
  }
  return unknowns.gaps();
}

function doubtsOf({ doubt, ports }: InboundMtls): Doubt[] {
  return [doubt, ...[...ports.values()].map((own) => own.doubt)].filter((one) => one !== undefined);
}

function gapOf(doubt: Doubt | undefined, what: string): Gap {
  if (doubt === undefined) return { code: "mesh.unknown", reason: `${what} is unknown` };
  const { code, reason, remedy } = doubt;
  return { code, reason: `${what} is unknown: ${reason}`, ...(remedy === undefined ? {} : { remedy }) };
}
