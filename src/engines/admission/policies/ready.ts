/** Policies and bindings as they are evaluated: read and compiled once, for any number of requests. */
import type { Untyped } from "../../../core/untyped.ts";
import type { Program } from "../../cel/model.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import type { ValidationAction } from "./decision-model.ts";
import type { PolicyFault, PolicyObjects } from "./model.ts";
import type { Matching } from "./rules.ts";
import type { Selector } from "./selector.ts";

/** Policies that were read and compiled. */
export interface AdmissionPolicies {
  /** Of policies that a binding names, by name. */
  readonly policies: readonly ReadyPolicy[];
  /** Of policies and bindings: such a policy or binding is *unknown* for what it matches, or for all that its policy does. */
  readonly faults: readonly PolicyFault[];
  readonly params: Params;
}

/** What parameters are taken from. */
export interface Params extends Pick<PolicyObjects, "unread" | "complete"> {
  /** By `apiVersion/kind`. */
  readonly byKind: ReadonlyMap<string, readonly Untyped[]>;
}

export interface ReadyPolicy {
  readonly name: string;
  readonly paramKind: { readonly apiVersion: string; readonly kind: string } | undefined;
  readonly matching: Matching;
  /** `failurePolicy: Ignore`: errors admit. */
  readonly ignoresErrors: boolean;
  readonly conditions: readonly Named[];
  readonly variables: readonly Named[];
  readonly validations: readonly Validation[];
  readonly annotations: readonly Named[];
  readonly bindings: readonly ReadyBinding[];
  /** Why the API server would not have taken it. */
  readonly fault: PolicyFault | undefined;
}

export interface Named {
  /** Of a condition or a variable; of an audit annotation its key. */
  readonly name: string;
  readonly program: Program;
  readonly path: FieldPath;
}

export interface Validation {
  readonly program: Program;
  readonly path: FieldPath;
  readonly message: string | undefined;
  readonly messageProgram: Program | undefined;
  readonly reason: string;
}

export interface ReadyBinding {
  readonly name: string;
  /** Undefined: all that the policy matches. */
  readonly matching: Matching | undefined;
  readonly actions: readonly ValidationAction[];
  readonly paramRef: ParamRef | undefined;
  readonly fault: PolicyFault | undefined;
}

export interface ParamRef {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly selector: Selector | undefined;
  /** `parameterNotFoundAction: Deny`. */
  readonly isNeeded: boolean;
}
