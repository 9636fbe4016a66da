import { METADATA_NAME } from "../../engines/admission/model.ts";
import {
  describeObject,
  effectiveNamespace,
  type KubernetesObject,
  type Manifests,
  rawOf,
} from "../../engines/kubernetes/model.ts";
import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { type Selection, selectionsOf, selects } from "./kubernetes/selections.ts";

/** Policies and webhooks whose selectors match nothing that there is (Kubernetes, "Validating Admission Policy", matchResources). */
export const admissionSelectsNothing = clusterCheck({
  name: "admission-selects-nothing",
  title: "Admission policies that select nothing",
  severity: "medium",
  documentation: {
    what: "Checks webhook configurations, bindings of ValidatingAdmissionPolicies, Gatekeeper's constraints and Kyverno's policies for selectors of namespaces, or lists of their names, that match no namespace in which a workload runs. Not reported: objects without a selector, expressions, and where no workload or no namespace's labels were read; of files, which hold a part of a cluster, what only leaves namespaces out, and the confidence is medium. Severity: medium.",
    why: "The policy is there, and the pods that it was written for are admitted unseen: a label was never set, or the namespace was renamed.",
    fix: "Correct the selector, set the label on the namespaces, or select every namespace and leave out those of the system by name.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-namespaceselector",
      "https://open-policy-agent.github.io/gatekeeper/website/docs/howto/#the-match-field",
    ],
  },
  needs: { manifests: "complete" },
  reads: ["objects", "namespaces", "workloads", "webhookConfigurations", "admissionPolicyBindings"],
  applies: ({ manifests }) => guards(manifests).length > 0,
  *detect({ manifests }) {
    const where = namespacesWithWorkloads(manifests);
    if (where.length === 0) return;
    for (const { object, selections } of guards(manifests)) {
      // One that is met is enough: each is a way to be asked.
      if (selections.some((one) => where.some((namespace) => selects(one, namespace) !== false))) continue;
      if (object.source.kind !== "cluster" && selections.some((one) => selects(one, UNSEEN) !== false)) continue;
      yield found(object, selections, where.length);
    }
  },
});

/** Files hold a part of a cluster: what leaves some namespaces out is about all the others. */
const UNSEEN = { name: "unseen", labels: { [METADATA_NAME]: "unseen" } };

function found(object: KubernetesObject, selections: readonly Selection[], count: number): FieldDetection {
  const [first] = selections;
  return {
    object,
    path: first?.path ?? ["spec"],
    subject: describeObject(object),
    title: `${describeObject(object)} selects no namespace in which a workload runs`,
    detail: first?.text ?? "",
    fix: "correct the selector, or set the label on the namespaces",
    evidence: { namespaces: String(count) },
  };
}

interface Guard {
  readonly object: KubernetesObject;
  /** All of its ways to be asked, each of them limited; none of what is limited by nothing. */
  readonly selections: readonly Selection[];
}

function guards(manifests: Manifests): Guard[] {
  const objects = [
    ...manifests.webhookConfigurations.map(({ object }) => object),
    ...manifests.admissionPolicyBindings.map(({ object }) => object),
    ...manifests.objects.filter(
      ({ group, kind }) =>
        group === "constraints.gatekeeper.sh" ||
        (group === "kyverno.io" && (kind === "ClusterPolicy" || kind === "Policy")),
    ),
  ];
  return objects.flatMap((object) => {
    const selections = selectionsOf(object, rawOf(object));
    return selections.length === 0 ? [] : [{ object, selections }];
  });
}

/** Those whose labels are known; of one that is named and not declared nobody knows whether it would be selected. */
function namespacesWithWorkloads({ workloads, namespaces }: Manifests) {
  const names = new Set(
    workloads.flatMap(({ object, origin }) => (origin === "kubernetes" ? (effectiveNamespace(object) ?? []) : [])),
  );
  const declared = new Map(namespaces.map(({ object }) => [object.name, object.labels]));
  return [...names].map((name) => {
    const labels = declared.get(name);
    return { name, ...(labels === undefined ? {} : { labels: { ...labels, [METADATA_NAME]: name } }) };
  });
}
