/**
 * What admission is tried with on a real API server: images that cosign signed in a real registry, the manifests that
 * `admission manifests` prints, and the webhook as a process of its own. No Service reaches a process beside the cluster, so that
 * the webhooks are named by URL; and 1.20 does not give namespaces the label of their name, which later versions do.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readClock } from "../../src/core/clock.ts";
import { issueCertificate, makeAuthority } from "../../src/engines/certificates/make.ts";
import { type ServedProcess, serve } from "../admission/served.ts";
import { bulkhead } from "../bulkhead.ts";
import { kernelClock } from "../kernel-clock.ts";
import { type Cosign, cosignIn } from "../trust/cosign.ts";
import { startRegistry, type TestRegistry } from "../trust/registry.ts";
import type { Cluster } from "./api-server.ts";

export type Manifest = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

export interface AdmissionShop {
  readonly registry: TestRegistry;
  readonly cosign: Cosign;
  /** `HOST/shop/api:signed`, and its digest. */
  image(tag: string): string;
  readonly digests: ReadonlyMap<string, string>;
}

/** Tag → who signed it, and what its scan found. */
const IMAGES = {
  signed: { by: "release", found: [] },
  late: { by: "release", found: [] },
  bare: {},
  stranger: { by: "stranger", found: [] },
  unscanned: { by: "release" },
  vulnerable: {
    by: "release",
    found: [{ id: "CVE-2026-0001", severity: "critical", package: "openssl", fixedVersion: "3.0.20" }],
  },
} as const;

export async function admissionShop(folder: string): Promise<AdmissionShop> {
  const registry = await startRegistry(folder);
  const cosign = await cosignIn(folder);
  for (const name of ["release", "stranger"]) await cosign.keyPair(name);
  const digests = new Map<string, string>();
  for (const [tag, made] of Object.entries(IMAGES)) {
    const digest = await registry.image(`shop/api:${tag}`, tag);
    digests.set(tag, digest);
    const name = `${registry.host}/shop/api@${digest}`;
    if ("by" in made) await cosign.sign(name, `${made.by}.key`);
    if (!("found" in made)) continue;
    const at = readClock().toISOString();
    const predicate = {
      scanner: { uri: "pkg:generic/scanner@1", result: { complete: true, vulnerabilities: made.found, gaps: [] } },
      metadata: { scanStartedOn: at, scanFinishedOn: at },
    };
    writeFileSync(join(folder, "scan.json"), JSON.stringify(predicate));
    await cosign.attest(name, `${made.by}.key`, { type: "vuln", predicate: "scan.json" });
  }
  return { registry, cosign, digests, image: (tag) => `${registry.host}/shop/api:${tag}` };
}

/** What the webhook enforces: in `sandbox-*` nothing is refused. */
export function policyFor(host: string): object {
  return {
    apiVersion: "bulkhead/v1",
    thresholds: { configuration: { severity: "medium" } },
    registries: [`${host}/shop`],
    enforcement: {
      admission: {
        default: "audit",
        unknown: "deny",
        checks: {
          "registry/*": "deny",
          "image/*": "audit",
          "workload/privileged": "deny",
          "workload/host-path-volumes": "deny",
          "workload/image-latest-tag": "deny",
          "workload/registry-not-allowed": "deny",
        },
        namespaces: { "sandbox-*": "warn" },
      },
    },
    trust: {
      signers: { release: { key: "release.pub" } },
      images: [{ match: `${host}/shop/**`, signedBy: { of: ["release"], atLeast: 1 } }],
    },
  };
}

/** The objects of `admission manifests`, as its users pipe them. */
export async function manifestsFor(folder: string, words: readonly string[] = []): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await bulkhead(["admission", "manifests", "--format", "json", ...words], {
    cwd: folder,
    home: folder,
  });
  if (code !== 0) throw new Error(`admission manifests: ${stderr}`);
  return (JSON.parse(stdout) as { readonly items: readonly Manifest[] }).items;
}

const LABEL = "kubernetes.io/metadata.name";

export function namespace(name: string, labels: object = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { [LABEL]: name, ...labels } } };
}

/** Everything but what a cluster without nodes has no use for, and the webhooks, which come once they are answered. */
export async function installRights(cluster: Cluster, manifests: readonly Manifest[]): Promise<void> {
  const label = JSON.stringify({ metadata: { labels: { [LABEL]: "kube-system" } } });
  await cluster.request("/api/v1/namespaces/kube-system", {
    method: "PATCH",
    body: JSON.parse(label),
    contentType: "application/merge-patch+json",
  });
  await cluster.apply(namespace("bulkhead"), namespace("shop"), namespace("sandbox-1"), namespace("kube-system"));
  const kinds = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ConfigMap", "Secret"];
  await cluster.apply(...manifests.filter(({ kind }) => kinds.includes(kind)));
  for (const each of ["shop", "sandbox-1", "kube-system", "bulkhead"]) {
    await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: each } });
  }
}

/** The webhook configurations, asking a port of this machine. */
export async function installWebhooks(
  cluster: Cluster,
  manifests: readonly Manifest[],
  port: number,
  failurePolicy: "Fail" | "Ignore" = "Fail",
): Promise<void> {
  const configurations = manifests.filter(({ kind }) => kind.endsWith("WebhookConfiguration"));
  for (const configuration of configurations) {
    const path = configuration.kind.startsWith("Mutating") ? "mutate" : "validate";
    const webhooks = (configuration.webhooks as readonly object[]).map((webhook) => ({
      ...webhook,
      failurePolicy,
      clientConfig: { url: `https://127.0.0.1:${port}/${path}` },
    }));
    await cluster.apply({ ...configuration, webhooks });
  }
}

export interface Started {
  readonly folder: string;
  readonly words: readonly string[];
  readonly port?: number;
}

/** The webhook with the rights of its own account. */
export async function startWebhook(cluster: Cluster, { folder, words, port }: Started): Promise<ServedProcess> {
  const kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "admission"));
  return await serve({
    folder,
    words: [
      ...["--policy", "bulkhead.yaml", "--kubeconfig", kubeconfig, "--webhooks", "bulkhead-admission"],
      ...["--plain-http", ...(words.includes("--log") ? [] : ["--no-log"]), "--no-reports", "--drain", "0", ...words],
    ],
    ...(port === undefined ? {} : { port }),
  });
}

const GUARD_NAMES = ["admission.bulkhead.svc", "admission.bulkhead.svc.cluster.local", "127.0.0.1"];

/** Valid by the API server's clock too where that of the guard is moved: the guard makes none. */
export function guardCertificate(): object {
  const from = kernelClock();
  const validity = { from, until: new Date(from.getTime() + 100 * 365 * 86_400_000) };
  const authority = makeAuthority("bulkhead admission", validity);
  const leaf = issueCertificate(authority, GUARD_NAMES, validity);
  const data = {
    ...{ "ca.crt": authority.certificate, "ca.key": authority.key },
    ...{ "tls.crt": leaf.certificate, "tls.key": leaf.key },
  };
  const metadata = { name: "admission-certificate", namespace: "bulkhead" };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData: data };
}
