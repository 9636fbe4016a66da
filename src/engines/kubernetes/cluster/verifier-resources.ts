/**
 * Kinds of the products that verify images on admission, with their exceptions; engines/admission/verifiers reads them. Of
 * groups that a cluster does not have nothing is asked.
 */
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ClusterResource } from "./resource-model.ts";

export type VerifierResource = Pick<ClusterResource, "group" | "versions" | "resource" | "kind" | "namespaced">;

const KYVERNO = ["v1", "v2beta1"];
const EXCEPTIONS = ["v2", "v2beta1", "v2alpha1"];
const BY_CEL = ["v1", "v1beta1", "v1alpha1"];
const KUBEWARDEN = ["v1", "v1alpha2"];

const KINDS: readonly (readonly [
  group: string,
  versions: readonly string[],
  resource: string,
  kind: string,
  namespaced: boolean,
])[] = [
  ["kyverno.io", KYVERNO, "clusterpolicies", "ClusterPolicy", false],
  ["kyverno.io", KYVERNO, "policies", "Policy", true],
  ["kyverno.io", EXCEPTIONS, "policyexceptions", "PolicyException", true],
  ["policies.kyverno.io", BY_CEL, "imagevalidatingpolicies", "ImageValidatingPolicy", false],
  ["policies.kyverno.io", BY_CEL, "namespacedimagevalidatingpolicies", "NamespacedImageValidatingPolicy", true],
  ["policies.kyverno.io", BY_CEL, "imageverificationpolicies", "ImageVerificationPolicy", false],
  ["policies.kyverno.io", BY_CEL, "policyexceptions", "PolicyException", true],
  ["policies.kyverno.io", BY_CEL, "celpolicyexceptions", "CELPolicyException", true],
  ["policy.sigstore.dev", ["v1beta1", "v1alpha1"], "clusterimagepolicies", "ClusterImagePolicy", false],
  ["templates.gatekeeper.sh", ["v1", "v1beta1"], "constrainttemplates", "ConstraintTemplate", false],
  ["config.gatekeeper.sh", ["v1alpha1"], "configs", "Config", true],
  ["policies.kubewarden.io", KUBEWARDEN, "clusteradmissionpolicies", "ClusterAdmissionPolicy", false],
  ["policies.kubewarden.io", KUBEWARDEN, "admissionpolicies", "AdmissionPolicy", true],
  ["policies.kubewarden.io", KUBEWARDEN, "clusteradmissionpolicygroups", "ClusterAdmissionPolicyGroup", false],
  ["policies.kubewarden.io", KUBEWARDEN, "admissionpolicygroups", "AdmissionPolicyGroup", true],
];

export const verifierResources: readonly VerifierResource[] = KINDS.map(
  ([group, versions, resource, kind, namespaced]) => ({ group, versions, resource, kind, namespaced }),
);

/** Constraints have a kind for each ConstraintTemplate: the role grants all of this group. */
export const CONSTRAINTS = { group: "constraints.gatekeeper.sh", resource: "*" };

/** What is asked for the constraints of a template; undefined where it defines no kind, or asks nobody outside. */
export function constraintsOf(template: Readonly<Record<string, unknown>>): ClusterResource | undefined {
  const { metadata, spec } = template;
  if (!isObject(metadata) || !isObject(spec)) return undefined;
  const crd = isObject(spec.crd) && isObject(spec.crd.spec) ? spec.crd.spec : {};
  const kind = isObject(crd.names) ? crd.names.kind : undefined;
  // The template's name must be its kind in lower case, which is the resource's too.
  if (typeof kind !== "string" || !/^[A-Za-z][A-Za-z0-9]{0,62}$/.test(kind)) return undefined;
  if (!JSON.stringify(spec.targets ?? "").includes("external_data")) return undefined;
  return {
    group: CONSTRAINTS.group,
    versions: ["v1beta1"],
    resource: kind.toLowerCase(),
    kind,
    namespaced: false,
    list: "objects",
    limit: 500,
    everywhere: false,
  };
}

/** Of all templates together, each kind once. */
export function constraintResources(templates: readonly Readonly<Record<string, unknown>>[]): ClusterResource[] {
  const found = templates.map(constraintsOf).filter((one) => one !== undefined);
  return [...new Map(found.map((one) => [one.kind, one])).values()].slice(0, bounds.clusterConstraintKinds);
}
