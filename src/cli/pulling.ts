/** What every command that reads images shares, without what judges them. */
import type { ScanCache } from "../collect/image/cache.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { parsePlatform } from "../engines/oci/platform.ts";
import { defaultCache } from "./paths.ts";
import { type ReachingOptions, registryOptions } from "./reaching.ts";

/** Options of every command that reads images. */
export interface PullingOptions extends ReachingOptions {
  readonly quiet: boolean;
  /** False for --no-cache, a path for --cache FILE, true for neither. */
  readonly cache: boolean | string;
  readonly platform?: string;
}

export async function scanCacheOf({ cache }: PullingOptions): Promise<ScanCache | undefined> {
  if (cache === false) return undefined;
  const { openScanCache } = await import("../collect/image/cache.ts");
  return openScanCache(typeof cache === "string" ? cache : defaultCache());
}

export function openOptions(options: PullingOptions): OpenOptions {
  return {
    ...(options.platform === undefined ? {} : { platform: parsePlatform(options.platform) }),
    registry: registryOptions(options),
  };
}
