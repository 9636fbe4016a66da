/** Conditions of rules. */
import type {
  GitlabCondition,
  GitlabJob,
  GitlabOperand,
  GitlabPipeline,
  GitlabRule,
} from "../../../engines/pipelines/model.ts";

export interface PlacedRule {
  readonly rule: GitlabRule;
  /** Absent where it is of the whole pipeline. */
  readonly job?: GitlabJob;
}

export function rulesOf({ workflow, jobs }: GitlabPipeline): PlacedRule[] {
  return [
    ...(workflow?.rules ?? []).map((rule) => ({ rule })),
    ...jobs.flatMap((job) => (job.rules ?? []).map((rule) => ({ rule, job }))),
  ];
}

/** Each `$NAME =~ /source/` of a condition. */
export function patternsIn(
  condition: GitlabCondition | undefined,
): { readonly name: string; readonly source: string }[] {
  switch (condition?.kind) {
    case "and":
    case "or":
      return [...patternsIn(condition.left), ...patternsIn(condition.right)];
    case "not":
      return patternsIn(condition.operand);
    case "compare": {
      const { operator, left, right } = condition;
      return operator === "=~" && left.kind === "variable" && right.kind === "pattern"
        ? [{ name: left.name, source: right.source }]
        : [];
    }
    default:
      return [];
  }
}

/** Whether it holds whatever the variables are. What is not sure is not said. */
export function alwaysHolds(condition: GitlabCondition): boolean {
  if (fixed(condition) === true) return true;
  const parts = alternatives(condition);
  if (parts.some((part) => fixed(part) === true)) return true;
  return parts.some((one) => parts.some((other) => areOpposite(one, other)));
}

function alternatives(condition: GitlabCondition): GitlabCondition[] {
  return condition.kind === "or" ? [...alternatives(condition.left), ...alternatives(condition.right)] : [condition];
}

function areOpposite(one: GitlabCondition, other: GitlabCondition): boolean {
  if (one.kind !== "compare" || other.kind !== "compare") return false;
  if (!(one.operator === "==" && other.operator === "!=")) return false;
  return same(one.left, other.left) && same(one.right, other.right);
}

function same(one: GitlabOperand, other: GitlabOperand): boolean {
  if (one.kind === "variable") return other.kind === "variable" && one.name === other.name;
  return one.kind === "string" && other.kind === "string" && one.value === other.value;
}

/** Undefined where variables decide. */
function fixed(condition: GitlabCondition): boolean | undefined {
  switch (condition.kind) {
    case "and": {
      const [left, right] = [fixed(condition.left), fixed(condition.right)];
      return left === false || right === false ? false : left === true && right === true ? true : undefined;
    }
    case "or": {
      const [left, right] = [fixed(condition.left), fixed(condition.right)];
      return left === true || right === true ? true : left === false && right === false ? false : undefined;
    }
    case "not": {
      const inner = fixed(condition.operand);
      return inner === undefined ? undefined : !inner;
    }
    case "value": {
      const { value } = condition;
      // GitLab refuses a bare word; who writes `true` takes it for one that holds.
      if (value.kind === "unknown") return value.text === "true" ? true : undefined;
      return value.kind === "string" ? value.value !== "" : value.kind === "null" ? false : undefined;
    }
    case "compare": {
      const { operator, left, right } = condition;
      if (left.kind === "variable" && same(left, right) && operator === "==") return true;
      if (left.kind !== "string" || right.kind !== "string" || left.value.includes("$") || right.value.includes("$")) {
        return undefined;
      }
      if (operator === "==") return left.value === right.value;
      return operator === "!=" ? left.value !== right.value : undefined;
    }
  }
}
