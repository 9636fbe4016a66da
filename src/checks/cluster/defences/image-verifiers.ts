/** Policies of others that verify images on admission, by their own documentation of their resources. */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { type FieldPath, type KubernetesObject, rawOf } from "../../../engines/kubernetes/model.ts";

export interface ImageVerifier {
  readonly object: KubernetesObject;
  /** Of the field that says whether it enforces. */
  readonly path: FieldPath;
  readonly enforces: boolean;
  /** Whether it surely is about every pod and every image. */
  readonly everywhere: boolean;
}

export function imageVerifiers(objects: readonly KubernetesObject[]): ImageVerifier[] {
  return objects.flatMap((object) => {
    if (object.group === "kyverno.io" && object.kind === "ClusterPolicy") return kyvernoPolicy(object);
    if (object.group === "policies.kyverno.io" && object.kind === "ImageValidatingPolicy") return kyvernoImages(object);
    if (object.group === "policy.sigstore.dev" && object.kind === "ClusterImagePolicy") return sigstorePolicy(object);
    return [];
  });
}

/** Kyverno: `spec.validationFailureAction`, or of a rule `verifyImages[].failureAction`; Audit where nothing is stated. */
function kyvernoPolicy(object: KubernetesObject): ImageVerifier[] {
  const spec = record(rawOf(object).spec);
  const stated = spec.validationFailureAction;
  const found: ImageVerifier[] = [];
  for (const [index, rule] of list(spec.rules).entries()) {
    for (const [at, verify] of list(rule.verifyImages).entries()) {
      const own = verify.failureAction;
      const action = own ?? stated;
      found.push({
        object,
        path:
          own === undefined
            ? ["spec", "validationFailureAction"]
            : ["spec", "rules", index, "verifyImages", at, "failureAction"],
        enforces: typeof action === "string" && action.toLowerCase() === "enforce",
        everywhere: matchesEveryPod(rule) && texts(verify.imageReferences).includes("*"),
      });
    }
  }
  return found;
}

/** `match` with a kind Pod alone, and no `exclude` or condition. */
function matchesEveryPod(rule: Record<string, unknown>): boolean {
  if (rule.exclude !== undefined || rule.preconditions !== undefined) return false;
  const match = record(rule.match);
  const clauses = [...list(match.any), ...(match.any === undefined ? [match] : [])];
  return clauses.some((clause) => {
    const resources = record(clause.resources);
    const onlyKinds = Object.keys(resources).every((key) => key === "kinds") && Object.keys(clause).length === 1;
    return onlyKinds && texts(resources.kinds).includes("Pod");
  });
}

/** `spec.validationActions`: Deny, Audit, Warn; Deny where nothing is stated. Whom it is about is an expression. */
function kyvernoImages(object: KubernetesObject): ImageVerifier[] {
  const actions = texts(record(rawOf(object).spec).validationActions);
  return [
    {
      object,
      path: ["spec", "validationActions"],
      enforces: actions.length === 0 || actions.includes("Deny"),
      everywhere: false,
    },
  ];
}

/** `spec.mode`: enforce, warn; enforce where nothing is stated. It holds in namespaces with a label alone. */
function sigstorePolicy(object: KubernetesObject): ImageVerifier[] {
  return [{ object, path: ["spec", "mode"], enforces: record(rawOf(object).spec).mode !== "warn", everywhere: false }];
}

function record(value: unknown): Untyped {
  return isObject(value) ? value : {};
}

function list(value: unknown): Untyped[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
