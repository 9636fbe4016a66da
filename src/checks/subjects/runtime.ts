/** What checks over what runtime detection found may be handed. */
import type { Check } from "../../core/check.ts";
import type { NodeDetection } from "../../engines/detectors/model.ts";
import type { DetectedOn } from "../../engines/events/model.ts";

/** One host, workload or cluster whose events were read, or that another detector told of. */
export interface DetectionFacts {
  /** Partial where events were lost, or where what was remembered of earlier ones was. */
  readonly detections: DetectedOn;
}

export type DetectionCheck = Check<DetectionFacts> & { readonly subject: "detection" };

/** One machine, as its processes and containers tell. */
export interface NodeDetectionFacts {
  /** Partial where no proof says that a detector alerts there. */
  readonly node: NodeDetection;
}

export type NodeDetectionCheck = Check<NodeDetectionFacts> & { readonly subject: "node" };
