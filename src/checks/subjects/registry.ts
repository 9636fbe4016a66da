/** What checks over a registry that was asked may be handed. */
import type { Check } from "../../core/check.ts";
import type { ProbedAccess, ProbedTransport } from "../../engines/oci/model.ts";

/** One registry, asked without credentials (`--probe-registry`). */
export interface RegistryProbeFacts {
  /** Partial where an answer proves nothing. */
  readonly catalog: ProbedAccess;
  readonly pull: ProbedAccess;
  readonly push: ProbedAccess;
  readonly delete: ProbedAccess;
  readonly transport: ProbedTransport;
}

export type RegistryProbeCheck<Needed extends keyof RegistryProbeFacts> = Check<Pick<RegistryProbeFacts, Needed>> & {
  readonly subject: "registry-probe";
};
