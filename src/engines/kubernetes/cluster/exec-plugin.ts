/**
 * Credential plugins (Kubernetes, "Authenticating", client-go credential plugins): the program that the user's own
 * kubeconfig names is run, as kubectl runs it, without a shell and without a terminal.
 */
import { execFile } from "node:child_process";
import { parseJson } from "../../../core/parse-json.ts";
import { printable } from "../../../core/printable.ts";
import { bounds } from "./bounds.ts";
import { bearer, type ClusterIdentity, connectionProblem, type Environment } from "./connection.ts";

export interface ExecPlugin {
  /** `client.authentication.k8s.io/v1` or `…/v1beta1`. */
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  /** What the kubeconfig says where the program is not there. */
  readonly installHint?: string;
  /** What the plugin is told of the cluster, where the kubeconfig says so. */
  readonly cluster?: object;
  readonly place: string;
}

const VERSIONS = /^client\.authentication\.k8s\.io\/v1(?:beta1)?$/;

/** @throws Problem `kubeconfig.plugin`, never with anything that may be a secret */
export async function runExecPlugin(plugin: ExecPlugin, signal: AbortSignal | undefined): Promise<ClusterIdentity> {
  const { apiVersion, command, args, environment, place, installHint, cluster } = plugin;
  const problem = (cause: string, remedy?: string) => connectionProblem("plugin", place, cause, remedy);
  if (!VERSIONS.test(apiVersion)) throw problem("its plugin speaks no version that is known here");
  const spec = { interactive: false, ...(cluster === undefined ? {} : { cluster }) };
  const options = {
    env: {
      ...environment,
      KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: "ExecCredential", spec }),
    },
    timeout: bounds.execPluginMilliseconds,
    maxBuffer: bounds.kubeconfigBytes,
    windowsHide: true,
    ...(signal === undefined ? {} : { signal }),
  };
  const { promise, resolve } = Promise.withResolvers<{ readonly error: Error | null; readonly output: string }>();
  const child = execFile(command, [...args], options, (error, output) => resolve({ error, output }));
  child.stdin?.on("error", () => {});
  child.stdin?.end();
  const { error, output } = await promise;
  signal?.throwIfAborted();
  if (error !== null) {
    const code = "code" in error && error.code !== null && error.code !== undefined ? String(error.code) : "ended";
    throw problem(printable(`${command} failed (${code})`), code === "ENOENT" ? hintOf(installHint) : undefined);
  }
  return identityOf(output, apiVersion, (why) => problem(printable(`${command} ${why}`)), place);
}

function hintOf(hint: string | undefined): string | undefined {
  return hint === undefined ? undefined : printable(hint.trim().slice(0, 300));
}

function identityOf(
  output: string,
  apiVersion: string,
  refuse: (why: string) => Error,
  place: string,
): ClusterIdentity {
  let answer: { kind?: unknown; apiVersion?: unknown; status?: Readonly<Record<string, unknown>> } | null;
  try {
    answer = parseJson(output) as typeof answer;
  } catch {
    throw refuse("answered no JSON");
  }
  if (answer?.kind !== "ExecCredential" || answer.apiVersion !== apiVersion) {
    throw refuse(`answered no ExecCredential of ${apiVersion}`);
  }
  const { token, clientCertificateData: certificate, clientKeyData: key } = answer.status ?? {};
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  const pair = isText(certificate) && isText(key) ? { certificate, key } : undefined;
  if (!isText(token) && pair === undefined) throw refuse("answered without a token or a certificate with its key");
  return { ...pair, ...(isText(token) ? { authorization: bearer(token, place) } : {}) };
}
