/** What `runtime prove` records of a node: an event that it made, and whether a detector alerted on it. */

/** The alert, as its detector wrote it. */
export interface ProvenAlert {
  /** `falco`, `bulkhead`. */
  readonly detector: string;
  readonly rule: string;
  /** Holds the nonce. */
  readonly text: string;
  /** ISO 8601, of the detector's clock. */
  readonly time: string;
}

/**
 * `alerted`: a detector told of the event. `missed`: it was made, every output that was named was read to the end of the time,
 * and no alert named it. Signed by nobody: whoever can write where proofs are kept can make one up (SECURITY.md).
 */
export interface DetectionProof {
  /** 32 hexadecimal digits, made for this event alone. */
  readonly nonce: string;
  /** As the cluster names it, outside of one the host's name. */
  readonly node: string;
  /** Of the Node object: another machine of the same name has another. */
  readonly nodeUid?: string;
  /** UID of the cluster's namespace kube-system. */
  readonly clusterUid?: string;
  /** When the event was made, ISO 8601, UTC. */
  readonly at: string;
  /** `execution of /tmp/bulkhead-proof-… in a pod`. */
  readonly event: string;
  readonly outcome: "alerted" | "missed";
  /** Where alerts were looked for: `file /var/log/falco.json`. */
  readonly looked: readonly string[];
  /** Of `alerted`. */
  readonly alert?: ProvenAlert;
  /** Events that the detector said it lost meanwhile. */
  readonly lost: number;
}

/** What the proofs of one node come to. */
export type NodeProof =
  | { readonly kind: "alerted" | "missed"; readonly proof: DetectionProof; readonly validUntil: string }
  /** There are some, and none counts: `of 2026-01-01, older than 7 days`. */
  | { readonly kind: "none-valid"; readonly reason: string };
