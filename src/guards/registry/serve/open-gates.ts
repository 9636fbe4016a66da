/** The gates as the guard has them in service. */
import { errorText } from "../../../scan/serving/tell.ts";
import { engineRepositories } from "../pull/engine-repository.ts";
import { createPullGate } from "../pull/gate.ts";
import { createPushGate } from "../push/gate.ts";
import { credentialsIn } from "../upstream/credentials.ts";
import { openUpstreams } from "../upstream/upstreams.ts";
import type { Gates, GatesGround } from "./gates.ts";
import { policyOf } from "./open.ts";

export function openGates({ settings, ground, engine, tokens, onProblem }: GatesGround): Gates {
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
  return {
    pull,
    push,
    upstreams,
    pages: [],
    part: {
      name: "gates",
      isShared: true,
      look: async () => undefined,
      async close() {
        upstreams.close();
        pull.close();
        return 0;
      },
    },
  };
}
