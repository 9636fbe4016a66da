/** One object by itself, as an API server hands it to admission: the checks over workloads and namespaces. */
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import { effectiveNamespace, type Manifests, type Namespace } from "../../engines/kubernetes/model.ts";
import { type ManifestGaps, manifestGaps } from "./manifest-gaps.ts";
import { scopeOf } from "./namespaces.ts";
import {
  evaluateFiles,
  evaluateNamespace,
  evaluateWorkload,
  type ManifestsContext,
  NONE_SHORT,
  type Whole,
} from "./workloads.ts";

export interface ObjectContext extends Omit<ManifestsContext, "namespaces"> {
  /** What else the cluster holds, with its gaps. Absent: nobody looked, and what a check would see there is unknown. */
  readonly around?: Manifests;
}

const UNSEEN: Gap = {
  code: "kubernetes.around",
  reason: "the object was read without the rest of the cluster",
};

const unseen: Surroundings = {
  evidence: absent(UNSEEN),
  gaps: { of: () => [], around: () => [UNSEEN] },
  workloads: [],
};

interface Surroundings {
  readonly evidence: Evidence<Manifests>;
  readonly gaps: Pick<ManifestGaps, "of" | "around">;
  readonly workloads: Manifests["workloads"];
}

/**
 * Every evaluation of the workloads, and of the namespaces, that were read of one object; and of what of it was not read.
 * None where it is of another kind: nothing was judged then, and nothing is passed.
 *
 * @param read - of the object alone, or of a List of such
 */
export function evaluateObject(read: Manifests, context: ObjectContext): Evaluation[] {
  const { around, now } = context;
  const own = manifestGaps(read);
  const surroundings = around === undefined ? unseen : surroundingsOf(around, now);
  const whole: Whole = { of: () => surroundings.evidence, short: NONE_SHORT };
  const evaluations = read.gaps.length === 0 ? [] : evaluateFiles(read, own, context);
  for (const workload of read.workloads) evaluations.push(...evaluateWorkload(workload, whole, own, context));
  for (const namespace of read.namespaces) {
    const gaps: ManifestGaps = { ...own, around: surroundings.gaps.around };
    evaluations.push(...evaluateNamespace(foundIn(namespace, surroundings), whole, gaps, context));
  }
  return evaluations;
}

function foundIn(namespace: Namespace, { workloads }: Surroundings) {
  const { name } = namespace.object;
  return {
    name,
    scope: scopeOf(namespace.object),
    namespace,
    workloads: workloads.filter(({ object }) => effectiveNamespace(object) === name),
  };
}

/** The gaps of a cluster are put in words once, not for each of its objects. */
const remembered = new WeakMap<Manifests, Surroundings>();

function surroundingsOf(around: Manifests, now: Date): Surroundings {
  const known = remembered.get(around);
  if (known !== undefined) return known;
  const gaps = manifestGaps(around);
  const evidence = present(around, now.toISOString(), { gaps: gaps.all });
  const surroundings = { evidence, gaps, workloads: around.workloads };
  remembered.set(around, surroundings);
  return surroundings;
}
