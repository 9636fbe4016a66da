import { clip } from "../findings/one-line.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { countedOf } from "./reach/words.ts";

/** Network policies that let in an application's port and not the mesh's (Istio, "Ambient and Kubernetes NetworkPolicy"). */
export const meshPortCutOff = networkNamespaceCheck({
  name: "mesh-port-cut-off",
  title: "Network policies that cut off the mesh's port",
  severity: "medium",
  documentation: {
    what: "Checks workloads of Istio's ambient mode that network policies isolate, for a rule that lets TCP 15008 through: that is the port on which all traffic of the mesh arrives (HBONE), whatever the application's is. Not reported: workloads with sidecars, whose ports stay their own. Severity: medium.",
    why: "Connections within the mesh fail, and whoever repairs it in a hurry opens all ports or leaves the mesh.",
    fix: "Allow TCP 15008 beside the application's ports, in the directions in which the policies isolate.",
    references: ["https://istio.io/latest/docs/ambient/usage/networkpolicy/"],
  },
  part: "mesh",
  *spot({ name, object, workloads }) {
    for (const direction of ["ingress", "egress"] as const) {
      const cut = workloads.filter(({ mesh }) => mesh.cutOff === direction);
      if (cut.length === 0) continue;
      yield {
        object,
        path: [],
        subject: direction,
        title: `Network policies of ${clip(name)} deny the mesh's port 15008 for ${direction} of ${cut.length} ambient workloads`,
        fix: `allow TCP 15008 for ${direction} beside the application's ports`,
        evidence: {
          workloads: countedOf(
            cut.map((workload) => workload.name),
            workloads.length,
          ),
        },
      };
    }
  },
});
