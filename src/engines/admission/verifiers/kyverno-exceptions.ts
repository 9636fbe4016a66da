/** Kyverno's PolicyException: of kyverno.io for rules of its older policies, of policies.kyverno.io for those by CEL. */
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import type { Statement } from "../verifier-model.ts";
import { partOf } from "./kyverno-match.ts";
import { no, unknown } from "./statement.ts";
import type { ScopedNamespace } from "./surroundings.ts";
import { at, field, list, record, text, texts } from "./untyped-fields.ts";
import { wildcard } from "./wildcard.ts";

export interface KyvernoException {
  /** @param rule - absent: of a policy without rules */
  isAbout(policy: KubernetesObject, rule: string | undefined): boolean;
  /** Undefined where it surely exempts none of the namespace's pods. */
  exempts(namespace: ScopedNamespace): Statement | undefined;
}

export function exceptionsOf(objects: readonly KubernetesObject[]): KyvernoException[] {
  return objects.flatMap((object) => {
    if (object.kind === "PolicyException" && object.group === "kyverno.io") return [ofRules(object)];
    const isByCel = object.kind === "PolicyException" || object.kind === "CELPolicyException";
    return isByCel && object.group === "policies.kyverno.io" ? [ofPolicies(object)] : [];
  });
}

function named({ namespace, name }: KubernetesObject): string {
  return `PolicyException ${namespace ?? "default"}/${name}`;
}

function ofRules(object: KubernetesObject): KyvernoException {
  const spec = at(rawOf(object), "spec");
  const excepted = list(field(spec, "exceptions"));
  return {
    isAbout({ group, name, namespace }, rule) {
      const called = namespace === undefined ? name : `${namespace}/${name}`;
      return (
        group === "kyverno.io" &&
        excepted.some((one) => {
          const rules = texts(field(one, "ruleNames"));
          const isPolicy = text(field(one, "policyName")) === called;
          return isPolicy && rules.some((pattern) => wildcard(pattern, rule ?? ""));
        })
      );
    },
    exempts(namespace) {
      const part = partOf(record(field(spec, "match")), namespace);
      const path = ["spec", "match"];
      if (part === "none") return undefined;
      if (field(spec, "conditions") !== undefined) {
        return unknown(object, ["spec", "conditions"], `${named(object)} exempts pods by an expression`);
      }
      if (part === "unknown") return unknown(object, path, `${named(object)} may exempt its pods`);
      return no(object, path, `${named(object)} exempts ${part === "all" ? "its pods" : "some of its pods"}`);
    },
  };
}

function ofPolicies(object: KubernetesObject): KyvernoException {
  const spec = at(rawOf(object), "spec");
  const references = list(field(spec, "policyRefs"));
  return {
    isAbout({ group, kind, name }) {
      return (
        group === "policies.kyverno.io" &&
        references.some((one) => text(field(one, "name")) === name && text(field(one, "kind")) === kind)
      );
    },
    exempts() {
      return list(field(spec, "matchConditions")).length > 0
        ? unknown(object, ["spec", "matchConditions"], `${named(object)} exempts pods by an expression`)
        : no(object, ["spec", "policyRefs"], `${named(object)} exempts all pods`);
    },
  };
}
