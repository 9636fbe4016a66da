/**
 * Workloads whose proxies see the same clients as the same: what is compiled for one of them holds for all. Beside them
 * stands which clients present an identity to them, and on which ports.
 */
import { overlap } from "../addresses.ts";
import { groupBy, type Member, type Pods } from "../mesh/members.ts";
import type { SourceClass, Sources } from "../mesh/sources.ts";
import type { ClientTls, InboundMtls } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import type { Doubt } from "../rule-model.ts";
import { proxyPorts } from "./capture.ts";
import { type IstioContext, isPossible } from "./context.ts";
import { portsWithoutHttp } from "./port-protocols.ts";

export interface DestinationGroup {
  readonly pods: PodSet;
  readonly kind: "sidecar" | "ambient" | "gateway";
  /** Ports (TCP) that the proxy sees. */
  readonly captured: PortSet;
  /** Ports that every Service of the pods declares to be no HTTP: conditions on requests are not held there. */
  readonly tcpOnly: PortSet;
  readonly sources: Sources;
  /** Whether they are in the mesh at all is not certain. */
  readonly doubt?: Doubt;
}

/** @param needsProtocols - whether any policy looks at requests */
export function groupDestinations(
  context: IstioContext,
  modes: readonly (InboundMtls | undefined)[],
  overrides: readonly ClientTls[],
  needsProtocols: boolean,
): readonly DestinationGroup[] {
  const { reading, pods, members } = context;
  const { portSets } = reading;
  const tcp = portSets.protocol("TCP");
  const clientKinds = kindsOfClients(context);
  const applying = overridesOf(overrides);
  const tcpOnly = needsProtocols ? portsWithoutHttp(context) : () => portSets.none;
  const groups = groupBy(context.proxies.members, (index) => {
    const member = members[index] as Member;
    const disabled = withoutMtls(context, modes[index]);
    return JSON.stringify([
      kindOf(member),
      member.bypass.inbound.id,
      tcpOnly(index).id,
      disabled.id,
      member.doubt?.reason ?? "",
      applying.get(index) ?? [],
    ]);
  });
  return [...groups].map(([key, indices], place) => {
    const first = indices[0] as number;
    const member = members[first] as Member;
    const inGroup = new Set(indices);
    const kind = kindOf(member);
    const disabled = withoutMtls(context, modes[first]);
    const beyond = membersBeyond(context);
    return {
      pods: pods.where(`group ${place} ${key}`, (_, index) => inGroup.has(index)),
      kind,
      // A gateway's ports are its own listeners; on those of the proxy itself nothing is held.
      captured: portSets.subtract(
        portSets.subtract(tcp, member.bypass.inbound),
        portSets.of(kind === "sidecar" ? proxyPorts : []),
      ),
      tcpOnly: tcpOnly(first),
      sources: {
        classes: classesFor(context, kind, clientKinds, overrides, applying.get(first) ?? [], disabled),
        ...(beyond === undefined ? {} : { beyond }),
      },
      ...(member.doubt === undefined ? {} : { doubt: member.doubt }),
    };
  });
}

export function kindOf({ mesh, gateway }: Member): DestinationGroup["kind"] {
  return gateway ? "gateway" : mesh === "istio-ambient" ? "ambient" : "sidecar";
}

/** Ports on which the destination speaks no mTLS, so that every client is anonymous. */
function withoutMtls({ reading: { portSets } }: IstioContext, modes: InboundMtls | undefined): PortSet {
  if (modes === undefined) return portSets.none;
  const others = [...modes.ports].map(([port, { mode }]) => ({
    mode,
    set: portSets.of([{ protocol: "TCP", first: port, last: port }]),
  }));
  let result = modes.mode === "DISABLE" ? portSets.protocol("TCP") : portSets.none;
  for (const { mode, set } of others) {
    result = mode === "DISABLE" ? portSets.union(result, set) : portSets.subtract(result, set);
  }
  return result;
}

/** Of each destination the overrides that apply to it, by their place. */
function overridesOf(overrides: readonly ClientTls[]): ReadonlyMap<number, readonly number[]> {
  const result = new Map<number, number[]>();
  for (const [place, { destinations }] of overrides.entries()) {
    for (const index of destinations) {
      const there = result.get(index);
      if (there === undefined) result.set(index, [place]);
      else there.push(place);
    }
  }
  return result;
}

interface ClientKind {
  readonly key: string;
  readonly member: Member;
  readonly indices: readonly number[];
  readonly doubt: Doubt | undefined;
}

/** Clients that present themselves alike as far as they decide it alone; pods on their nodes' network are the nodes. */
function kindsOfClients({ reading, pods, members }: IstioContext): readonly ClientKind[] {
  const doubts = pods.list.map((_, index) => {
    const member = members[index] as Member;
    return isPossible(member) ? (member.doubt ?? rangesDoubt(reading, member)) : undefined;
  });
  const groups = groupBy(
    pods.list.flatMap(({ host }, index) => (host ? [] : [index])),
    (index) => {
      const member = members[index] as Member;
      return isPossible(member)
        ? JSON.stringify([kindOf(member), member.bypass.outbound.id, doubts[index]?.reason ?? ""])
        : "outside";
    },
  );
  return [...groups].map(([key, indices]) => ({
    key,
    member: members[indices[0] as number] as Member,
    indices,
    doubt: doubts[indices[0] as number],
  }));
}

/** Addresses that the client's proxy leaves out may be those of Services or pods. */
function rangesDoubt({ settings }: IstioContext["reading"], { bypass }: Member): Doubt | undefined {
  if (bypass.outboundRanges.length === 0) return undefined;
  const inside = [...settings.podCidrs, ...settings.serviceCidrs];
  const isApart =
    settings.podCidrs.length > 0 &&
    settings.serviceCidrs.length > 0 &&
    !inside.some((one) => bypass.outboundRanges.some((range) => overlap(range, one)));
  return isApart
    ? undefined
    : {
        code: "mesh.excluded-ranges",
        reason: "the client's proxy leaves out addresses that may be those of pods or Services",
        remedy: "state cluster.podCIDRs and cluster.serviceCIDRs in bulkhead.yaml",
      };
}

function classesFor(
  { reading: { portSets }, pods, config }: IstioContext,
  kind: DestinationGroup["kind"],
  clients: readonly ClientKind[],
  overrides: readonly ClientTls[],
  applying: readonly number[],
  disabled: PortSet,
): readonly SourceClass[] {
  const tcp = portSets.protocol("TCP");
  return clients.flatMap(({ key, member, indices, doubt }): SourceClass[] => {
    const inKind = new Set(indices);
    const all = pods.where(`clients ${key}`, (_, index) => inKind.has(index));
    if (!isPossible(member)) return [{ pods: all, identified: portSets.none }];
    const isAmbient = member.mesh === "istio-ambient";
    // ztunnel finds out by itself; a sidecar does so only with auto mTLS.
    const base = isAmbient || config.autoMtls ? tcp : portSets.none;
    const able = portSets.subtract(portSets.subtract(base, member.bypass.outbound), disabled);
    const mixed = mixedDoubt(isAmbient, kind, config.hbone);
    const parts = isAmbient ? [{ pods: all, overrides: [] }] : partsBy(pods, all, overrides, applying);
    return parts.map((part) => {
      let identified = mixed === "never" ? portSets.none : able;
      let why = doubt ?? (mixed === "never" ? undefined : mixed);
      for (const { ports, mode, doubt: disputed } of part.overrides) {
        why ??= disputed;
        const usable = portSets.subtract(portSets.subtract(ports, member.bypass.outbound), disabled);
        identified =
          mode === "mtls" || disputed !== undefined
            ? portSets.union(identified, usable)
            : portSets.subtract(identified, ports);
      }
      return { pods: part.pods, identified, ...(why === undefined ? {} : { doubt: why }) };
    });
  });
}

/** By which of the overrides the clients are told. */
function partsBy(
  { where }: Pods,
  all: PodSet,
  overrides: readonly ClientTls[],
  applying: readonly number[],
): readonly { readonly pods: PodSet; readonly overrides: readonly ClientTls[] }[] {
  const told = new Map<number, number[]>();
  for (const place of applying) {
    for (const index of overrides[place]?.sources ?? []) {
      const there = told.get(index);
      if (there === undefined) told.set(index, [place]);
      else there.push(place);
    }
  }
  const groups = groupBy(all.members, (index) => (told.get(index) ?? []).join());
  return [...groups].map(([key, indices]) => {
    const inPart = new Set(indices);
    const places = key === "" ? [] : key.split(",").map(Number);
    return {
      pods:
        groups.size === 1
          ? all
          : where(`of ${all.id} told by ${key} of ${applying.join()}`, (_, index) => inPart.has(index)),
      overrides: places.map((place) => overrides[place] as ClientTls),
    };
  });
}

/** Between a sidecar and ztunnel there is mTLS where the sidecar speaks HBONE: https://istio.io/latest/docs/ambient/architecture/hbone/ */
function mixedDoubt(
  isAmbient: boolean,
  kind: DestinationGroup["kind"],
  hbone: boolean | undefined,
): Doubt | "never" | undefined {
  if (isAmbient === (kind === "ambient") || hbone === true) return undefined;
  if (hbone === false) return "never";
  return {
    code: "mesh.hbone",
    reason:
      "one end has a sidecar and the other is in ambient, which is mTLS where sidecars speak HBONE, and Istio's configuration was not read",
    remedy: "add the ConfigMap istio to what is read, or audit the live cluster",
  };
}

/** Machines outside and other clusters may be members too. */
function membersBeyond({ reading: { manifests, objectsOf } }: IstioContext): Doubt | undefined {
  const entry =
    objectsOf("networking.istio.io", "WorkloadEntry")[0] ?? objectsOf("networking.istio.io", "WorkloadGroup")[0];
  const cluster = manifests.secrets.find(({ object }) => object.labels["istio/multiCluster"] === "true");
  if (entry === undefined && cluster === undefined) return undefined;
  return {
    code: "mesh.members-beyond",
    reason: `the mesh has members outside this cluster (${entry === undefined ? "another cluster" : `${entry.kind} ${entry.name}`}), which were not read`,
  };
}
