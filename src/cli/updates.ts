/** Opens what a look-up of pending updates needs: a client, a cache, the caller's own suites and keys. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { UpdateLookup } from "../collect/updates/updates.ts";
import { Problem, usageProblem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";
import { bounds as updatesBounds } from "../engines/updates/bounds.ts";
import type { KeyFile } from "../engines/updates/keys.ts";
import { isPublicAddress } from "../engines/updates/public-address.ts";
import { openSuiteCache } from "../engines/updates/suite-cache.ts";
import { feedClient } from "../engines/vulnerability/feeds/http.ts";
import { suitesFolder } from "./paths.ts";

export interface UpdatesOptions {
  /** Over the network. */
  readonly updates?: boolean;
  /** From what an earlier run kept, without it. */
  readonly updatesOffline?: boolean;
  /** A file in the form of apt's or apk's sources. */
  readonly repositories?: string;
  /** Files of keys, or folders of them. */
  readonly keyring?: readonly string[];
  /** As for scans: false for none, a path for one of its own. */
  readonly cache: boolean | string;
  readonly caFile?: string;
}

/** Undefined where nobody asked. `close` ends its connections. */
export function openUpdates(
  options: UpdatesOptions,
  onProgress: (text: string) => void,
): (UpdateLookup & { close(): void }) | undefined {
  const { updates = false, updatesOffline = false, repositories, keyring = [], cache, caFile } = options;
  if (!updates && !updatesOffline) {
    if (repositories === undefined && keyring.length === 0) return undefined;
    throw usageProblem("--repositories, --keyring", "they require --updates or --updates-offline", "add --updates");
  }
  const client = updatesOffline
    ? undefined
    : feedClient({
        ...(caFile === undefined ? {} : { caFile }),
        // An image names servers as it pleases; those that the caller names may be anywhere.
        ...(repositories === undefined ? { permits: isPublicAddress } : {}),
      });
  return {
    from: {
      onFetch: (place) => onProgress(`fetching ${place}`),
      ...(client === undefined ? {} : { client }),
      ...(cache === false
        ? {}
        : { cache: openSuiteCache(suitesFolder(typeof cache === "string" ? cache : undefined)) }),
    },
    ...(repositories === undefined
      ? {}
      : { sources: [{ path: repositories, text: read(repositories).toString("utf8") }] }),
    keyring: keyring.flatMap(keyFiles),
    close: () => client?.close(),
  };
}

export function keyFiles(path: string): KeyFile[] {
  const isA = (kind: "isDirectory" | "isFile", at: string) =>
    statSync(at, { throwIfNoEntry: false })?.[kind]() === true;
  const paths = isA("isDirectory", path)
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
        .filter((each) => isA("isFile", each))
    : [path];
  // Nobody's key would be no key, and nothing would have to be signed.
  if (paths.length === 0) throw usageProblem(`--keyring ${path}`, "the directory has no files");
  return paths.map((each) => ({ path: each, bytes: read(each) }));
}

function read(path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > updatesBounds.keyringBytes) throw usageProblem(path, `larger than ${updatesBounds.keyringBytes} bytes`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw usageProblem(path, systemCause(error));
  }
}
