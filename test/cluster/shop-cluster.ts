/**
 * A shop as it would run: its images in a registry, its directory beside it, and its cluster. The API server, the registry, the
 * guard at admission and `runtime prove` are the real programs. What no program does here is written down in their place: pods
 * that controllers make, what kubelets tell of them, and what Falco logs.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWeek, hardenedImages } from "../../examples/shop/hardened/images.ts";
import { type ShopImage, writeLayout } from "../../examples/shop/image.ts";
import { insecureImages } from "../../examples/shop/insecure/images.ts";
import { releaseKey, securityKey, strangerKey } from "../../examples/shop/signers.ts";
import { pushLayout } from "../../scripts/image/push.ts";
import { readClock } from "../../src/core/clock.ts";
import { importAdvisories } from "../../src/engines/vulnerability/database/import.ts";
import type { ServedProcess } from "../admission/served.ts";
import { bulkhead, type Ended } from "../bulkhead.ts";
import { startRegistry, type TestRegistry } from "../trust/registry.ts";
import {
  type Manifest as GuardManifest,
  guardCertificate,
  installWebhooks,
  manifestsFor,
  namespace,
  startWebhook,
} from "./admission-shop.ts";
import { type Cluster, startCluster } from "./api-server.ts";
import { controllerOf, falco, type Kubelets, kubelets, nodes, patchStatus, startNodes } from "./nodes.ts";
import { applyShopIn, type Manifest, objectsOf, type ShopVersion } from "./shop.ts";
import { type Injector, injector } from "./sidecar-injector.ts";

const root = join(import.meta.dirname, "../..");
const shop = join(root, "examples/shop");

export interface ShopCluster {
  readonly folder: string;
  /** The shop's directory, with the names and digests of the images in the registry. */
  readonly tree: string;
  /** Behind `bulkhead check`, run in the folder: all that is needed to judge both. */
  readonly words: readonly string[];
  readonly cluster: Cluster;
  run(...words: readonly string[]): Promise<Ended>;
  /** A file that a run wrote. */
  read(name: string): string;
  stop(): Promise<void>;
}

/** Pushed: name → digest of its manifest. */
type Pushed = ReadonlyMap<string, string>;

export async function startShopCluster(version: ShopVersion): Promise<ShopCluster> {
  const folder = mkdtempSync(join(tmpdir(), `bulkhead-${version}-`));
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.toReversed()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const run = (...words: readonly string[]) => bulkhead(words, { cwd: folder, home: folder });
    const succeed = async (...words: readonly string[]) => {
      const ended = await run(...words);
      if (ended.code !== 0) throw new Error(`bulkhead ${words.join(" ")}\n${ended.stdout}${ended.stderr}`);
    };
    const registry = await startRegistry(folder);
    ends.push(() => registry.stop());
    const cluster = await startCluster();
    ends.push(() => cluster.stop());
    const images = version === "hardened" ? hardenedImages(buildWeek(readClock(), undefined)) : insecureImages;
    const pushed = await push(registry, folder, images);
    const tree = writeTree(folder, version, registry.host, pushed);
    const database = await importShop(folder, version);
    for (const { name, privateKey } of [releaseKey, securityKey, strangerKey]) {
      writeFileSync(join(folder, `${name}.key`), privateKey);
    }
    const probes = await probeImages(registry, succeed);
    for (const name of PLATFORM) await registry.image(`platform/${name}`, name);
    if (version === "hardened") {
      for (const name of PLATFORM) {
        await succeed("sign", "--key", "release.key", `${registry.host}/platform/${name}`);
        await succeed(
          "sign",
          "--key",
          "security.key",
          "--form",
          "cosign-referrer",
          `${registry.host}/platform/${name}`,
        );
      }
      for (const [name, digest] of pushed) {
        await sign(`${registry.host}/shop/${name}@${digest}`, name, { folder, tree, database, run, succeed });
      }
    }
    const shopped: Started = { version, folder, tree, cluster, registry, pushed, ends };
    const kubeconfig = await fill(shopped, run);
    const words = [
      ...[version, "--cluster", "--kubeconfig", kubeconfig, "--policy", `${version}/bulkhead.yaml`, "--db", database],
      ...["--plain-http", "--images", "--verify"],
      ...["--probe-unsigned", probes.unsigned, "--probe-stranger", probes.stranger],
    ];
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    return { folder, tree, words, cluster, run, read, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Started {
  readonly version: ShopVersion;
  readonly folder: string;
  readonly tree: string;
  readonly cluster: Cluster;
  readonly registry: TestRegistry;
  readonly pushed: Pushed;
  /** What is to be ended, the last first. */
  readonly ends: (() => Promise<unknown>)[];
}

async function push(registry: TestRegistry, folder: string, images: readonly ShopImage[]): Promise<Pushed> {
  const pushed = new Map<string, string>();
  for (const image of images) {
    const layout = join(folder, "layouts", image.name);
    writeLayout(image, layout);
    const tag = image.reference.split(":")[1];
    pushed.set(image.name, await pushLayout(layout, `${registry.host}/shop/${image.name}:${tag}`));
    await pushLayout(layout, `${registry.host}/shop/${image.name}:latest`);
  }
  return pushed;
}

/** The shop as its team has it, but for the registry's name, and what its manifests pin; in a repository of its own. */
function writeTree(folder: string, version: ShopVersion, host: string, pushed: Pushed): string {
  const tree = join(folder, version);
  cpSync(join(shop, version), tree, { recursive: true, filter: (path) => !path.endsWith(".generated") });
  for (const path of readdirSync(tree, { recursive: true, encoding: "utf8" })) {
    if (!/\.ya?ml$/.test(path)) continue;
    const text = readFileSync(join(tree, path), "utf8")
      .replaceAll("registry.example.com", host)
      .replace(/image: (busybox|postgres)$/gm, `image: ${host}/library/$1`)
      .replace(/(shop\/([a-z]+):[0-9.]+)@sha256:[0-9a-f]{64}/g, (all, named: string, name: string) => {
        const digest = pushed.get(name);
        return digest === undefined ? all : `${named}@${digest}`;
      });
    writeFileSync(join(tree, path), text);
  }
  if (version === "hardened") writePlatformPolicy(tree, host);
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-C", tree, "-c", "user.name=t", "-c", "user.email=t@example.com", ...words]);
  git("init", "-q", "-b", "main");
  git("remote", "add", "origin", "https://git.example.com/shop/shop.git");
  git("add", ".");
  git("commit", "-qm", "the shop");
  return tree;
}

/**
 * What the platform's own pods need stands in the policy as such: who signs their images, and that the API server and the
 * detector are not restricted. It is written here, since exceptions have a last day.
 */
function writePlatformPolicy(tree: string, host: string): void {
  const file = join(tree, "bulkhead.yaml");
  const expires = new Date(readClock().getTime() + 90 * 86_400_000).toISOString().slice(0, 10);
  const checks = [
    "capabilities-restricted",
    "run-as-non-root",
    "writable-root-filesystem",
    "host-namespaces",
    "pod-security-level",
  ];
  const exceptions = checks.flatMap((check) => [
    `  - id: workload/${check}`,
    '    asset: "kube-system/**"',
    "    reason: the API server is on its node's network, and the detector looks at the kernel",
    "    owner: platform",
    `    expires: ${expires}`,
  ]);
  const rule = `    - { match: "${host}/platform/*", signedBy: { of: [release, security], atLeast: 2 } }`;
  const text = readFileSync(file, "utf8")
    .replace(/^exceptions: \[\]$/m, ["exceptions:", ...exceptions].join("\n"))
    .replace(/^ {2}images:$/m, (line) => `${line}\n${rule}`);
  writeFileSync(file, text);
}

/**
 * The insecure shop's are the demonstration's. Of the hardened shop's packages none is in an advisory: they are made to cover
 * npm and Debian 13 whole, as of today, and hold one flaw of a package that is not there.
 */
async function importShop(folder: string, version: ShopVersion): Promise<string> {
  const database = join(folder, "advisories.db");
  if (version === "insecure") {
    await importAdvisories({ database, sources: [join(shop, "advisories")], now: readClock() });
    return database;
  }
  const source = join(folder, "advisories");
  mkdirSync(source);
  const record = {
    schema_version: "1.7.0",
    id: "GHSA-aaaa-aaaa-aaaa",
    modified: "2026-01-01T00:00:00Z",
    summary: "a package that the shop does not have runs what it is sent",
    affected: [
      {
        package: { ecosystem: "npm", name: "flawed" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.0.1" }] }],
      },
    ],
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
  };
  writeFileSync(join(source, "made.jsonl"), `${JSON.stringify(record)}\n`);
  const asOf = readClock().toISOString().slice(0, 10);
  const sources = [
    { file: "made.jsonl", ecosystem: "npm", asOf, complete: true },
    { file: "made.jsonl", ecosystem: "Debian", releases: ["13"], asOf, complete: true },
  ];
  writeFileSync(join(source, "coverage.json"), JSON.stringify({ sources }));
  await importAdvisories({ database, sources: [source], now: readClock() });
  return database;
}

/** One that nobody signed, and one that a stranger did. */
async function probeImages(registry: TestRegistry, succeed: (...words: readonly string[]) => Promise<void>) {
  const of = (tag: string) => `${registry.host}/shop/probe:${tag}`;
  for (const tag of ["unsigned", "stranger"]) await registry.image(`shop/probe:${tag}`, tag);
  await succeed("sign", "--key", "stranger.key", of("stranger"));
  return { unsigned: of("unsigned"), stranger: of("stranger") };
}

interface Signing extends Pick<Started, "folder" | "tree"> {
  readonly database: string;
  readonly run: (...words: readonly string[]) => Promise<Ended>;
  readonly succeed: (...words: readonly string[]) => Promise<void>;
}

/** By both keys, with the provenance, the SBOM and the scan that the policy asks for. */
async function sign(image: string, name: string, { folder, tree, database, run, succeed }: Signing): Promise<void> {
  await succeed("sign", "--key", "release.key", image);
  await succeed("sign", "--key", "security.key", "--form", "cosign-referrer", image);
  const sbom = join(folder, `${name}.cdx.json`);
  await succeed("image", "sbom", image, "--format", "cyclonedx", "--output", sbom, "--quiet");
  await succeed("attest", "--type", "sbom", "--predicate", sbom, "--key", "release.key", image);
  const scan = join(folder, `${name}.scan.json`);
  await run("image", "scan", image, "--db", database, "--format", `json=${scan}`, "--quiet");
  const bundle = ["--form", "bundle-attestation"];
  await succeed("attest", "--type", "vuln", "--predicate", scan, ...bundle, "--key", "security.key", image);
  const source = ["--source", tree, "--dockerfile", join(tree, name, "Dockerfile")];
  await succeed("attest", "--type", "slsa", ...source, "--key", "release.key", image);
}

/** Of the node and the control plane: mirrored into the shop's registry, and signed there. */
const PLATFORM = ["falco:0.44.1", "kube-apiserver:v1.34.0"];

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** What is in the cluster, and who may read it. Returns a kubeconfig of the published role. */
async function fill(started: Started, run: Signing["run"]): Promise<string> {
  const { version, tree, cluster, registry, ends } = started;
  const isHardened = version === "hardened";
  const sidecars = isHardened ? await injector() : undefined;
  if (sidecars !== undefined) ends.push(() => sidecars.close());
  const kubeconfig = await applyShopIn(cluster, join(tree, "kubernetes"), answered(sidecars));
  const published = ["probe.yaml", "prove.yaml"].map((name) => join(root, "deploy/cluster-audit", name));
  await cluster.apply(...objectsOf(published.map((file) => ({ text: readFileSync(file, "utf8") }))));
  if (isHardened) await cluster.apply(namespace("default", restricted));
  await cluster.apply(controlPlane(isHardened, registry.host));
  const kubelet: Kubelets = await kubelets(cluster);
  ends.push(() => kubelet.close());
  const detector = `${registry.host}/platform/falco:0.44.1`;
  await cluster.apply(falco("kube-system", isHardened ? [{ operator: "Exists" }] : [], detector));
  await startNodes(cluster, "kube-system", kubelet.port, detector);
  if (isHardened) {
    await prove(cluster, run);
    const guard = await startGuard(started);
    ends.push(() => guard.stop());
  }
  await startPods(started);
  return kubeconfig;
}

/** The mesh's webhook is asked here, where no Service leads to it. */
function answered(sidecars: Injector | undefined): (object: Manifest) => Manifest | undefined {
  return (object) => {
    const { webhooks } = object as { webhooks?: readonly object[] };
    if (object.kind !== "MutatingWebhookConfiguration" || sidecars === undefined) return object;
    return {
      ...object,
      webhooks: webhooks?.map((webhook) => ({ ...webhook, clientConfig: sidecars.clientConfig })),
    } as Manifest;
  };
}

/** As kubeadm's static pod is seen in a cluster. */
function controlPlane(isHardened: boolean, host: string): object {
  const flags = [
    "--authorization-mode=Node,RBAC",
    "--anonymous-auth=false",
    "--enable-admission-plugins=NodeRestriction",
    ...(isHardened ? ["--encryption-provider-config=/etc/kubernetes/encryption.yaml"] : []),
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "kube-apiserver-node-1",
      namespace: "kube-system",
      labels: { component: "kube-apiserver", tier: "control-plane" },
    },
    spec: {
      nodeName: "node-1",
      hostNetwork: true,
      containers: [
        {
          name: "kube-apiserver",
          image: `${host}/platform/kube-apiserver:v1.34.0`,
          command: ["kube-apiserver", ...flags],
        },
      ],
    },
  };
}

/** `bulkhead admission serve` with the shop's policy, in front of the API server. */
async function startGuard({ tree, cluster }: Started): Promise<ServedProcess> {
  const manifests = (await manifestsFor(tree, ["--policy", "bulkhead.yaml"])).map(askedEverywhere);
  await installGuardRights(cluster, manifests);
  // A configuration that nobody answers yet: it must be there for the webhook to write whom to trust.
  await installWebhooks(cluster, manifests, 1, "Ignore");
  await cluster.apply(guardCertificate());
  const own = ["--certificate-secret", "bulkhead/admission-certificate", "--service", "bulkhead/admission"];
  const guard = await startWebhook(cluster, { folder: tree, words: [...own, "--server-name", "127.0.0.1"] });
  await installWebhooks(cluster, manifests, guard.port);
  guard.signal("SIGHUP");
  await guard.ready();
  return guard;
}

const LABEL = "kubernetes.io/metadata.name";

/** Everything but what a cluster without kubelets has no use for; and the label that later versions give each namespace. */
async function installGuardRights(cluster: Cluster, manifests: readonly GuardManifest[]): Promise<void> {
  for (const name of ["kube-system", "default", "bulkhead", "shop"]) {
    const contentType = "application/merge-patch+json";
    const body = { metadata: { labels: { [LABEL]: name } } };
    await cluster.request(`/api/v1/namespaces/${name}`, { method: "PATCH", contentType, body });
  }
  const kinds = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ConfigMap", "Secret"];
  await cluster.apply(...manifests.filter(({ kind }) => kinds.includes(kind)));
}

/** The guard runs beside this cluster: nothing in it starts by way of the guard, so that its namespace need not be left out. */
function askedEverywhere(manifest: GuardManifest): GuardManifest {
  if (!manifest.kind.endsWith("WebhookConfiguration")) return manifest;
  const namespaceSelector = {
    matchExpressions: [{ key: LABEL, operator: "NotIn", values: ["kube-system"] }],
  };
  const webhooks = (manifest.webhooks as readonly object[]).map((webhook) => ({ ...webhook, namespaceSelector }));
  return { ...manifest, webhooks };
}

interface Running {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly template: { readonly metadata?: object; readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

/** One pod of each workload of the shop, as its controller would make it, admitted as any pod is. */
async function startPods({ cluster, registry, pushed }: Started): Promise<void> {
  for (const kind of ["Deployment", "StatefulSet", "DaemonSet"] as const) {
    const path = `/apis/apps/v1/namespaces/shop/${kind.toLowerCase()}s`;
    const { body } = await cluster.request<{ items: readonly Omit<Running, "kind">[] }>(path);
    for (const { metadata, spec } of body.items) {
      const { namespace: within, name } = metadata;
      const owner = await controllerOf(cluster, { kind, namespace: within, name });
      const pod = `${name}-1`;
      await cluster.apply({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...spec.template.metadata, name: pod, namespace: within, ownerReferences: [owner] },
        spec: { ...spec.template.spec, nodeName: nodes[0] },
      });
      const containerStatuses = spec.template.spec.containers.map((container) => {
        const digest = [...pushed].find(([image]) => container.image.includes(`/shop/${image}`));
        const imageID = digest === undefined ? "" : `${registry.host}/shop/${digest[0]}@${digest[1]}`;
        const state = { running: { startedAt: readClock().toISOString() } };
        return { name: container.name, image: container.image, imageID, ready: true, restartCount: 0, state };
      });
      const startTime = readClock().toISOString();
      const path = `/api/v1/namespaces/${within}/pods/${pod}`;
      await patchStatus(cluster, path, { phase: "Running", startTime, containerStatuses });
    }
  }
}

/** By an account that has the published role alone. */
async function prove(cluster: Cluster, run: Signing["run"]): Promise<void> {
  const kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "prove"));
  const image = "registry.example.com/probe/busybox:1";
  const to = ["--cluster", "--kubeconfig", kubeconfig, "--container", image, "--timeout", "60"];
  const { code, stdout, stderr } = await run("runtime", "prove", ...to);
  if (code !== 0) throw new Error(`runtime prove: ${stdout}${stderr}`);
}
