/** Images as the engine holds them, read with tokens that only the guard can sign. */
import type { Readable } from "node:stream";
import type { Digest } from "../../../core/digest.ts";
import type { BlobStore } from "../../../engines/oci/blob.ts";
import { bounds as ociBounds } from "../../../engines/oci/bounds.ts";
import { openRegistry, type RegistryClient } from "../../../engines/oci/registry/client.ts";
import type { RegistryOptions } from "../../../engines/oci/registry/options.ts";
import type { EngineTokens } from "../model.ts";

export interface EngineImagesOptions {
  /** Of the engine: `https://engine:5000`. */
  readonly url: URL;
  /** Absent: it asks for none. */
  readonly tokens?: EngineTokens;
  readonly registry?: Pick<RegistryOptions, "caFile" | "limits" | "clock">;
  /** Milliseconds since any time. */
  readonly clock?: () => number;
}

/** What there is of one repository; manifests are its documents. */
export type EngineImages = (repository: string, signal: AbortSignal) => BlobStore;

/** Milliseconds for which one token is used: shorter than any lives, and an image may take longer to read. */
const TOKEN = 30_000;

export function engineImages({
  url,
  tokens,
  registry = {},
  clock = () => performance.now(),
}: EngineImagesOptions): EngineImages {
  return (repository, signal) => {
    const opened: RegistryClient[] = [];
    let current: { readonly client: RegistryClient; readonly at: number } | undefined;

    /** What is under way goes on with the token that it began with. */
    function client(): RegistryClient {
      if (current !== undefined && (tokens === undefined || clock() - current.at < TOKEN)) return current.client;
      const authorization = tokens?.authorization([{ repository, actions: ["pull"] }]);
      const made = openRegistry(
        { domain: url.host, path: repository },
        {
          ...registry,
          // Nothing of the machine's own settings (docker's files, proxies) is for the engine.
          environment: {},
          plainHttp: url.protocol === "http:",
          signal,
          ...(authorization === undefined ? {} : { credentials: bearer(authorization) }),
        },
      );
      opened.push(made);
      current = { client: made, at: clock() };
      return made;
    }

    return {
      place: `${url.host}/${repository}`,
      async document({ digest, mediaType }): Promise<Buffer> {
        if (isManifest(mediaType)) return (await client().manifest(digest)).bytes;
        return await client().document(digest, ociBounds.manifestBytes);
      },
      open: async ({ digest, size }: { readonly digest: Digest; readonly size: number }): Promise<Readable> =>
        await client().blob(digest, size),
      async close() {
        for (const each of opened) each.close();
      },
    };
  };
}

function isManifest(mediaType: string): boolean {
  return /\.(?:index|manifest)(?:\.list)?\.v\d\+json$/.test(mediaType);
}

function bearer(authorization: string): NonNullable<RegistryOptions["credentials"]> {
  return {
    kind: "registry-token",
    token: authorization.replace(/^Bearer\s+/i, ""),
    source: "the guard's own key",
  };
}
