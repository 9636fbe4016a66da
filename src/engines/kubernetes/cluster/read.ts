/** Reads a cluster into the same facts as manifests: lists over its API, and nothing else. */

import { isObject } from "../../../core/untyped.ts";
import { bounds as kubernetesBounds } from "../bounds.ts";
import { manifestReader } from "../manifests.ts";
import type { Manifests } from "../model.ts";
import type { ManifestGap } from "../object-model.ts";
import { bounds } from "./bounds.ts";
import { type ClientOptions, type ClusterClient, createClient, type Plain } from "./client.ts";
import type { ClusterConnection } from "./connection.ts";
import { type DaemonSetState, daemonSetState } from "./daemon-sets.ts";
import { readClusterUid, uidOfCluster } from "./identity.ts";
import { lastDataChange, notesValueChanges } from "./managed-fields.ts";
import { asWritten, reportedAddresses, reportedSync } from "./normalise.ts";
import { createOwned, ownerName } from "./owned.ts";
import { type Listed, listAll } from "./pages.ts";
import type { ManifestList } from "./resource-model.ts";
import { type ClusterResource, clusterResources } from "./resources.ts";
import { createRunningImages, type RunningImage, type SilentPods } from "./running.ts";
import { SECRET_ROWS, secretOfRow, UNKNOWN_KEYS } from "./secret-rows.ts";
import { constraintResources } from "./verifier-resources.ts";

export interface ClusterReading {
  readonly manifests: Manifests;
  readonly images: readonly RunningImage[];
  /** Pods of which no kubelet tells what they run. */
  readonly silent: readonly SilentPods[];
  readonly daemonSets: readonly DaemonSetState[];
  /** `v1.31.2`; absent where it is not told. */
  readonly version?: string;
  /** Objects that are judged as what made them: Pods and ReplicaSets above all. */
  readonly folded: number;
  /** Of its kube-system namespace: no two clusters share it. Absent where it cannot be read. */
  readonly uid?: string;
}

export interface ReadOptions extends ClientOptions {
  /** Of this namespace alone; what is in none is read all the same. */
  readonly namespace?: string;
  readonly onProgress?: (resource: string, objects: number) => void;
  /** Of these lists alone. Absent: of all. */
  readonly lists?: readonly ManifestList[];
  /** Handed each object that runs pods and is judged itself, as the API server holds it, with its apiVersion and kind. */
  readonly onWorkload?: (object: Plain) => void;
}

/**
 * A list that is refused, or fails, is a gap that names it; the others are read.
 *
 * @throws Problem `cluster.…` where nobody answers or we are not known, `kubeconfig.…` where there are no credentials
 */
export async function readCluster(connection: ClusterConnection, options: ReadOptions = {}): Promise<ClusterReading> {
  const late = AbortSignal.timeout(bounds.clusterMilliseconds);
  const signal = options.signal === undefined ? late : AbortSignal.any([options.signal, late]);
  const client = createClient(connection, { ...options, signal });
  try {
    const version = await versionOf(client);
    const served = await groupsOf(client);
    const { lists, namespace, onWorkload } = options;
    const reading = createReading(connection.name, { server: version, namespace, onWorkload });
    const listed = async (resource: ClusterResource): Promise<void> => {
      options.onProgress?.(resource.resource, reading.objects());
      if (late.aborted) {
        reading.unread(resource, `not read: ${bounds.clusterMilliseconds} ms were over`);
        return;
      }
      try {
        reading.take(resource, await listResource(client, resource, served, options.namespace, reading.bytesLeft()));
      } catch (error) {
        if (options.signal?.aborted === true || !late.aborted) throw error;
        reading.unread(resource, `not read: ${bounds.clusterMilliseconds} ms were over`);
      }
    };
    for (const resource of clusterResources) if (lists?.includes(resource.list) !== false) await listed(resource);
    for (const resource of constraintResources(reading.templates)) await listed(resource);
    const uid = reading.uid() ?? (late.aborted ? undefined : await readClusterUid(client));
    return {
      ...reading.finish(),
      ...(version === undefined ? {} : { version }),
      ...(uid === undefined ? {} : { uid }),
    };
  } finally {
    client.close();
  }
}

/** Everybody may ask for it in most clusters; and whoever cannot be reached is known from here on. */
async function versionOf(client: ClusterClient): Promise<string | undefined> {
  const { status, body } = await client.get("/version");
  return status === 200 && typeof body.gitVersion === "string" ? body.gitVersion.slice(0, 100) : undefined;
}

/** Group → versions that are served, the preferred one first. Undefined where it is not told: then each is tried. */
async function groupsOf(client: ClusterClient): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const { status, body } = await client.get("/apis");
  if (status !== 200 || body.kind !== "APIGroupList" || !Array.isArray(body.groups)) return undefined;
  const groups = new Map<string, readonly string[]>();
  for (const group of body.groups) {
    if (!isObject(group) || typeof group.name !== "string" || !Array.isArray(group.versions)) continue;
    const versions = group.versions.flatMap((one: unknown) =>
      isObject(one) && typeof one.version === "string" && /^[a-z0-9]{1,63}$/.test(one.version) ? [one.version] : [],
    );
    groups.set(group.name, versions);
  }
  return groups;
}

type Answered = { readonly listed: Listed; readonly version: string };

async function listResource(
  client: ClusterClient,
  resource: ClusterResource,
  served: ReadonlyMap<string, readonly string[]> | undefined,
  namespace: string | undefined,
  most: number,
): Promise<Answered | undefined> {
  const { group, kind, limit } = resource;
  const there = group === "" ? ["v1"] : served === undefined ? resource.versions : (served.get(group) ?? []);
  const wanted = resource.versions.length === 0 ? there.slice(0, 1) : resource.versions;
  for (const version of wanted.filter((one) => there.includes(one))) {
    const apiVersion = group === "" ? version : `${group}/${version}`;
    const options = {
      apiVersion,
      kind: `${kind}List`,
      limit,
      most,
      objects: kubernetesBounds.kubernetesObjects,
      item: (item: Plain) => (isOf(item, apiVersion, kind) ? item : undefined),
      ...(kind === "Secret" ? { ...SECRET_ROWS, item: secretOfRow } : {}),
    };
    const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    if (kind === "Namespace" && namespace !== undefined) {
      return { listed: await oneNamespace(client, `${base}/namespaces`, namespace, options), version };
    }
    const inside = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
    const listed = await listAll(client, `${base}${inside}/${resource.resource}`, options);
    if (listed.outcome !== "not-served") return { listed, version };
  }
  return undefined;
}

/** Items of a typed list leave out what the list says; what says something else is none of it. */
function isOf(item: Plain, apiVersion: string, kind: string): boolean {
  return (item.kind ?? kind) === kind && (item.apiVersion ?? apiVersion) === apiVersion;
}

/** Out of the list; by its name where that is allowed and the list is not. */
async function oneNamespace(
  client: ClusterClient,
  path: string,
  namespace: string,
  options: Parameters<typeof listAll>[2],
): Promise<Listed> {
  const query = `&fieldSelector=${encodeURIComponent(`metadata.name=${namespace}`)}`;
  const listed = await listAll(client, path, { ...options, query });
  if (listed.outcome !== "forbidden") return listed;
  const { status, body, bytes } = await client.get(`${path}/${encodeURIComponent(namespace)}`);
  if (status !== 200) return listed;
  const isIt = body.kind === "Namespace" && isObject(body.metadata) && body.metadata.name === namespace;
  return isIt
    ? { outcome: "read", items: [body], bytes }
    : { outcome: "failed", reason: "the API server returned another object" };
}

interface ReadingOptions {
  /** Its version. */
  readonly server: string | undefined;
  readonly namespace: string | undefined;
  readonly onWorkload: ReadOptions["onWorkload"] | undefined;
}

function createReading(cluster: string, { server, namespace, onWorkload }: ReadingOptions) {
  const reader = manifestReader();
  const owned = createOwned();
  const running = createRunningImages();
  const gaps: ManifestGap[] = [];
  const daemonSets: DaemonSetState[] = [];
  /** `namespace/name` of Secrets → when their data last changed. */
  const changes = new Map<string, string>();
  const withoutKeys = new Set<string>();
  const templates: Plain[] = [];
  let bytes = 0;
  let objects = 0;
  let folded = 0;
  let uid: string | undefined;

  function unread(resource: ClusterResource, reason: string, remedy?: string): void {
    gaps.push({
      code: "kubernetes.cluster-list",
      reason: `${nameOf(resource)}: ${reason}`,
      ...(remedy === undefined ? {} : { remedy }),
      path: cluster,
      lists: [resource.list],
    });
  }

  function take(resource: ClusterResource, answered: Answered | undefined): void {
    if (answered === undefined) {
      if (resource.everywhere) unread(resource, "the API server says that it does not serve them, as every one does");
      return;
    }
    const { listed, version } = answered;
    const { group, kind } = resource;
    if (listed.outcome === "forbidden") {
      const role = kind === "Secret" ? "secrets.yaml" : "role.yaml";
      const remedy = `grant it list, as deploy/cluster-audit/${role} does`;
      unread(resource, `this identity may not list ${nameOf(resource)} (403)`, remedy);
    } else if (listed.outcome === "failed") unread(resource, `the list failed: ${listed.reason}`);
    if (listed.outcome === "partial") unread(resource, `the list is not whole: ${listed.reason}`);
    if (listed.outcome !== "read" && listed.outcome !== "partial") return;
    if (kind === "Namespace" && listed.items.length === 0 && listed.outcome === "read") {
      const reason =
        namespace === undefined
          ? "the API server answers none, and every cluster has some"
          : `no namespace ${namespace}`;
      unread(resource, reason);
    }
    bytes += listed.bytes;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    for (const item of listed.items) {
      objects++;
      if (kind === "Namespace") uid ??= uidOfCluster(item);
      if (kind === "Pod") running.pod(item, owned.ownerOf(item));
      if (kind === "Secret") noteSecret(item);
      if (kind === "ConstraintTemplate") templates.push(item);
      if (kind === "DaemonSet") daemonSets.push(...[daemonSetState(item)].filter((state) => state !== undefined));
      const judged = resource.list === "workloads" ? owned.own(kind, item) : item;
      if (judged === undefined) folded++;
      else {
        if (resource.list === "workloads") onWorkload?.({ ...judged, apiVersion, kind });
        const written = asWritten({ ...judged, apiVersion, kind }, server);
        const reported = { ...reportedAddresses(kind, item), ...reportedSync(resource.list, item) };
        reader.object({ ...written, ...reported }, { kind: "cluster", cluster });
      }
    }
  }

  function noteSecret(item: Plain): void {
    const metadata = isObject(item.metadata) ? item.metadata : {};
    const name = `${String(metadata.namespace)}/${String(metadata.name)}`;
    const isWhole = !(UNKNOWN_KEYS in item);
    if (!isWhole) withoutKeys.add(name);
    // Who set keys that are not known, and when, is not known either.
    const change = isWhole && notesValueChanges(server) ? lastDataChange(metadata) : undefined;
    if (change !== undefined) changes.set(name, change);
  }

  function finish(): Omit<ClusterReading, "version" | "uid"> {
    const read = reader.manifests();
    const named = read.secrets.map((secret) => ({ secret, name: `${secret.object.namespace}/${secret.object.name}` }));
    const secrets = named.map(({ secret, name }) => {
      const change = changes.get(name);
      if (withoutKeys.has(name)) return { ...secret, keysKnown: false as const };
      return change === undefined ? secret : { ...secret, lastDataChange: change };
    });
    for (const { secret, name } of named) {
      if (!withoutKeys.has(name)) continue;
      const reason = "keys not completely known: managed fields do not list them";
      const path = `${cluster} Secret ${name}`;
      gaps.push({ code: "kubernetes.secret-keys", reason, path, object: secret.object, lists: ["secrets"] });
    }
    if (running.over) {
      const reason = `more than ${bounds.clusterImages} running images: the rest is not listed`;
      gaps.push({ code: "kubernetes.bound", reason, path: cluster, lists: [] });
    }
    const addresses = owned.addresses();
    const workloads = read.workloads.map((workload) => {
      const { kind, namespace, name } = workload.object;
      const own = addresses.get(ownerName(kind, namespace, name));
      return own === undefined ? workload : { ...workload, podAddresses: own };
    });
    const manifests = { ...read, workloads, secrets, gaps: [...read.gaps, ...gaps] };
    return { manifests, images: running.images(), silent: running.silent(), daemonSets, folded };
  }

  return {
    take,
    unread,
    finish,
    templates: templates as readonly Plain[],
    uid: () => uid,
    objects: () => objects,
    bytesLeft: () => bounds.clusterBytes - bytes,
  };
}

/** `secrets`, `deployments.apps`. */
function nameOf({ resource, group }: ClusterResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}
