/** Speaks to the API server of a test: over https with a bearer token, and through kubectl. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Agent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";

export interface ClusterRequest {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Who asks; `admin` where it is left out, nobody (`system:anonymous`) where it is "". */
  readonly token?: string;
  /** `application/json` where it is left out; a patch names its kind. */
  readonly contentType?: string;
}

export interface ClusterAnswer<Body> {
  readonly status: number;
  /** What the JSON says; text where it is none. Nothing checks that it has the asked shape. */
  readonly body: Body;
}

export interface Ran {
  /** -1 where a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClusterClient {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** In PEM: what a client must trust. */
  readonly certificates: string;
  /** Answers whatever the status is. `path` begins with a slash and carries its query. */
  request<Body = unknown>(path: string, request?: ClusterRequest): Promise<ClusterAnswer<Body>>;
  /** Writes a kubeconfig file for the bearer of a token, and says where. It goes with the cluster. */
  kubeconfig(token?: string): Promise<string>;
  /** Runs it with a kubeconfig of the token, `input` on its standard input. Answers whatever its exit code is. */
  kubectl(args: readonly string[], run?: { readonly input?: string; readonly token?: string }): Promise<Ran>;
  /** Applies objects, each whole, as `admin` by server-side apply. Throws with kubectl's words where one is refused. */
  apply(...objects: readonly object[]): Promise<void>;
  /** A token of a service account, as a pod would have it (TokenRequest API). The account must be there. */
  serviceAccountToken(namespace: string, name: string): Promise<string>;
}

/** What a client is made of. */
export interface ClusterConnection {
  readonly server: string;
  readonly certificates: string;
  /** Of `admin`. */
  readonly token: string;
  /** Where kubeconfig files and kubectl's caches go. */
  readonly folder: string;
  /** The program. */
  readonly kubectl: string;
}

/** `disconnect` closes the connections that are kept open. */
export function clusterClient(connection: ClusterConnection): ClusterClient & { disconnect(): void } {
  const { server, certificates, token: adminToken, folder } = connection;
  const agent = new Agent({ keepAlive: true, ca: certificates });

  async function request<Body>(path: string, options: ClusterRequest = {}): Promise<ClusterAnswer<Body>> {
    const { method = "GET", body, token = adminToken, contentType = "application/json" } = options;
    const sent = httpsRequest(server + path, {
      method,
      agent,
      headers: {
        accept: "application/json",
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": contentType }),
      },
    });
    const { promise, resolve, reject } = Promise.withResolvers<ClusterAnswer<Body>>();
    sent.on("error", reject);
    sent.on("response", (response) => {
      const isJson = response.headers["content-type"]?.startsWith("application/json") === true;
      buffer(response).then((bytes) => {
        const text = bytes.toString();
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
      }, reject);
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }

  async function kubeconfig(token = adminToken): Promise<string> {
    const file = join(folder, `kubeconfig-${createHash("sha256").update(token).digest("hex").slice(0, 16)}.json`);
    const name = "test";
    const content = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name, cluster: { server, "certificate-authority-data": Buffer.from(certificates).toString("base64") } },
      ],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    };
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }

  async function kubectl(args: readonly string[], run: { input?: string; token?: string } = {}): Promise<Ran> {
    const where = ["--kubeconfig", await kubeconfig(run.token), "--cache-dir", join(folder, "kubectl-cache")];
    const { promise, resolve } = Promise.withResolvers<Ran>();
    const child = execFile(
      connection.kubectl,
      [...where, ...args],
      { env: { PATH: process.env.PATH, HOME: folder }, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ status, stdout, stderr });
      },
    );
    // What it refuses before it has read all closes the pipe.
    child.stdin?.on("error", () => {});
    child.stdin?.end(run.input ?? "");
    return promise;
  }

  return {
    server,
    certificates,
    request,
    kubeconfig,
    kubectl,
    async apply(...objects) {
      const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
      const { status, stderr } = await kubectl(["apply", "--server-side", "-f", "-"], { input });
      if (status !== 0) throw new Error(`kubectl apply: ${stderr}`);
    },
    async serviceAccountToken(namespace, name) {
      const { status, body } = await request<{ status: { token: string } }>(
        `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
        { method: "POST", body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} } },
      );
      if (status !== 201) throw new Error(`no token of ${namespace}/${name}: ${JSON.stringify(body)}`);
      return body.status.token;
    },
    disconnect() {
      agent.destroy();
    },
  };
}
