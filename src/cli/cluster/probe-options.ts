/** Options of `check --cluster --probe`. */
import type { Policy } from "../../core/policy.ts";
import { usageProblem } from "../../core/problem.ts";
import type { ProbeImages } from "../../scan/probe-images.ts";

export interface ProbeOptions {
  /** Try admission in a dry run. */
  readonly probe: boolean;
  readonly probeUnsigned?: string;
  readonly probeStranger?: string;
  readonly probeSigned?: string;
}

/** Naming an image of a probe asks for it. */
export function isProbing({ probe, probeUnsigned, probeStranger, probeSigned }: ProbeOptions): boolean {
  return probe || [probeUnsigned, probeStranger, probeSigned].some((image) => image !== undefined);
}

/**
 * An option counts before the policy's key.
 *
 * @throws Problem (usage) where none is named: there is nothing to try
 */
export function probeImages(options: ProbeOptions, { admission: { probe } }: Policy): ProbeImages {
  const { probeUnsigned: unsigned = probe.unsigned, probeStranger: stranger = probe.stranger } = options;
  const { probeSigned: signed = probe.signed } = options;
  if (unsigned === undefined && stranger === undefined) {
    const remedy = "--probe-unsigned and --probe-stranger with images of a registry that the cluster reaches";
    throw usageProblem("--probe", "no image was named to try admission with", remedy);
  }
  return {
    ...(unsigned === undefined ? {} : { unsigned }),
    ...(stranger === undefined ? {} : { stranger }),
    ...(signed === undefined ? {} : { signed }),
  };
}
