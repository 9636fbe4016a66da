/** Kubeconfig files (Kubernetes, "Organizing Cluster Access Using kubeconfig Files"). */

import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { append } from "../../../core/append.ts";
import { isObject } from "../../../core/untyped.ts";
import { cutDocuments, readDocument } from "../../../formats/yaml/documents.ts";
import type { YamlFault } from "../../../formats/yaml/model.ts";
import { plainValue } from "../../../formats/yaml/value.ts";
import { proxyOf } from "../../../net/proxy.ts";
import { formatFieldPath } from "../field-path.ts";
import { type Fields, fieldsOf } from "../read/fields.ts";
import {
  bearer,
  type ClusterConnection,
  type ClusterIdentity,
  connectionInCluster,
  connectionProblem,
  type Environment,
  readText,
  serverUrl,
} from "./connection.ts";
import { type ExecPlugin, runExecPlugin } from "./exec-plugin.ts";

export interface ConnectOptions {
  /** A kubeconfig in place of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string;
  /** In place of the current one. */
  readonly context?: string;
  /** Where KUBECONFIG, HOME and KUBERNETES_SERVICE_HOST are looked up; default process.env. */
  readonly environment?: Environment;
}

/** One entry of a list, and the file that it is in: its paths are relative to that. */
interface Entry {
  readonly fields: Fields;
  readonly file: string;
}

interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly current?: string;
  readonly files: readonly string[];
}

/**
 * The cluster that kubectl would speak to. Nothing is sent, and no plugin run, before `identify` is called.
 *
 * @throws Problem whose code starts with `kubeconfig.`; none holds a credential
 */
export function connectionOf(options: ConnectOptions = {}): ClusterConnection {
  const environment = options.environment ?? process.env;
  const config = readKubeconfig(filesOf(options.kubeconfig, environment));
  if (config.contexts.size === 0 && config.clusters.size === 0 && options.kubeconfig === undefined) {
    const inside = connectionInCluster(environment);
    if (inside !== undefined) return inside;
  }
  return choose(config, options.context, environment);
}

function filesOf(named: string | undefined, environment: Environment): readonly string[] {
  if (named !== undefined) return [resolve(named)];
  const listed = (environment.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  const home = environment.HOME ?? environment.USERPROFILE;
  const files = listed.length > 0 ? listed : home === undefined ? [] : [join(home, ".kube", "config")];
  return files.map((path) => resolve(path)).filter((path) => existsSync(path));
}

/** Of an entry that several files have, the first counts. */
function readKubeconfig(files: readonly string[]): Kubeconfig {
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  let current: string | undefined;
  for (const file of files) {
    const root = readRoot(file);
    current ||= root.string("current-context") || undefined;
    for (const [list, inner, entries] of [
      ["clusters", "cluster", clusters],
      ["users", "user", users],
      ["contexts", "context", contexts],
    ] as const) {
      for (const item of root.list(list)) {
        const name = item.string("name") ?? "";
        if (!entries.has(name)) entries.set(name, { fields: item.fields(inner) ?? item.empty(), file });
      }
    }
  }
  return { clusters, users, contexts, files, ...(current === undefined ? {} : { current }) };
}

function readRoot(file: string): Fields {
  const wrong = (cause: string) => connectionProblem("syntax", file, cause);
  const { text } = cutDocuments(file, readText(file), 1);
  const faults: YamlFault[] = [];
  const { node, faults: found } = readDocument(text.text, text.documents[0] ?? { start: 0, end: text.text.length });
  append(faults, found);
  const value = node === null ? {} : node === undefined ? undefined : plainValue(node, faults);
  // Its reasons may repeat what stands there, and what stands there is secret.
  if (faults.length > 0 || !isObject(value)) throw wrong("not a map of YAML or JSON");
  return fieldsOf(value, (path, reason) => {
    throw wrong(`${formatFieldPath(path)}: ${reason}`);
  });
}

function choose(config: Kubeconfig, asked: string | undefined, environment: Environment): ClusterConnection {
  const place = config.files.join(delimiter) || "kubeconfig";
  const name = asked ?? config.current;
  const known = [...config.contexts.keys()].slice(0, 20).join(", ");
  if (name === undefined) {
    const remedy = known === "" ? "name a kubeconfig with --kubeconfig" : `name one with --context: ${known}`;
    throw connectionProblem("context", place, "no current context", remedy);
  }
  const context = config.contexts.get(name);
  if (context === undefined) {
    throw connectionProblem("context", place, `no context "${name}"`, known === "" ? undefined : `${known}`);
  }
  const called = context.fields.string("cluster") ?? "";
  const cluster = config.clusters.get(called);
  if (cluster === undefined) throw connectionProblem("cluster", place, `no cluster "${called}"`);
  const userName = context.fields.string("user") ?? "";
  const user = config.users.get(userName);
  if (user === undefined && userName !== "") {
    throw connectionProblem("user", place, `no user "${userName}"`);
  }
  const namespace = context.fields.string("namespace");
  const connected = readCluster(cluster, called);
  return {
    name,
    ...connected,
    ...(namespace === undefined ? {} : { namespace }),
    ...(user === undefined
      ? { impersonation: {}, identify: async () => ({}) }
      : readUser(user, userName, { environment, cluster, connected })),
  };
}

type ConnectedCluster = Pick<ClusterConnection, "server" | "authorities" | "serverName" | "unverified" | "proxy">;

function readCluster({ fields, file }: Entry, name: string): ConnectedCluster {
  const place = `cluster "${name}" of ${file}`;
  const proxyUrl = fields.string("proxy-url");
  const authorities = pem(fields, file, "certificate-authority");
  const serverName = fields.string("tls-server-name") || undefined;
  const unverified = fields.boolean("insecure-skip-tls-verify") === true;
  if (unverified && authorities !== undefined) {
    throw connectionProblem("cluster", place, "sets both a CA and insecure-skip-tls-verify");
  }
  return {
    server: serverUrl(fields.string("server") ?? "", place),
    ...(authorities === undefined ? {} : { authorities }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxyUrl ? { proxy: proxyOf(`proxy-url of ${place}`, proxyUrl) } : {}),
    unverified,
  };
}

/** `NAME-data` in base64 goes before the file that `NAME` names. */
function pem(fields: Fields, file: string, name: string): string | undefined {
  const data = fields.string(`${name}-data`);
  if (data) return Buffer.from(data, "base64").toString("utf8");
  const path = fields.string(name);
  return path ? readText(beside(file, path)) : undefined;
}

function beside(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

interface UserContext {
  readonly environment: Environment;
  readonly cluster: Entry;
  readonly connected: ConnectedCluster;
}

function readUser(
  { fields, file }: Entry,
  name: string,
  context: UserContext,
): Pick<ClusterConnection, "impersonation" | "identify"> {
  const place = `user "${name}" of ${file}`;
  if (fields.has("auth-provider")) {
    const remedy = "use an exec plugin: Kubernetes removed auth-provider in 1.26";
    throw connectionProblem("credentials", place, "names an auth-provider", remedy);
  }
  const exec = fields.fields("exec");
  const plugin = exec === undefined ? undefined : readPlugin(exec, file, place, context);
  return {
    impersonation: impersonationOf(fields, place),
    async identify(signal) {
      const certificate = pem(fields, file, "client-certificate");
      const key = pem(fields, file, "client-key");
      // Without it kubectl goes no further, and neither would be known as whom the file means.
      if (certificate !== undefined && key === undefined) {
        throw connectionProblem("credentials", place, "a client certificate without its key");
      }
      const own: ClusterIdentity = certificate === undefined || key === undefined ? {} : { certificate, key };
      const authorization = authorizationOf(fields, file, place);
      if (authorization !== undefined) return { ...own, authorization };
      if (plugin === undefined) return own;
      return { ...own, ...(await runExecPlugin(plugin, signal)) };
    },
  };
}

/** A file's token goes before one that is written out, as in kubectl. */
function authorizationOf(fields: Fields, file: string, place: string): string | undefined {
  const tokenFile = fields.string("tokenFile");
  if (tokenFile) return bearer(readText(beside(file, tokenFile)), place);
  const token = fields.string("token");
  if (token) return bearer(token, place);
  const username = fields.string("username");
  if (!username) return undefined;
  return `Basic ${Buffer.from(`${username}:${fields.string("password") ?? ""}`).toString("base64")}`;
}

/** @throws Problem `kubeconfig.credentials` where a text could not be a header, or nobody is named, as in client-go */
function impersonationOf(fields: Fields, place: string): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {};
  const user = fields.string("as");
  if (user) headers["impersonate-user"] = headerValue(user, "as", place);
  const uid = fields.string("as-uid");
  if (uid) headers["impersonate-uid"] = headerValue(uid, "as-uid", place);
  const groups = fields.strings("as-groups");
  if (groups.length > 0) headers["impersonate-group"] = groups.map((each) => headerValue(each, "as-groups", place));
  const extra = fields.fields("as-user-extra");
  for (const key of extra?.keys ?? []) {
    const values = extra?.strings(key) ?? [];
    headers[`impersonate-extra-${headerName(key)}`] = values.map((each) => headerValue(each, "as-user-extra", place));
  }
  if (!user && Object.keys(headers).length > 0) {
    throw connectionProblem("credentials", place, "it impersonates a uid, groups or extra fields, and no user");
  }
  return headers;
}

/** A line break would begin a header of its own (RFC 9110, section 5.5). */
function headerValue(text: string, field: string, place: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) {
    throw connectionProblem("credentials", place, `its "${field}" has characters that no header may have`);
  }
  return text;
}

/** Bytes that the name of a header may not have are written as %XX, as client-go writes them. */
function headerName(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => String.fromCharCode(byte))
    .map((char) =>
      /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(char)
        ? char
        : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

function readPlugin(
  exec: Fields,
  file: string,
  place: string,
  { environment, cluster, connected }: UserContext,
): ExecPlugin {
  const command = exec.string("command") ?? "";
  if (command === "") throw connectionProblem("plugin", place, "its plugin has no command");
  const hint = exec.string("installHint");
  return {
    apiVersion: exec.string("apiVersion") ?? "",
    // A name alone is looked up on the PATH; one with a folder is beside the file.
    command: /[\\/]/.test(command) ? beside(file, command) : command,
    args: exec.strings("args"),
    environment: {
      ...environment,
      ...Object.fromEntries(exec.list("env").map((item) => [item.string("name") ?? "", item.string("value") ?? ""])),
    },
    place,
    ...(hint === undefined ? {} : { installHint: hint }),
    ...(exec.boolean("provideClusterInfo") === true ? { cluster: clusterInfo(cluster, connected) } : {}),
  };
}

/** `spec.cluster` of an ExecCredential. */
function clusterInfo({ fields }: Entry, { server, authorities, serverName, unverified }: ConnectedCluster): object {
  const extension = fields
    .list("extensions")
    .find((item) => item.string("name") === "client.authentication.k8s.io/exec");
  const config = extension?.fields("extension");
  return {
    server: server.href.replace(/\/$/, ""),
    ...(serverName === undefined ? {} : { "tls-server-name": serverName }),
    ...(unverified ? { "insecure-skip-tls-verify": true } : {}),
    ...(authorities === undefined ? {} : { "certificate-authority-data": Buffer.from(authorities).toString("base64") }),
    ...(config === undefined
      ? {}
      : { config: Object.fromEntries(config.keys.map((key) => [key, config.string(key)])) }),
  };
}
