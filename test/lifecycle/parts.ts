/**
 * The parts of the chain, each real and each on loopback: the guard in front of docker-registry, an API server that asks the webhook,
 * buildah and podman, and `runtime watch` and `runtime learn` on the live sensor.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { releaseKey, strangerKey } from "../../examples/shop/signers.ts";
import { jsonLines, recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../src/engines/vulnerability/database/import.ts";
import type { ServedProcess } from "../admission/served.ts";
import { type Buildah, buildahIn } from "../buildah.ts";
import { bulkhead, type Ended, program } from "../bulkhead.ts";
import {
  installRights,
  installWebhooks,
  type Manifest,
  manifestsFor,
  startWebhook,
} from "../cluster/admission-shop.ts";
import { type Cluster, clusterMissing, startCluster } from "../cluster/api-server.ts";
import { freePort } from "../free-ports.ts";
import { findProgram } from "../registry/client-programs.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "../registry/docker-registry.ts";
import { makeAccount, makeKeys, type ServedGuard, serveGuard } from "../registry/served-guard.ts";
import { cannotSense, sensorProgram } from "../runtime/live/sensor.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "../runtime/own-podman.ts";

/** Why the chain cannot be driven here; false where it can. */
export const chainMissing: string | false =
  clusterMissing ||
  podmanMissing ||
  (findDockerRegistry() === undefined && "docker-registry is not installed") ||
  (findProgram("buildah") === undefined && "buildah is not installed");

/** Why nothing is watched live: what would have happened is replayed then. */
export const sensorMissing: string | false = cannotSense() ?? false;

const PASSWORD = ["of", "this", "test", "alone"].join("-");

export interface Chain {
  readonly folder: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly cluster: Cluster;
  readonly buildah: Buildah;
  readonly podman: OwnPodman;
  readonly guard: ServedGuard;
  readonly webhook: ServedProcess;
  /** Of every account. */
  readonly password: string;
  /** Of the webhook and of the trace: what is enforced where pods are admitted. */
  admissionPolicy(enforcement: object): void;
  /** As who builds and signs. */
  run(...words: readonly string[]): Promise<Ended>;
  succeed(...words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

const ENFORCED = {
  default: "audit",
  unknown: "deny",
  checks: { "registry/*": "deny", "build/*": "deny", "image/*": "deny" },
};

export function policyOf(host: string, admission: object = ENFORCED): object {
  return {
    apiVersion: "bulkhead/v1",
    enforcement: { admission, registry: { pull: "deny", push: "deny", unknown: "deny" } },
    registry: {
      access: [
        { who: ["user:ci"], repositories: ["shop/**"], actions: ["pull", "push"] },
        { who: ["user:node", "user:admission"], repositories: ["shop/**"], actions: ["pull"] },
      ],
      exempt: ["user:ci", "user:admission"],
      immutableTags: ["shop/**:v*"],
      pull: { scannedWithinDays: 7 },
    },
    trust: {
      roots: [],
      signers: { release: { key: "release.pub" } },
      builders: [{ signer: "release", ids: ["urn:bulkhead:builder:unverified"], level: 1 }],
      images: [
        {
          match: `${host}/shop/api`,
          signedBy: { of: ["release"], atLeast: 1 },
          attestations: ["slsa", "sbom", "vuln"].map((type) => ({
            type,
            signedBy: ["release"],
            ...(type === "slsa" ? { level: 1 } : {}),
            ...(type === "vuln" ? { maxAgeDays: 7 } : {}),
          })),
        },
      ],
    },
  };
}

/** Everything runs once this resolves; what was started is ended by `stop`, also where this throws. */
export async function startChain(folder: string): Promise<Chain> {
  const ends: (() => Promise<unknown> | undefined)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await start(folder, ends, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  folder: string,
  ends: (() => Promise<unknown> | undefined)[],
  stop: () => Promise<void>,
): Promise<Chain> {
  const at = (...names: string[]) => join(folder, ...names);
  for (const { name, privateKey, publicKey } of [releaseKey, strangerKey]) {
    writeFileSync(at(`${name}.key`), privateKey, { mode: 0o600 });
    writeFileSync(at(`${name}.pub`), publicKey);
  }
  await importToday(folder);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const engine = await startEngine(folder, host);
  ends.push(() => engine.stop());
  const guard = await serveGuard({
    ...{ folder, policy: policyOf(host), engine: engine.host, database: undefined, port, works: true },
    words: ["--accounts", at("accounts.json"), "--db", at("advisories.db")],
  });
  ends.push(() => guard.stop());
  const auths = (name: string) => ({ [host]: { auth: Buffer.from(`${name}:${PASSWORD}`).toString("base64") } });
  mkdirSync(at("home", ".docker"), { recursive: true });
  writeFileSync(at("home", ".docker", "config.json"), JSON.stringify({ auths: auths("ci") }));
  mkdirSync(at("build"));
  const buildah = buildahIn(at("build"), { mirrors: {}, auths: auths("ci") });
  const podman = await ownPodman("overlay");
  ends.push(async () => podman.remove());

  const cluster = await startCluster();
  ends.push(() => cluster.stop());
  const own = at("admission");
  mkdirSync(own);
  writeFileSync(join(own, "release.pub"), releaseKey.publicKey);
  const admissionPolicy = (enforcement: object) =>
    writeFileSync(join(own, "bulkhead.yaml"), JSON.stringify(policyOf(host, enforcement), null, 1));
  admissionPolicy(ENFORCED);
  const webhook = await startAdmission(cluster, own, auths("admission"));
  ends.push(() => webhook.stop());

  const run = (...words: readonly string[]) => bulkhead(words, { cwd: folder, home: at("home") });
  return {
    ...{ folder, host, cluster, buildah, podman, guard, webhook, admissionPolicy, run, stop },
    password: PASSWORD,
    async succeed(...words) {
      const { code, stdout, stderr } = await run(...words);
      if (code !== 0) throw new Error(`bulkhead ${words.join(" ")} ended with ${code}: ${stderr}${stdout}`);
      return stdout;
    },
  };
}

async function startEngine(folder: string, host: string): Promise<DockerRegistry> {
  makeKeys(folder);
  for (const name of ["ci", "node", "admission"]) makeAccount(folder, name, PASSWORD);
  mkdirSync(join(folder, "engine"));
  return await startDockerRegistry(findDockerRegistry() ?? "", join(folder, "engine"), {
    realm: `http://${host}/token`,
    service: "engine",
    issuer: "bulkhead",
    certificateFile: join(folder, "keys/engine.crt"),
    close: async () => undefined,
  });
}

/** Advisories of today that cover Alpine 3.22 whole, with one that no image here has. */
async function importToday(folder: string): Promise<void> {
  const source = join(folder, "advisories");
  mkdirSync(source);
  writeFileSync(
    join(source, "alpine.jsonl"),
    jsonLines([recordBelow("ALPINE-CVE-2020-0001", "Alpine:v3.22", "musl", "1.0-r0")]),
  );
  const asOf = new Date().toISOString().slice(0, 10);
  const covered = { file: "alpine.jsonl", ecosystem: "Alpine", releases: ["v3.22"], asOf, complete: true };
  writeFileSync(join(source, "coverage.json"), JSON.stringify({ sources: [covered] }));
  await importAdvisories({ database: join(folder, "advisories.db"), sources: [source], now: new Date() });
}

/** The webhook with its log, asked by the API server; the namespace `shop` pulls as `admission`. */
async function startAdmission(cluster: Cluster, folder: string, auths: object): Promise<ServedProcess> {
  const manifests: readonly Manifest[] = await manifestsFor(folder, [
    "--policy",
    "bulkhead.yaml",
    "--pull-secret",
    "shop/registry",
  ]);
  await installRights(cluster, manifests);
  await cluster.apply({
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/dockerconfigjson",
    metadata: { name: "registry", namespace: "shop" },
    stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
  });
  await installWebhooks(cluster, manifests, 1);
  const words = [
    ...["--certificate-secret", "bulkhead/admission-certificate", "--service", "bulkhead/admission"],
    ...["--server-name", "127.0.0.1", "--log", join(folder, "decisions.jsonl")],
  ];
  const webhook = await startWebhook(cluster, { folder, words });
  await installWebhooks(cluster, manifests, webhook.port);
  webhook.signal("SIGHUP");
  await webhook.ready();
  return webhook;
}

/** The folder of an image that buildah builds: a small Alpine whose shell waits, as a base and as an application on it. */
export function writeContexts(folder: string, host: string): { readonly base: string; readonly api: string } {
  const [base, api] = [join(folder, "contexts/base"), join(folder, "contexts/api")] as const;
  for (const name of ["bin", "etc", "lib/apk/db"]) mkdirSync(join(base, "fs", name), { recursive: true });
  const busybox = findProgram("busybox") ?? "/bin/busybox";
  execFileSync("cp", ["--dereference", busybox, join(base, "fs/bin/sh")]);
  const linked = execFileSync("sh", ["-c", `ldd ${busybox} 2>/dev/null || true`], { encoding: "utf8" });
  for (const [library] of linked.matchAll(/\/[^ ]+\.so[^ ]*/g)) {
    execFileSync("cp", ["--dereference", "--parents", library, join(base, "fs")]);
  }
  writeFileSync(join(base, "fs/etc/os-release"), "ID=alpine\nVERSION_ID=3.22.1\n");
  writeFileSync(
    join(base, "fs/lib/apk/db/installed"),
    "P:busybox\nV:1.37.0-r20\nA:x86_64\nL:GPL-2.0-only\nF:bin\nR:sh\n\nP:tzdata\nV:2026a-r0\nA:x86_64\nL:MIT\nF:etc\nR:zone\n\n",
  );
  writeFileSync(join(base, "fs/etc/zone"), "UTC\n");
  writeFileSync(join(base, "Dockerfile"), "FROM scratch\nARG DAY=1\nLABEL day=$DAY\nCOPY fs/ /\n");
  mkdirSync(api);
  writeFileSync(join(api, "serve"), "trap 'exit 0' TERM; while :; do sleep 1; done\n");
  writeFileSync(
    join(api, "Dockerfile"),
    [
      `FROM ${host}/shop/base:1`,
      "ARG VERSION=1",
      "LABEL org.opencontainers.image.version=$VERSION",
      "COPY serve /serve",
      "USER 10001:10001",
      'ENTRYPOINT ["/bin/sh", "/serve"]',
      "",
    ].join("\n"),
  );
  const git = (...words: readonly string[]) =>
    execFileSync("git", [
      "-C",
      join(folder, "contexts"),
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.com",
      ...words,
    ]);
  git("init", "-q", "-b", "main");
  git("remote", "add", "origin", "https://git.example.com/shop/shop.git");
  git("add", "api");
  git("commit", "-qm", "the api");
  return { base, api };
}

export interface Watch {
  /** Alerts so far. */
  readonly file: string;
  until(pattern: RegExp): Promise<void>;
  /** Ends the sensor, and has none follow. */
  blind(): void;
  stop(): Promise<void>;
}

const RULES = `
- rule: Marked file opened
  desc: what this test has a container do
  condition: evt.type in (open, openat, openat2) and container.id != host and fd.name endswith /etc/zone
  output: "Opened | file=%fd.name command=%proc.cmdline"
  priority: WARNING
`;

/** `runtime watch` of podman's containers, with one rule, its alerts in a file. */
export async function watchContainers({ folder, podman }: Chain): Promise<Watch> {
  const at = (name: string) => join(folder, name);
  writeFileSync(at("rules.yaml"), RULES);
  const sensor = at("sensor");
  if (!existsSync(sensor)) symlinkSync(sensorProgram, sensor);
  const file = at("alerts.jsonl");
  const child = start_(podman, folder, [
    ...[
      "runtime",
      "watch",
      "--rules",
      at("rules.yaml"),
      "--sensor",
      sensor,
      "--host",
      "node-1",
      "--scope",
      "containers",
    ],
    ...["--output", `file:${file}`, "--format", "alerts", "--journal", at("journal.jsonl")],
  ]);
  await child.says(/watches/);
  return {
    file,
    async until(pattern) {
      await eventually(
        () => existsSync(file) && pattern.test(readFileSync(file, "utf8")),
        () => child.said(),
      );
    },
    blind() {
      // What would be started in its place is not there.
      execFileSync("rm", [sensor]);
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
      for (const pid of children) {
        if (readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("bulkhead-senso"))
          process.kill(Number(pid), "SIGKILL");
      }
    },
    stop: child.stop,
  };
}

/** `runtime learn` of podman's containers until it is stopped, then written to `learned.json`. */
export async function learnContainers({ folder, podman }: Chain): Promise<{ stop(): Promise<void> }> {
  const child = start_(podman, folder, [
    ...["runtime", "learn", "--sensor", sensorProgram, "--hours", "0"],
    ...["--format", "json", "--output", "learned.json"],
  ]);
  await child.says(/learns until/);
  return { stop: child.stop };
}

function start_(podman: OwnPodman, folder: string, words: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [program, ...words, "--root", podman.root], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => (said += chunk));
  const ended = once(child, "exit");
  return {
    pid: child.pid ?? 0,
    said: () => said,
    async says(pattern: RegExp) {
      await eventually(
        () => pattern.test(said) || child.exitCode !== null,
        () => said,
      );
      if (!pattern.test(said)) throw new Error(`${words.slice(0, 2).join(" ")} ended: ${said}`);
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** @throws Error with what was said where it does not come to be so within two minutes */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  said: () => string = () => "",
): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await setTimeout(100);
  }
  throw new Error(`it does not come to be so: ${said()}`);
}

/** Where nothing can be watched live: the same by hand, as `runtime watch` would have written it. */
export function replayedAlert(folder: string, line: object): string {
  const file = join(folder, "alerts.jsonl");
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  return file;
}
