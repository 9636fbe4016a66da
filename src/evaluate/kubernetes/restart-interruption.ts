/** Whether a workload can be restarted without an interruption (Kubernetes documentation, "Deployments", strategy). */
import {
  clusterOf,
  effectiveNamespace,
  type KubernetesObject,
  type Manifests,
  type Workload,
} from "../../engines/kubernetes/model.ts";

/** Of each workload `none: …`, `yes: …` or `unknown: …`, with why: many Secrets are one workload's. */
export function interruptions({
  disruptionBudgets,
}: Pick<Manifests, "disruptionBudgets">): (workload: Workload) => string {
  const within = Map.groupBy(disruptionBudgets, ({ object }) => placeOf(object));
  const known = new Map<Workload, string>();
  return (workload) => {
    const before = known.get(workload);
    if (before !== undefined) return before;
    const budget = budgetOf(workload, within.get(placeOf(workload.object)) ?? []);
    const answer = budget === undefined ? restartOf(workload) : `${restartOf(workload)}; ${budget}`;
    known.set(workload, answer);
    return answer;
  };
}

function placeOf(object: KubernetesObject): string {
  return JSON.stringify([clusterOf(object), effectiveNamespace(object) ?? ""]);
}

function restartOf({ object, replicas, strategy = {}, pod, form }: Workload): string {
  if (form !== undefined) return `unknown: its controller alone knows how a ${object.kind} is restarted`;
  const { type = "RollingUpdate", maxUnavailable, maxSurge } = strategy;
  const count = replicas ?? 1;
  const isProbed = pod.containers.every(({ readinessProbe }) => readinessProbe !== undefined);
  const unprobed = "unknown: without readiness probes a new pod counts as ready before it serves";
  switch (object.kind) {
    case "Pod":
      return "yes: a Pod of its own is recreated by nobody";
    case "Job":
      return "yes: a Job begins again";
    case "Deployment": {
      if (count === 0) return "none: it has no replicas";
      if (type === "Recreate") return "yes: strategy Recreate stops all pods first";
      const away = share(maxUnavailable ?? "25%", count, Math.floor);
      const more = share(maxSurge ?? "25%", count, Math.ceil);
      // Both of zero the API server refuses, and one pod may be away then.
      const left = count - Math.max(away, more === 0 ? 1 : 0);
      if (left <= 0) return `yes: all of its ${count} replicas may be away at once`;
      return isProbed ? `none: rolling update, ${left} of ${count} replicas stay` : unprobed;
    }
    case "StatefulSet": {
      if (count === 0) return "none: it has no replicas";
      if (type === "OnDelete") return "unknown: updateStrategy OnDelete restarts nothing until each pod is deleted";
      if (count === 1) return "yes: its one replica is stopped before the next starts";
      return isProbed ? `none: one of ${count} replicas after the other` : unprobed;
    }
    case "DaemonSet":
      if (type === "OnDelete") return "unknown: updateStrategy OnDelete restarts nothing until each pod is deleted";
      return share(maxSurge ?? 0, 100, Math.ceil) > 0 && isProbed
        ? "none: each node has the new pod before the old one goes"
        : "yes: on one node after the other";
    default:
      return `unknown: what restarts a ${object.kind} does not say how`;
  }
}

function share(value: number | string, of: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  const percent = /^(\d{1,3})%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * of) / 100);
}

/** A budget holds back evictions (a drain), not a rollout: said where it leaves no pod to evict. */
function budgetOf(
  { podMetadata: { labels }, replicas = 1 }: Workload,
  budgets: Manifests["disruptionBudgets"],
): string | undefined {
  const own = budgets.find(
    ({ matchLabels, hasExpressions }) =>
      matchLabels !== undefined &&
      !hasExpressions &&
      Object.entries(matchLabels).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value),
  );
  if (own === undefined) return undefined;
  const { minAvailable, maxUnavailable, object: budget } = own;
  const evictable =
    maxUnavailable === undefined
      ? replicas - share(minAvailable ?? 1, replicas, Math.ceil)
      : share(maxUnavailable, replicas, Math.ceil);
  return evictable > 0
    ? `PodDisruptionBudget ${budget.name} lets ${evictable} be evicted at once`
    : `PodDisruptionBudget ${budget.name} lets none be evicted: restart it by rollout`;
}
