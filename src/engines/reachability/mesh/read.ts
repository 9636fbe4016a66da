/** Both meshes: their rules into the reading, and what is known of each workload. */
import { readIstio } from "../istio/read.ts";
import { readLinkerd } from "../linkerd/read.ts";
import type { MeshFacts, WorkloadMesh } from "../mesh-model.ts";
import type { Reading } from "../reading.ts";
import { readEncryption } from "./encryption.ts";

export function readMesh(reading: Reading): MeshFacts {
  const istio = readIstio(reading);
  const linkerd = readLinkerd(reading);
  return {
    workloads: istio.members.map((member, index): WorkloadMesh => {
      const facts = isMore(linkerd.members[index], member) ? linkerd : istio;
      const mtls = facts.modes[index];
      const waypoint = istio.waypoints.get(index);
      return {
        ...(facts.members[index] ?? member),
        ...(mtls === undefined ? {} : { mtls }),
        authorization: facts.authorization[index] ?? { default: "open", policies: [] },
        get served() {
          return istio.served(index);
        },
        ...(waypoint === undefined ? {} : { waypoint }),
      };
    }),
    controlPlanes: [...istio.controlPlanes, ...linkerd.controlPlanes],
    notes: [...istio.notes, ...linkerd.notes],
    encryption: readEncryption(reading),
    overrides: istio.overrides,
    istio: istio.settings,
  };
}

type Known = Pick<WorkloadMesh, "mesh" | "certainty">;

/** A workload is in one mesh: where both may have it, in the one that is surer of it. */
function isMore(one: Known | undefined, other: Known): boolean {
  return one !== undefined && rank(one) > rank(other);
}

function rank({ mesh, certainty }: Known): number {
  if (mesh === "none") return certainty === "unknown" ? 1 : 0;
  return { seen: 5, expected: 4, labelled: 3, unknown: 2 }[certainty];
}
