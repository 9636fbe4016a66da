/** What a mesh's policies and clients do not do although they were meant to. */
import type { MeshFault, MeshFaults } from "../../../checks/subjects/network.ts";
import { describeObject, type KubernetesObject } from "../../../engines/kubernetes/model.ts";
import type { Network } from "../../../engines/reachability/model.ts";
import { nameOf } from "./unknowns.ts";

/** What may be in what was not read: the workload that a policy selects, the policy that asks for a token. */
const BY_ABSENCE: ReadonlySet<string> = new Set(["mesh.policy-without-effect", "mesh.request-authentication"]);

/**
 * What a mesh says of its own policies and clients, for the checks.
 *
 * @param isWhole - whether all around an object was read
 */
export function meshFaults(network: Network, isWhole: (object: KubernetesObject) => boolean): MeshFaults {
  const { notes = [], overrides = [], workloads = [] } = network.mesh ?? {};
  const certain = notes.filter(({ code, object }) => !BY_ABSENCE.has(code) || isWhole(object));
  const told = certain.map(
    ({ code, object, field, reason, remedy, workloads }): MeshFault => ({
      code,
      place: { object, field },
      reason,
      ...(remedy === undefined ? {} : { remedy }),
      workloads: workloads.map((index) => nameOf(network, index)),
    }),
  );
  const known = new Set(told.map(({ code, place }) => `${code} ${describeObject(place.object)}`));
  const plaintext = overrides
    .filter(({ mode, doubt }) => mode === "plaintext" && doubt === undefined)
    .map(
      ({ object, field, sources }): MeshFault => ({
        code: "mesh.client-plaintext",
        place: { object, field },
        reason: "clients send plaintext to a destination in the mesh",
        workloads: [...sources].map((index) => nameOf(network, index)),
      }),
    )
    .filter(({ code, place }) => !known.has(`${code} ${describeObject(place.object)}`));
  const members = workloads.filter(({ mesh }) => mesh !== "none").length;
  return { members, faults: [...told, ...plaintext] };
}
