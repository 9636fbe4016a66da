/**
 * The parts of the chain, each real and each on loopback: the guard in front of docker-registry, an API server that asks the webhook,
 * buildah and podman.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { releaseKey, strangerKey } from "../../examples/shop/signers.ts";
import { readClock } from "../../src/core/clock.ts";
import { jsonLines, recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../src/engines/vulnerability/database/import.ts";
import type { ServedProcess } from "../admission/served.ts";
import { type Buildah, buildahIn } from "../buildah.ts";
import { bulkhead, type Ended } from "../bulkhead.ts";
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
import { type OwnPodman, ownPodman, podmanMissing } from "../runtime/own-podman.ts";

/** Why the chain cannot be driven here; false where it can. */
export const chainMissing: string | false =
  clusterMissing ||
  podmanMissing ||
  (findDockerRegistry() === undefined && "docker-registry is not installed") ||
  (findProgram("buildah") === undefined && "buildah is not installed");

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
  /** Puts the webhook's policy into the cluster, and names the webhook as it is deployed: so audits know both. */
  installPolicy(): Promise<void>;
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
    async installPolicy() {
      const manifests = await manifestsFor(own, ["--policy", "bulkhead.yaml"]);
      await cluster.apply(
        ...manifests.filter(({ kind }) => /^(?:ConfigMap|Service|\w+WebhookConfiguration)$/.test(kind)),
      );
      const [service] = manifests.filter(({ kind }) => kind === "Service");
      const ports = [{ name: "webhooks", port: webhook.port }];
      await cluster.apply({
        apiVersion: "v1",
        kind: "Endpoints",
        metadata: { name: service?.metadata.name, namespace: service?.metadata.namespace },
        subsets: [{ addresses: [{ ip: "10.0.0.1" }], ports }],
      });
    },
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
  const asOf = readClock().toISOString().slice(0, 10);
  const covered = { file: "alpine.jsonl", ecosystem: "Alpine", releases: ["v3.22"], asOf, complete: true };
  writeFileSync(join(source, "coverage.json"), JSON.stringify({ sources: [covered] }));
  await importAdvisories({ database: join(folder, "advisories.db"), sources: [source], now: readClock() });
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
    "P:busybox\nV:1.37.0-r20\nA:x86_64\nL:GPL-2.0-only\nF:bin\nR:sh\n\nP:tzdata\nV:2026a-r0\nA:x86_64\nL:MIT\nF:etc\nR:zone\n\nP:idle\nV:1-r0\nA:x86_64\nL:MIT\nF:etc\nR:idle\n\n",
  );
  for (const name of ["zone", "idle"]) writeFileSync(join(base, `fs/etc/${name}`), "UTC\n");
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
