/**
 * In which pipelines a job runs: conditions are held against what GitLab's predefined variables are there; what is not known
 * leaves both open.
 */
import type { GitlabCondition, GitlabOperand } from "./condition-model.ts";
import type { GitlabCertainty, GitlabJob, GitlabRefs, GitlabRule, GitlabRuns, GitlabWorkflow } from "./model.ts";

/** Names to their values, null where they are not set; what is not among them is not known. */
type Situation = ReadonlyMap<string, string | null>;

/** No text of a condition is the same. */
const SOME_BRANCH = "\u0000branch";
const DEFAULT_BRANCH = "\u0000default";

const MERGE_REQUEST: Situation = new Map<string, string | null>([
  ["CI_PIPELINE_SOURCE", "merge_request_event"],
  ["CI_MERGE_REQUEST_ID", "\u0000id"],
  ["CI_MERGE_REQUEST_IID", "\u0000iid"],
  ["CI_COMMIT_BRANCH", null],
  ["CI_COMMIT_TAG", null],
  ["CI_DEFAULT_BRANCH", DEFAULT_BRANCH],
  ["CI_COMMIT_REF_NAME", SOME_BRANCH],
  ["CI_COMMIT_REF_PROTECTED", "false"],
]);

const BRANCH: Situation = new Map<string, string | null>([
  ["CI_PIPELINE_SOURCE", "push"],
  ["CI_MERGE_REQUEST_ID", null],
  ["CI_MERGE_REQUEST_IID", null],
  ["CI_COMMIT_BRANCH", SOME_BRANCH],
  ["CI_COMMIT_TAG", null],
  ["CI_DEFAULT_BRANCH", DEFAULT_BRANCH],
  ["CI_COMMIT_REF_NAME", SOME_BRANCH],
  ["CI_COMMIT_REF_PROTECTED", "false"],
]);

type Told = Pick<GitlabJob, "rules" | "only" | "except" | "when" | "hidden">;

export function runsOf(job: Told, workflow: GitlabWorkflow | undefined): GitlabRuns {
  return {
    mergeRequest: runsIn(job, workflow, MERGE_REQUEST, "merge_requests"),
    branch: runsIn(job, workflow, BRANCH, "branches"),
  };
}

function runsIn(
  job: Told,
  workflow: GitlabWorkflow | undefined,
  situation: Situation,
  ref: "merge_requests" | "branches",
): GitlabCertainty {
  if (job.hidden) return "never";
  const { rules } = workflow ?? {};
  return both(rules === undefined ? "always" : byRules(rules, situation, "always"), jobRuns());

  function jobRuns(): GitlabCertainty {
    if (job.rules !== undefined) return byRules(job.rules, situation, job.when?.value);
    if (job.only === undefined && job.except === undefined) {
      // A job that says nothing is of branches and tags, unless `workflow:rules` say what pipelines there are.
      return job.when?.value === "never" || (rules === undefined && ref === "merge_requests") ? "never" : "always";
    }
    const wanted = job.only === undefined ? (ref === "branches" ? "always" : "never") : matches(job.only, ref);
    return both(wanted, job.except === undefined ? "always" : opposite(matches(job.except, ref)));
  }
}

/** The first rule that holds decides; where none does, nothing runs. */
function byRules(rules: readonly GitlabRule[], situation: Situation, standard: string | undefined): GitlabCertainty {
  const outcomes = new Set<boolean>();
  for (const rule of rules) {
    const holds = ruleHolds(rule, situation);
    if (holds === "never") continue;
    outcomes.add((rule.when?.value ?? standard) !== "never");
    if (holds === "always") return certainty(outcomes);
  }
  outcomes.add(false);
  return certainty(outcomes);
}

function certainty(outcomes: ReadonlySet<boolean>): GitlabCertainty {
  if (outcomes.size > 1) return "maybe";
  return outcomes.has(true) ? "always" : "never";
}

function ruleHolds({ if: written, condition, otherConditions }: GitlabRule, situation: Situation): GitlabCertainty {
  const stated = condition === undefined ? (written === undefined ? "always" : "maybe") : holds(condition, situation);
  return otherConditions ? both(stated, "maybe") : stated;
}

function holds(condition: GitlabCondition, situation: Situation): GitlabCertainty {
  switch (condition.kind) {
    case "and":
      return both(holds(condition.left, situation), holds(condition.right, situation));
    case "or":
      return opposite(both(opposite(holds(condition.left, situation)), opposite(holds(condition.right, situation))));
    case "not":
      return opposite(holds(condition.operand, situation));
    case "value": {
      const value = valueIn(condition.value, situation);
      return value === undefined ? "maybe" : value === null || value === "" ? "never" : "always";
    }
    case "compare":
      return compared(condition, situation);
  }
}

function compared(
  { operator, left, right }: Extract<GitlabCondition, { kind: "compare" }>,
  situation: Situation,
): GitlabCertainty {
  const value = valueIn(left, situation);
  if (operator === "==" || operator === "!=") {
    const other = valueIn(right, situation);
    if (value === undefined || other === undefined) return "maybe";
    return (value === other) === (operator === "==") ? "always" : "never";
  }
  if (value === undefined || right.kind !== "pattern") return "maybe";
  const found = value === null ? "never" : matchesPattern(right.source, value);
  return operator === "=~" ? found : opposite(found);
}

function valueIn(operand: GitlabOperand, situation: Situation): string | null | undefined {
  switch (operand.kind) {
    case "variable":
      return situation.get(operand.name);
    case "string":
      return operand.value.includes("$") ? undefined : operand.value;
    case "null":
      return null;
    default:
      return undefined;
  }
}

/** Of a pattern that is plain words, in alternatives and anchored or not; of any other nothing is known. */
function matchesPattern(source: string, value: string): GitlabCertainty {
  const anchored = /^\^/.test(source);
  const ends = source.endsWith("$");
  const inner = source.slice(anchored ? 1 : 0, ends ? -1 : undefined);
  if (!/^\(?[\w/-]*(?:\|[\w/-]*)*\)?$/.test(inner)) return "maybe";
  const words = inner.replace(/^\(|\)$/g, "").split("|");
  const isOne = words.some((word) => {
    if (anchored && ends) return value === word;
    if (anchored) return value.startsWith(word);
    return ends ? value.endsWith(word) : value.includes(word);
  });
  // Whether some branch begins with a word is open.
  return isOne ? "always" : value.startsWith("\u0000") && !(anchored && ends) ? "maybe" : "never";
}

function matches(refs: GitlabRefs, ref: "merge_requests" | "branches"): GitlabCertainty {
  const unsure = refs.variables.length > 0 || refs.changes.length > 0 || refs.kubernetes !== undefined;
  if (refs.refs.length === 0) return unsure ? "maybe" : ref === "branches" ? "always" : "never";
  const found = refs.refs.some(({ value }) => value === ref || (ref === "branches" && value === "pushes"));
  const pattern = ref === "branches" && refs.refs.some(({ value }) => value.startsWith("/"));
  const named = found ? "always" : pattern ? "maybe" : "never";
  return unsure ? both(named, "maybe") : named;
}

function both(one: GitlabCertainty, other: GitlabCertainty): GitlabCertainty {
  if (one === "never" || other === "never") return "never";
  return one === "always" && other === "always" ? "always" : "maybe";
}

function opposite(one: GitlabCertainty): GitlabCertainty {
  return one === "always" ? "never" : one === "never" ? "always" : "maybe";
}
