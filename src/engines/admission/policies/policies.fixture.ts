/** Requests and policies for tests. */
import type { AdmissionRequest } from "../model.ts";
import type { PolicyAnswer } from "./decision-model.ts";
import { evaluateAdmissionPolicies } from "./evaluate.ts";
import type { PolicyContext, PolicyObjects } from "./model.ts";
import { readAdmissionPolicies } from "./read.ts";

type Fields = Readonly<Record<string, unknown>>;

export const pod = (more: Fields = {}, metadata: Fields = {}): Fields => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop", labels: { app: "web" }, ...metadata },
  spec: { containers: [{ name: "web", image: "registry.example.com/shop/web:1" }], ...more },
});

export function requestOf(more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: "1",
    operation: "CREATE",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    namespace: "shop",
    name: "web",
    user: { username: "alice", groups: ["developers"], extra: {} },
    dryRun: false,
    object: pod(),
    ...more,
  };
}

export const podRules = [
  { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["pods"] },
];

/** @param spec - instead of `validations` alone */
export function policyOf(spec: Fields, name = "policy"): object {
  const { matchConstraints = { resourceRules: podRules }, ...more } = spec;
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: { matchConstraints, ...more },
  };
}

export function bindingOf(spec: Fields = {}, name = "binding"): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: "policy", validationActions: ["Deny"], ...spec },
  };
}

export const shop: PolicyContext["namespace"] = {
  name: "shop",
  labels: { "kubernetes.io/metadata.name": "shop", env: "production" },
  annotations: {},
};

export async function decide(
  objects: readonly object[],
  request: AdmissionRequest = requestOf(),
  context: PolicyContext = { namespace: shop },
  more: Partial<PolicyObjects> = {},
): Promise<PolicyAnswer> {
  const policies = readAdmissionPolicies({ objects, unread: [], complete: true, ...more });
  return await evaluateAdmissionPolicies(policies, request, context);
}

/** Each as `OUTCOME: MESSAGE`. */
export function linesOf({ decisions }: PolicyAnswer): string[] {
  return decisions.map(({ outcome, message }) => `${outcome}: ${message}`);
}
