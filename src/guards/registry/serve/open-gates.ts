/** The gates as the guard has them in service. */
import { readFileSync } from "node:fs";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { errorText } from "../../../scan/serving/tell.ts";
import { engineRepositories } from "../pull/engine-repository.ts";
import { createPullGate } from "../pull/gate.ts";
import { createEventPage, EVENTS_PATH } from "../push/events.ts";
import { createPushGate } from "../push/gate.ts";
import { credentialsIn } from "../upstream/credentials.ts";
import { openUpstreams } from "../upstream/upstreams.ts";
import type { Gates, GatesGround } from "./gates.ts";
import { policyOf } from "./open.ts";

export function openGates({ settings, ground, engine, tokens, onProblem, onFound }: GatesGround): Gates {
  const { store, policies, meters } = ground;
  const { url, engine: place, now, credentials } = settings;
  const current = () => policyOf(policies);
  const caFile = place.caFile === undefined ? {} : { caFile: place.caFile };
  const byTokens = tokens === undefined ? {} : { tokens };
  const pull = createPullGate({
    policies: current,
    engine,
    store,
    open: engineRepositories({ url: place.url, ...byTokens, registry: caFile }),
    host: url.host,
    onFault: (error) => ground.tell(`internal error, please report it: ${errorText(error)}`),
  });
  const upstreams = openUpstreams({
    policies: current,
    engine,
    pull,
    place: {
      host: place.url.host,
      // Nothing of the machine's own settings (docker's files, proxies) is for the engine.
      registry: { ...caFile, environment: {}, plainHttp: place.url.protocol === "http:" },
      ...byTokens,
    },
    store,
    credentials: credentialsIn(credentials),
    onFetched({ registry, outcome, missing }) {
      meters.upstreams.add(1, { upstream: registry, outcome });
      for (const problem of missing) onProblem(problem);
    },
  });
  const push = createPushGate({ store, engine, policies: () => policies.current(), pull, upstreams, now, onProblem });
  const secrets = settings.eventsSecrets === undefined ? undefined : secretsIn(settings.eventsSecrets);
  const events =
    secrets === undefined
      ? undefined
      : createEventPage({
          store,
          engine,
          secrets: secrets.current,
          upstreams,
          policies: () => policies.current(),
          now,
          onBypass: onFound,
          onEvent: (outcome) => meters.events.add(1, { outcome }),
          onProblem,
        });
  return {
    pull,
    push,
    upstreams,
    pages: events === undefined ? [] : [[EVENTS_PATH, events] as const],
    part: {
      name: "gates",
      isShared: true,
      look: async () => secrets?.look(),
      async close() {
        upstreams.close();
        pull.close();
        return 0;
      },
    },
  };
}

interface Secrets {
  current(): readonly string[];
  /** @returns why what the file holds now is not in force */
  look(): string | undefined;
}

/** @throws Problem (usage) where it cannot be read at first */
function secretsIn(path: string): Secrets {
  let secrets = readSecrets(path);
  return {
    current: () => secrets,
    look() {
      try {
        secrets = readSecrets(path);
        return undefined;
      } catch (error) {
        if (error instanceof Problem) return error.line();
        throw error;
      }
    },
  };
}

/** Characters that a secret has at least: 128 bits as hexadecimal digits. */
const LEAST = 32;

function readSecrets(path: string): string[] {
  const fault = (cause: string) => new Problem({ kind: "usage", code: "registry.events", place: path, cause });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fault(systemCause(error));
  }
  const lines = text.split("\n").map((line) => line.trim());
  const secrets = lines.filter((line) => line !== "");
  if (secrets.length === 0) throw fault("no secret in it");
  if (secrets.some(({ length }) => length < LEAST)) throw fault(`a secret of less than ${LEAST} characters`);
  return secrets;
}
