/** Objects to policies (admissionregistration.k8s.io; validated as pkg/apis/admissionregistration/validation does). */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { compile } from "../../cel/compile.ts";
import { kubernetes } from "../../cel/kubernetes/library.ts";
import type { Program } from "../../cel/model.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import { readBinding } from "./binding.ts";
import { bounds } from "./bounds.ts";
import { DECLARED_FIELDS, NAMESPACE_FIELDS } from "./declared-fields.ts";
import type { PolicyFault, PolicyObjects } from "./model.ts";
import type { AdmissionPolicies, Named, ReadyBinding, ReadyPolicy, Validation } from "./ready.ts";
import type { Refuse } from "./refuse.ts";
import { readMatching } from "./rules.ts";

const GROUP = /^admissionregistration[.]k8s[.]io\/v1(?:alpha1|beta1)?$/;

/** Policies without a binding do nothing, and are not among them. Never throws. */
export function readAdmissionPolicies({ objects, unread, complete }: PolicyObjects): AdmissionPolicies {
  const faults: PolicyFault[] = [];
  const all = objects.filter(isObject);
  const ofKind = (kind: string) =>
    all.filter((each) => each.kind === kind && typeof each.apiVersion === "string" && GROUP.test(each.apiVersion));
  const bindings = Map.groupBy(
    ofKind("ValidatingAdmissionPolicyBinding").slice(0, bounds.bindings).map(readBinding),
    ({ policy }) => policy,
  );
  const policies = ofKind("ValidatingAdmissionPolicy")
    .slice(0, bounds.policies)
    .map((object) =>
      readPolicy(
        object,
        (bindings.get(nameOf(object)) ?? []).map(({ binding }) => binding),
      ),
    )
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const { fault, bindings: own } of policies) {
    for (const each of [fault, ...own.map((binding) => binding.fault)]) if (each !== undefined) faults.push(each);
  }
  const kinds = new Set(policies.flatMap(({ paramKind: kind }) => (kind ? [`${kind.apiVersion}/${kind.kind}`] : [])));
  // What is no text stands for no kind: an object in its place may not even be written as one.
  const byKind = Map.groupBy(all, ({ apiVersion, kind }) =>
    typeof apiVersion === "string" && typeof kind === "string" ? `${apiVersion}/${kind}` : "",
  );
  return {
    policies: policies.filter(({ bindings: own }) => own.length > 0),
    faults,
    params: { unread, complete, byKind: new Map([...byKind].filter(([kind]) => kinds.has(kind))) },
  };
}

export function nameOf(object: Untyped): string {
  const { metadata } = object;
  return isObject(metadata) && typeof metadata.name === "string" ? metadata.name : "";
}

const REASONS: ReadonlySet<unknown> = new Set(["Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge"]);
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

function readPolicy(object: Untyped, bindings: readonly ReadyBinding[]): ReadyPolicy {
  const name = nameOf(object);
  let fault: PolicyFault | undefined;
  const refuse: Refuse = (path, reason) => {
    fault ??= { kind: "ValidatingAdmissionPolicy", name, path, reason };
  };
  const spec: Untyped = isObject(object.spec) ? object.spec : {};
  const { failurePolicy = "Fail" } = spec;
  if (failurePolicy !== "Fail" && failurePolicy !== "Ignore")
    refuse(["spec", "failurePolicy"], "must be Fail or Ignore");
  if (!isObject(spec.matchConstraints)) refuse(["spec", "matchConstraints"], "is missing");
  const matching = readMatching(spec.matchConstraints, ["spec", "matchConstraints"], refuse);
  if (matching.rules.length === 0) refuse(["spec", "matchConstraints", "resourceRules"], "is missing");
  const paramKind = paramKindOf(spec.paramKind, refuse);
  const expressions = readExpressions(spec, paramKind !== undefined, refuse);
  return { name, paramKind, matching, ignoresErrors: failurePolicy === "Ignore", ...expressions, bindings, fault };
}

function paramKindOf(value: unknown, refuse: Refuse): ReadyPolicy["paramKind"] {
  if (value === undefined || value === null) return undefined;
  const { apiVersion, kind } = isObject(value) ? value : {};
  if (typeof apiVersion === "string" && typeof kind === "string" && apiVersion !== "" && kind !== "")
    return { apiVersion, kind };
  refuse(["spec", "paramKind"], "must name an apiVersion and a kind");
  return undefined;
}

type Expressions = Pick<ReadyPolicy, "conditions" | "variables" | "validations" | "annotations">;

function readExpressions(spec: Untyped, hasParams: boolean, refuse: Refuse): Expressions {
  const silent = new Set(["object", "oldObject", "request", "namespaceObject", ...NAMESPACE_FIELDS]);
  if (hasParams) silent.add("params");
  const asking = new Set([...silent, "authorizer", "authorizer.requestResource"]);
  const conditions = named(spec, "matchConditions", "name", "expression", () => asking, refuse);
  if (conditions.length > bounds.matchConditions)
    refuse(["spec", "matchConditions"], `has more than ${bounds.matchConditions} conditions`);
  // Each may read those before it alone.
  const known = new Set(asking);
  const variables = named(
    spec,
    "variables",
    "name",
    "expression",
    () => new Set(known),
    refuse,
    (name, path) => {
      if (!VARIABLE.test(name)) refuse([...path, "name"], "is no identifier");
      known.add(`variables.${name}`);
    },
  );
  const own = variables.map(({ name }) => `variables.${name}`);
  const validations = listOf(spec, "validations", refuse).map(({ fields, path }) =>
    validationOf(fields, path, new Set([...asking, ...own]), new Set([...silent, ...own]), refuse),
  );
  const annotations = named(
    spec,
    "auditAnnotations",
    "key",
    "valueExpression",
    () => new Set([...asking, ...own]),
    refuse,
  );
  if (annotations.length > bounds.auditAnnotations)
    refuse(["spec", "auditAnnotations"], `has more than ${bounds.auditAnnotations} annotations`);
  if (validations.length === 0 && annotations.length === 0) refuse(["spec", "validations"], "is missing");
  return { conditions, variables, validations, annotations };
}

interface Item {
  readonly fields: Untyped;
  readonly path: FieldPath;
}

function listOf(spec: Untyped, name: string, refuse: Refuse): Item[] {
  const list = spec[name] ?? [];
  const path = ["spec", name];
  if (!Array.isArray(list)) {
    refuse(path, "must be a list");
    return [];
  }
  if (list.length > bounds.expressions) refuse(path, `has more than ${bounds.expressions} items`);
  return list
    .slice(0, bounds.expressions)
    .map((each: unknown, index) => ({ fields: isObject(each) ? each : {}, path: [...path, index] }));
}

function named(
  spec: Untyped,
  list: string,
  key: string,
  field: string,
  variables: () => ReadonlySet<string>,
  refuse: Refuse,
  then?: (name: string, path: FieldPath) => void,
): Named[] {
  const seen = new Set<string>();
  return listOf(spec, list, refuse).flatMap(({ fields, path }) => {
    const name = fields[key];
    if (typeof name !== "string" || name === "") {
      refuse([...path, key], "is missing");
      return [];
    }
    if (seen.has(name)) refuse([...path, key], "is there twice");
    seen.add(name);
    const program = programOf(fields[field], [...path, field], variables(), refuse);
    then?.(name, path);
    return program === undefined ? [] : [{ name, program, path: [...path, field] }];
  });
}

function validationOf(
  fields: Untyped,
  path: FieldPath,
  variables: ReadonlySet<string>,
  silent: ReadonlySet<string>,
  refuse: Refuse,
): Validation {
  const { message, messageExpression, reason = "Invalid" } = fields;
  if (message !== undefined && (typeof message !== "string" || message.trim() === "" || /[\n\r]/.test(message.trim())))
    refuse([...path, "message"], "must be one line of text");
  if (!REASONS.has(reason)) refuse([...path, "reason"], `must be one of ${[...REASONS].join(", ")}`);
  const program = programOf(fields.expression, [...path, "expression"], variables, refuse);
  const hasExpression = messageExpression !== undefined && messageExpression !== "";
  return {
    program: program ?? never,
    path: [...path, "expression"],
    message: typeof message === "string" ? message : undefined,
    messageProgram: hasExpression
      ? programOf(messageExpression, [...path, "messageExpression"], silent, refuse)
      : undefined,
    reason: String(reason),
  };
}

/** Stands in a policy that has a fault, which is never evaluated. */
const never: Program = { text: "", reads: [], evaluate: () => ({ kind: "error", reason: "no expression", offset: 0 }) };

function programOf(
  text: unknown,
  path: FieldPath,
  variables: ReadonlySet<string>,
  refuse: Refuse,
): Program | undefined {
  if (typeof text !== "string" || text.trim() === "") {
    refuse(path, "is missing");
    return undefined;
  }
  const compiled = compile(text, { variables, library: kubernetes, fields: DECLARED_FIELDS });
  if ("program" in compiled) return compiled.program;
  const { reason, line, column } = compiled.fault;
  refuse(path, `does not compile: ${reason} (line ${line}, column ${column})`);
  return undefined;
}
