/** Options of what asks a registry, read. */
import type { RegistryOptions } from "../engines/oci/registry/client.ts";

/** Those of `reaching` (options.ts). */
export interface ReachingOptions {
  readonly caFile?: string;
  readonly insecureRegistry: boolean;
  readonly plainHttp: boolean;
}

export function registryOptions({ caFile, insecureRegistry, plainHttp }: ReachingOptions): RegistryOptions {
  return { insecure: insecureRegistry, plainHttp, ...(caFile === undefined ? {} : { caFile }) };
}
