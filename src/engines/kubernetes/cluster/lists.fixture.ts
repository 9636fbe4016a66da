/** For tests: what an API server answers to a list, whole and as it says it. */
import type { Plain } from "./client.ts";
import { clusterResources } from "./resources.ts";

/** The list that a path below `/api` or `/apis` asks for; undefined where it asks for none. */
export function listAt(path: string, items?: readonly object[], metadata: object = {}): Plain | undefined {
  const [, group = "", version = "", resource = ""] =
    /\/apis?\/(?:([a-z0-9.-]+\.[a-z0-9.-]+|apps|batch|policy)\/)?(v\w+)(?:\/namespaces\/[^/]+)?\/([a-z]+)(?:\?|$)/.exec(
      path,
    ) ?? [];
  const known = clusterResources.find((one) => one.resource === resource && one.group === group);
  if (known === undefined) return undefined;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  if (known.kind === "Secret") {
    return { apiVersion: "meta.k8s.io/v1", kind: "Table", metadata, columnDefinitions: [], rows: items ?? [] };
  }
  const own = known.kind === "Namespace" ? [{ metadata: { name: "default" } }] : [];
  return { apiVersion, kind: `${known.kind}List`, metadata, items: items ?? own };
}

/** The groups of all that is read, each with the version that is asked for first. */
export const groupList: Plain = {
  kind: "APIGroupList",
  groups: [...new Map(clusterResources.map(({ group, versions: [version] }) => [group, version]))].map(
    ([name, version]) => ({ name, versions: [{ version }] }),
  ),
};
