/** A worker with what it reads by: the advisory database, the list of bases and the cache of layers, each opened and closed here. */
import { hostname } from "node:os";
import { openScanCache } from "../../../collect/image/cache.ts";
import { openKnownBases } from "../../../collect/image/known-bases.ts";
import type { RegistryOptions } from "../../../engines/oci/registry/options.ts";
import { keepAdvisories } from "../../../scan/kept-advisories.ts";
import type { EngineTokens, RegistryPolicySet } from "../model.ts";
import { engineImages } from "./engine-images.ts";
import { judgingSource } from "./judging.ts";
import { type RegistryWorker, startWorker, type WorkerOptions } from "./worker.ts";

export interface OpenWorkerOptions extends Omit<WorkerOptions, "images" | "judging" | "cache" | "name"> {
  /** No other worker has this name; absent: one of host, process and start. */
  readonly name?: string;
  /** Of the engine: `https://engine:5000`. */
  readonly engineUrl: URL;
  /** Absent: the engine asks for none. */
  readonly tokens?: EngineTokens;
  readonly engineOptions?: Pick<RegistryOptions, "caFile" | "limits">;
  /** In force at each moment; what environments say otherwise is asked at the pull. */
  readonly policies: () => RegistryPolicySet | undefined;
  /** Where files are that the policy names. */
  readonly root: string;
  /** Files; the database may be replaced at any time, as `bulkhead db update` does. */
  readonly database: string;
  readonly bases?: string;
  /** Absent: no layer is remembered. */
  readonly cacheFile?: string;
}

/** @throws Problem where the list of bases or the cache cannot be had */
export function openWorker(options: OpenWorkerOptions): RegistryWorker {
  const { engineUrl, tokens, engineOptions, policies, root, database, bases, cacheFile, ...rest } = options;
  const known = bases === undefined ? undefined : openKnownBases(bases);
  const cache = cacheFile === undefined ? undefined : openScanCache(cacheFile);
  const advisories = keepAdvisories(database);
  const worker = startWorker({
    ...rest,
    name: options.name ?? workerName(options.now()),
    images: engineImages({
      url: engineUrl,
      ...(tokens === undefined ? {} : { tokens }),
      ...(engineOptions === undefined ? {} : { registry: engineOptions }),
    }),
    judging: judgingSource({
      policy: () => policies()?.forEnvironment(undefined).policy,
      root,
      advisories: () => advisories.current(),
      ...(known === undefined ? {} : { bases: known }),
    }),
    ...(cache === undefined ? {} : { cache }),
  });
  return {
    ...worker,
    async close(milliseconds) {
      const cut = await worker.close(milliseconds);
      advisories.close();
      cache?.close();
      return cut;
    },
  };
}

/** A process that is begun again in the place of one that was killed is another: it takes over by leases alone. */
function workerName(now: Date): string {
  return `${hostname()}-${process.pid}-${now.getTime().toString(36)}`;
}
