/** What a reader of policies gets and gives: it turns the objects of its kinds into rules. */

import type { FieldPath, KubernetesObject, Manifests } from "../kubernetes/model.ts";
import type { Fields } from "../kubernetes/read/fields.ts";
import type { Endpoint } from "./endpoint-model.ts";
import type { PodChoice, PodSet, PodSets } from "./pod-sets.ts";
import type { PortSets } from "./port-set.ts";
import type { Doubt, Rule } from "./rule-model.ts";
import type { Selector } from "./selector.ts";
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
  /** Its fields; what has a wrong type is told as a gap of the object, and makes the policy {@link Reading.doubtful}. */
  fieldsOf(object: KubernetesObject): Fields;
  /**
   * A LabelSelector. Undefined where it is not stated. What cannot be read (an unknown operator, a label that the API
   * refuses) is told, and answers `invalid`.
   */
  selector(fields: Fields | undefined): Selector | undefined | "invalid";
  select(choice: PodChoice): PodSet;
  rule(rule: Rule): void;
  gap(gap: NetworkGap): void;
  /**
   * All that a policy could not be read for: the pods that it may select are unknown in these stages, never open or
   * closed. One call says the gap and adds the rules.
   */
  doubtful(
    object: KubernetesObject,
    doubt: Doubt,
    subject: PodSet,
    stages: readonly Rule["stage"][],
    field?: FieldPath,
  ): void;
}

/** Something that was read and could not be evaluated, or that has no effect and was meant to. */
export interface NetworkGap extends Doubt {
  readonly object?: KubernetesObject;
  readonly field?: FieldPath;
}
