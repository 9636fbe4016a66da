/** The guard in front of the engine: tokens, gates and the proxy over what {@link openGround} opened. */
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import { errorText } from "../../../scan/serving/tell.ts";
import type { AuditEntry, EngineTokens } from "../model.ts";
import { startProxy } from "../proxy/proxy.ts";
import { openTokens, TOKEN_PATH, type Tokens } from "../tokens/tokens.ts";
import { readCertificatePair } from "./certificate.ts";
import type { Gates, OpenGates } from "./gates.ts";
import { type Ground, type OpenedEngine, policyOf } from "./open.ts";
import { createRecording } from "./recording.ts";
import type { Part } from "./serve.ts";
import type { GuardSettings, RegistrySettings } from "./settings.ts";

/** @throws Problem (usage) where keys or accounts cannot be read */
export async function openGuardTokens(
  settings: RegistrySettings & Partial<Pick<GuardSettings, "accounts">>,
  { policies, meters, parts }: Ground,
): Promise<Tokens & { readonly forEngine: EngineTokens | undefined }> {
  const { url, engine, keys, accounts, root, now } = settings;
  const tokens = await openTokens({
    realm: new URL(TOKEN_PATH, url).href,
    now,
    service: url.host,
    root,
    keys,
    ...(accounts === undefined ? {} : { accounts }),
    engine: engine.trust ?? { issuer: "bulkhead", service: engine.url.host },
    rules: () => policyOf(policies).forEnvironment(undefined).policy.registry,
    onOutcome: ({ outcome }) => meters.tokens.add(1, { result: outcome }),
  });
  const look = async () => {
    const [problem] = await tokens.look(now());
    return problem?.line();
  };
  // What cannot be read anew leaves in force what was.
  parts.push({ name: "tokens", isShared: true, look, close: async () => 0 });
  return { ...tokens, forEngine: engine.trust === undefined ? undefined : tokens.engine };
}

/**
 * Listens. Its parts are added to the ground's.
 *
 * @throws Problem where the port is not to be had, or the certificate cannot be read
 */
export async function startGuard(
  settings: GuardSettings,
  ground: Ground,
  tokens: Tokens & { readonly forEngine: EngineTokens | undefined },
  { upstream, engine }: OpenedEngine,
  { openGates, log }: { readonly openGates: OpenGates; readonly log?: Pick<LineSink, "write"> },
): Promise<{ readonly port: number; readonly gates: Gates }> {
  const { meters, store, policies, parts, tell } = ground;
  const onError = (error: unknown) => tell(`internal error, please report it: ${errorText(error)}`);
  const onProblem = (problem: { line(): string }) => tell(`registry: ${problem.line()}`);
  const record = createRecording({ meters, audit: store.audit, ...(log === undefined ? {} : { log }) });
  const onFound = (entry: AuditEntry) => record({ entry, outcomes: [], milliseconds: 0 });
  const gates = openGates({ settings, ground, engine, tokens: tokens.forEngine, onProblem, onFound });
  parts.push(gates.part);
  const files = settings.certificate;
  const shown = files === undefined ? undefined : readCertificatePair(files);
  const server = await startProxy({
    host: settings.host,
    port: settings.port,
    ...(shown === undefined ? {} : { certificate: shown.pair }),
    upstream,
    engine,
    ...(tokens.forEngine === undefined ? {} : { tokens: tokens.forEngine }),
    authenticator: tokens.authenticator,
    pull: gates.pull,
    push: gates.push,
    upstreams: gates.upstreams,
    locks: store.locks,
    now: settings.now,
    pullMilliseconds: () => policyOf(policies).forEnvironment(undefined).policy.registry.pull.deadlineSeconds * 1_000,
    pages: new Map([...tokens.pages, ...gates.pages]),
    onDecided: record,
    onAnswered({ operation, status, bytes }) {
      meters.answers.add(1, { operation, status: String(status) });
      meters.bytes.add(bytes);
    },
    onRefused: (reason) => meters.refused.add(1, { reason }),
    onError,
  });
  const open = meters.metrics.gauge({ name: "bulkhead_registry_connections", help: "Connections that are open" });
  meters.metrics.onExpose(() => open.set(server.connections()));
  if (shown !== undefined) meters.certificateEnds.set(shown.notAfter.getTime() / 1_000);
  parts.push(frontPart(settings, server, meters, shown?.pair.certificate));
  return { port: server.port, gates };
}

type Server = Awaited<ReturnType<typeof startProxy>>;

/** What is shown stays where files are being exchanged; once it has ended, no client takes it any more. */
function frontPart(
  { certificate: files, now }: GuardSettings,
  server: Server,
  meters: Ground["meters"],
  first: string | undefined,
): Part {
  let shown = first;
  let endsAt: Date | undefined;
  const look = async (): Promise<string | undefined> => {
    if (files === undefined) return undefined;
    try {
      const { pair, notAfter } = readCertificatePair(files);
      if (pair.certificate !== shown) server.show(pair);
      shown = pair.certificate;
      endsAt = notAfter;
      meters.certificateEnds.set(notAfter.getTime() / 1_000);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (endsAt === undefined || endsAt <= now()) return error.message;
    }
    return endsAt <= now() ? `the certificate ended at ${endsAt.toISOString()}` : undefined;
  };
  return {
    name: "serving",
    look,
    leave: () => server.leave(),
    close: (milliseconds) => server.close(milliseconds),
  };
}
