/** What Linkerd's policies are to each workload, and what is said of them beside. */
import type { AuthorizationFact, InboundMtls, MeshNote, PortMtls, WorkloadAuthorization } from "../mesh-model.ts";
import type { Authorization } from "./authorizations.ts";
import type { DefaultInbound, LinkerdContext } from "./context.ts";
import { type ServedPort, type Server, serverField } from "./servers.ts";

/** Of Linkerd a port is STRICT where every client that is let in presents an identity. */
export function modesOf(
  { policy, place }: DefaultInbound,
  served: ReadonlyMap<number, ServedPort> | undefined,
  strict: ReadonlyMap<Server, boolean>,
): InboundMtls {
  const isStrict = policy === "all-authenticated" || policy === "cluster-authenticated" || policy === "deny";
  const ports = new Map(
    [...(served ?? [])].map(([port, { server, doubt }]): [number, PortMtls] => [
      port,
      {
        mode: strict.get(server) === true ? "STRICT" : "PERMISSIVE",
        decidedBy: { object: server.object, field: serverField },
        ...(doubt === undefined ? {} : { doubt }),
      },
    ]),
  );
  return { mode: isStrict ? "STRICT" : "PERMISSIVE", ...(place === undefined ? {} : { decidedBy: place }), ports };
}

/** Facts of one workload that are kept. */
const FACTS = 200;

export function authorizationOf(
  one: DefaultInbound | undefined,
  served: ReadonlyMap<number, ServedPort> | undefined,
  byServer: ReadonlyMap<Server, readonly Authorization[]>,
): WorkloadAuthorization {
  if (one === undefined) return { default: "open", policies: [] };
  const isOpen = one.policy === "all-unauthenticated" || one.policy === "audit";
  const servers = new Set([...(served?.values() ?? [])].map(({ server }) => server));
  const policies = [...servers].flatMap((server) =>
    (byServer.get(server) ?? []).map(
      ({ object, everyone }): AuthorizationFact => ({ object, field: ["spec"], action: "allow", everyone }),
    ),
  );
  const byDefault: AuthorizationFact[] =
    one.place === undefined ? [] : [{ ...one.place, action: "default", everyone: isOpen }];
  return {
    default: isOpen ? (one.isKnown ? "open" : "unknown") : "isolated",
    policies: [...byDefault, ...new Map(policies.map((policy) => [policy.object, policy])).values()].slice(0, FACTS),
  };
}

export function allowsEveryone({ pods, object: { name } }: Server, object: Authorization["object"]): MeshNote {
  return {
    code: "mesh.allows-everyone",
    reason: `the policy allows every client of the Server ${name}, outside the mesh too`,
    remedy: "require a MeshTLSAuthentication",
    object,
    field: ["spec"],
    workloads: [...pods.members],
  };
}

export function noteUnused(
  { note }: LinkerdContext,
  servers: readonly Server[],
  authorizations: readonly Authorization[],
): void {
  for (const { object, pods } of servers) {
    if (pods.members.length > 0) continue;
    note({
      code: "mesh.policy-without-effect",
      reason: "no workload that was read and is in Linkerd's mesh is selected by the Server",
      remedy: "correct the selector, or add the workloads to the mesh",
      object,
      field: ["spec", "podSelector"],
      workloads: [],
    });
  }
  for (const { object, isFor } of authorizations) {
    if (servers.some(isFor)) continue;
    note({
      code: "mesh.policy-without-effect",
      reason: `the ${object.kind} is for no Server that was read`,
      remedy: "correct what it refers to",
      object,
      field: ["spec"],
      workloads: [],
    });
  }
}
