/** Who may do what, as role-based access control answers it: the closure over bindings, roles, aggregation and groups. */
import type { FieldPath } from "./field-path.ts";
import type { KubernetesObject } from "./object-model.ts";
import type { PolicyRule, RoleBinding, Subject } from "./rbac-model.ts";

/** One rule, and the role that states it. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  /** `ClusterRole view`; `Role kube-system/reader`. */
  readonly role: string;
  /** Absent where the role is known by what Kubernetes publishes of it, and is not among what was read. */
  readonly object?: KubernetesObject;
  /** Of the rule in its object. */
  readonly path: FieldPath;
  /** The aggregated role that it comes through; absent where the role is the one that is bound. */
  readonly through?: string;
}

/** A role with all of its rules, those of aggregation among them. */
export interface ResolvedRole {
  /** `ClusterRole view`, `Role kube-system/reader`. */
  readonly name: string;
  /** All that state it: in files several may have one name, and each is judged. */
  readonly objects: readonly KubernetesObject[];
  /**
   * `read`: it is among what was read. `published`: it is not, and Kubernetes says what it holds. `missing`: nobody says,
   * so that what it gives is not known; of
   * some of Kubernetes' own only what is worth a warning is known, and they are then that too.
   */
  readonly origin: "read" | "published" | "missing";
  /** In files those that Kubernetes publishes for the name are among them, whatever the files say of it. */
  readonly rules: readonly GrantedRule[];
  /** What Kubernetes publishes for a role of this name; absent where it has none. */
  readonly published?: readonly PolicyRule[];
}

/** What one binding gives. */
export interface Grant {
  readonly binding: RoleBinding;
  /** Where it holds; absent: in the whole cluster. */
  readonly namespace?: string;
  readonly role: ResolvedRole;
  /** With the namespace of a service account filled in where the binding leaves it out. */
  readonly subjects: readonly Subject[];
  /**
   * Absent: somebody made it. Else every cluster has this binding, for the same subjects and the same role, and these are
   * the rules that Kubernetes publishes for that role: what its role holds beyond them is somebody's as well.
   */
  readonly published?: readonly PolicyRule[];
  /** Nothing states this binding, but every cluster has it, and the files state its role: its place is the role's. */
  readonly implied?: true;
}

export interface Access {
  /** In the bindings' order; behind them those that are implied. */
  readonly grants: readonly Grant[];
  /** Every role that was read. */
  readonly roles: readonly ResolvedRole[];
  /** Service accounts that there are: `namespace/name`. `default` is in every namespace and not listed. */
  readonly serviceAccounts: ReadonlySet<string>;
  /** Whether a cluster was read: what is not here is then not there. */
  readonly live: boolean;
}

/** What somebody may ask of the API server. */
export interface AccessRequest {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** With the subresource behind a slash: `pods/exec`. */
  readonly resource: string;
  /** Of the object; empty for what is asked without one, as `list` is. Absent: whichever. */
  readonly name?: string;
}
