import type { InventoryContext } from "../collect/image/inventory-context.ts";
import type { Exclusion } from "../collect/tree/exclusion.ts";
import type { UpdateLookup } from "../collect/updates/updates.ts";
import type { WorkloadReach } from "../core/context.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evidence } from "../core/evidence.ts";
import type { LifecycleStepResult } from "../core/lifecycle.ts";
import type { Policy } from "../core/policy.ts";
import type { Problem } from "../core/problem.ts";
import type { Relation } from "../core/relation.ts";
import type { KnownBases } from "../engines/contents/base/recognise.ts";
import type { Inventory } from "../engines/contents/model.ts";
import type { OpenImage } from "../engines/oci/image.ts";
import type { PastRun } from "../engines/pipelines/model.ts";
import type { AdvisoryDatabase } from "../engines/vulnerability/database/open.ts";
import type { VexDocument } from "../engines/vulnerability/vex/model.ts";
import type { StepLineLookup } from "../evaluate/image/dockerfile-lines.ts";
import type { EvaluatedNetwork } from "../evaluate/kubernetes/network.ts";
import type { Deployed } from "./lifecycle.ts";
import type { TrustLookup } from "./trust.ts";

/** What was learned of running containers, joined to the image that they ran. */
export type LearnedLookup = (
  image: OpenImage,
  inventory: Evidence<Inventory>,
  context: Pick<ScanContext, "policy" | "now" | "signal">,
) => Promise<{
  /** With whether each package was loaded. */
  readonly inventory: Evidence<Inventory>;
  /** Of the workloads that ran it. */
  readonly evaluations: readonly Evaluation[];
}>;

/** What a scan reads by, and is judged by. */
export interface ScanContext extends InventoryContext {
  readonly policy: Policy;
  /** The database, or why there is none. */
  readonly advisories: AdvisoryDatabase | Problem;
  /** What the caller vouches for. */
  readonly vex?: readonly VexDocument[];
  /** Base images that were learnt on this machine. */
  readonly bases?: KnownBases;
  /** How pending updates are looked up; absent: they are not. */
  readonly updates?: UpdateLookup;
  /** Finds the lines of the Dockerfile that an image was built from; absent: no Dockerfiles are known. */
  readonly stepLines?: StepLineLookup;
  /** True: an image's age is judged where its updates are not looked up. */
  readonly judgesAge?: boolean;
  /** How signatures of images are looked up and judged; absent: they are not. */
  readonly trust?: TrustLookup;
  /** What running containers did; absent: nobody watched any. */
  readonly learned?: LearnedLookup;
  /** What of a directory is not scanned; absent: nothing is left out. */
  readonly exclusion?: Exclusion;
  /** Told when the layers of an image have been read, and nothing of it is evaluated yet. */
  readonly onRead?: () => void;
  /** Told how what is read hangs together. */
  readonly onRelations?: (relations: readonly Relation[]) => void;
  /** Past runs of pipelines that the caller names; absent: nobody told of any. */
  readonly pastRuns?: readonly PastRun[];
  /** What the directory is deployed to, where a cluster was read beside it; absent: its own manifests say so. */
  readonly deployed?: Deployed;
  /** Told what a cluster holds; then whoever is told joins it to pipelines. */
  readonly onDeployed?: (deployed: Deployed) => void;
  /** Told what there is of each step from a commit to what runs. */
  readonly onLifecycle?: (seen: readonly LifecycleStepResult[]) => void;
  /** Told who gets to each workload. */
  readonly onReach?: (reach: readonly WorkloadReach[]) => void;
  /** Told who can talk to whom, where there is something to tell. */
  readonly onNetwork?: (network: EvaluatedNetwork["network"]) => void;
}
