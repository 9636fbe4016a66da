/** What a reader of policies gets and gives: it turns the objects of its kinds into rules. */
import { append } from "../../core/append.ts";
import { type FieldPath, formatFieldPath, type KubernetesObject, type Manifests, rawOf } from "../kubernetes/model.ts";
import { type Fields, fieldsOf } from "../kubernetes/read/fields.ts";
import { bounds } from "./bounds.ts";
import type { Endpoint } from "./endpoint-model.ts";
import type { PodChoice, PodSet, PodSets } from "./pod-sets.ts";
import type { PortSets } from "./port-set.ts";
import { type Doubt, groups, type Peer, type Rule, type StageName } from "./rule-model.ts";
import { readSelector, type Selector } from "./selector.ts";
import type { ClusterSettings } from "./settings.ts";

export interface Reading {
  readonly manifests: Manifests;
  readonly settings: ClusterSettings;
  /** Pods first, then nodes; addresses and domains are made of the rules, once all are read. */
  readonly endpoints: readonly Endpoint[];
  readonly podSets: PodSets;
  readonly portSets: PortSets;
  /** Objects of a kind, whatever the version, in the order of the files. */
  objectsOf(group: string, kind: string): readonly KubernetesObject[];
  /**
   * The object as its controller reads it: `read` adds its rules, and is told with `refuse` what the API server would not
   * take. What has a wrong type, or is refused, is a gap of the object; then, and where it throws nothing but is over a
   * bound, what it may select is unknown in these stages, whatever its other rules say.
   */
  policy(object: KubernetesObject, stages: readonly StageName[], read: (policy: PolicyReading) => void): void;
  rule(rule: Rule): void;
  gap(gap: NetworkGap): void;
  /**
   * What of a policy could not be evaluated: the pods that it may select are unknown in these stages, never open or
   * closed. One call says the gap and adds the rules.
   */
  doubtful(
    object: KubernetesObject,
    doubt: Doubt,
    subject: PodSet,
    stages: readonly StageName[],
    field?: FieldPath,
  ): void;
}

/** One policy, while it is read. */
export interface PolicyReading {
  readonly object: KubernetesObject;
  readonly spec: Fields;
  readonly root: Fields;
  refuse(reason: string): void;
  /** A LabelSelector; undefined where it is not stated. */
  selector(fields: Fields | undefined): Selector | undefined;
  /** What it selects, once that is known: of a policy that is refused afterwards exactly these pods are unknown. */
  selects(subject: PodSet): void;
  /** Two peers where namespaces were not read whose labels the choice asks for. */
  pods(choice: PodChoice): readonly Peer[];
}

/** Something that was read and could not be evaluated, or that has no effect and was meant to. */
export interface NetworkGap extends Doubt {
  readonly object?: KubernetesObject;
  readonly field?: FieldPath;
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly gaps: readonly NetworkGap[];
}

export function createReading(
  manifests: Manifests,
  settings: ClusterSettings,
  endpoints: readonly Endpoint[],
  podSets: PodSets,
  portSets: PortSets,
): Reading & Rules {
  const rules: Rule[] = [];
  const gaps: NetworkGap[] = [];
  const byKind = new Map<string, KubernetesObject[]>();
  for (const object of manifests.objects) {
    const key = `${object.group}/${object.kind}`;
    const listed = byKind.get(key);
    if (listed === undefined) byKind.set(key, [object]);
    else listed.push(object);
  }

  function rule(one: Rule): void {
    if (rules.length < bounds.rules) rules.push(one);
    else if (rules.length === bounds.rules) {
      const reason = `more than ${bounds.rules} rules of network policies`;
      append(rules, unknownRules(one, { code: "network.bound", reason }, podSets.all, everyStage, portSets.all));
      gaps.push({ code: "network.bound", reason, object: one.object });
    }
  }

  function gap(one: NetworkGap): void {
    if (gaps.length < bounds.gaps) gaps.push(one);
    else if (gaps.length === bounds.gaps) {
      gaps.push({ code: "network.bound", reason: `more than ${bounds.gaps} places that could not be evaluated` });
    }
  }

  function doubtful(
    object: KubernetesObject,
    doubt: Doubt,
    subject: PodSet,
    stages: readonly StageName[],
    field: FieldPath = [],
  ): void {
    gap({ ...doubt, object, field });
    for (const one of unknownRules({ object, field }, doubt, subject, stages, portSets.all)) rule(one);
  }

  return {
    manifests,
    settings,
    endpoints,
    podSets,
    portSets,
    rules,
    gaps,
    objectsOf: (group, kind) => byKind.get(`${group}/${kind}`) ?? [],
    policy(object, stages, read) {
      const refusals: { readonly reason: string; readonly field: FieldPath }[] = [];
      const root = fieldsOf(rawOf(object), (field, reason) =>
        refusals.push({ reason: `${formatFieldPath(field)}: ${reason}`, field }),
      );
      let subject = podSets.all;
      const refuse = (reason: string) => void refusals.push({ reason, field: [] });
      read({
        object,
        root,
        spec: root.fields("spec") ?? root.empty(),
        refuse,
        selector: (fields) => (fields === undefined ? undefined : readSelector(fields, refuse)),
        selects: (pods) => {
          subject = pods;
        },
        pods: (choice) => podPeers(podSets, choice),
      });
      const [first] = refusals;
      if (first === undefined) return;
      const more = refusals.length === 1 ? "" : ` (and ${refusals.length - 1} more)`;
      doubtful(
        object,
        { code: "network.invalid-policy", reason: `${first.reason}${more}`, remedy: "correct the policy" },
        subject,
        stages,
        first.field,
      );
    },
    rule,
    gap,
    doubtful,
  };
}

export const everyStage: readonly StageName[] = ["network-egress", "network-ingress"];

/** Before all others: each may accept everything from and to these peers, and may deny it. */
export function unknownRules(
  { object, field }: Pick<Rule, "object" | "field">,
  doubt: Doubt,
  subject: PodSet,
  stages: readonly StageName[],
  all: Rule["ports"]["numbers"],
  peers: readonly Peer[] = [{ kind: "everything" }],
): Rule[] {
  return stages.flatMap((stage) =>
    (["accept", "deny"] as const).map((action, index) => ({
      stage,
      group: groups.foreign,
      band: 0,
      list: 0,
      index,
      action,
      object,
      field,
      subject,
      peers,
      ports: { numbers: all, named: [] },
      doubt,
    })),
  );
}

function podPeers(podSets: PodSets, choice: PodChoice): readonly Peer[] {
  const everyPod = isEverybody(choice) ? { everyPod: true as const } : {};
  const sure: Peer = { kind: "pods", pods: podSets.select(choice), ...everyPod };
  const maybe = podSets.mayBeSelected(choice);
  if (maybe.members.length === 0) return [sure];
  const doubt: Doubt = {
    code: "network.namespace-labels",
    reason: "the labels of a namespace that the selector may pick were not read",
    remedy: "add the Namespace objects to what is read",
  };
  return [sure, { kind: "pods", pods: maybe, doubt }];
}

/** Selectors without requirements pick what was not read too. */
function isEverybody({ namespaces, pods }: PodChoice): boolean {
  const anywhere =
    namespaces === undefined || ("selector" in namespaces && namespaces.selector.requirements.length === 0);
  return anywhere && (pods === undefined || pods.requirements.length === 0);
}
