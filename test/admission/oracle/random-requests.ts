/**
 * Requests and policies from a seed: every pod-bearing kind and a few custom ones, created, updated, relabelled, scaled,
 * deleted, debugged and resized, under policies that differ in each key that decides.
 *
 *     const { asked, intent } = randomCase(7, images);
 */
import { type Random, randomFrom } from "../../differential/random.ts";
import { isRecord, type Json, listAt } from "./json.ts";
import { CONTROLS } from "./pod-security.ts";
import { randomContainer, randomPodSpec } from "./random-pods.ts";
import type { Action, Asked, Intent } from "./verdict.ts";

export const NAMESPACES = ["shop", "shop-test", "sandbox-1", "team"];
const PATTERNS = ["shop", "sandbox-*", "*-test", "team", "sh*p"];
const ACTIONS: readonly Action[] = ["audit", "warn", "deny"];

/** Of images that a case may name. */
export interface Universe {
  readonly images: readonly string[];
  /** Registries and directories of them that those images are from, and others. */
  readonly places: readonly string[];
}

export interface Case {
  readonly asked: Asked;
  readonly intent: Intent;
}

export function randomIntent(seed: number, { places }: Universe): Intent {
  const random = randomFrom(seed);
  const ids = [
    ...CONTROLS.map(({ check }) => check),
    ...["workload/image-latest-tag", "workload/registry-not-allowed"],
    ...["registry/unsigned-image", "registry/untrusted-signer"],
  ];
  const checks = Object.fromEntries(ids.map((id) => [id, random.pick(ACTIONS)]));
  const namespaces = random.once(2) ? {} : { [random.pick(PATTERNS)]: random.pick(ACTIONS) };
  const some = (list: readonly string[]) => list.filter(() => random.once(2));
  return {
    // Checks that the oracle does not know are recorded alone.
    default: "audit",
    checks,
    unknown: random.pick(ACTIONS),
    namespaces,
    registries: random.once(2) ? [] : some(places),
    signed: some(places),
  };
}

const KINDS: readonly (readonly [apiVersion: string, kind: string, wrap: (template: Json) => Json])[] = [
  ["v1", "Pod", (template) => template],
  ["v1", "PodTemplate", (template) => ({ template })],
  ["v1", "ReplicationController", (template) => ({ spec: { replicas: 1, selector: { app: "a" }, template } })],
  ["apps/v1", "ReplicaSet", (template) => ({ spec: { replicas: 1, template } })],
  ["apps/v1", "Deployment", (template) => ({ spec: { replicas: 2, template } })],
  ["apps/v1", "DaemonSet", (template) => ({ spec: { template } })],
  ["apps/v1", "StatefulSet", (template) => ({ spec: { serviceName: "a", template } })],
  ["batch/v1", "Job", (template) => ({ spec: { template } })],
  ["batch/v1", "CronJob", (template) => ({ spec: { schedule: "0 * * * *", jobTemplate: { spec: { template } } } })],
  ["argoproj.io/v1alpha1", "Rollout", (template) => ({ spec: { replicas: 1, strategy: {}, template } })],
  ["serving.knative.dev/v1", "Service", (template) => ({ spec: { template } })],
  [
    "tests.example/v1",
    "Fleet",
    (template) => ({ spec: { groups: [{ name: "a", members: { podTemplate: template } }] } }),
  ],
];

export function randomCase(seed: number, universe: Universe): Case {
  return { asked: randomAsked(seed * 2 + 1, universe), intent: randomIntent(seed * 2, universe) };
}

export function randomAsked(seed: number, { images }: Universe): Asked {
  const random = randomFrom(seed);
  const namespace = random.pick(NAMESPACES);
  const [apiVersion, kind, wrap] = random.pick(KINDS);
  const name = `a${seed}`;
  const labels = { app: "a", ...(random.once(8) ? { "admission.bulkhead.dev/exempt": "true" } : {}) };
  const annotations = random.once(8) ? { "admission.bulkhead.dev/verdict": "pass" } : {};
  const metadata = { labels, annotations };
  const objectOf = (spec: Json, more: Json = {}): Json => {
    const template = { metadata, spec };
    const whole = wrap(template);
    return { apiVersion, kind, ...whole, metadata: { ...metadata, name, namespace, ...more } };
  };
  const spec = randomPodSpec(random, { images });
  const object = objectOf(spec);
  switch (random.below(10)) {
    case 0:
      return { operation: "DELETE", namespace, oldObject: object };
    case 1:
      return {
        operation: "UPDATE",
        namespace,
        object: objectOf(spec, { labels: { changed: "true" } }),
        oldObject: object,
      };
    case 2:
      return { operation: "UPDATE", namespace, object: objectOf(changed(random, spec, images)), oldObject: object };
    case 3: {
      const deleted = { deletionTimestamp: "2026-11-27T00:00:00Z" };
      return {
        operation: "UPDATE",
        namespace,
        object: objectOf(randomPodSpec(random, { images }), deleted),
        oldObject: objectOf(spec, random.once(2) ? deleted : {}),
      };
    }
    case 4:
      if (kind !== "Pod") break;
      return {
        operation: "UPDATE",
        subResource: random.pick(["ephemeralcontainers", "resize", "status"]),
        namespace,
        object: objectOf({ ...spec, ephemeralContainers: [randomContainer(random, "debugger", images, 3)] }),
        oldObject: object,
      };
  }
  return { operation: "CREATE", namespace, object };
}

/** Another image in one container, one container more, one fewer, or another security context. */
function changed(random: Random, spec: Json, images: readonly string[]): Json {
  const containers = listAt(spec, "containers");
  const [first = {}, ...rest] = containers;
  switch (random.below(4)) {
    case 0:
      return { ...spec, containers: [{ ...first, image: random.pick(images) }, ...rest] };
    case 1:
      return { ...spec, containers: [randomContainer(random, "added", images, 4), ...containers] };
    case 2:
      return { ...spec, containers: rest.length === 0 ? containers : rest };
    default: {
      const context = isRecord(first.securityContext) ? first.securityContext : {};
      return { ...spec, containers: [{ ...first, securityContext: { ...context, privileged: true } }, ...rest] };
    }
  }
}
