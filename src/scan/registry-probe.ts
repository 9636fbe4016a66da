/** Registries that are asked what they let anyone do: only where the caller says so. */
import type { Evaluation } from "../core/evaluation.ts";
import { probeAccess, probeTransport } from "../engines/oci/server/probe.ts";
import { evaluateRegistryProbe } from "../evaluate/registry/probe.ts";
import type { ScanContext } from "./context.ts";

export interface RegistryProbeOptions {
  readonly caFile?: string;
  readonly plainHttp: boolean;
}

/** @param named - `registry.example.com:5000`, or with a repository behind it that anyone might pull */
export async function scanRegistry(
  named: string,
  { caFile, plainHttp }: RegistryProbeOptions,
  context: Pick<ScanContext, "policy" | "now">,
): Promise<Evaluation[]> {
  const slash = named.indexOf("/");
  const asked = {
    registry: slash === -1 ? named : named.slice(0, slash),
    ...(slash === -1 ? {} : { repository: named.slice(slash + 1) }),
    plainHttp,
    ...(caFile === undefined ? {} : { caFile }),
  };
  return evaluateRegistryProbe(await probeAccess(asked), await probeTransport(asked), context);
}
