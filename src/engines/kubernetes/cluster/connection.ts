/** How a cluster is reached, and as whom. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import type { HttpProxy } from "../../../net/proxy.ts";
import { bounds } from "./bounds.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What identifies whoever asks. Both may be there: a certificate in TLS, and a header. */
export interface ClusterIdentity {
  /** The header's whole value: `Bearer …`. */
  readonly authorization?: string;
  /** In PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface ClusterConnection {
  /** What the user calls the cluster: the context of the kubeconfig, `in-cluster` inside of one. */
  readonly name: string;
  readonly server: URL;
  /** In PEM: whom alone the server's certificate may be signed by. Absent: the system's authorities. */
  readonly authorities?: string;
  /** The name in the server's certificate, where it is another than the URL's. */
  readonly serverName?: string;
  /** The certificate is not looked at: the kubeconfig says `insecure-skip-tls-verify`. */
  readonly unverified: boolean;
  /** Through which alone it is reached, whatever the environment names: the kubeconfig's `proxy-url`. */
  readonly proxy?: HttpProxy;
  /** The context's namespace. */
  readonly namespace?: string;
  /** `Impersonate-User` and the like. */
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
  /** Milliseconds after which it is asked again who we are; absent: as long as the server takes it. */
  readonly identityMilliseconds?: number;
  /**
   * Asked before the first request, and again after the server refused what it gave.
   *
   * @throws Problem `kubeconfig.credentials`, `kubeconfig.plugin`, `kubeconfig.unreadable`
   */
  identify(signal: AbortSignal | undefined): Promise<ClusterIdentity>;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * What a pod has in itself (Kubernetes, "Accessing the Kubernetes API from a Pod"). Undefined outside of one.
 *
 * @param folder - where the service account's files are
 * @throws Problem `kubeconfig.unreadable`
 */
export function connectionInCluster(environment: Environment, folder = SERVICE_ACCOUNT): ClusterConnection | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = environment;
  if (host === undefined || host === "") return undefined;
  const [tokenFile, authoritiesFile, namespaceFile] = ["token", "ca.crt", "namespace"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  readText(authoritiesFile);
  const identify = async () => ({ authorization: bearer(readText(tokenFile), tokenFile) });
  return {
    name: "in-cluster",
    server: serverUrl(`https://${host.includes(":") ? `[${host}]` : host}:${port}`, "KUBERNETES_SERVICE_HOST"),
    // Both files are replaced while the pod runs.
    get authorities() {
      return readText(authoritiesFile);
    },
    unverified: false,
    ...(existsSync(namespaceFile) ? { namespace: readText(namespaceFile).trim() } : {}),
    impersonation: {},
    identityMilliseconds: bounds.identityMilliseconds,
    identify,
  };
}

/** @throws Problem `kubeconfig.server` */
export function serverUrl(written: string, place: string): URL {
  // Whoever names a host alone means http, as kubectl reads it; that is spoken to this machine only.
  const url = URL.parse(/^[a-z]+:\/\//i.test(written) ? written : `http://${written}`);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw connectionProblem("server", place, "the server is not a URL of https");
  }
  if (url.protocol === "http:" && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
    throw connectionProblem("server", place, "the server is spoken to by http, and is not on this machine");
  }
  return url;
}

/** @throws Problem `kubeconfig.credentials` where it could not be a header */
export function bearer(token: string, place: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return `Bearer ${trimmed}`;
  throw connectionProblem("credentials", place, "the token is empty, or has characters that no token has");
}

/** @throws Problem `kubeconfig.unreadable` */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw connectionProblem("unreadable", path, systemCause(error));
  }
  if (bytes.length <= bounds.kubeconfigBytes) return bytes.toString("utf8");
  throw connectionProblem("unreadable", path, `more than ${bounds.kubeconfigBytes} bytes`);
}

export function connectionProblem(code: string, place: string, cause: string, remedy?: string): Problem {
  const more = remedy === undefined ? {} : { remedy };
  return new Problem({ kind: "usage", code: `kubeconfig.${code}`, place, cause, ...more });
}
