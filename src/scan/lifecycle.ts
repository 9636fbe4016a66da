/** The way from a commit to what runs, over everything that was read of a directory, a cluster, or both. */

import { readUpdateConfigurations } from "../collect/tree/dependency-updates.ts";
import type { ReadPipelines } from "../collect/tree/pipelines.ts";
import { readSecretScanSettings } from "../collect/tree/secret-scan-settings.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { LifecycleStepResult } from "../core/lifecycle.ts";
import type { Policy } from "../core/policy.ts";
import type { Dockerfile } from "../engines/dockerfile/model.ts";
import type { Manifests } from "../engines/kubernetes/model.ts";
import type { PastRun } from "../engines/pipelines/model.ts";
import { filesOf } from "../engines/pipelines/scanner-settings.ts";
import { splitListGaps } from "../evaluate/kubernetes/list-gaps.ts";
import { detectionOf, type KnownDetection } from "../evaluate/kubernetes/runtime-detection.ts";
import { admittedBy } from "../evaluate/lifecycle/admission.ts";
import { type LifecycleInput, lifecyclePipelines } from "../evaluate/lifecycle/input.ts";
import { evaluateLifecycle } from "../evaluate/lifecycle/lifecycle.ts";
import { seenSteps } from "../evaluate/lifecycle/seen.ts";

/** What something is deployed to: objects of files or of a cluster, and what is known of its detectors beside them. */
export interface Deployed {
  readonly manifests: Manifests;
  readonly detection?: KnownDetection;
}

export interface LifecycleContext extends Deployed {
  readonly policy: Policy;
  readonly now: Date;
  /** Absent: there are none, or nobody looked for them. */
  readonly pipelines?: ReadPipelines;
  readonly dockerfiles?: readonly Dockerfile[];
  readonly runs?: readonly PastRun[];
}

export interface ScannedLifecycle {
  readonly evaluations: readonly Evaluation[];
  readonly seen: readonly LifecycleStepResult[];
}

/** @param root - of the directory, whose settings are read; absent: a cluster alone */
export function scanLifecycle(root: string | undefined, context: LifecycleContext): ScannedLifecycle {
  const { policy, now, manifests, detection, dockerfiles = [], runs } = context;
  const read = context.pipelines ?? { github: [], gitlab: [], pipelines: [], foreign: [], scannerFiles: new Map() };
  const files = filesOf(read.scannerFiles);
  const { pipelines, gaps } = lifecyclePipelines(read.github, read.gitlab, files);
  if (pipelines.length === 0 && manifests.objects.length === 0) return { evaluations: [], seen: [] };
  const updates = root === undefined ? { configurations: [], gaps: [] } : readUpdateConfigurations(root, read.github);
  const secrets = root === undefined ? { leftOut: [], gaps: [] } : readSecretScanSettings(root);
  const input: LifecycleInput = {
    policy,
    now,
    pipelines,
    pipelineGaps: [...read.foreign, ...gaps],
    updates: updates.configurations,
    updateGaps: updates.gaps,
    secretScansLeftOut: secrets.leftOut,
    secretScanGaps: secrets.gaps,
    dockerfiles,
    manifests,
    ...(runs === undefined ? {} : { runs }),
  };
  const whole = splitListGaps(manifests);
  const admitted = admittedBy(whole);
  const known = detectionOf(whole.manifests, whole.short, {
    policy,
    now,
    ...(detection === undefined ? {} : { detection }),
  });
  return {
    evaluations: evaluateLifecycle(input, admitted),
    seen: seenSteps(input, {
      admitted,
      detection: known.detection,
      gates: read.pipelines,
      scannerFiles: files,
      gitlab: read.gitlab.flatMap((one) => (one.state === "read" ? one.pipeline : [])),
    }),
  };
}
