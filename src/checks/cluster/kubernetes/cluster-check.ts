/** What every check over a cluster, or over all manifests of a tree, has in common: `clusterCheck` is where each begins. */
import { type Check, type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { GuardWebhook, ImageVerification } from "../../../engines/admission/model.ts";
import type { RuntimeDetection } from "../../../engines/detectors/model.ts";
import type {
  Access,
  Component,
  FieldPath,
  KubernetesObject,
  Manifests,
  Secret,
} from "../../../engines/kubernetes/model.ts";
import { draftsOf, type FieldDetection } from "../../findings/kubernetes-finding.ts";

/** All that a check over a cluster may be handed; it names those that it needs. */
export interface ClusterFacts {
  /** Everything that was read. Partial where any file was read in part, or the cluster refused something. */
  readonly manifests: Manifests;
  /** Who may do what. Partial where a binding names a role that was not read. */
  readonly access: Access;
  /** The programs of the control plane and the kubelets, as far as files say how they are started. */
  readonly components: readonly Component[];
  /** Partial where a Secret's managed fields do not say when its data changed. */
  readonly secretAges: SecretAges;
  /** Until when certificates are valid. Partial where the values that say so are not read. */
  readonly certificateEnds: readonly CertificateEnd[];
  /** How what fills Secrets went. Partial where nothing says how one of a cluster went. */
  readonly secretSyncs: SecretSyncs;
  /** What verifies images on admission. Partial where its objects leave open whether a namespace's pods are verified. */
  readonly imageVerification: ImageVerification;
  /** Webhooks of policy engines and of verifiers of images. */
  readonly guardWebhooks: readonly GuardWebhook[];
  /** Those again, for whether somebody answers them. Partial where Services or EndpointSlices were not listed. */
  readonly answeredWebhooks: readonly GuardWebhook[];
  /** What watches nodes. Partial where no proof says so of one of them. */
  readonly runtimeDetection: RuntimeDetection;
}

export interface SecretAges {
  /** Whether the policy states any age. */
  readonly judged: boolean;
  /** Those of a cluster that have data and that no store's operator keeps up, each with how old it may be. */
  readonly secrets: readonly AgedSecret[];
}

export interface CertificateEnd {
  readonly object: KubernetesObject;
  /** Where it says so, or holds the certificate. */
  readonly path: FieldPath;
  /** Absent: it is not known. */
  readonly ends?: Date;
}

export interface AgedSecret {
  readonly secret: Secret;
  readonly maxAgeDays: number;
  /** `rotation.secrets.types[kubernetes.io/tls]`: the key of the policy that says so. */
  readonly by: string;
}

export interface SecretSyncs {
  /** Whether anything says how one went. */
  readonly told: boolean;
  /** As of when the state of an object is. */
  readonly asOf: (object: KubernetesObject) => Date;
  /** The policy's `rotation.secrets.maxAgeDays`. */
  readonly maxAgeDays?: number;
}

export interface ClusterCheck extends Check<ClusterFacts> {
  /** Lists of `manifests` that it reads: of the others it is handed nothing, and what is missing of one makes it unknown. */
  readonly reads: readonly (keyof Manifests)[];
  /** Whether there is anything for it to judge; what there is nothing of is neither passed nor unknown. */
  applies(facts: ClusterFacts): boolean;
}

export interface ClusterSpecification<Needed extends keyof ClusterFacts> {
  /** The file's name: `rbac-cluster-admin`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  readonly needs: Readonly<Record<Needed | "manifests", Need>>;
  /** Lists of `manifests` that it reads. Absent: none. */
  readonly reads?: readonly (keyof Manifests)[];
  /** Absent: always. */
  readonly applies?: (facts: ClusterFacts) => boolean;
  detect(facts: Pick<ClusterFacts, Needed | "manifests">, now: Date): Iterable<FieldDetection>;
}

export function clusterCheck<Needed extends keyof ClusterFacts = "manifests">(
  specification: ClusterSpecification<Needed>,
): ClusterCheck {
  const { name, title, severity, documentation, needs, reads = [], applies } = specification;
  const id = `cluster/${name}`;
  return {
    id,
    title,
    layer: "cluster",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "cluster",
    needs: needs as ClusterCheck["needs"],
    reads,
    applies: applies ?? (() => true),
    *evaluate(facts, now) {
      yield* draftsOf(id, severity, specification.detect(facts, now));
    },
  };
}
