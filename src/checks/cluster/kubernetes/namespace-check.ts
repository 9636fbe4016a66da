/** What every check over a namespace has in common. `namespaceCheck` is where each of them begins. */
import { type Check, type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { Manifests, Namespace, Workload } from "../../../engines/kubernetes/model.ts";
import { draftsOf, type FieldDetection } from "../../findings/kubernetes-finding.ts";

/** A namespace with what is known to be in it. */
export interface NamespaceContents {
  readonly name: string;
  /** The object that declares it. */
  readonly namespace: Namespace;
  /** Those that were read; whether those are all, the fact `workloads` says. */
  readonly workloads: readonly Workload[];
  /** It is the cluster's own, and no application's: by its name, or as the policy says. */
  readonly system: boolean;
}

/** All that a check over a namespace may be handed; it names those that it needs. */
export interface NamespaceFacts {
  /** Absent where the namespace is only named by what is in it. Partial where its object was not wholly read. */
  readonly namespace: NamespaceContents;
  /** The workloads in it. Partial where one of them, or a file that may hold one, was not wholly read. */
  readonly workloads: readonly Workload[];
  /** Everything that was read. Partial where any file was read in part. */
  readonly manifests: Manifests;
}

export interface NamespaceCheck extends Check<NamespaceFacts> {
  /** Which it judges: the cluster's own namespaces too, or those of applications alone. */
  readonly namespaces: "all" | "application";
  /** Lists of `manifests` that it reads: of the others it is handed nothing, and what is missing of one makes it unknown. */
  readonly reads: readonly (keyof Manifests)[];
}

export interface NamespaceSpecification<Needed extends keyof NamespaceFacts> {
  /** The file's name: `namespace-without-quota`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  readonly needs: Readonly<Record<Needed | "namespace", Need>>;
  /** Lists of `manifests` that it reads. Absent: none. */
  readonly reads?: readonly (keyof Manifests)[];
  /** Absent: all. */
  readonly namespaces?: NamespaceCheck["namespaces"];
  detect(facts: Pick<NamespaceFacts, Needed | "namespace">): Iterable<FieldDetection>;
}

export function namespaceCheck<Needed extends keyof NamespaceFacts = "namespace">(
  specification: NamespaceSpecification<Needed>,
): NamespaceCheck {
  const { name, title, severity, documentation, needs, namespaces = "all", reads = [] } = specification;
  const id = `cluster/${name}`;
  return {
    id,
    title,
    layer: "cluster",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "namespace",
    needs: needs as NamespaceCheck["needs"],
    namespaces,
    reads,
    *evaluate(facts) {
      yield* draftsOf(id, severity, specification.detect(facts));
    },
  };
}
