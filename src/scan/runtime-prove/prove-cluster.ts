/** Proves each node of a cluster: an event in a pod there, and the alert of it in the logs of that node's detectors. */
import { gapOf } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { productOfImage } from "../../engines/detectors/products.ts";
import { PROOF_NAMESPACE, proofConfigMap } from "../../engines/detectors/proof.ts";
import type { ClusterApi, Plain } from "../../engines/kubernetes/cluster/client.ts";
import { readClusterUid } from "../../engines/kubernetes/cluster/identity.ts";
import { listAll } from "../../engines/kubernetes/cluster/pages.ts";
import { applyObject, refusedReply } from "../../engines/kubernetes/cluster/writes.ts";
import { inParallel } from "../../engines/trust/in-parallel.ts";
import { bounds } from "../bounds.ts";
import type { AlertSearch } from "./find-alert.ts";
import type { AlertOutput } from "./outputs.ts";
import { makePodEvent } from "./pod-event.ts";
import { openPodLog, type PodLog } from "./pod-log.ts";
import { type Proved, prove } from "./prove.ts";

export interface ProveClusterOptions {
  readonly image: string;
  /** Of the pods. */
  readonly namespace: string;
  /** This one alone. */
  readonly node?: string;
  readonly milliseconds: number;
  /** Whether the proofs are kept in the cluster, where `check --cluster` finds them. */
  readonly keeps: boolean;
  /** Outputs of all nodes' detectors; what comes there is handed to every search. */
  open?(searches: Pick<AlertSearch, "line" | "body">): Promise<readonly AlertOutput[]>;
  readonly onProgress?: (node: string) => void;
  /** For tests. */
  readonly everyMilliseconds?: number;
}

export interface ProvedNode {
  readonly node: string;
  readonly proved: Proved;
}

interface ClusterNode {
  readonly name: string;
  readonly uid?: string;
  readonly windows: boolean;
}

/** @throws Problem `cluster.…` where nodes or pods may not be listed, or a proof not be kept */
export async function proveCluster(api: ClusterApi, options: ProveClusterOptions): Promise<readonly ProvedNode[]> {
  const nodes = (await listed(api, "nodes", "Node")).flatMap((each) => nodeOf(each) ?? []);
  const chosen = options.node === undefined ? nodes : nodes.filter(({ name }) => name === options.node);
  if (chosen.length === 0) {
    const cause = options.node === undefined ? "the cluster has no nodes" : `no node ${options.node}`;
    throw new Problem({ kind: "usage", code: "cli.usage", place: "runtime prove --cluster", cause });
  }
  const logs = logsByNode(await listed(api, "pods", "Pod"));
  const clusterUid = await readClusterUid(api);
  const searches = new Set<AlertSearch>();
  const shared = (await options.open?.(fanOut(searches))) ?? [];
  try {
    return await inParallel(chosen, bounds.provenAtOnce, async (node) => {
      options.onProgress?.(node.name);
      const proved = await proveNode(api, node, options, {
        logs: logs.get(node.name) ?? [],
        shared,
        searches,
        ...(clusterUid === undefined ? {} : { clusterUid }),
      });
      if (proved.kind === "recorded" && options.keeps) await keep(api, proved);
      return { node: node.name, proved };
    });
  } finally {
    await Promise.all(shared.map((output) => output.close()));
  }
}

interface Around {
  readonly logs: readonly PodLog[];
  readonly shared: readonly AlertOutput[];
  readonly searches: Set<AlertSearch>;
  readonly clusterUid?: string;
}

async function proveNode(
  api: ClusterApi,
  { name, uid, windows }: ClusterNode,
  { image, namespace, milliseconds, everyMilliseconds }: ProveClusterOptions,
  { logs, shared, searches, clusterUid }: Around,
): Promise<Proved> {
  if (windows) return { kind: "undecided", reason: "a node of Windows, where the event is not made" };
  if (logs.length === 0 && shared.length === 0) {
    const reason = "no pod of a known detector runs there, and no other output is named (--alerts, --listen)";
    return { kind: "undecided", reason };
  }
  let own: AlertSearch | undefined;
  try {
    return await prove({
      about: {
        node: name,
        ...(uid === undefined ? {} : { nodeUid: uid }),
        ...(clusterUid === undefined ? {} : { clusterUid }),
      },
      async open(search) {
        own = search;
        searches.add(search);
        const ofAll = shared.map(({ place, fault }) => ({ place, fault, close: async () => undefined }));
        return [...logs.map((log) => openPodLog(api, log, search, everyMilliseconds)), ...ofAll];
      },
      makeEvent: async (nonce) =>
        await makePodEvent(api, nonce, {
          namespace,
          image,
          node: name,
          ...(everyMilliseconds === undefined ? {} : { everyMilliseconds }),
        }),
      milliseconds,
    });
  } catch (error) {
    // What is amiss on one node stops no other.
    if (!(error instanceof Problem) || error.code !== "detection.event") throw error;
    return { kind: "undecided", reason: gapOf(error).reason };
  } finally {
    if (own !== undefined) searches.delete(own);
  }
}

function fanOut(searches: ReadonlySet<AlertSearch>): Pick<AlertSearch, "line" | "body"> {
  return {
    line(text, place) {
      for (const search of searches) search.line(text, place);
    },
    body(bytes, place) {
      for (const search of searches) search.body(bytes, place);
    },
  };
}

async function keep(api: ClusterApi, { proof }: Proved & { readonly kind: "recorded" }): Promise<void> {
  const { name, object } = proofConfigMap(proof);
  const place = { group: "", version: "v1", resource: "configmaps", namespace: PROOF_NAMESPACE, name } as const;
  const reply = await applyObject(api, place, object);
  if (reply.status === 200 || reply.status === 201) return;
  throw refusedReply(reply, `ConfigMap ${PROOF_NAMESPACE}/${name}`, `patch configmaps in ${PROOF_NAMESPACE}`);
}

async function listed(api: ClusterApi, resource: string, kind: string): Promise<readonly Plain[]> {
  const found = await listAll(api, `/api/v1/${resource}`, {
    apiVersion: "v1",
    kind: `${kind}List`,
    limit: 250,
    most: bounds.provenListBytes,
    objects: bounds.provenListObjects,
    item: (item) => item,
  });
  if (found.outcome === "read") return found.items;
  const why = "reason" in found ? found.reason : `this identity may not list ${resource} (403)`;
  const remedy = "grant what deploy/cluster-audit/prove.yaml does";
  throw new Problem({ kind: "unavailable", code: "cluster.answer", place: resource, cause: why, remedy });
}

function nodeOf({ metadata }: Plain): ClusterNode | undefined {
  if (!isObject(metadata) || typeof metadata.name !== "string") return undefined;
  const { name, uid } = metadata;
  const windows = valueAt(metadata, ["labels", "kubernetes.io/os"]) === "windows";
  return { name, windows, ...(typeof uid === "string" ? { uid } : {}) };
}

/** Of pods with a detector in them every container: some write alerts by one beside the detector's own. */
function logsByNode(pods: readonly Plain[]): ReadonlyMap<string, readonly PodLog[]> {
  const found = new Map<string, PodLog[]>();
  for (const { metadata, spec, status } of pods) {
    if (!isObject(metadata) || !isObject(spec) || !isObject(status) || status.phase !== "Running") continue;
    const { namespace, name } = metadata;
    const node = spec.nodeName;
    const containers = Array.isArray(spec.containers) ? spec.containers.filter(isObject) : [];
    if (typeof namespace !== "string" || typeof name !== "string" || typeof node !== "string") continue;
    if (!containers.some(isDetector)) continue;
    const logs = found.get(node) ?? [];
    found.set(node, logs);
    for (const { name: container } of containers) {
      if (typeof container === "string" && logs.length < bounds.provenLogs)
        logs.push({ namespace, pod: name, container });
    }
  }
  return found;
}

function isDetector({ image, command, args }: Plain): boolean {
  const words = [command, args].flatMap((each) => (Array.isArray(each) ? each : []));
  return (
    typeof image === "string" &&
    productOfImage(image).some(
      ({ runs }) => runs?.words === undefined || runs.words.every((one) => words.includes(one)),
    )
  );
}
