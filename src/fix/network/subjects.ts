/** How policies pick the pods of a workload: by the most stable labels that pick them and nobody else of the namespace. */
import { isObject, valueAt } from "../../core/untyped.ts";
import { type Manifests, rawOf } from "../../engines/kubernetes/model.ts";
import type { PodEndpoint } from "../../engines/reachability/model.ts";

/** A LabelSelector as it is written. */
export interface WrittenSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: "DoesNotExist" }[];
}

/** Workloads of one namespace whose pods have the same labels: no policy can tell them apart. */
export interface Subject {
  readonly namespace: string;
  /** `web`, of several `web and api`. */
  readonly name: string;
  readonly members: readonly PodEndpoint[];
  /** Absent where the pods have no labels to be picked by. */
  readonly selector?: WrittenSelector;
}

export interface Subjects {
  /** Undefined of pods on their node's network, which no policy selects. */
  of(pods: PodEndpoint): Subject | undefined;
}

/** Labels that change with a release, or that a controller gives each pod anew. */
const UNSTABLE =
  /^(?:version|app\.kubernetes\.io\/version|helm\.sh\/chart|chart|pod-template-hash|controller-revision-hash|pod-template-generation|(?:batch\.kubernetes\.io\/)?controller-uid|(?:apps\.kubernetes\.io\/)?pod-index|statefulset\.kubernetes\.io\/pod-name|release-time)$/;

type Labels = Readonly<Record<string, string>>;

export function findSubjects(manifests: Manifests, pods: readonly PodEndpoint[]): Subjects {
  const ordinary = pods.filter(({ host }) => !host);
  const byNamespace = Map.groupBy(ordinary, ({ namespace }) => namespace);
  const services = Map.groupBy(manifests.services, ({ object }) => object.namespace ?? "default");
  const known = new Map<PodEndpoint, Subject>();
  for (const [namespace, all] of byNamespace) {
    const selectors = (services.get(namespace) ?? []).map(({ selector }) => selector);
    const groups = Map.groupBy(all, ({ labels }) => JSON.stringify(Object.entries(labels).sort()));
    for (const members of groups.values()) {
      const subject = subjectOf(namespace, members, all, selectors);
      for (const member of members) known.set(member, subject);
    }
  }
  return { of: (one) => known.get(one) };
}

function subjectOf(
  namespace: string,
  members: readonly PodEndpoint[],
  all: readonly PodEndpoint[],
  services: readonly Labels[],
): Subject {
  const names = [...new Set(members.map(workloadName))];
  const name = names.length <= 2 ? names.join(" and ") : `${names[0]} and ${names.length - 1} more`;
  const [first] = members;
  const selector = first === undefined ? undefined : selectorOf(first, all, services);
  return { namespace, name, members, ...(selector === undefined ? {} : { selector }) };
}

/** `web`; of what an operator makes, whose names are of one kind alone, `prometheus-k8s`. */
export function workloadName({ workload: { object } }: PodEndpoint): string {
  const name = object.name || object.generateName || object.kind;
  return object.group === "monitoring.coreos.com" ? `${object.kind.toLowerCase()}-${name}` : name;
}

/** As the API server takes it for a name. */
export function objectName({ name }: Subject): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 200);
  const parts = plain.split("-").filter((part) => part !== "");
  return parts.join("-") || "pods";
}

function selectorOf(
  pods: PodEndpoint,
  all: readonly PodEndpoint[],
  services: readonly Labels[],
): WrittenSelector | undefined {
  const { labels } = pods;
  const stable = Object.fromEntries(Object.entries(labels).filter(([label]) => !UNSTABLE.test(label)));
  const candidates = [ownSelector(pods), ...operated(pods), ...services, stable, labels].filter(
    (candidate): candidate is Labels =>
      candidate !== undefined &&
      Object.keys(candidate).length > 0 &&
      Object.entries(candidate).every(([label, value]) => labels[label] === value),
  );
  const key = JSON.stringify(Object.entries(labels).sort());
  const others = all.filter((other) => JSON.stringify(Object.entries(other.labels).sort()) !== key);
  for (const candidate of candidates) {
    if (!others.some((other) => picks(candidate, other.labels))) return { matchLabels: candidate };
  }
  const [best] = candidates;
  return best === undefined ? undefined : narrowed(best, labels, others);
}

/** What the workload's own controller picks its pods by, which cannot change. */
function ownSelector({ workload }: PodEndpoint): Labels | undefined {
  if (workload.form === undefined) return workload.selector;
  const value = valueAt(rawOf(workload.object), ["spec", "selector", "matchLabels"]);
  if (!isObject(value)) return undefined;
  const labels = Object.entries(value).flatMap(([label, text]) => (typeof text === "string" ? [[label, text]] : []));
  return Object.fromEntries(labels);
}

/** Of what prometheus-operator makes: the labels that its documentation reserves. */
function operated({ workload: { object }, labels }: PodEndpoint): readonly Labels[] {
  const name = labels["app.kubernetes.io/name"];
  const instance = labels["app.kubernetes.io/instance"];
  if (object.group !== "monitoring.coreos.com" || name === undefined || instance === undefined) return [];
  return [{ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance }];
}

function picks(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([label, value]) => labels[label] === value);
}

/** With what tells it from each other pod that the labels pick too: a value of its own, or a label that it lacks. */
function narrowed(best: Labels, labels: Labels, others: readonly PodEndpoint[]): WrittenSelector {
  const matchLabels: Record<string, string> = { ...best };
  const lacks = new Set<string>();
  for (const other of others) {
    if (!picks(matchLabels, other.labels) || [...lacks].some((label) => Object.hasOwn(other.labels, label))) continue;
    const differs = Object.keys(labels).find((label) => labels[label] !== other.labels[label]);
    if (differs !== undefined) matchLabels[differs] = labels[differs] as string;
    else {
      const extra = Object.keys(other.labels).find((label) => !Object.hasOwn(labels, label));
      if (extra !== undefined) lacks.add(extra);
    }
  }
  if (lacks.size === 0) return { matchLabels };
  const matchExpressions = [...lacks].sort().map((key) => ({ key, operator: "DoesNotExist" as const }));
  return { matchLabels, matchExpressions };
}
