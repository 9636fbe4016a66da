/** MatchResources (admissionregistration.k8s.io/v1): whom admission policies, and those that are written like them, are about. */
import type { Untyped } from "../../../core/untyped.ts";
import type { AdmissionRule, FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import { selectorKeys, selects } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { no, unknown, yes } from "./statement.ts";
import { callNamespace, type ScopedNamespace } from "./surroundings.ts";
import { field, list, text, texts } from "./untyped-fields.ts";
import { seesPods } from "./webhooks.ts";

/** Each of its parts; all must hold. */
export function matchesResources(
  object: KubernetesObject,
  match: Untyped,
  path: FieldPath,
  namespace: ScopedNamespace,
  rules: readonly AdmissionRule[] = rulesOf(field(match, "resourceRules")),
): Statement[] {
  return [
    seesPods({ rules }, "create")
      ? yes(object, [...path, "resourceRules"])
      : no(object, [...path, "resourceRules"], "it is not about new pods (resourceRules)"),
    ...(seesPods({ rules: rulesOf(field(match, "excludeResourceRules")) }, "create")
      ? [no(object, [...path, "excludeResourceRules"], "it leaves pods out (excludeResourceRules)")]
      : []),
    ...selectors(object, match, path, namespace),
  ];
}

/** `namespaceSelector` and `objectSelector`. Labels of a pod are those of whoever creates it. */
export function selectors(
  object: KubernetesObject,
  match: Untyped,
  path: FieldPath,
  namespace: ScopedNamespace,
): Statement[] {
  const byNamespace = field(match, "namespaceSelector");
  const selected = selects(byNamespace, namespace);
  const keys = selectorKeys(byNamespace).join(", ");
  const byLabels = selectorKeys(field(match, "objectSelector"));
  return [
    selected === true
      ? yes(object, path)
      : selected === false
        ? no(object, [...path, "namespaceSelector"], `it is not about it (namespaceSelector: ${keys})`)
        : unknown(
            object,
            [...path, "namespaceSelector"],
            `whether it is about ${callNamespace(namespace)} depends on labels (${keys})`,
          ),
    ...(byLabels.length === 0
      ? []
      : [
          no(
            object,
            [...path, "objectSelector"],
            `it leaves pods out by their own labels (objectSelector: ${byLabels.join(", ")})`,
          ),
        ]),
  ];
}

export function rulesOf(rules: unknown): AdmissionRule[] {
  return list(rules).map((rule) => {
    const scope = text(field(rule, "scope"));
    return {
      operations: texts(field(rule, "operations")),
      apiGroups: texts(field(rule, "apiGroups")),
      apiVersions: texts(field(rule, "apiVersions")),
      resources: texts(field(rule, "resources")),
      ...(scope === "" ? {} : { scope }),
    };
  });
}
