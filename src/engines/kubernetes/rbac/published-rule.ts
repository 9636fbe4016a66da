import type { PolicyRule } from "../rbac-model.ts";

const words = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));

/** Words with spaces between them. */
export function rule(verbs: string, group: string, resources: string, names = ""): PolicyRule {
  return {
    verbs: words(verbs),
    apiGroups: [group],
    resources: words(resources),
    resourceNames: words(names),
    nonResourceURLs: [],
  };
}

export function urls(verbs: string, paths: string): PolicyRule {
  return { verbs: words(verbs), apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: words(paths) };
}
