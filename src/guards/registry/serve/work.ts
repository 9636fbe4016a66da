/** The worker over what {@link openGround} opened: within the guard's process, or in one of its own. */
import { hostname } from "node:os";
import { openScanCache } from "../../../collect/image/cache.ts";
import { keepAdvisories } from "../../../scan/kept-advisories.ts";
import type { Engine, EngineTokens } from "../model.ts";
import { engineImages } from "../worker/engine-images.ts";
import { judgingSource } from "../worker/judging.ts";
import { startWorker, type WorkerOptions } from "../worker/worker.ts";
import type { Ground } from "./open.ts";
import type { Part } from "./serve.ts";
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
  const { url, engine: place, root, now, parallel } = settings;
  const advisories = keepAdvisories(settings.advisories);
  const cache = settings.cache === undefined ? undefined : openScanCache(settings.cache);
  const worker = startWorker({
    store,
    engine,
    name: `${hostname()}:${process.pid}`,
    host: url.host,
    now,
    images: engineImages({
      url: place.url,
      ...(tokens === undefined ? {} : { tokens }),
      ...(place.caFile === undefined ? {} : { registry: { caFile: place.caFile } }),
    }),
    judging: judgingSource({
      policy: () => policies.current()?.forEnvironment(undefined).policy,
      root,
      advisories: () => advisories.current(),
    }),
    ...(cache === undefined ? {} : { cache }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(work === undefined ? {} : { work }),
    onEnded: ({ kind, outcome, milliseconds }) => meters.jobSeconds.observe(milliseconds / 1_000, { kind, outcome }),
    onFound,
    onEvent: tell,
  });
  const part: Part = {
    name: worker.name,
    // A guard whose worker stands still serves what is judged already.
    isShared: true,
    look: () => worker.look(),
    reload: () => worker.reload(),
    async close(milliseconds) {
      await worker.close(milliseconds);
      advisories.close();
      cache?.close();
      return 0;
    },
  };
  parts.push(part);
}
