/** The event of the source `k8s_audit` in hand: one audit event of an API server, parsed (`audit.k8s.io/v1`). */
export interface AuditEvent {
  /** Counted from 1 in its stream. */
  readonly number: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** As it was sent; texts in it are JavaScript's: extractors make byte strings of what they give. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Changes with each event. */
  readonly stamp: number;
}
