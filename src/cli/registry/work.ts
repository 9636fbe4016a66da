/** The registry's worker in a process of its own. */
import { openGuardTokens } from "../../guards/registry/serve/guard.ts";
import { createMeters } from "../../guards/registry/serve/meters.ts";
import { endParts, openEngine, openGround } from "../../guards/registry/serve/open.ts";
import { createRecording } from "../../guards/registry/serve/recording.ts";
import { serveRegistry } from "../../guards/registry/serve/serve.ts";
import { startWork } from "../../guards/registry/serve/work.ts";
import { portOf, secondsOf } from "../admission/serve-values.ts";
import { keepHeapNearWhatLives } from "../heap.ts";
import { listenToSignals, tell } from "../serving.ts";
import { type StandingOptions, settingsOf } from "./settings.ts";

export interface WorkCommandOptions extends StandingOptions {
  readonly statusHost: string;
  readonly statusPort: string;
  readonly drain: string;
}

/** `bulkhead registry work`: until SIGTERM or SIGINT; 2 where it cannot begin. */
export async function registryWork(options: WorkCommandOptions): Promise<number> {
  keepHeapNearWhatLives();
  const settings = settingsOf(options);
  const statusPort = portOf(options.statusPort, "--status-port");
  const closeMilliseconds = secondsOf(options.drain, "--drain") * 1_000;
  const meters = createMeters();
  const ground = await openGround(settings, meters, tell);
  try {
    const tokens = await openGuardTokens(settings, ground);
    const { engine } = openEngine(settings, ground, tokens.forEngine);
    const record = createRecording({ meters, audit: ground.store.audit });
    await startWork(
      {
        settings,
        engine,
        tokens: tokens.forEngine,
        onFound: (entry) => record({ entry, outcomes: [], milliseconds: 0 }),
      },
      ground,
    );
  } catch (error) {
    await endParts(ground);
    throw error;
  }
  const served = await serveRegistry({
    statusHost: options.statusHost,
    statusPort,
    policies: ground.policies,
    parts: ground.parts,
    meters,
    now: settings.now,
    // Nobody sends it requests: it leaves at once.
    drain: { leaveMilliseconds: 0, closeMilliseconds },
    onEvent: tell,
  });
  tell(`works for ${settings.url.origin}, health and metrics on ${served.statusPort}`);
  const release = listenToSignals({
    stop: async () => void (await served.stop()),
    reload: () => served.reload(),
  });
  await served.stopped;
  release();
  return 0;
}
