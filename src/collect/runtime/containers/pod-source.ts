/** Who tells of pods: the node's kubelet, or the API server. */

import { Problem } from "../../../core/problem.ts";
import { bounds } from "../../../engines/events/containers/bounds.ts";
import type { ContainerFacts, PodFacts } from "../../../engines/events/containers/model.ts";
import {
  controllerOf,
  type OwnerReference,
  type PodRecord,
  readPod,
  readPods,
} from "../../../engines/events/containers/pods.ts";
import type { ClusterApi, ClusterClient, Plain } from "../../../engines/kubernetes/cluster/client.ts";
import { groupVersionOf, pathOf } from "../../../engines/kubernetes/cluster/paths.ts";
import { watchKind } from "../../../engines/kubernetes/cluster/watch.ts";

export interface PodSource {
  readonly place: string;
  /**
   * The pod of a container, by its id or by the pod's own, with who made it.
   *
   * @returns undefined where none is known
   * @throws Problem
   */
  find(facts: ContainerFacts, signal: AbortSignal): Promise<PodRecord | undefined>;
  close(): void;
}

/** Milliseconds for which a kubelet's list counts for what it does not hold. */
const FRESH = 1_000;

/**
 * `GET /pods` of the kubelet: port 10250 by TLS and with a token (`nodes/proxy`, or `nodes/pods` of newer ones), or the read-only
 * port of its own machine.
 *
 * @param now - milliseconds of a clock that does not go back
 */
export function kubeletPods(
  client: ClusterClient,
  place: string,
  now: () => number = () => performance.now(),
): PodSource {
  let records: readonly PodRecord[] = [];
  let since = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const { status, body } = await client.get("/pods");
    if (status !== 200) throw refused(place, status);
    records = readPods(body);
    since = now();
  }

  return {
    place,
    async find(facts) {
      const known = recordOf(records, facts);
      if (known !== undefined || now() - since < FRESH) return known;
      // Asked once for all that wait for it.
      reading ??= read().finally(() => {
        reading = undefined;
      });
      await reading;
      return recordOf(records, facts);
    },
    close: () => client.close(),
  };
}

/**
 * Pods of one node as the API server has them, followed by a watch; who made each is asked for by its controllers' names.
 *
 * @param node - as the cluster calls it
 */
export function clusterPods(api: ClusterApi, node: string, place: string): PodSource {
  const owners = ownersBy(api);
  const watch = watchKind(api, {
    group: "",
    version: "v1",
    resource: "pods",
    kind: "Pod",
    fieldSelector: `spec.nodeName=${node}`,
    keep: (object) => ({ record: readPod(object) }),
  });

  function* records(objects: ReadonlyMap<string, Plain>): Generator<PodRecord> {
    for (const { record } of objects.values()) if (record !== undefined) yield record as PodRecord;
  }

  return {
    place,
    async find(facts, signal) {
      await watch.first;
      const state = watch.state();
      if (state.outcome === "unread") throw state.problem;
      if (state.outcome !== "current" && state.outcome !== "behind") return undefined;
      const record = recordOf(records(state.objects), facts);
      if (record?.controller === undefined) return record;
      const owner = await owners(record.pod.namespace, record.controller, signal);
      return owner === undefined ? record : { ...record, pod: { ...record.pod, owner } };
    },
    close() {
      watch.close();
      api.close();
    },
  };
}

/** By a container's id, which nobody else has; else by the pod's, for what holds its namespaces. */
function recordOf(records: Iterable<PodRecord>, { fullId, podUid, details }: ContainerFacts): PodRecord | undefined {
  const uid = details?.pod?.uid ?? podUid;
  let ofPod: PodRecord | undefined;
  for (const record of records) {
    if (record.containers.has(fullId)) return record;
    if (uid !== undefined && record.pod.uid === uid) ofPod = record;
  }
  return ofPod;
}

type Owners = (
  namespace: string,
  controller: OwnerReference,
  signal: AbortSignal,
) => Promise<PodFacts["owner"] | undefined>;

/** Kinds that something else usually makes, and where they are. */
const STEPS: Readonly<Record<string, string>> = {
  "apps/v1 ReplicaSet": "replicasets",
  "batch/v1 Job": "jobs",
  "v1 ReplicationController": "replicationcontrollers",
};

const MOST_OWNERS = 10_000;

/** A Deployment in place of its ReplicaSet, a CronJob in place of its Job: from owner to owner until nothing leads on. */
function ownersBy(client: ClusterClient): Owners {
  const known = new Map<string, PodFacts["owner"]>();
  return async (namespace, controller, signal) => {
    const key = `${namespace} ${controller.apiVersion} ${controller.kind} ${controller.name}`;
    if (known.has(key)) return known.get(key);
    let owner = controller;
    for (let step = 0; step < bounds.owners; step++) {
      const resource = STEPS[`${owner.apiVersion} ${owner.kind}`];
      if (resource === undefined) break;
      signal.throwIfAborted();
      const place = { ...groupVersionOf(owner.apiVersion), resource, namespace, name: owner.name };
      const { status, body } = await client.get(pathOf(place));
      // Not to be read, or gone: what names it on the pod counts, and it is asked for again.
      if (status !== 200) return undefined;
      const next = controllerOf(body);
      if (next === undefined) break;
      owner = next;
    }
    if (known.size >= MOST_OWNERS) known.clear();
    const found = { kind: owner.kind, name: owner.name };
    known.set(key, found);
    return found;
  };
}

function refused(place: string, status: number): Problem {
  return new Problem({
    kind: "unavailable",
    code: "events.pods",
    place,
    cause: `the kubelet answered ${status}`,
    ...(status === 401 || status === 403 ? { remedy: "the service account needs get on nodes/proxy" } : {}),
  });
}
