import type { KubernetesObject } from "../object-model.ts";
import type { LabelSelector, Role, RoleBinding, Subject } from "../rbac-model.ts";
import { type Fields, stated } from "./fields.ts";

export function readRole(object: KubernetesObject, root: Fields): Role {
  const aggregation = root.fields("aggregationRule");
  return stated({
    object,
    rules: root.list("rules").map((rule) => ({
      verbs: rule.strings("verbs"),
      apiGroups: rule.strings("apiGroups"),
      resources: rule.strings("resources"),
      resourceNames: rule.strings("resourceNames"),
      nonResourceURLs: rule.strings("nonResourceURLs"),
    })),
    aggregationRule:
      aggregation === undefined
        ? undefined
        : { clusterRoleSelectors: aggregation.list("clusterRoleSelectors").map(readSelector) },
  });
}

export function readBinding(object: KubernetesObject, root: Fields): RoleBinding {
  const roleRef = root.fields("roleRef");
  if (roleRef === undefined) root.missing(["roleRef"], "it binds no role");
  return {
    object,
    roleRef: stated({
      apiGroup: roleRef?.string("apiGroup"),
      kind: roleRef?.string("kind") ?? "",
      name: roleRef?.string("name") ?? "",
    }),
    subjects: root.list("subjects").map((subject) =>
      readSubject(object.version, {
        kind: subject.string("kind") ?? "",
        apiGroup: subject.string("apiGroup"),
        name: subject.string("name") ?? "",
        namespace: subject.string("namespace"),
      }),
    ),
  };
}

/** In v1alpha1 the user `*` was everybody with credentials (its conversion to later versions; "User *" there). */
function readSubject(version: string, subject: { [Key in keyof Subject]-?: Subject[Key] | undefined }): Subject {
  const { kind, name = "" } = subject;
  if (version === "v1alpha1" && kind === "User" && name === "*") return { kind: "Group", name: "system:authenticated" };
  return stated({ ...subject, kind: kind ?? "", name });
}

function readSelector(fields: Fields): LabelSelector {
  return {
    matchLabels: fields.stringMap("matchLabels"),
    matchExpressions: fields.list("matchExpressions").map((expression) => ({
      key: expression.string("key") ?? "",
      operator: expression.string("operator") ?? "",
      values: expression.strings("values"),
    })),
  };
}
