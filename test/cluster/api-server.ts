/**
 * A Kubernetes API server with its etcd on loopback, for tests: the server that scripts/setup-cluster built, with RBAC and
 * without any controller. Objects are admitted, defaulted, stored, listed and watched as in a cluster; nothing acts on
 * them: a Deployment makes no Pods, a namespace no default service account, an aggregated ClusterRole no rules.
 */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { selfSigned } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { freePorts } from "../free-ports.ts";
import { type ClusterClient, clusterClient } from "./client.ts";
import { findProgram, type ServerProcess, startProcess } from "./process.ts";

/** Whom the server knows by a token of their own. */
export interface ClusterUser {
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface ClusterOptions {
  /** Beside `admin`, who may do everything. Names and groups hold no comma and no quote. */
  readonly users?: readonly ClusterUser[];
  /** Given to kube-apiserver behind the others: `--name=value`. */
  readonly flags?: readonly string[];
}

export interface Cluster extends ClusterClient {
  /** The bearer token of `admin` or of one of the users. Throws for a name that it was not started with. */
  tokenOf(name: string): string;
  /** The processes, and the folder that holds all that they write. */
  readonly etcd: number;
  readonly apiServer: number;
  readonly folder: string;
  /** Ends the processes that were started, waits for their end, and removes their folder. */
  stop(): Promise<void>;
}

/** How long a busy machine may take until the server is ready, in milliseconds. A quiet one takes 4 seconds. */
const READY_WITHIN = 120_000;

const programs = { etcd: findProgram("etcd"), kubectl: findProgram("kubectl"), apiServer: findApiServer() };

/** Why no cluster can be started here: what `skip` of a test takes. False where one can. */
export const clusterMissing: string | false =
  programs.apiServer === undefined || programs.etcd === undefined || programs.kubectl === undefined
    ? "kube-apiserver, etcd or kubectl is not there; scripts/setup-cluster brings them"
    : false;

/** `KUBE_APISERVER` names another server than the one built here. */
function findApiServer(): string | undefined {
  if (process.env.KUBE_APISERVER !== undefined) return process.env.KUBE_APISERVER;
  const script = join(import.meta.dirname, "../../scripts/setup-cluster");
  return spawnSync(script, ["--path"], { encoding: "utf8" }).stdout?.trim() || undefined;
}

/** Resolves once the server is ready. Throws with the end of the log of the process that would not start. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  if (clusterMissing !== false) throw new Error(clusterMissing);
  // Another program may take a port between its choice and its use.
  for (let triesLeft = 4; ; triesLeft -= 1) {
    const folder = await mkdtemp(join(tmpdir(), "bulkhead-cluster-"));
    const started: ServerProcess[] = [];
    const stop = async () => {
      // The server first: it would wait for its etcd.
      for (const each of started.toReversed()) await each.stop();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      return await startIn(folder, options, started, stop);
    } catch (error) {
      await stop();
      if (triesLeft === 0 || !(error instanceof Error && error.message.includes("address already in use"))) throw error;
    }
  }
}

/** Puts every process into `started` as soon as it runs. */
async function startIn(
  folder: string,
  options: ClusterOptions,
  started: ServerProcess[],
  stop: () => Promise<void>,
): Promise<Cluster> {
  const tokens = await writeTokens(folder, [{ name: "admin", groups: ["system:masters"] }, ...(options.users ?? [])]);
  await writeServiceAccountKeys(folder);
  await writeCertificate(folder);
  const [clientPort, peerPort, securePort] = (await freePorts(3)) as [number, number, number];

  function start(program: string | undefined, name: string, flags: readonly string[]): ServerProcess {
    const process = startProcess(program ?? name, flags, join(folder, `${name}.log`));
    started.push(process);
    return process;
  }
  const etcd = start(programs.etcd, "etcd", etcdFlags(folder, clientPort, peerPort));
  const apiServer = start(programs.apiServer, "kube-apiserver", [
    ...apiServerFlags(folder, clientPort, securePort),
    ...(options.flags ?? []),
  ]);

  const server = `https://127.0.0.1:${securePort}`;
  const token = tokens.get("admin") ?? "";
  const giveUp = new AbortController();
  try {
    const client = await Promise.race([
      readyClient({ server, token, folder }, giveUp.signal),
      etcd.ended,
      apiServer.ended,
    ]);
    return {
      ...client,
      etcd: etcd.pid,
      apiServer: apiServer.pid,
      folder,
      tokenOf(name) {
        const token = tokens.get(name);
        if (token === undefined) throw new Error(`the cluster was started without a user ${name}`);
        return token;
      },
      async stop() {
        client.disconnect();
        await stop();
      },
    };
  } finally {
    giveUp.abort();
  }
}

function etcdFlags(folder: string, clientPort: number, peerPort: number): string[] {
  const [clients, peers] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--unsafe-no-fsync",
  ];
}

function apiServerFlags(folder: string, etcdPort: number, securePort: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${securePort}`,
    // Its certificate is there.
    `--cert-dir=${folder}`,
    "--authorization-mode=RBAC",
    `--token-auth-file=${join(folder, "tokens.csv")}`,
    `--service-account-key-file=${join(folder, "service-accounts.pub")}`,
    `--service-account-signing-key-file=${join(folder, "service-accounts.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--service-cluster-ip-range=10.0.0.0/24",
    // Without it no pod may be privileged, and such pods are what the tests are about.
    "--allow-privileged=true",
    // No controller makes what these would wait for.
    "--disable-admission-plugins=ServiceAccount",
    "--endpoint-reconciler-type=none",
  ];
}

/** Waits until the server says that it is ready. */
async function readyClient(
  { server, token, folder }: { readonly server: string; readonly token: string; readonly folder: string },
  signal: AbortSignal,
) {
  const certificates = await readFile(join(folder, "apiserver.crt"), "utf8");
  const client = clusterClient({ server, certificates, token, folder, kubectl: programs.kubectl ?? "kubectl" });
  await repeat(signal, async () => {
    const { status, body } = await client.request("/readyz?verbose");
    if (status !== 200) throw new Error(`not ready: ${body}`);
  });
  return client;
}

/** Tries until it succeeds, for READY_WITHIN or until the signal; then throws what the last try threw. */
async function repeat<Result>(signal: AbortSignal, attempt: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + READY_WITHIN;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || performance.now() > deadline) throw error;
      await setTimeout(50);
    }
  }
}

/** The token file of kube-apiserver: lines of token, user, uid and groups. Gives each user's token. */
async function writeTokens(folder: string, users: readonly ClusterUser[]): Promise<Map<string, string>> {
  const tokens = new Map(users.map(({ name }) => [name, randomBytes(16).toString("hex")]));
  const lines = users.map(({ name, groups = [] }) => `${tokens.get(name)},${name},${name},"${groups.join(",")}"\n`);
  await writeFile(join(folder, "tokens.csv"), lines.join(""), { mode: 0o600 });
  return tokens;
}

/** The server's own is valid for a year by the kernel's clock: it would have ended where a test's clock is moved. */
async function writeCertificate(folder: string): Promise<void> {
  const made = selfSigned();
  if (made === undefined) throw new Error("openssl is not installed");
  await writeFile(join(folder, "apiserver.crt"), made.cert);
  await writeFile(join(folder, "apiserver.key"), made.key, { mode: 0o600 });
}

async function writeServiceAccountKeys(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  await writeFile(join(folder, "service-accounts.key"), privateKey, { mode: 0o600 });
  await writeFile(join(folder, "service-accounts.pub"), publicKey);
}
