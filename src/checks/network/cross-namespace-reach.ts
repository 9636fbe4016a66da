import { clip, SENTENCE } from "../findings/one-line.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { causeOf, generateFix, listed, narrowFix, placeOf, whyOpen } from "./reach/words.ts";

/** Pods of other namespaces that get in although no rule names them (Kubernetes, "Multi-tenancy", network isolation). */
export const crossNamespaceReach = networkNamespaceCheck({
  name: "cross-namespace-reach",
  title: "Reach across namespaces that no rule names",
  severity: "medium",
  controls: [6],
  documentation: {
    what: "Checks which pods of other namespaces reach pods of this one: because nothing isolates those for ingress, or because a rule lets in every pod of every namespace. One finding for each cause. Not reported: what a rule names by namespace or pod, the cluster's own namespaces as sources, pods on their node's network. Severity: medium; that default-deny is missing is reported of its own.",
    why: "An attacker in the least important namespace talks to the databases of all others.",
    fix: "Isolate the pods for ingress and allow the namespaces that need them, by `kubernetes.io/metadata.name`.",
    references: ["https://kubernetes.io/docs/concepts/security/multi-tenancy/#network-isolation"],
  },
  part: "foreign",
  needs: { enforcement: "partial" },
  *detect(network) {
    for (const { by, reached, from, fromCount, namespaces } of network.foreign) {
      yield {
        ...placeOf(by, network),
        subject: by.kind === "rule" ? `allowed by ${by.object.kind} ${by.object.name}` : causeOf(by),
        title: `${count(fromCount, "workload")} of ${count(namespaces, "other namespace")} can reach ${count(reached.length, "workload")} of ${clip(network.name)}`,
        detail: whyOpen(by, "ingress"),
        fix: by.kind === "rule" ? narrowFix : generateFix,
        evidence: { from: clip(listed(from), SENTENCE), to: clip(listed(reached), SENTENCE) },
      };
    }
  },
});

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
