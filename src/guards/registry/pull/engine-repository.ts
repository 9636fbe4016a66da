/** One repository of the engine as its signatures and statements are read: by the guard's own tokens. */
import { registryRepository } from "../../../engines/oci/referrers/registry-repository.ts";
import type { Repository } from "../../../engines/oci/referrers/repository.ts";
import { openRegistry, type RegistryOptions } from "../../../engines/oci/registry/client.ts";
import type { EngineTokens } from "../model.ts";
import { engineLimits } from "./bounds.ts";

export interface EnginePlace {
  /** Of the engine: `http://engine:5000`. */
  readonly url: URL;
  /** Absent: it asks for none. */
  readonly tokens?: EngineTokens;
  readonly registry?: Pick<RegistryOptions, "caFile" | "limits" | "clock">;
}

/** @param signal - ends whatever is under way */
export type OpenRepository = (repository: string, signal: AbortSignal) => Repository;

export function engineRepositories({ url, tokens, registry = {} }: EnginePlace): OpenRepository {
  return (repository, signal) => {
    const authorization = tokens?.authorization([{ repository, actions: ["pull"] }]);
    const client = openRegistry(
      { domain: url.host, path: repository },
      {
        ...registry,
        limits: { ...engineLimits, ...registry.limits },
        // Nothing of the machine's own settings (docker's files, proxies) is for the engine.
        environment: {},
        plainHttp: url.protocol === "http:",
        signal,
        ...(authorization === undefined
          ? {}
          : {
              credentials: { kind: "registry-token", token: withoutScheme(authorization), source: "the guard's key" },
            }),
      },
    );
    return registryRepository(client);
  };
}

function withoutScheme(authorization: string): string {
  return authorization.replace(/^Bearer\s+/i, "");
}
