/** On which nodes a DaemonSet puts its pods (Kubernetes, "DaemonSet": how its pods are scheduled). */
import type { FieldPath, NodeExpression, NodeTerm, PodSpec, Toleration } from "../kubernetes/model.ts";

/** What of a Node the scheduler looks at. */
export interface NodeSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface NotScheduled {
  readonly reason: string;
  /** From the pod's spec. */
  readonly path: FieldPath;
}

/** Taints that the controller has each pod of a DaemonSet tolerate; the last on the host's network alone. */
const TOLERATED = new Set(
  ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map(
    (name) => `node.kubernetes.io/${name}`,
  ),
);
const NETWORK = "node.kubernetes.io/network-unavailable";

/** Why none of its pods is put on a node; undefined where one is. */
export function notScheduled(pod: PodSpec, node: NodeSpec): NotScheduled | undefined {
  if (pod.nodeName !== undefined && pod.nodeName !== node.name) {
    return { reason: `nodeName is ${pod.nodeName}`, path: ["nodeName"] };
  }
  for (const [label, value] of Object.entries(pod.nodeSelector)) {
    if (own(node.labels, label) !== value) {
      return { reason: `nodeSelector ${label}=${value}`, path: ["nodeSelector"] };
    }
  }
  const terms = pod.nodeTerms;
  if (terms !== undefined && !terms.some((term) => holds(term, node))) {
    return { reason: "its node affinity leaves it out", path: ["affinity", "nodeAffinity"] };
  }
  const taint = node.taints.find((one) => isBarrier(one) && !isTolerated(one, pod));
  if (taint === undefined) return undefined;
  const value = taint.value === "" ? "" : `=${taint.value}`;
  return { reason: `taint ${taint.key}${value}:${taint.effect} is not tolerated`, path: ["tolerations"] };
}

function isBarrier({ effect }: Taint): boolean {
  return effect === "NoSchedule" || effect === "NoExecute";
}

function isTolerated(taint: Taint, { tolerations = [], hostNetwork }: PodSpec): boolean {
  if (TOLERATED.has(taint.key) || (taint.key === NETWORK && hostNetwork === true)) return true;
  return tolerations.some((one) => tolerates(one, taint));
}

/** An empty key with `Exists` is every taint's. */
function tolerates({ key = "", operator = "Equal", value = "", effect = "" }: Toleration, taint: Taint): boolean {
  if (effect !== "" && effect !== taint.effect) return false;
  if (key === "" ? operator !== "Exists" : key !== taint.key) return false;
  return operator === "Exists" || (operator === "Equal" && value === taint.value);
}

function holds({ labels, fields }: NodeTerm, node: NodeSpec): boolean {
  if (labels.length === 0 && fields.length === 0) return false;
  return (
    labels.every((one) => agrees(one, own(node.labels, one.key))) &&
    fields.every((one) => agrees(one, one.key === "metadata.name" ? node.name : undefined))
  );
}

function agrees({ operator, values }: NodeExpression, found: string | undefined): boolean {
  switch (operator) {
    case "In":
      return found !== undefined && values.includes(found);
    case "NotIn":
      return found === undefined || !values.includes(found);
    case "Exists":
      return found !== undefined;
    case "DoesNotExist":
      return found === undefined;
    case "Gt":
      return compared(found, values, (a, b) => a > b);
    case "Lt":
      return compared(found, values, (a, b) => a < b);
    default:
      return false;
  }
}

function compared(found: string | undefined, [value]: readonly string[], is: (a: number, b: number) => boolean) {
  const isWhole = (text: string | undefined): text is string => /^-?\d{1,15}$/.test(text ?? "");
  return isWhole(found) && isWhole(value) && is(Number(found), Number(value));
}

function own(labels: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
