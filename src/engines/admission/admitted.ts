/**
 * What a request would bring about: which pods, of which images. The kinds are the API's own and whatever else holds a pod,
 * found by its form. What is left out here runs unseen, so each way out of judgment says why.
 */
import { isObject, valueAt } from "../../core/untyped.ts";
import { asWritten } from "../kubernetes/cluster/normalise.ts";
import { type FieldPath, formatFieldPath } from "../kubernetes/field-path.ts";
import { manifestReader } from "../kubernetes/manifests.ts";
import { containersOf, type Manifests, type Workload } from "../kubernetes/model.ts";
import { isWorkload } from "../kubernetes/read/workload.ts";
import { bounds } from "./bounds.ts";
import type { AdmissionRequest, Admitted, AdmittedImage, ImageUse } from "./model.ts";

/** What was read of the object, and of the one that it replaces. */
export interface ReadRequest extends Admitted {
  /** Undefined where nothing is to be judged. */
  readonly read?: Manifests;
  /** Of an UPDATE: as it was before. */
  readonly before?: Manifests;
}

export interface ReadContext {
  /** What the cluster is called. */
  readonly scope: string;
  /** Of the API server: `v1.33.1`. Absent: of a recent one. */
  readonly version?: string;
}

/**
 * Subresources by which no image and no privilege changes: what they are asked with is another object (a Scale, a Binding, an
 * Eviction, options), or they write a status alone, or what runs already is talked to (Kubernetes API reference, pods and
 * workloads, by subresource).
 */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  ["status", "writes a status"],
  ["scale", "changes a number of replicas"],
  ["binding", "chooses a node"],
  ["eviction", "ends a pod"],
  ["token", "asks for a token"],
  ["finalize", "ends a namespace"],
  ["exec", "talks to what runs"],
  ["attach", "talks to what runs"],
  ["portforward", "talks to what runs"],
  ["proxy", "talks to what runs"],
  ["log", "reads what ran"],
  ["approval", "approves a certificate"],
]);

/** Never throws: what cannot be read is `unread`, and says why. */
export function admittedOf(request: AdmissionRequest, context: ReadContext): ReadRequest {
  const { operation, subResource, object, oldObject, kind } = request;
  if (operation === "DELETE") return passes("deletes an object");
  if (operation === "CONNECT") return passes("talks to what runs");
  const harmless = subResource === undefined ? undefined : HARMLESS.get(subResource);
  // Of a kind that somebody else serves, a subresource of the same name may be anything.
  if (harmless !== undefined && (isApi(request) || subResource === "status" || subResource === "scale")) {
    return passes(harmless);
  }
  if (object === undefined) return unread("the review holds no object");
  // A client may write the time into what it creates, and no server counts it before it has set it itself.
  if (operation === "UPDATE" && deletedAt(oldObject) !== undefined && deletedAt(object) !== undefined) {
    return passes("the object is being deleted");
  }
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  const differs = saysOtherwise(object, apiVersion, request);
  if (differs !== undefined) return unread(differs);
  const typed = (one: Plain): Plain => ({ ...one, apiVersion, kind: kind.kind, metadata: inNamespace(one, request) });
  const read = readAs(typed(object), context);
  const before = operation === "UPDATE" && oldObject !== undefined ? readAs(typed(oldObject), context) : undefined;
  const { workloads } = read;
  if (workloads.length === 0) {
    if (isWorkload(kind)) return unread(`no pod can be read of the ${kind.kind}`);
    if (read.gaps.length > 0) return { ...unread(read.gaps[0]?.reason ?? "the object cannot be read"), read };
    return passes(`a ${kind.kind} holds no pod`);
  }
  if (workloads.length > bounds.pods) return { ...unread(`more than ${bounds.pods} pods`), read };
  const images = workloads.flatMap((workload) => imagesOf(workload, before));
  if (images.length > bounds.images) return { ...unread(`more than ${bounds.images} images`), read };
  return {
    outcome: "judge",
    reason: workloads.length === 1 ? "a pod would run" : `${workloads.length} pods would run`,
    pods: workloads.map(({ podPath }) => podPath),
    images,
    pullSecrets: [...new Set(workloads.flatMap(({ pod }) => pod.imagePullSecrets))],
    serviceAccounts: [...new Set(workloads.map(({ pod }) => pod.serviceAccountName || "default"))],
    read,
    ...(before === undefined ? {} : { before }),
  };
}

type Plain = Readonly<Record<string, unknown>>;

function readAs(object: Plain, { scope, version }: ReadContext): Manifests {
  const reader = manifestReader();
  reader.object(asWritten(object, version), { kind: "cluster", cluster: scope });
  return reader.manifests();
}

/** Groups of the API server itself. */
const OWN_GROUPS: ReadonlySet<string> = new Set(["", "apps", "batch", "policy", "autoscaling", "certificates.k8s.io"]);

function isApi({ resource }: AdmissionRequest): boolean {
  return OWN_GROUPS.has(resource.group);
}

/** An API server sends the object as what it calls it; a review that does not is somebody else's. */
function saysOtherwise(object: Plain, apiVersion: string, { kind: { kind }, namespace }: AdmissionRequest) {
  if ((object.apiVersion ?? apiVersion) !== apiVersion || (object.kind ?? kind) !== kind) {
    return `the review is of ${apiVersion} ${kind}, and its object says otherwise`;
  }
  const own = valueAt(object, ["metadata", "namespace"]);
  if (own === undefined || own === "" || own === namespace) return undefined;
  return `the review is of namespace ${namespace ?? "none"}, and its object says otherwise`;
}

/** What is judged by namespace is judged by the request's. */
function inNamespace({ metadata }: Plain, { namespace }: AdmissionRequest): unknown {
  if (metadata !== undefined && !isObject(metadata)) return metadata;
  return namespace === undefined ? metadata : { ...metadata, namespace };
}

function deletedAt(object: unknown): unknown {
  return valueAt(object, ["metadata", "deletionTimestamp"]) ?? undefined;
}

const USES = { container: "container", init: "init-container", ephemeral: "ephemeral-container" } as const;

function imagesOf({ pod, podPath, form }: Workload, before: Manifests | undefined): AdmittedImage[] {
  const known = before === undefined ? undefined : knownImages(before);
  const image = (reference: string, use: ImageUse, name: string, path: FieldPath): AdmittedImage => {
    const changed = known?.has(keyOf(podPath, use, name, reference)) !== true;
    return { reference, use, name, path: [...podPath, ...path], changed };
  };
  const run = containersOf(pod).flatMap(({ kind, container, path }) => {
    // What a part of a pod leaves out its controller fills in, and the pod is asked about by itself.
    if (container.image === undefined && form !== undefined) return [];
    return image(container.image ?? "", USES[kind], container.name, [...path, "image"]);
  });
  const mounted = pod.volumes.flatMap((volume, index) =>
    volume.image === undefined
      ? []
      : image(volume.image.reference, "image-volume", volume.name, ["volumes", index, "image", "reference"]),
  );
  return [...run, ...mounted];
}

const imagesBefore = new WeakMap<Manifests, ReadonlySet<string>>();

function knownImages(before: Manifests): ReadonlySet<string> {
  const known =
    imagesBefore.get(before) ??
    new Set(
      before.workloads.flatMap((workload) =>
        imagesOf(workload, undefined).map(({ use, name, reference }) => keyOf(workload.podPath, use, name, reference)),
      ),
    );
  imagesBefore.set(before, known);
  return known;
}

function keyOf(podPath: FieldPath, use: ImageUse, name: string, reference: string): string {
  return JSON.stringify([formatFieldPath(podPath), use, name, reference]);
}

function passes(reason: string): ReadRequest {
  return { outcome: "pass", reason, pods: [], images: [], pullSecrets: [], serviceAccounts: [] };
}

function unread(reason: string): ReadRequest {
  return { ...passes(reason), outcome: "unread" };
}
