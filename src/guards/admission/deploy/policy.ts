/** The policy as a ConfigMap: what it names beside itself is among its files, at the same paths. */
import type { DeployObject, DeploySettings } from "./model.ts";
import { labels, names } from "./names.ts";

export function policyConfigMap({ namespace, policy }: DeploySettings): DeployObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: names.policy, namespace, labels: labels() },
    data: Object.fromEntries(policy.map(({ path, text }) => [policyKey(path), text])),
  };
}

/** Keys of a ConfigMap have no slashes. Two paths never share one. */
export function policyKey(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9.-]/g, (sign) => (sign === "/" ? "_" : `_${sign.codePointAt(0)?.toString(16)}_`));
}
