/** What ValidatingAdmissionPolicies say of a request, as facts: checks judge them. */
import type { FieldPath } from "../../kubernetes/field-path.ts";

/** What a binding does with what does not hold (`validationActions`). */
export type ValidationAction = "Deny" | "Warn" | "Audit";

/** One validation of one policy, bound once, with one object of parameters. Those that hold are not told. */
export interface PolicyDecision {
  readonly policy: string;
  /** Absent: the policy itself could not be applied. */
  readonly binding?: string;
  /** `shop/limits` or `limits`; absent: it was evaluated without parameters. */
  readonly params?: string;
  /**
   * `deny`: the expression does not hold. `error`: it came to an error, and `failurePolicy: Fail` makes a denial of it.
   * `unknown`: what it came to in the API server cannot be known here.
   */
  readonly outcome: "deny" | "error" | "unknown";
  /** As the API server would tell it; of *unknown* why. One line, as written by the policy's author. */
  readonly message: string;
  /** Of `spec.validations`; absent where the trouble is not about one. */
  readonly index?: number;
  /** `Invalid`, `Forbidden`, `Unauthorized`, `RequestEntityTooLarge`. */
  readonly reason: string;
  /** The HTTP status of that. */
  readonly code: number;
  /** Of the binding; of a policy that could not be applied `["Deny"]`. */
  readonly actions: readonly ValidationAction[];
  /** Fields of the policy: `["spec", "validations", 0, "expression"]`. */
  readonly path: FieldPath;
}

export interface PolicyAnswer {
  readonly decisions: readonly PolicyDecision[];
  /** `POLICY/KEY` → value. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** Policies whose rules match the request, with how many validations held. */
  readonly evaluated: readonly { readonly policy: string; readonly held: number }[];
}
