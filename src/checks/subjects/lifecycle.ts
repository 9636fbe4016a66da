/** What checks over the way from a commit to what runs may be handed: facts of two layers that have to fit. */
import type { Check } from "../../core/check.ts";
import type { KubernetesObject, PlacedContainer } from "../../engines/kubernetes/model.ts";
import type {
  LifecyclePipeline,
  LifecycleStep,
  PastRun,
  Place,
  UpdateConfiguration,
} from "../../engines/pipelines/model.ts";

/**
 * Each fact is there only where there is something to judge and both of its sides were read: of a repository that signs, and in
 * which nothing says where it deploys to, nobody knows who verifies. A fact is partial where what was not read may hold the
 * other side.
 */
export interface LifecycleFacts {
  readonly signing: SigningFacts;
  readonly provenance: ProvenanceFacts;
  readonly signedDigests: SignedDigestFacts;
  readonly sboms: SbomFacts;
  readonly scanOrder: ScanOrderFacts;
  readonly scannedImages: ScannedImageFacts;
  readonly rebuilds: RebuildFacts;
  readonly updates: readonly UpdateConfiguration[];
  readonly secretScans: SecretScanFacts;
}

export interface SigningFacts {
  readonly signs: readonly LifecycleStep[];
  /** `cosign verify in .github/workflows/release.yml`, `Kyverno ClusterPolicy verify`; empty: nothing that was read verifies. */
  readonly verifiedBy: readonly string[];
  /** `2 pipelines, 14 objects, the policy`. */
  readonly read: string;
  readonly ofCluster: boolean;
}

export interface ProvenanceFacts {
  readonly attests: readonly LifecycleStep[];
  readonly requiredBy: readonly string[];
  readonly read: string;
  readonly ofCluster: boolean;
}

export interface SignedDigestFacts {
  /** By digest. */
  readonly signs: readonly LifecycleStep[];
  /** Images of the same repositories that are deployed by a tag which nothing resolves. */
  readonly byTag: readonly DeployedImage[];
}

export interface DeployedImage {
  readonly object: KubernetesObject;
  readonly path: PlacedContainer["path"];
  readonly image: string;
}

export interface SbomFacts {
  /** Each with whether something reads what it writes. */
  readonly made: readonly { readonly step: LifecycleStep; readonly read: boolean }[];
}

export interface ScanOrderFacts {
  /** Scans whose findings fail their job, and that run only once the image is where it is used. */
  readonly late: readonly { readonly scan: LifecycleStep; readonly after: LifecycleStep }[];
  /** One that runs before. */
  readonly early?: LifecycleStep;
}

export interface ScannedImageFacts {
  /** Pipelines in which all images are known before anything runs. */
  readonly pipelines: readonly {
    /** Scans that fail their job, with the image that each names. */
    readonly scans: readonly LifecycleStep[];
    /** Images that are pushed or deployed. */
    readonly shipped: readonly LifecycleStep[];
    /** One of the scans is of one of them. */
    readonly matches: boolean;
  }[];
}

export interface RebuildFacts {
  /** Pipelines that a schedule starts and that build images, or say by their name that they do. */
  readonly scheduled: readonly {
    readonly pipeline: LifecyclePipeline;
    /** Of its schedule, ended, the last one first; absent: nobody told of past runs. */
    readonly runs?: readonly PastRun[];
  }[];
  /** Base images of Dockerfiles. */
  readonly bases: readonly { readonly place: Place; readonly image: string; readonly pinned: boolean }[];
  /** Something is to bring new digests of base images, or new versions of all. */
  readonly basesUpdated: boolean;
}

export interface SecretScanFacts {
  readonly scans: readonly LifecycleStep[];
  /** Of those that go through the history of a checkout: only its last commits are there. */
  readonly shallow: readonly LifecycleStep[];
  /** Files that leave out everything. */
  readonly leftOut: readonly { readonly reason: string; readonly place: Place }[];
}

export type LifecycleCheck<Needed extends keyof LifecycleFacts, Parameters extends object = object> = Check<
  Pick<LifecycleFacts, Needed>,
  Parameters
> & {
  readonly subject: "lifecycle";
};
