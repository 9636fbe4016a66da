/** The engine as a registry that is written to: blobs, and manifests with their place in lists of referrers. */
import { usageProblem } from "../../../core/problem.ts";
import type { RegistryOptions } from "../../../engines/oci/registry/options.ts";
import { openRegistryWriter, type RegistryWriter } from "../../../engines/oci/registry/push.ts";
import type { EngineTokens } from "../model.ts";

export interface EnginePlace {
  /** `127.0.0.1:5000`, with folders below which the guard keeps everything where there are some. */
  readonly host: string;
  /** How it is asked, but for the credentials. */
  readonly registry: Omit<RegistryOptions, "credentials" | "anonymous" | "signal">;
  /** Absent: the engine asks for none. */
  readonly tokens?: EngineTokens;
}

/** `pull` of one repository, with a token that was made now. */
export function engineOptions(
  { registry, tokens }: EnginePlace,
  repository: string,
  actions: readonly ("pull" | "push")[],
  signal?: AbortSignal,
): RegistryOptions {
  const ended = signal === undefined ? {} : { signal };
  if (tokens === undefined) return { ...registry, ...ended, anonymous: true };
  const header = tokens.authorization([{ repository, actions }]);
  const token = /^Bearer (.+)$/.exec(header)?.[1];
  if (token === undefined) throw usageProblem("engine", "its token is not a bearer token");
  return { ...registry, ...ended, credentials: { kind: "registry-token", token, source: "the guard's own keys" } };
}

/** Does one piece of work with a writer of its own: tokens are short-lived, and a copy is not. */
export async function withWriter<T>(
  place: EnginePlace,
  repository: string,
  signal: AbortSignal,
  work: (writer: RegistryWriter) => Promise<T>,
): Promise<T> {
  const writer = openRegistryWriter(
    { domain: place.host, path: repository },
    engineOptions(place, repository, ["pull", "push"], signal),
  );
  try {
    return await work(writer);
  } finally {
    writer.close();
  }
}
