/** What watches one node, evaluated: that a detector runs is no proof that it alerts. */
import { nodeChecks } from "../../checks/lists/node.ts";
import type { NodeDetectionFacts } from "../../checks/subjects/runtime.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { DetectionProof, NodeDetection } from "../../engines/detectors/model.ts";
import { nodeProof } from "../../engines/detectors/proof.ts";
import { hostAsset } from "./assets.ts";

export interface NodeReading extends Omit<NodeDetection, "proof"> {
  /** What could not be looked at. */
  readonly gaps: readonly Gap[];
}

export function evaluateNode(
  { gaps, ...node }: NodeReading,
  proofs: readonly DetectionProof[],
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  const proof = nodeProof(proofs, { node: node.host }, { now, days: policy.runtime.proofDays });
  const isProven = proof?.kind === "alerted";
  const open: Gap = {
    code: proof?.kind === "none-valid" ? "detection.proof-expired" : "detection.not-proven",
    reason: [
      `no alert is proven within ${counted(policy.runtime.proofDays, "day")} on ${node.host}`,
      proof?.kind === "none-valid" ? `the proof is ${proof.reason}` : foundOf(node.detectors),
    ].join(": "),
    remedy: "bulkhead runtime prove --record PROOF, then --proofs PROOF",
  };
  const facts: NodeDetection = proof === undefined ? node : { ...node, proof };
  return runChecks<NodeDetectionFacts>(
    nodeChecks,
    {
      node: present(facts, now.toISOString(), {
        // What proves that alerts come answers for what was not looked at.
        gaps: isProven ? [] : proof?.kind === "missed" ? gaps : [open, ...gaps],
        ...(isProven ? { validUntil: proof.validUntil, renewal: "bulkhead runtime prove" } : {}),
      }),
    },
    { asset: hostAsset(node.host), policy, now },
  );
}

function foundOf(detectors: NodeDetection["detectors"]): string {
  if (detectors.length === 0) return "no known detector runs here";
  const names = detectors.map(({ product, programs }) =>
    programs === 0 ? `${product} (holds no BPF program)` : product,
  );
  return `${names.join(", ")} found, and presence is no proof`;
}
