/** Lists of workloads, and why something is open, in the words of findings. */
import { someOf } from "../../../core/counted.ts";
import {
  describeObject,
  type FieldPath,
  formatFieldPath,
  type KubernetesObject,
} from "../../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../../findings/one-line.ts";
import type { NamespaceNetwork, OpenBy } from "../../subjects/network.ts";

const NAMED = 6;

/** `7 of 7: shop/Deployment/api, …` */
export function countedOf(names: readonly string[], all: number): string {
  return clip(`${names.length} of ${all}: ${listed(names)}`, SENTENCE);
}

export function listed(names: readonly string[]): string {
  return someOf([...names].sort(), NAMED);
}

/** `3 workloads of shop`, `workload shop/Deployment/api` where there is one. */
export function workloads(names: readonly string[], namespace?: string): string {
  if (names.length === 1) return `workload ${clip(names[0] ?? "")}`;
  return `${names.length} workloads${namespace === undefined ? "" : ` of ${clip(namespace)}`}`;
}

/** What groups findings of one cause; stable while objects keep their names. */
export function causeOf(by: OpenBy): string {
  if (by.kind !== "rule") return by.kind;
  return `${describeObject(by.object)} ${formatFieldPath(by.field)}`;
}

/** Where a finding of that cause points: to the rule, else to what stands for the namespace. */
export function placeOf(
  by: OpenBy,
  { object }: NamespaceNetwork,
): {
  readonly object: KubernetesObject;
  readonly path: FieldPath;
} {
  return by.kind === "rule" ? { object: by.object, path: by.field } : { object, path: [] };
}

/** Half a sentence: `no policy isolates them for egress`. */
export function whyOpen(by: OpenBy, direction: "ingress" | "egress"): string {
  switch (by.kind) {
    case "nothing":
      return `no policy isolates them for ${direction}`;
    case "unenforced":
      return "the CNI enforces no policies";
    case "host":
      return "pods on their node's network are subject to no policy";
    case "rule":
      return `${clip(describeObject(by.object))} allows it`;
  }
}

/** What closes a namespace; of all namespaces and checks the same, so that it is told once. */
export const generateFix = "write the policies that the workloads need: bulkhead network generate";

/** What narrows a rule; of all rules and checks the same, so that it is told once, with its places. */
export const narrowFix = "allow only the peers and ports that are needed";
