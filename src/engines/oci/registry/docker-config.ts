/** Credentials from the files that `docker login` and `podman login` write (docker config.json, podman auth.json(5)). */

import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ImageReference } from "../reference.ts";
import { bounds } from "./bounds.ts";
import { askHelper } from "./credential-helper.ts";
import { type Credentials, type Environment, isBearerToken } from "./credentials.ts";

export interface FoundCredentials {
  /** Absent: the registry is asked anonymously. */
  readonly credentials?: Credentials;
  /** Why there may be credentials all the same; for the remedy of a denial. */
  readonly note?: string;
}

/**
 * Finds the credentials for a repository. The first file that has some for its host wins; in one file the most
 * specific key wins (`host/team/app`, then `host/team`, then `host`). As in docker, a helper named for the host counts
 * before what the file holds, and the store for all hosts where the file holds nothing.
 *
 * @param runtimes - the folder of podman's logins by the number of the user
 * @throws Problem `registry.credentials-file` (usage) for a file that cannot be read; it tells nothing of its content
 */
export async function findCredentials(
  reference: Pick<ImageReference, "domain" | "path">,
  environment: Environment = process.env,
  runtimes = USER_RUNTIMES,
): Promise<FoundCredentials> {
  let note: string | undefined;
  for (const path of credentialFiles(environment, runtimes)) {
    const config = await readConfig(path);
    if (config === undefined) continue;
    const own = helperFor(config, reference);
    const stored = own === undefined ? credentialsIn(config, reference, path) : undefined;
    if (stored !== undefined) return { credentials: stored };
    const helper = own ?? config.credsStore;
    if (helper === undefined) continue;
    const answer = await askHelper(helper, serverName(reference), environment);
    if (answer.kind === "found") return { credentials: answer.credentials };
    if (answer.kind === "failed") note ??= `${path} names a credential helper: ${answer.why}`;
  }
  return note === undefined ? {} : { note };
}

/** Where podman keeps a login of who has no XDG_RUNTIME_DIR, below the user's number: root, and what cron runs. */
const USER_RUNTIMES = "/run/containers";

/** Files that the environment names come first, then the usual places. */
function credentialFiles(environment: Environment, runtimes: string): readonly string[] {
  const set = (name: string) => environment[name] || undefined;
  const home = set("HOME") ?? homedir();
  const docker = set("DOCKER_CONFIG");
  const podman = set("REGISTRY_AUTH_FILE");
  const runtime = set("XDG_RUNTIME_DIR");
  const user = process.getuid?.();
  return [
    ...(docker === undefined ? [] : [join(docker, "config.json")]),
    ...(podman === undefined ? [] : [podman]),
    ...(docker === undefined ? [join(home, ".docker", "config.json")] : []),
    ...(runtime === undefined ? [] : [join(runtime, "containers", "auth.json")]),
    ...(user === undefined ? [] : [join(runtimes, String(user), "auth.json")]),
    join(set("XDG_CONFIG_HOME") ?? join(home, ".config"), "containers", "auth.json"),
  ];
}

type JsonObject = Readonly<Record<string, unknown>>;

interface CredentialsFile {
  readonly auths: JsonObject;
  readonly credHelpers: JsonObject;
  readonly credsStore: string | undefined;
}

async function readConfig(path: string): Promise<CredentialsFile | undefined> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > bounds.smallFileBytes) throw unreadable(path, `more than ${bounds.smallFileBytes} bytes`);
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, `cannot be read (${code})`);
  }
  let document: unknown;
  try {
    document = parseJson(text);
  } catch {
    // The parser's own message quotes the text around the fault, which may be a secret.
    throw unreadable(path, "not JSON");
  }
  if (!isObject(document)) throw unreadable(path, "not a JSON object");
  return {
    auths: objectField(document, "auths", path),
    credHelpers: objectField(document, "credHelpers", path),
    credsStore: typeof document.credsStore === "string" ? document.credsStore || undefined : undefined,
  };
}

function objectField(document: JsonObject, name: string, path: string): JsonObject {
  const value = document[name] ?? {};
  if (!isObject(value)) throw unreadable(path, `its "${name}" is not an object`);
  return value;
}

function credentialsIn(
  config: CredentialsFile,
  reference: Pick<ImageReference, "domain" | "path">,
  path: string,
): Credentials | undefined {
  const repository = `${reference.domain.toLowerCase()}/${reference.path}`;
  let best: { readonly key: string; readonly credentials: Credentials } | undefined;
  for (const [name, entry] of Object.entries(config.auths)) {
    const key = normaliseKey(name);
    if (repository !== key && !repository.startsWith(`${key}/`)) continue;
    if (best !== undefined && best.key.length >= key.length) continue;
    const credentials = readEntry(entry, path);
    if (credentials !== undefined) best = { key, credentials };
  }
  return best?.credentials;
}

function helperFor(config: CredentialsFile, reference: Pick<ImageReference, "domain">): string | undefined {
  const host = reference.domain.toLowerCase();
  const found = Object.entries(config.credHelpers).find(([key]) => normaliseKey(key) === host)?.[1];
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** What helpers know a registry by; Docker Hub goes by its oldest address. */
function serverName({ domain }: Pick<ImageReference, "domain">): string {
  return DOCKER_HUB.has(domain) ? "https://index.docker.io/v1/" : domain;
}

const DOCKER_HUB: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * `https://index.docker.io/v1/` → `docker.io`, `https://r.example/v2/` → `r.example`, `r.example/team/` →
 * `r.example/team`. With a scheme it is a registry's URL and its path says nothing; without one the path is a namespace.
 */
function normaliseKey(key: string): string {
  const url = /^https?:\/\/([^/]*)/i.exec(key);
  const plain = url?.[1] ?? key;
  const slash = plain.indexOf("/");
  const host = (slash < 0 ? plain : plain.slice(0, slash)).toLowerCase();
  const domain = DOCKER_HUB.has(host) ? "docker.io" : host;
  let namespace = slash < 0 ? "" : plain.slice(slash + 1);
  if (namespace.endsWith("/")) namespace = namespace.slice(0, -1);
  return namespace === "" || namespace === "v1" || namespace === "v2" ? domain : `${domain}/${namespace}`;
}

/** One value of `auths`; undefined for one without credentials, as docker leaves where a helper keeps them. */
function readEntry(entry: unknown, path: string): Credentials | undefined {
  if (!isObject(entry)) throw unreadable(path, 'an entry of its "auths" is not an object');
  const text = (name: string): string => {
    const value = entry[name] ?? "";
    if (typeof value !== "string") throw unreadable(path, `a "${name}" in it is not a text`);
    return value;
  };
  const identity = text("identitytoken");
  if (identity !== "") return { kind: "identity-token", token: identity, source: path };
  const registry = text("registrytoken");
  if (registry !== "") {
    if (!isBearerToken(registry)) throw unreadable(path, 'a "registrytoken" in it cannot be sent in a header');
    return { kind: "registry-token", token: registry, source: path };
  }
  const auth = text("auth");
  if (auth === "") {
    const username = text("username");
    return username === "" ? undefined : { kind: "password", username, password: text("password"), source: path };
  }
  // Node decodes what it can; docker pads the password with zero bytes in some versions.
  const decoded = Buffer.from(auth, "base64").toString().replaceAll("\0", "");
  const colon = decoded.indexOf(":");
  if (colon < 1) throw unreadable(path, 'an "auth" in it is not the base64 of user:password');
  return { kind: "password", username: decoded.slice(0, colon), password: decoded.slice(colon + 1), source: path };
}

function unreadable(path: string, cause: string): Problem {
  return new Problem({
    kind: "usage",
    code: "registry.credentials-file",
    place: path,
    cause,
    remedy: "log in again, or repair it",
  });
}
