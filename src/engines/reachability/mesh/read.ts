/** Both meshes: their rules into the reading, and what is known of each workload. */
import { readIstio } from "../istio/read.ts";
import type { MeshFacts, WorkloadMesh } from "../mesh-model.ts";
import type { Reading } from "../reading.ts";
import { readEncryption } from "./encryption.ts";

export function readMesh(reading: Reading): MeshFacts {
  const istio = readIstio(reading);
  return {
    workloads: istio.members.map((member, index): WorkloadMesh => {
      const mtls = istio.modes[index];
      return {
        ...member,
        ...(mtls === undefined ? {} : { mtls }),
        authorization: istio.authorization[index] ?? { default: "open", policies: [] },
      };
    }),
    controlPlanes: istio.controlPlanes,
    notes: istio.notes,
    encryption: readEncryption(reading),
    overrides: istio.overrides,
  };
}
