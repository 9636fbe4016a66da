/**
 * What a kubelet pulls an image with (Kubernetes, "Images", config.json): the entries of Secrets of the types
 * `kubernetes.io/dockerconfigjson` and `kubernetes.io/dockercfg`, which are matched otherwise than docker matches its own file.
 */
import { compileGlob } from "../../../core/glob.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { ImageReference } from "../reference.ts";
import { bounds } from "./bounds.ts";
import type { Credentials } from "./credentials.ts";

export interface PullSecret {
  /** `Secret shop/pull`: for messages. */
  readonly source: string;
  /** Of the Secret, in base64 as the API gives it. */
  readonly data: Untyped;
}

/** An entry that was read: a registry, with a path where only what is below it is meant. */
export interface PullEntry {
  /** `*.example.com:5000/team`, as a kubelet compares it. */
  readonly key: string;
  readonly credentials: Credentials;
}

/**
 * Nothing of what a Secret holds is told.
 *
 * @throws Problem `registry.pull-secret` (input): a kubelet would not pull with it either
 */
export function readPullSecret({ source, data }: PullSecret): readonly PullEntry[] {
  const modern = data[".dockerconfigjson"];
  const isModern = typeof modern === "string" && modern !== "";
  const old = data[".dockercfg"];
  if (!isModern && (typeof old !== "string" || old === ""))
    throw broken(source, "neither .dockerconfigjson nor .dockercfg");
  const config = parsed(source, isModern ? modern : (old as string));
  const auths = isModern ? (config.auths ?? {}) : config;
  if (!isObject(auths)) throw broken(source, 'its "auths" is not an object');
  const entries = Object.entries(auths);
  if (entries.length > bounds.pullEntries) throw broken(source, `more than ${bounds.pullEntries} registries`);
  return entries.flatMap(([name, entry]) => {
    const credentials = credentialsOf(source, entry);
    const key = keyOf(name);
    return credentials === undefined || key === undefined ? [] : [{ key, credentials }];
  });
}

/** The most specific entry counts, and of equals the first. */
export function pullCredentials(
  entries: readonly PullEntry[],
  { domain, path }: Pick<ImageReference, "domain" | "path">,
): Credentials | undefined {
  let best: PullEntry | undefined;
  for (const entry of entries) {
    if (!covers(entry.key, domain.toLowerCase(), path)) continue;
    if (best === undefined || entry.key.length > best.key.length) best = entry;
  }
  return best?.credentials;
}

function parsed(source: string, data: string): Untyped {
  if (data.length > bounds.smallFileBytes) throw broken(source, `more than ${bounds.smallFileBytes} bytes`);
  let value: unknown;
  try {
    value = parseJson(Buffer.from(data, "base64").toString("utf8"));
  } catch {
    // The parser's own message quotes the text around the fault, which may be a secret.
    throw broken(source, "not JSON");
  }
  if (!isObject(value)) throw broken(source, "not a JSON object");
  return value;
}

/** Undefined for an entry without any. */
function credentialsOf(source: string, entry: unknown): Credentials | undefined {
  if (!isObject(entry)) throw broken(source, "an entry of it is not an object");
  const text = (name: string): string => {
    const value = entry[name] ?? "";
    if (typeof value !== "string") throw broken(source, `a "${name}" in it is not a text`);
    return value;
  };
  let [username, password] = [text("username"), text("password")];
  const auth = text("auth");
  if (auth !== "") {
    const decoded = Buffer.from(auth, "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    if (colon < 0) throw broken(source, 'an "auth" in it is not the base64 of user:password');
    [username, password] = [decoded.slice(0, colon), decoded.slice(colon + 1)];
  }
  return username === "" && password === "" ? undefined : { kind: "password", username, password, source };
}

const DOCKER_HUB: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/** `https://r.example/v2/` → `r.example`, `r.example/team` → itself; every name of Docker Hub is `docker.io`. */
function keyOf(name: string): string | undefined {
  const [, host = "", path = ""] = /^(?:https?:\/\/)?([^/]+)(\/.*)?$/i.exec(name) ?? [];
  if (host === "") return undefined;
  const below = /^\/v[12]\//.test(path) ? path.slice(3) : path;
  const domain = DOCKER_HUB.has(host.toLowerCase()) ? "docker.io" : host.toLowerCase();
  return below === "/" ? domain : domain + below;
}

/** Label by label, so that `*` stands for one of them; the port is the same, and the path begins as the key's does. */
function covers(key: string, domain: string, path: string): boolean {
  const slash = key.indexOf("/");
  const [host, below] = slash < 0 ? [key, ""] : [key.slice(0, slash), key.slice(slash)];
  if (!`/${path}`.startsWith(below)) return false;
  const [own, its] = [splitPort(host), splitPort(DOCKER_HUB.has(domain) ? "docker.io" : domain)];
  if (own.port !== its.port) return false;
  const [labels, wanted] = [own.name.split("."), its.name.split(".")];
  return labels.length === wanted.length && labels.every((label, at) => compileGlob(label)(wanted[at] ?? ""));
}

function splitPort(host: string): { readonly name: string; readonly port: string } {
  const colon = host.lastIndexOf(":");
  const port = host.slice(colon + 1);
  return colon > 0 && /^[0-9]+$/.test(port) ? { name: host.slice(0, colon), port } : { name: host, port: "" };
}

function broken(source: string, cause: string): Problem {
  const remedy = "make it anew: kubectl create secret docker-registry";
  return new Problem({ kind: "input", code: "registry.pull-secret", place: source, cause, remedy });
}
