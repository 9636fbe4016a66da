import type { MeshNote, WorkloadMesh } from "../mesh-model.ts";
import type { Pods } from "./members.ts";

interface Bypassing {
  readonly members: readonly Pick<WorkloadMesh, "bypass">[];
  readonly pods: Pods;
  note(note: MeshNote): void;
}

/** Ports and addresses that workloads keep from their proxies. */
export function noteBypasses({ members, pods, note }: Bypassing): void {
  for (const [index, { bypass }] of members.entries()) {
    for (const { object, field, text } of bypass.places) {
      note({
        code: "mesh.excluded-traffic",
        reason: `${pods.list[index]?.name}: ${text}`,
        remedy: "remove the annotation, or keep the traffic out with a NetworkPolicy",
        object,
        field,
        workloads: [index],
      });
    }
  }
}
