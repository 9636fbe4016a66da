/** Expressions of policies in the wild, by the kind of object that holds them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

export interface WildPolicy {
  /** File and name. */
  readonly name: string;
  /** `ValidatingAdmissionPolicy`, `K8sNativeValidation`, `ClusterPolicy`. */
  readonly kind: string;
  readonly expressions: readonly string[];
  readonly variables: readonly string[];
  /** The object itself, of ValidatingAdmissionPolicies. */
  readonly object?: object;
}

export function* wildPolicies(folder: string): Generator<WildPolicy> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry?.isDirectory() === true) yield* wildPolicies(path);
    else if (entry !== undefined && /\.ya?ml$/.test(name)) yield* policiesIn(path);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const texts = (...values: readonly unknown[]): string[] => values.filter((each) => typeof each === "string");

function* policiesIn(path: string): Generator<WildPolicy> {
  const text = readFileSync(path, "utf8");
  if (!/expression|valueExpression/.test(text) || /^\s*\{\{/m.test(text)) return;
  for (const document of parseAllDocuments(text, { logLevel: "silent" })) {
    const object = fields("toJS" in document ? safely(() => document.toJS()) : undefined);
    const name = `${path}: ${fields(object.metadata).name}`;
    const spec = fields(object.spec);
    if (object.kind === "ValidatingAdmissionPolicy")
      yield { name, kind: object.kind, ...expressionsOf(spec), object: object as object };
    if (object.kind === "ConstraintTemplate") {
      for (const target of list(spec.targets)) {
        for (const code of list(target.code)) {
          if (code.engine !== "K8sNativeValidation") continue;
          const { expressions, variables } = expressionsOf(fields(code.source));
          // Gatekeeper gives these itself.
          yield { name, kind: "K8sNativeValidation", expressions, variables: [...variables, "anyObject", "params"] };
        }
      }
    }
    if (object.kind === "ClusterPolicy" || object.kind === "Policy") {
      for (const rule of list(spec.rules)) {
        const { cel } = fields(rule.validate);
        if (cel === undefined) continue;
        const { expressions, variables } = expressionsOf(fields(cel));
        const conditions = list(rule.celPreconditions).flatMap((each) => texts(each.expression));
        yield { name, kind: "ClusterPolicy", expressions: [...expressions, ...conditions], variables };
      }
    }
  }
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function expressionsOf(spec: Fields): Pick<WildPolicy, "expressions" | "variables"> {
  const conditions = spec.validations ?? spec.expressions;
  return {
    variables: list(spec.variables).flatMap((each) => texts(each.name)),
    expressions: [
      ...list(spec.variables).flatMap((each) => texts(each.expression)),
      ...list(conditions).flatMap((each) => texts(each.expression, each.messageExpression)),
      ...list(spec.matchConditions ?? spec.matchCondition).flatMap((each) => texts(each.expression)),
      ...list(spec.auditAnnotations).flatMap((each) => texts(each.valueExpression)),
    ],
  };
}
