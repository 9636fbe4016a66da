/**
 * ValidatingAdmissionPolicies and what they say of a request (admissionregistration.k8s.io/v1; the API server's
 * pkg/admission/plugin/policy), as facts: whoever wrote a policy decides here, not this program's own policy.
 */
import type { Problem } from "../../../core/problem.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import type { RequestUser } from "../model.ts";

/** Objects that policies are read of. */
export interface PolicyObjects {
  /**
   * Parsed, each with its apiVersion and kind: policies, bindings, and the objects that they take parameters from. Others are
   * passed over.
   */
  readonly objects: readonly object[];
  /** Kinds of parameters that could not be listed: no object of them is known to be absent. */
  readonly unread: readonly { readonly apiVersion: string; readonly kind: string; readonly problem: Problem }[];
  /** Whether this is all that the cluster has: of files it is not, so parameters that are missing are not known to be. */
  readonly complete: boolean;
}

/** Why the API server would not have taken an object. */
export interface PolicyFault {
  readonly kind: "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding";
  readonly name: string;
  /** From the object's root. */
  readonly path: FieldPath;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** What a policy asks the cluster's authorization. */
export interface PolicyQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Of a request that is about no resource: `/healthz`. Group and resource are empty then. */
  readonly nonResourcePath?: string;
}

/** What is known around a request. */
export interface PolicyContext {
  /** Of the request's namespace; undefined: there is none of that name, or the request has none. A Problem: nobody could say. */
  readonly namespace: PolicyNamespace | undefined | Problem;
  /** Answers `authorizer`; absent: its answers are unknown. Never throws. */
  may?(user: RequestUser, question: PolicyQuestion): Promise<boolean | Problem>;
}

export interface PolicyNamespace {
  readonly name: string;
  readonly uid?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
