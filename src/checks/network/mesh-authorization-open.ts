import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { causeOf, countedOf } from "./reach/words.ts";

/** Workloads of a mesh that take whoever has a certificate (Istio, AuthorizationPolicy; Linkerd, "Authorization policy"). */
export const meshAuthorizationOpen = networkNamespaceCheck({
  name: "mesh-authorization-open",
  title: "Mesh workloads without authorization of clients",
  severity: "medium",
  controls: [10],
  documentation: {
    what: "Checks workloads in a mesh for an authorization policy that names whom they take: one finding for those that none selects, and one for each policy that allows everyone. Not reported: gateways, workloads outside a mesh. Severity: medium.",
    why: "mTLS says who calls; without authorization any workload of the mesh may call anything.",
    fix: "Create an AuthorizationPolicy that allows the service accounts that need it, and one that allows nothing for the rest of the namespace: `spec: {}`.",
    references: ["https://istio.io/latest/docs/reference/config/security/authorization-policy/"],
  },
  part: "mesh",
  *detect({ name, object, workloads }) {
    const members = workloads.filter(({ mesh }) => mesh.member === "yes");
    const open = members.filter(({ mesh }) => mesh.authorization === "open" && mesh.everyone === undefined);
    if (open.length > 0) {
      const names = open.map((workload) => workload.name);
      yield {
        object,
        path: [],
        subject: "no policy",
        title: `No authorization policy names the clients of ${open.length} of ${members.length} mesh workloads of ${clip(name)}`,
        fix: "create AuthorizationPolicies that allow the service accounts that need it, and one with spec: {} for the rest",
        evidence: { workloads: countedOf(names, members.length) },
      };
    }
    const byPolicy = Map.groupBy(members, ({ mesh: { everyone } }) =>
      everyone === undefined ? "" : causeOf({ kind: "rule", ...everyone }),
    );
    for (const [, own] of byPolicy) {
      const everyone = own[0]?.mesh.everyone;
      if (everyone === undefined) continue;
      const called = clip(describeObject(everyone.object));
      yield {
        object: everyone.object,
        path: everyone.field,
        subject: `everyone by ${describeObject(everyone.object)}`,
        title: `${called} allows every client`,
        fix: `name the clients in ${called}: from.source.principals`,
        evidence: {
          workloads: countedOf(
            own.map((workload) => workload.name),
            members.length,
          ),
        },
      };
    }
  },
});
