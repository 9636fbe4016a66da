/** What every check over a workload has in common. `workloadCheck` is where each of them begins. */

import { type Check, type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import { valueAt } from "../../../core/untyped.ts";
import type { PodSecurityRules } from "../../../engines/admission/model.ts";
import {
  type FieldPath,
  type Manifests,
  type PlacedContainer,
  rawOf,
  type SeccompProfile,
  type Workload,
} from "../../../engines/kubernetes/model.ts";
import { draftMaker, type FieldDetection, type FieldFix } from "../../findings/kubernetes-finding.ts";

/** All that a check over a workload may be handed; it names those that it needs. */
export interface WorkloadFacts {
  /** Partial where something of its object was not read. */
  readonly workload: Workload;
  /** What else was read with it: namespaces, service accounts, Secrets… Partial where any file was read in part. */
  readonly manifests: Manifests;
  /** Files of the tree that may be the profile that a `localhostProfile` names, by that name; most often one. */
  readonly seccompProfiles: ReadonlyMap<string, readonly SeccompProfile[]>;
}

/** What of the policy they judge by. */
export interface WorkloadParameters {
  /** Where images may come from (patterns of core/glob.ts); empty is anywhere. */
  readonly registries: readonly string[];
  /** Levels of the Pod Security Standards that the policy sets, by namespace. */
  readonly podSecurity: PodSecurityRules;
}

export interface WorkloadCheck extends Check<WorkloadFacts, WorkloadParameters> {
  /** Which workloads it can judge: what a Compose file does not say is no finding there. */
  readonly origins: readonly Workload["origin"][];
  /** Lists of `manifests` that it reads: of the others it is handed nothing, and what is missing of one makes it unknown. */
  readonly reads: readonly (keyof Manifests)[];
}

/** A finding as a check states it: the object is the workload's. */
export interface Detection extends Omit<FieldDetection, "object"> {
  /** The container that it is in; its name is put before the subject and among the evidence. */
  readonly container?: PlacedContainer;
  /**
   * Where the path, and those of the fix's patches, begin: at the pod's specification (as the paths of `containersOf`
   * do), at the pod's template (`["metadata", "annotations", …]`), or at the object's root. Absent: `pod`.
   */
  readonly from?: "pod" | "template" | "object";
  /** Of the field that is wrong, or that is missing: `[...container.path, "securityContext", "privileged"]`. */
  readonly path: FieldPath;
  /** Short and stable, without index or changing value: `securityContext.privileged`, `volume data`. */
  readonly subject: string;
}

export interface WorkloadSpecification<Needed extends keyof WorkloadFacts> {
  /** The file's name: `host-ports`. */
  readonly name: string;
  /** The folder that it is in. Absent: `workload`. */
  readonly layer?: "registry";
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  /** `whole` where the finding is that something is not there: of `manifests` above all. */
  readonly needs: Readonly<Record<Needed | "workload", Need>>;
  /** Absent: Kubernetes alone. */
  readonly origins?: readonly Workload["origin"][];
  /** Lists of `manifests` that it reads. Absent: none. */
  readonly reads?: readonly (keyof Manifests)[];
  detect(facts: Pick<WorkloadFacts, Needed | "workload"> & WorkloadParameters): Iterable<Detection>;
}

/** Makes the check: findings get their id, their place, and a subject that no other finding of the workload has. */
export function workloadCheck<Needed extends keyof WorkloadFacts = "workload">(
  specification: WorkloadSpecification<Needed>,
): WorkloadCheck {
  const { name, layer = "workload", title, severity, documentation, needs } = specification;
  const { origins = ["kubernetes"], reads = [] } = specification;
  const id = `${layer}/${name}`;
  return {
    id,
    title,
    layer,
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "workload",
    // The runner hands out what is declared here, and `detect` sees nothing else.
    needs: needs as WorkloadCheck["needs"],
    parameters: { registries: (policy) => policy.registries, podSecurity: (policy) => policy.admission.podSecurity },
    origins,
    reads,
    evaluate(facts) {
      const found = placed(facts.workload, specification.detect(facts));
      return found.length === 0 ? NONE : found.map(draftMaker(id, severity));
    },
  };
}

const NONE: readonly never[] = [];

function placed(workload: Workload, spots: Iterable<Detection>): readonly FieldDetection[] {
  const all: FieldDetection[] = [];
  for (const spot of spots) {
    const { container, from = "pod", fix } = spot;
    const base = from === "pod" ? workload.podPath : from === "template" ? workload.templatePath : [];
    const path = joined(base, spot.path);
    // What a part of a pod leaves out may be added to it: only what it states can be wrong.
    if (workload.form === "part" && valueAt(rawOf(workload.object), path) === undefined) continue;
    const own: Mutable<FieldDetection & Detection> = { ...spot, object: workload.object };
    own.path = path;
    if (container !== undefined) {
      const name = nameOf(container);
      own.subject = `${name}: ${spot.subject}`;
      own.evidence = { container: name, ...spot.evidence };
    }
    if (fix !== undefined && typeof fix !== "string") own.fix = rebased(fix, base);
    all.push(own);
  }
  return all;
}

type Mutable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** An array that two are spread into holds room for sixteen more. */
function joined(base: FieldPath, path: FieldPath): FieldPath {
  return base.length === 0 ? path : base.concat(path);
}

function rebased({ patches, ...rest }: FieldFix, base: FieldPath): FieldFix {
  return { ...rest, patches: patches.map((patch) => ({ ...patch, path: joined(base, patch.path) })) };
}

/** `container web`, `init container migrate`: a subject goes by the name, by the index only where there is none. */
export function nameOf({ kind, index, container }: PlacedContainer): string {
  return `${kind === "container" ? "" : `${kind} `}container ${container.name || `number ${index + 1}`}`;
}

/** How the title of a finding begins: `Container web`, `Init container migrate`. */
export function titleOf(placed: PlacedContainer): string {
  const name = nameOf(placed);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
