import { clip, SENTENCE } from "../findings/one-line.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Policies that nothing in the cluster acts on (Kubernetes, "Network Policies", prerequisites). */
export const policyNotEnforced = networkCheck({
  name: "policy-not-enforced",
  title: "Network policies that the CNI does not enforce",
  severity: "high",
  controls: [6],
  documentation: {
    what: "Checks policies against the cluster's CNI, which a policy file states (`cluster.cni`) or a live cluster tells: all of them where it enforces none, and the own kinds of another CNI (Cilium's, Calico's, Antrea's, OVN-Kubernetes'). One finding for each kind. Not reported: where the CNI is not known. Severity: high.",
    why: "The API server takes the objects, and every connection stays open: the cluster looks protected and is not.",
    fix: "Install a CNI that enforces them, or write the policies as NetworkPolicy.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites"],
  },
  needs: { unenforced: "partial", policies: "partial" },
  applies: ({ policies }) => policies.length > 0,
  *detect({ unenforced }) {
    for (const { kind, objects, reason } of unenforced) {
      const [first] = objects;
      yield {
        object: first,
        path: [],
        subject: kind,
        title: `${objects.length === 1 ? `1 ${kind} has` : `${objects.length} objects of kind ${kind} have`} no effect: ${reason}`,
        fix: "install a CNI that enforces it, or use NetworkPolicy",
        also: objects.slice(1, 4).map((object) => ({ object, path: [] })),
        evidence: {
          policies: clip(objects.map(({ namespace, name }) => `${namespace ?? ""}/${name}`).join(", "), SENTENCE),
        },
      };
    }
  },
});
