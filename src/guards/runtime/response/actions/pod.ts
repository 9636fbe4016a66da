/** Labels of a pod: what `label` sets for people, and `quarantine` for its policy. */

import { trimTo } from "../../../../core/trim.ts";
import { isObject } from "../../../../core/untyped.ts";
import type { PodFacts } from "../../../../engines/events/containers/model.ts";
import type { ClusterApi, Plain } from "../../../../engines/kubernetes/cluster/client.ts";
import { pathOf } from "../../../../engines/kubernetes/cluster/paths.ts";
import { mergeObject, type NamedPlace, refusedReply } from "../../../../engines/kubernetes/cluster/writes.ts";
import type { ResponseRequest, Undo } from "../model.ts";
import { notDone, type Prepared, settled } from "./action.ts";

export const ALERT_LABEL = "runtime.bulkhead.dev/alert";
const RULE_ANNOTATION = "runtime.bulkhead.dev/alert-rule";
const OWN_LABELS = "runtime.bulkhead.dev/";
const LABELS_ANNOTATION = "runtime.bulkhead.dev/labels";
const TIME_ANNOTATION = "runtime.bulkhead.dev/alert-time";

/** Names of the API that go into a command that somebody pastes (Kubernetes, "Object Names and IDs"). */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

export function podPlace({ namespace, name }: Pick<PodFacts, "namespace" | "name">): NamedPlace {
  return { group: "", version: "v1", resource: "pods", namespace, name };
}

export function podTarget({ namespace, name }: Pick<PodFacts, "namespace" | "name">): string {
  return `pod ${namespace}/${name}`;
}

/**
 * The pod that was meant, as the API server has it.
 *
 * @returns undefined where it is gone, or another has come under its name
 * @throws Problem
 */
export async function readPod(api: ClusterApi, pod: PodFacts): Promise<Plain | undefined> {
  if (!NAME.test(pod.namespace) || !NAME.test(pod.name)) throw notDone(podTarget(pod), "no name that a pod can have");
  const path = pathOf(podPlace(pod));
  const reply = await api.get(path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw refusedReply(reply, path, "get pods");
  return metadataOf(reply.body).uid === pod.uid ? reply.body : undefined;
}

export function metadataOf({ metadata }: Plain): Plain {
  return isObject(metadata) ? metadata : {};
}

export function labelOf(object: Plain, label: string): unknown {
  const { labels } = metadataOf(object);
  return isObject(labels) && Object.hasOwn(labels, label) ? labels[label] : undefined;
}

/**
 * Sets labels and annotations, or takes them off (null), of the pod with this UID alone.
 *
 * @returns what the API server then has
 * @throws Problem
 */
export async function markPod(
  api: ClusterApi,
  pod: Pick<PodFacts, "namespace" | "name" | "uid">,
  marks: { readonly labels: Plain; readonly annotations?: Plain },
): Promise<Plain> {
  const place = podPlace(pod);
  // A UID in a patch is a condition: another pod of that name is not changed.
  const reply = await mergeObject(api, place, { metadata: { uid: pod.uid, ...marks } });
  if (reply.status !== 200) throw refusedReply(reply, pathOf(place), "patch pods");
  return reply.body;
}

export async function prepareLabel(request: ResponseRequest, pod: PodFacts, api: ClusterApi): Promise<Prepared> {
  const target = podTarget(pod);
  const value = labelValue(request.rule);
  const found = await readPod(api, pod);
  if (found === undefined) return settled(target, "gone", "the pod is gone");
  if (labelOf(found, ALERT_LABEL) === value)
    return settled(target, "unchanged", `it has the label ${ALERT_LABEL}=${value}`);
  return {
    target,
    async act() {
      const annotations = { [RULE_ANNOTATION]: request.rule, [TIME_ANNOTATION]: timeOf(request.time) };
      const marked = await markPod(api, pod, { labels: { [ALERT_LABEL]: value }, annotations });
      if (labelOf(marked, ALERT_LABEL) !== value) throw notDone(target, "the API server took the label off again");
      const undo: Undo = {
        kind: "label",
        namespace: pod.namespace,
        pod: pod.name,
        uid: pod.uid,
        labels: [ALERT_LABEL],
        annotations: [RULE_ANNOTATION, TIME_ANNOTATION],
      };
      return { undo, undoCommand: `kubectl -n ${pod.namespace} label pod ${pod.name} ${ALERT_LABEL}-` };
    },
  };
}

/** @throws Problem */
export async function undoLabel(api: ClusterApi, undo: Undo & { kind: "label" }): Promise<void> {
  const off = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
  const { namespace, pod: name, uid } = undo;
  await markPod(api, { namespace, name, uid }, { labels: off(undo.labels), annotations: off(undo.annotations) });
}

/** Labels that somebody else's selectors may go by: all but ours. */
function foreignLabels(object: Plain): Readonly<Record<string, string>> {
  const { labels } = metadataOf(object);
  const all = isObject(labels) ? Object.entries(labels) : [];
  return Object.fromEntries(
    all.filter((one): one is [string, string] => typeof one[1] === "string" && !one[0].startsWith(OWN_LABELS)),
  );
}

/** Its controller makes another in its place, where one watches by labels. */
export async function prepareDetach(pod: PodFacts, api: ClusterApi): Promise<Prepared> {
  const target = podTarget(pod);
  const found = await readPod(api, pod);
  if (found === undefined) return settled(target, "gone", "the pod is gone");
  const labels = foreignLabels(found);
  const names = Object.keys(labels);
  if (names.length === 0) return settled(target, "unchanged", "no label of others is on it");
  return {
    target,
    reason: `takes off ${names.join(", ")}: Services and its workload let go of it, and its workload replaces it`,
    async act() {
      const off = Object.fromEntries(names.map((name) => [name, null]));
      const marked = await markPod(api, pod, {
        labels: off,
        annotations: { [LABELS_ANNOTATION]: JSON.stringify(labels) },
      });
      const left = Object.keys(foreignLabels(marked));
      if (left.length > 0) throw notDone(target, `the API server put labels on it again: ${left.join(", ")}`);
      return {
        undo: { kind: "detach", namespace: pod.namespace, pod: pod.name, uid: pod.uid, labels },
        undoCommand: `kubectl -n ${pod.namespace} label pod ${pod.name} ${labelWords(labels)}`,
      };
    },
  };
}

/** Names and values of labels have no character that a shell acts on (Kubernetes, "Labels and Selectors"). */
function labelWords(labels: Readonly<Record<string, string>>): string {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return words.filter((word) => /^[A-Za-z0-9._/=-]+$/.test(word)).join(" ");
}

/** @throws Problem */
export async function undoDetach(api: ClusterApi, undo: Undo & { kind: "detach" }): Promise<void> {
  const { namespace, pod: name, uid, labels } = undo;
  await markPod(api, { namespace, name, uid }, { labels, annotations: { [LABELS_ANNOTATION]: null } });
}

/** A value of a label: at most 63 of letters, digits, `-`, `_` and `.`, with one of the first two at each end. */
export function labelValue(text: string): string {
  const dashed = text.toLowerCase().replace(/[^a-z0-9._]+/g, "-");
  return trimTo(dashed.slice(0, 63), /[a-z0-9]/) || "unnamed";
}

function timeOf(nanoseconds: bigint): string {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
