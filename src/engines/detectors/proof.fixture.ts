/** A proof for tests, as `runtime prove` writes one. */
import type { DetectionProof } from "./proof-model.ts";

export const NONCE = "0123456789abcdef0123456789abcdef";

export function proofOf(changes: Partial<DetectionProof> = {}): DetectionProof {
  return {
    nonce: NONCE,
    node: "node-1",
    at: "2025-12-31T12:00:00Z",
    event: `execution of /tmp/bulkhead-proof-${NONCE}`,
    outcome: "alerted",
    looked: ["file /var/log/falco.json"],
    alert: {
      detector: "falco",
      rule: "Drop and execute new binary in container",
      text: `Executing binary not part of base image | proc_exe=/tmp/bulkhead-proof-${NONCE}`,
      time: "2025-12-31T12:00:01.5Z",
    },
    lost: 0,
    ...changes,
  };
}

/** The same, of which nothing came. */
export function missedProof(changes: Partial<DetectionProof> = {}): DetectionProof {
  const { alert: _, ...rest } = proofOf({ outcome: "missed", ...changes });
  return rest;
}
