/** Makes the event of a proof in a pod on one node, and takes the pod away again. */
import { setTimeout as delay } from "node:timers/promises";
import type { MadeEvent } from "../../collect/runtime/proofs/node-event.ts";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { proofPod, proofProgram } from "../../engines/detectors/proof-event.ts";
import type { ClusterApi, Plain } from "../../engines/kubernetes/cluster/client.ts";
import { pathOf } from "../../engines/kubernetes/cluster/paths.ts";
import { createObject, deleteObject, refusedReply } from "../../engines/kubernetes/cluster/writes.ts";
import { bounds } from "../bounds.ts";

export interface PodEventOptions {
  readonly namespace: string;
  readonly image: string;
  readonly node: string;
  readonly everyMilliseconds?: number;
  readonly milliseconds?: number;
}

/** @throws Problem `detection.event` where it does not run to its end, `cluster.…` where it may not be made */
export async function makePodEvent(
  api: Pick<ClusterApi, "get" | "send">,
  nonce: string,
  { namespace, image, node, everyMilliseconds = 1_000, milliseconds = bounds.provenPodMilliseconds }: PodEventOptions,
): Promise<MadeEvent> {
  const name = proofProgram(nonce).slice(0, 32);
  const pods = { group: "", version: "v1", resource: "pods", namespace } as const;
  const place = `pod ${namespace}/${name} on ${node}`;
  const at = readClock();
  const reply = await createObject(api as ClusterApi, pods, proofPod({ name, namespace, image, nonce, node }));
  if (reply.status !== 201) throw refusedReply(reply, place, `create pods in ${namespace}`);
  const uid = valueAt(reply.body, ["metadata", "uid"]);
  try {
    await untilEnded(api, pathOf({ ...pods, name }), place, { everyMilliseconds, milliseconds });
    return { event: `${proofProgram(nonce)} executed in a pod of ${image} on the node`, at };
  } finally {
    await deleteObject(api as ClusterApi, { ...pods, name }, typeof uid === "string" ? uid : undefined);
  }
}

async function untilEnded(
  api: Pick<ClusterApi, "get">,
  path: string,
  place: string,
  { everyMilliseconds, milliseconds }: { readonly everyMilliseconds: number; readonly milliseconds: number },
): Promise<void> {
  const late = performance.now() + milliseconds;
  let said = "it was not started";
  while (performance.now() < late) {
    const { status, body } = await api.get(path);
    if (status !== 200) throw failed(place, `it is gone (${status})`);
    const phase = valueAt(body, ["status", "phase"]);
    if (phase === "Succeeded") return;
    if (phase === "Failed") throw failed(place, `it failed: ${reasonOf(body) ?? "for no reason that is told"}`);
    said = reasonOf(body) ?? `it is ${typeof phase === "string" ? phase : "Pending"}`;
    await delay(everyMilliseconds);
  }
  throw failed(place, `it did not end within ${milliseconds / 1_000} s: ${said}`);
}

/** What the kubelet says of its container, or of the pod: `ErrImagePull: …`. */
function reasonOf(pod: Plain): string | undefined {
  const status = valueAt(pod, ["status", "containerStatuses", 0, "state"]);
  const state = isObject(status) ? (status.waiting ?? status.terminated) : undefined;
  const told = isObject(state) ? state : isObject(pod.status) ? pod.status : {};
  const words = [told.reason, told.message].filter((word) => typeof word === "string");
  return words.length === 0 ? undefined : printable(words.join(": ")).slice(0, 300);
}

function failed(place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "detection.event", place, cause: printable(cause) });
}
