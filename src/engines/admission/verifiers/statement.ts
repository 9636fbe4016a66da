import type { FieldPath } from "../../kubernetes/field-path.ts";
import type { KubernetesObject } from "../../kubernetes/object-model.ts";
import type { Statement } from "../verifier-model.ts";

export function yes(object: KubernetesObject, path: FieldPath): Statement {
  return { answer: "yes", reason: "", object, path };
}

export function no(object: KubernetesObject, path: FieldPath, reason: string): Statement {
  return { answer: "no", reason, object, path };
}

export function unknown(object: KubernetesObject, path: FieldPath, reason: string): Statement {
  return { answer: "unknown", reason, object, path };
}

/** The first `no`, else the first `unknown`, else the first: what must all hold. */
export function all(first: Statement, ...more: readonly (Statement | undefined)[]): Statement {
  const statements = [first, ...more.filter((one) => one !== undefined)];
  return (
    statements.find(({ answer }) => answer === "no") ?? statements.find(({ answer }) => answer === "unknown") ?? first
  );
}

/** The first `yes`, else the first `unknown`, else the first: what one must do. */
export function any(first: Statement, ...more: readonly Statement[]): Statement {
  const statements = [first, ...more];
  return (
    statements.find(({ answer }) => answer === "yes") ?? statements.find(({ answer }) => answer === "unknown") ?? first
  );
}
