import { clip } from "../findings/one-line.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { countedOf } from "./reach/words.ts";

/** Network policies that let in an application's port and not the mesh's (Istio, "Ambient and Kubernetes NetworkPolicy"; Linkerd). */
export const meshPortCutOff = networkNamespaceCheck({
  name: "mesh-port-cut-off",
  title: "Network policies that cut off the mesh's port",
  severity: "medium",
  documentation: {
    what: "Checks workloads of Istio's ambient mode and of Linkerd between which network policies let some port through, for the port on which all traffic of the mesh arrives, whatever the application's is: TCP 15008 (HBONE), TCP 4143 in Linkerd. Not reported: workloads with Istio's sidecars, whose ports stay their own. Severity: medium.",
    why: "Connections within the mesh fail, and anyone who repairs it in a hurry opens all ports or leaves the mesh.",
    fix: "Allow the mesh's port beside the application's ports, in the directions in which the policies isolate.",
    references: [
      "https://istio.io/latest/docs/ambient/usage/networkpolicy/",
      "https://linkerd.io/2/common-errors/network-policy/",
    ],
  },
  part: "mesh",
  *detect({ name, object, workloads }) {
    for (const direction of ["ingress", "egress"] as const) {
      const cut = workloads.flatMap((workload) =>
        workload.mesh.cutOff
          .filter((one) => one.direction === direction)
          .map((one) => ({ ...one, name: workload.name })),
      );
      const [first] = cut;
      if (first === undefined) continue;
      yield {
        object: first.by?.object ?? object,
        path: first.by?.field ?? [],
        subject: direction,
        title: `Network policies of ${clip(name)} deny the mesh's port ${first.port} for ${direction} of ${cut.length} workloads`,
        fix: `allow TCP ${first.port} for ${direction} beside the application's ports`,
        evidence: {
          workloads: countedOf(
            cut.map((one) => one.name),
            workloads.length,
          ),
        },
      };
    }
  },
});
