/** This machine, for what watches its system calls. */
import { nodeDetectorFiles } from "../collect/runtime/detectors/node-files.ts";
import { nodeProcesses } from "../collect/runtime/detectors/node-processes.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { gapOf } from "../core/evidence.ts";
import type { DetectionProof } from "../engines/detectors/model.ts";
import { nodeDetectors } from "../engines/detectors/on-node.ts";
import { evaluateNode } from "../evaluate/runtime/node-detection.ts";
import type { ScanContext } from "./context.ts";
import { hostContainers } from "./runtime-containers.ts";

export interface ScanNodeOptions {
  /** Where the host's root is: `/`, or where a container has it mounted. */
  readonly root: string;
  /** As proofs name it. */
  readonly host: string;
  readonly proofs: readonly DetectionProof[];
}

/** @throws Problem `detection.processes` where there is no /proc to look at */
export async function scanNode(
  { root, host, proofs }: ScanNodeOptions,
  context: Pick<ScanContext, "policy" | "now">,
): Promise<Evaluation[]> {
  const processes = nodeProcesses(root);
  const { containers, problems } = await hostContainers({ root });
  const named = containers.flatMap(({ details }) =>
    details === undefined ? [] : [{ name: details.name, image: details.image }],
  );
  const reading = {
    host,
    detectors: nodeDetectors(processes.detectors, named, await nodeDetectorFiles(root)),
    processes: processes.count,
    containers: containers.length,
    gaps: problems.map((problem) => gapOf(problem)),
  };
  return evaluateNode(reading, proofs, context);
}
