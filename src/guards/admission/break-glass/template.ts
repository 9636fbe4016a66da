/** The pod templates of the API's own kinds, so that what was let through as a Deployment is known again as its ReplicaSet. */
import { createHash } from "node:crypto";
import { isObject, type Untyped, valueAt } from "../../../core/untyped.ts";

const PATHS: Readonly<Record<string, readonly string[]>> = {
  "apps Deployment": ["spec", "template"],
  "apps ReplicaSet": ["spec", "template"],
  "apps StatefulSet": ["spec", "template"],
  "apps DaemonSet": ["spec", "template"],
  "batch Job": ["spec", "template"],
  "batch CronJob": ["spec", "jobTemplate", "spec", "template"],
  " ReplicationController": ["spec", "template"],
};

/** What controllers add to the template of what they make. */
const ADDED_LABELS: ReadonlySet<string> = new Set([
  "pod-template-hash",
  "controller-revision-hash",
  "controller-uid",
  "job-name",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-name",
]);

export function templateOf(group: string, kind: string, object: unknown): Untyped | undefined {
  const path = PATHS[`${group} ${kind}`];
  const template = path === undefined ? undefined : valueAt(object, path);
  return isObject(template) ? template : undefined;
}

/** SHA-256 in hex: of what would run, in which namespace, and of nothing that a controller adds. */
export function templateDigest(namespace: string, template: Untyped): string {
  const metadata = isObject(template.metadata) ? template.metadata : {};
  const { creationTimestamp: _, labels: all, ...rest } = metadata;
  const labels = Object.fromEntries(
    Object.entries(isObject(all) ? all : {}).filter(([name]) => !ADDED_LABELS.has(name)),
  );
  const counted = { namespace, spec: template.spec, metadata: { ...rest, labels } };
  return createHash("sha256")
    .update(JSON.stringify(sorted(counted)))
    .digest("hex");
}

/** Maps have no order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, sorted(value[key])]);
}

/** What pinning writes behind a name: nothing, or the tag that was left out and the digest. */
const PINNED = /^(?:(?::latest)?@sha256:[0-9a-f]{64})?$/;

/** Whether a pod's containers are the template's: by name, each with its image, which may have got its digest meanwhile. */
export function isPodOf(pod: unknown, template: Untyped): boolean {
  return ["initContainers", "containers"].every((list) => {
    const own = imagesIn(pod, list);
    return [...imagesIn(template, list)].every(([name, image]) => {
      const its = own.get(name);
      if (its === undefined || !its.startsWith(image)) return false;
      return PINNED.test(its.slice(image.length));
    });
  });
}

function imagesIn(object: unknown, list: string): ReadonlyMap<unknown, string> {
  const containers = valueAt(object, ["spec", list]);
  return new Map(
    (Array.isArray(containers) ? containers : []).map((each: unknown) => [
      valueAt(each, ["name"]),
      String(valueAt(each, ["image"])),
    ]),
  );
}
