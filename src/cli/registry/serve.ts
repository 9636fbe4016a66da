/** The registry guard as a process: its parts put together, and its signals. */
import { usageProblem } from "../../core/problem.ts";
import { openGuardTokens, startGuard } from "../../guards/registry/serve/guard.ts";
import { createMeters } from "../../guards/registry/serve/meters.ts";
import { endParts, openEngine, openGround } from "../../guards/registry/serve/open.ts";
import { openGates } from "../../guards/registry/serve/open-gates.ts";
import { createRecording } from "../../guards/registry/serve/recording.ts";
import { serveRegistry } from "../../guards/registry/serve/serve.ts";
import type { GuardSettings } from "../../guards/registry/serve/settings.ts";
import { startWork } from "../../guards/registry/serve/work.ts";
import { openLineSink } from "../../scan/serving/line-sink.ts";
import { portOf, secondsOf } from "../admission/serve-values.ts";
import { keepHeapNearWhatLives } from "../heap.ts";
import { listenToSignals, tell } from "../serving.ts";
import { type StandingOptions, settingsOf } from "./settings.ts";

export interface ServeCommandOptions extends StandingOptions {
  readonly host: string;
  readonly port: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly plainHttp: boolean;
  readonly accounts?: string;
  readonly upstreamCredentials?: string;
  readonly eventsSecretFile?: string;
  /** False for --no-work. */
  readonly work: boolean;
  readonly statusHost: string;
  readonly statusPort: string;
  readonly drain: string;
  /** False for --no-log. */
  readonly log: string | false;
}

/** Percent. */
const GROWTH = 50;

/** `bulkhead registry serve`: until SIGTERM or SIGINT; 2 where it cannot begin. */
export async function registryServe(options: ServeCommandOptions): Promise<number> {
  keepHeapNearWhatLives(GROWTH);
  const settings = guardSettings(options);
  const statusPort = portOf(options.statusPort, "--status-port");
  const leaveMilliseconds = secondsOf(options.drain, "--drain") * 1_000;
  const meters = createMeters();
  const log =
    options.log === false
      ? undefined
      : openLineSink({ path: options.log, onProblem: (problem) => tell(`log: ${problem.line()}`) });
  if (log !== undefined) meters.metrics.onExpose(() => meters.logDropped.set(log.dropped(), { log: "decisions" }));
  const ground = await openGround(settings, meters, tell);
  const { store, parts, policies } = ground;
  let port: number;
  try {
    const tokens = await openGuardTokens(settings, ground);
    const opened = openEngine(settings, ground, tokens.forEngine);
    const started = await startGuard(settings, ground, tokens, opened, {
      openGates,
      ...(log === undefined ? {} : { log }),
    });
    port = started.port;
    if (settings.works) {
      const record = createRecording({ meters, audit: store.audit, ...(log === undefined ? {} : { log }) });
      await startWork(
        {
          settings,
          engine: opened.engine,
          tokens: tokens.forEngine,
          onFound: (entry) => record({ entry, outcomes: [], milliseconds: 0 }),
        },
        ground,
      );
    }
  } catch (error) {
    await endParts(ground);
    await log?.close();
    throw error;
  }
  const served = await serveRegistry({
    statusHost: options.statusHost,
    statusPort,
    policies,
    parts,
    meters,
    now: settings.now,
    drain: { leaveMilliseconds },
    onEvent: tell,
  });
  tell(`serves ${settings.url.origin} on port ${port}, health and metrics on ${served.statusPort}`);
  const release = listenToSignals({
    stop: async () => void (await served.stop()),
    async reload() {
      log?.reopen();
      await served.reload();
    },
  });
  await served.stopped;
  release();
  await log?.close();
  return 0;
}

function guardSettings(options: ServeCommandOptions): GuardSettings {
  const { accounts, upstreamCredentials: credentials, eventsSecretFile } = options;
  const certificate = certificateOf(options);
  return {
    ...settingsOf(options),
    host: options.host,
    port: portOf(options.port, "--port"),
    ...(certificate === undefined ? {} : { certificate }),
    ...(accounts === undefined ? {} : { accounts }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(eventsSecretFile === undefined ? {} : { eventsSecrets: eventsSecretFile }),
    works: options.work,
  };
}

/** Passwords go over this connection: that it is not encrypted somebody must have said. */
function certificateOf({ certificate, key, plainHttp }: ServeCommandOptions): GuardSettings["certificate"] {
  if (plainHttp) {
    if (certificate === undefined && key === undefined) return undefined;
    throw usageProblem("--plain-http", "there is a certificate", "leave one of them out");
  }
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  throw usageProblem("registry serve", "no certificate", "use --certificate and --key, or --plain-http behind TLS");
}
