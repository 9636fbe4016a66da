import { bounds as netBounds } from "../../../net/bounds.ts";
import { bounds } from "../bounds.ts";

/** How much one registry may cost us. The defaults are the bounds; tests make them small. */
export interface RegistryLimits {
  readonly manifestBytes: number;
  readonly redirects: number;
  readonly tries: number;
  readonly retryAfterSeconds: number;
  readonly backoffMilliseconds: number;
  readonly stallMilliseconds: number;
  readonly documentMilliseconds: number;
}

export function registryLimits(changed: Partial<RegistryLimits> = {}): RegistryLimits {
  return { ...netBounds, manifestBytes: bounds.manifestBytes, ...changed };
}
