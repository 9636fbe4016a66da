/** Where the guard's certificate comes from, and whom the API server is told to trust. */
import type { Problem } from "../../../core/problem.ts";
import type { CertificatePair } from "../../../engines/certificates/model.ts";

/** What replicas share: authorities that clients trust, and the certificate that all of them show. */
export interface CertificateState {
  /** The oldest first. Each with its key, while it may sign. */
  readonly authorities: readonly Authority[];
  readonly leaf: CertificatePair;
}

export interface Authority {
  /** In PEM. */
  readonly certificate: string;
  readonly key?: string;
}

/** A state as it is kept. */
export interface KeptState {
  /** Undefined: nothing usable is there yet. */
  readonly state: CertificateState | undefined;
  /** Of this reading: what was written since then is not written over. */
  readonly version: string;
}

/** The Secret. Neither throws. */
export interface CertificateStore {
  read(): Promise<KeptState | Problem>;
  write(state: CertificateState, version: string): Promise<"written" | "conflict" | Problem>;
}

/** What one webhook of a configuration tells the API server of us. */
export interface WebhookAnchor {
  /** `ValidatingWebhookConfiguration/bulkhead-admission: validate.admission.bulkhead.dev` */
  readonly place: string;
  /** In PEM; empty where none is stated. */
  readonly caBundle: string;
  /** By which the API server knows us: `admission.bulkhead.svc`, or the host of a URL. */
  readonly serverName: string;
}

/** The webhook configurations. Neither throws. */
export interface WebhookAnchors {
  /** At least one; a Problem where one cannot be read. */
  read(): Promise<readonly WebhookAnchor[] | Problem>;
  /** Has every webhook of ours trust these, and nothing else of it changed. @param bundle - in PEM */
  write(bundle: string): Promise<Problem | undefined>;
}

export interface RotationSettings {
  /** DNS names and addresses; the first is the one that the API server asks for. */
  readonly names: readonly string[];
  readonly authorityMilliseconds: number;
  readonly leafMilliseconds: number;
  /**
   * How long what is new is trusted before it is shown, and what is old is trusted after it was. Several times as long as a
   * replica takes to see a change.
   */
  readonly overlapMilliseconds: number;
}
