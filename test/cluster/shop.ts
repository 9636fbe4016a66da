/** The example shop as it is applied to the API server of a test, and read by the account of deploy/cluster-audit. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Cluster } from "./api-server.ts";

const root = join(import.meta.dirname, "../..");

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

export type ShopVersion = "insecure" | "hardened";

export function folderOf(version: ShopVersion): string {
  return join(root, "examples/shop", version, "kubernetes");
}

export function manifestsIn(folder: string): { path: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), "utf8") }));
}

export function objectsOf(texts: readonly { text: string }[]): Manifest[] {
  return texts
    .flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as Manifest | null))
    .filter((one) => one !== null);
}

/** Kubernetes 1.20 knows CronJobs of v1beta1, and nothing of what came later. */
function for120(object: Manifest): Manifest {
  return object.kind === "CronJob" ? { ...object, apiVersion: "batch/v1beta1" } : object;
}

/** Custom resources of meshes and CNIs: kind → resource. What they hold is stored as it is sent. */
const CUSTOM: Readonly<Record<string, string>> = {
  AuthorizationPolicy: "authorizationpolicies",
  CiliumNetworkPolicy: "ciliumnetworkpolicies",
  MeshTLSAuthentication: "meshtlsauthentications",
  NetworkAuthentication: "networkauthentications",
  PeerAuthentication: "peerauthentications",
  Server: "servers",
  ServiceEntry: "serviceentries",
  Sidecar: "sidecars",
};

/** Makes the definitions that these objects need, and waits until the server serves them. */
export async function define(cluster: Cluster, objects: readonly Manifest[]): Promise<void> {
  const versions = new Map<string, { group: string; kind: string; plural: string; versions: Set<string> }>();
  for (const { apiVersion, kind } of objects) {
    const [group = "", version = ""] = apiVersion.split("/");
    const plural = CUSTOM[kind];
    if (plural === undefined || group.endsWith("k8s.io")) continue;
    const name = `${plural}.${group}`;
    const found = versions.get(name) ?? { group, kind, plural, versions: new Set() };
    versions.set(name, found);
    found.versions.add(version);
  }
  if (versions.size === 0) return;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const definitions = [...versions].map(([name, { group, kind, plural, versions: named }]) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [...named].map((one, index) => ({ name: one, served: true, storage: index === 0, schema })),
    },
  }));
  await cluster.apply(...definitions);
  const { status, stderr } = await cluster.kubectl([
    "wait",
    "--for=condition=Established",
    "--timeout=120s",
    ...[...versions.keys()].map((name) => `crd/${name}`),
  ]);
  assert.equal(status, 0, stderr);
}

/** With the account that may list. Answers a kubeconfig of it. */
export async function applyShop(cluster: Cluster, version: ShopVersion): Promise<string> {
  return await applyShopIn(cluster, folderOf(version));
}

/**
 * @param folder - of the manifests
 * @param changed - an object as it is applied; undefined: it is left out
 */
export async function applyShopIn(
  cluster: Cluster,
  folder: string,
  changed: (object: Manifest) => Manifest | undefined = (object) => object,
): Promise<string> {
  const published = ["role.yaml", "secrets.yaml"].map((name) => join(root, "deploy/cluster-audit", name));
  const role = objectsOf(published.map((file) => ({ text: readFileSync(file, "utf8") })));
  const own = objectsOf(manifestsIn(folder)).map((object) => changed(for120(object)));
  const objects = [...role, ...own.filter((object) => object !== undefined)];
  await define(cluster, objects);
  await cluster.apply(...objects.filter(({ kind }) => kind === "Namespace"));
  await cluster.apply(...objects.filter(({ kind }) => kind !== "Namespace"));
  return await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "cluster-audit"));
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/bulkhead-cluster-audit";

export async function rulesOf(cluster: Cluster): Promise<readonly Rule[]> {
  return (await cluster.request<{ rules: Rule[] }>(ROLE)).body.rules;
}

export async function setRules(cluster: Cluster, rules: readonly Rule[]): Promise<void> {
  const body = [{ op: "replace", path: "/rules", value: rules.filter(({ resources }) => resources.length > 0) }];
  const { status } = await cluster.request(ROLE, { method: "PATCH", contentType: "application/json-patch+json", body });
  assert.equal(status, 200);
}

/** The rules without one resource. */
export function without(rules: readonly Rule[], resource: string): Rule[] {
  return rules.map((rule) => ({ ...rule, resources: rule.resources.filter((one) => one !== resource) }));
}
