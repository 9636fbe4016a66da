/** The worker over what {@link openGround} opened: within the guard's process, or in one of its own. */
import type { Engine, EngineTokens } from "../model.ts";
import { openWorker } from "../worker/open.ts";
import type { WorkerOptions } from "../worker/worker.ts";
import type { Ground } from "./open.ts";
import type { RegistrySettings } from "./settings.ts";

export interface WorkSettings {
  readonly settings: RegistrySettings;
  readonly engine: Engine;
  readonly tokens: EngineTokens | undefined;
  /** Of jobs that are another part's. */
  readonly work?: WorkerOptions["work"];
  readonly onFound: WorkerOptions["onFound"];
}

/** Its parts are added to the ground's. @throws Problem where the cache cannot be opened */
export async function startWork(
  { settings, engine, tokens, work, onFound }: WorkSettings,
  ground: Ground,
): Promise<void> {
  const { store, policies, meters, parts, tell } = ground;
  const { url, engine: place, root, now, parallel, advisories, cache } = settings;
  const worker = openWorker({
    ...{ store, engine, root, now, onFound },
    engineUrl: place.url,
    ...(tokens === undefined ? {} : { tokens }),
    ...(place.caFile === undefined ? {} : { engineOptions: { caFile: place.caFile } }),
    policies: () => policies.current(),
    database: advisories,
    ...(cache === undefined ? {} : { cacheFile: cache }),
    host: url.host,
    ...(parallel === undefined ? {} : { parallel }),
    ...(work === undefined ? {} : { work }),
    onEnded: ({ kind, outcome, milliseconds }) => meters.jobSeconds.observe(milliseconds / 1_000, { kind, outcome }),
    onSwept: ({ judged, milliseconds }) =>
      meters.jobSeconds.observe(milliseconds / 1_000, { kind: "sweep", outcome: judged === 0 ? "current" : "judged" }),
    onEvent: tell,
  });
  parts.push({
    name: worker.name,
    // A guard whose worker stands still serves what is judged already.
    isShared: true,
    look: () => worker.look(),
    reload: () => worker.reload(),
    async close(milliseconds) {
      await worker.close(milliseconds);
      return 0;
    },
  });
}
