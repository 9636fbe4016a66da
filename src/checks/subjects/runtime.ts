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

/** The programs that the containers of one workload ran, beside what their image holds. */
export interface DriftFacts {
  /** Partial where something may have run unseen. */
  readonly drift: {
    /** The container's name in its workload, or the runtime's name of it. */
    readonly container: string;
    /** Its digest. */
    readonly image: string;
    /** How many programs ran in all. */
    readonly executables: number;
    /** Those that are not the image's. */
    readonly files: readonly RunFile[];
  };
}

/** `absent`: no layer has a file at that path; `memory`: made by memfd_create(2). */
export interface RunFile {
  readonly path: string;
  readonly place: "written" | "memory" | "absent" | "volume";
  readonly count: number;
}

export type DriftCheck = Check<DriftFacts> & { readonly subject: "drift" };
