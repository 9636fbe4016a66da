import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { ValidationAction } from "./decision-model.ts";
import type { PolicyFault } from "./model.ts";
import type { ParamRef, ReadyBinding } from "./ready.ts";
import type { Refuse } from "./refuse.ts";
import { readMatching } from "./rules.ts";
import { readSelector } from "./selector.ts";

const ACTIONS: readonly unknown[] = ["Deny", "Warn", "Audit"] satisfies readonly ValidationAction[];

/** A ValidatingAdmissionPolicyBinding, and the policy that it names. */
export function readBinding(object: Untyped): { readonly policy: string; readonly binding: ReadyBinding } {
  const { metadata } = object;
  const name = isObject(metadata) && typeof metadata.name === "string" ? metadata.name : "";
  let fault: PolicyFault | undefined;
  const refuse: Refuse = (path, reason) => {
    fault ??= { kind: "ValidatingAdmissionPolicyBinding", name, path, reason };
  };
  const spec: Untyped = isObject(object.spec) ? object.spec : {};
  const policy = typeof spec.policyName === "string" ? spec.policyName : "";
  if (policy === "") refuse(["spec", "policyName"], "is missing");
  const actions = actionsOf(spec.validationActions, refuse);
  const matching =
    spec.matchResources === undefined || spec.matchResources === null
      ? undefined
      : readMatching(spec.matchResources, ["spec", "matchResources"], refuse);
  const paramRef = paramRefOf(spec.paramRef, refuse);
  return { policy, binding: { name, matching, actions, paramRef, fault } };
}

function actionsOf(value: unknown, refuse: Refuse): readonly ValidationAction[] {
  const path = ["spec", "validationActions"];
  const actions = Array.isArray(value) ? value : [];
  if (actions.length === 0) refuse(path, "is missing");
  if (actions.some((each) => !ACTIONS.includes(each))) refuse(path, "must be of Deny, Warn and Audit");
  if (new Set(actions).size < actions.length) refuse(path, "has an action twice");
  if (actions.includes("Deny") && actions.includes("Warn")) refuse(path, "must not have both Deny and Warn");
  return actions.filter((each): each is ValidationAction => ACTIONS.includes(each));
}

function paramRefOf(value: unknown, refuse: Refuse): ParamRef | undefined {
  if (value === undefined || value === null) return undefined;
  const path = ["spec", "paramRef"];
  const { name, namespace, selector, parameterNotFoundAction } = isObject(value) ? value : {};
  const texts = [name, namespace].every((each) => each === undefined || typeof each === "string");
  const hasName = typeof name === "string" && name !== "";
  if (!texts || hasName === (selector !== undefined)) refuse(path, "must have a name or a selector, and not both");
  if (parameterNotFoundAction !== "Allow" && parameterNotFoundAction !== "Deny")
    refuse([...path, "parameterNotFoundAction"], "must be Allow or Deny");
  return {
    name: hasName ? name : undefined,
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : undefined,
    selector: selector === undefined ? undefined : readSelector(selector, [...path, "selector"], refuse),
    isNeeded: parameterNotFoundAction === "Deny",
  };
}
