/** Kinds whose objects are the rules of detectors on nodes: one without any alerts on nothing (engines/detectors). */
import type { VerifierResource } from "./verifier-resources.ts";

const KUBEARMOR = { group: "security.kubearmor.com", versions: ["v1"] };
const TETRAGON = { group: "cilium.io", versions: ["v1alpha1"] };

export const detectorResources: readonly VerifierResource[] = [
  { ...TETRAGON, resource: "tracingpolicies", kind: "TracingPolicy", namespaced: false },
  { ...TETRAGON, resource: "tracingpoliciesnamespaced", kind: "TracingPolicyNamespaced", namespaced: true },
  { ...KUBEARMOR, resource: "kubearmorpolicies", kind: "KubeArmorPolicy", namespaced: true },
  { ...KUBEARMOR, resource: "kubearmorclusterpolicies", kind: "KubeArmorClusterPolicy", namespaced: false },
  { ...KUBEARMOR, resource: "kubearmorhostpolicies", kind: "KubeArmorHostPolicy", namespaced: false },
];
