/**
 * NetworkPolicies that cut a mesh's own port. Between two pods of ambient everything arrives at TCP 15008, between two of
 * Linkerd at TCP 4143, whatever port the application has: a policy that names only that port lets nothing through.
 * Sources: https://istio.io/latest/docs/ambient/usage/networkpolicy/, https://linkerd.io/2/common-errors/network-policy/.
 * A sidecar of Istio's takes connections at the application's port.
 */
import type { Endpoint } from "../endpoint-model.ts";
import type { MeshFacts, MeshKind } from "../mesh-model.ts";
import { hasPort, intervalsOf, type PortSet } from "../port-set.ts";
import type { Rule, StageName } from "../rule-model.ts";

/** What of a computed network is asked. */
interface IsolatingNetwork {
  readonly mesh?: MeshFacts;
  readonly endpoints: readonly Endpoint[];
  readonly classes: readonly (readonly number[])[];
  readonly classOf: Int32Array;
  isolated(endpoint: number, direction: "ingress" | "egress"): "yes" | "no" | "unknown";
  stage(name: StageName, from: number, to: number): { readonly allowed: PortSet; readonly unknown: PortSet };
  explain(
    from: number,
    to: number,
  ): {
    readonly stages: readonly {
      readonly name: StageName;
      readonly steps: readonly { readonly rule: Rule; readonly ports: PortSet }[];
    }[];
  };
}

export const meshPorts: Readonly<Partial<Record<MeshKind, number>>> = { "istio-ambient": 15_008, linkerd: 4143 };

export interface MeshPortCut {
  readonly mesh: MeshKind;
  readonly port: number;
  readonly direction: "ingress" | "egress";
  /** The namespace of the workloads whose policies cut it. */
  readonly namespace: string;
  /** Endpoints, by index, sorted. */
  readonly workloads: readonly number[];
  /** One of the ends that they were meant to reach, or to be reached from. */
  readonly example: number;
  /** The policy that denies it there. */
  readonly deniedBy?: Pick<Rule, "object" | "field">;
  /** Whether it is so is not certain. */
  readonly isUnsure: boolean;
}

/** Pairs of workloads of a mesh between which a policy lets some port through, and not the mesh's. */
export function meshPortsCut(network: IsolatingNetwork): readonly MeshPortCut[] {
  const { mesh, classes, classOf } = network;
  const cuts = new Map<string, Found>();
  for (const [kind, port] of Object.entries(meshPorts) as [MeshKind, number][]) {
    const members = (mesh?.workloads ?? []).flatMap((workload, index) => (workload.mesh === kind ? [index] : []));
    const own = [...new Set(members.map((index) => classOf[index] as number))].map(
      (one) => classes[one]?.[0] as number,
    );
    for (const direction of ["ingress", "egress"] as const) {
      for (const subject of own) {
        if (network.isolated(subject, direction) === "no") continue;
        for (const other of own) {
          const cut = cutBetween(network, direction, subject, other, port);
          if (cut === undefined) continue;
          add(cuts, network, { mesh: kind, port, direction, subject, other, isUnsure: cut === "perhaps" });
          break;
        }
      }
    }
  }
  return [...cuts.values()].map(({ workloads, ...cut }) => ({
    ...cut,
    workloads: [...workloads].sort((a, b) => a - b),
  }));
}

type Found = Omit<MeshPortCut, "workloads"> & { readonly workloads: Set<number> };

function cutBetween(
  network: IsolatingNetwork,
  direction: "ingress" | "egress",
  subject: number,
  other: number,
  port: number,
): "surely" | "perhaps" | undefined {
  const [from, to] = direction === "ingress" ? [other, subject] : [subject, other];
  const { allowed, unknown } = network.stage(`network-${direction}`, from, to);
  if (!hasOther(allowed, port) || hasPort(allowed, "TCP", port)) return undefined;
  return hasPort(unknown, "TCP", port) ? "perhaps" : "surely";
}

/** TCP of the application: a port that the mesh would carry. */
function hasOther(ports: PortSet, own: number): boolean {
  return intervalsOf(ports).some(({ protocol, first, last }) => protocol === "TCP" && (first !== own || last !== own));
}

function add(
  cuts: Map<string, Found>,
  network: IsolatingNetwork,
  {
    subject,
    other,
    ...cut
  }: Pick<MeshPortCut, "mesh" | "port" | "direction" | "isUnsure"> & {
    readonly subject: number;
    readonly other: number;
  },
): void {
  const alike = network.classes[network.classOf[subject] as number] ?? [];
  for (const index of alike) {
    const endpoint = network.endpoints[index];
    if (endpoint?.kind !== "pods" || network.mesh?.workloads[index]?.mesh !== cut.mesh) continue;
    const key = JSON.stringify([cut.mesh, cut.direction, endpoint.namespace]);
    const there = cuts.get(key);
    if (there !== undefined) {
      there.workloads.add(index);
      continue;
    }
    const deniedBy = denying(network, `network-${cut.direction}`, subject, other, cut.port);
    cuts.set(key, {
      ...cut,
      namespace: endpoint.namespace,
      workloads: new Set([index]),
      example: other,
      ...(deniedBy === undefined ? {} : { deniedBy }),
    });
  }
}

function denying(
  network: IsolatingNetwork,
  stage: StageName,
  subject: number,
  other: number,
  port: number,
): Pick<Rule, "object" | "field"> | undefined {
  const [from, to] = stage === "network-ingress" ? [other, subject] : [subject, other];
  const steps = network.explain(from, to).stages.find(({ name }) => name === stage)?.steps ?? [];
  const step = steps.find(({ rule, ports }) => rule.action === "deny" && hasPort(ports, "TCP", port));
  return step === undefined ? undefined : { object: step.rule.object, field: step.rule.field };
}
