/**
 * AdmissionReviews as an API server of today sends them (admission.k8s.io/v1, Kubernetes API reference), for what the server
 * that tests can start is too old to send: ephemeral containers, image volumes, resizes, and what custom kinds have.
 */
import { createHash } from "node:crypto";
import type { Json } from "./oracle/json.ts";
import type { Asked } from "./oracle/verdict.ts";

export interface Review {
  readonly apiVersion: "admission.k8s.io/v1";
  readonly kind: "AdmissionReview";
  readonly request: Json;
}

export interface ReviewOptions {
  readonly uid?: string;
  readonly namespace?: string;
  readonly subResource?: string;
  readonly oldObject?: Json;
  readonly dryRun?: boolean;
  readonly user?: Json;
  readonly options?: Json;
}

/** Group, version and kind → the plural by which its path names it. */
const PLURALS: Readonly<Record<string, string>> = {
  Pod: "pods",
  PodTemplate: "podtemplates",
  ReplicationController: "replicationcontrollers",
  ReplicaSet: "replicasets",
  Deployment: "deployments",
  DaemonSet: "daemonsets",
  StatefulSet: "statefulsets",
  Job: "jobs",
  CronJob: "cronjobs",
  Rollout: "rollouts",
  Service: "services",
  Fleet: "fleets",
  Namespace: "namespaces",
  Node: "nodes",
  CertificateSigningRequest: "certificatesigningrequests",
};

const ALICE: Json = { username: "alice@example.com", groups: ["developers", "system:authenticated"] };

/** The same words give the same identifier. */
export function uidOf(...words: readonly unknown[]): string {
  const hex = createHash("sha256").update(JSON.stringify(words)).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

function reviewOf(
  operation: string,
  kind: Json,
  resource: Json,
  object: Json | undefined,
  more: ReviewOptions,
): Review {
  const { subResource, oldObject, dryRun = false, user = ALICE } = more;
  const metadata = ((object ?? oldObject)?.metadata ?? {}) as Json;
  const namespace = more.namespace ?? metadata.namespace;
  const optionsKind = { CREATE: "CreateOptions", UPDATE: "UpdateOptions", DELETE: "DeleteOptions" }[operation];
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: more.uid ?? uidOf(operation, kind, subResource, object, oldObject),
      kind,
      resource,
      ...(subResource === undefined ? {} : { subResource }),
      requestKind: kind,
      requestResource: resource,
      ...(subResource === undefined ? {} : { requestSubResource: subResource }),
      ...(metadata.name === undefined ? {} : { name: metadata.name }),
      ...(namespace === undefined ? {} : { namespace }),
      operation,
      userInfo: user,
      // The API server writes null where there is none.
      object: object ?? null,
      oldObject: oldObject ?? null,
      dryRun,
      options: more.options ?? (optionsKind === undefined ? null : { apiVersion: "meta.k8s.io/v1", kind: optionsKind }),
    },
  };
}

function kindOf(object: Json): { readonly kind: Json; readonly resource: Json } {
  const [version = "", group = ""] = String(object.apiVersion).split("/").reverse();
  const kind = String(object.kind);
  return {
    kind: { group, version, kind },
    resource: { group, version, resource: PLURALS[kind] ?? `${kind.toLowerCase()}s` },
  };
}

export function created(object: Json, options: ReviewOptions = {}): Review {
  const { kind, resource } = kindOf(object);
  return reviewOf("CREATE", kind, resource, object, options);
}

export function updated(object: Json, oldObject: Json, options: ReviewOptions = {}): Review {
  const { kind, resource } = kindOf(object);
  return reviewOf("UPDATE", kind, resource, object, { ...options, oldObject });
}

export function deleted(oldObject: Json, options: ReviewOptions = {}): Review {
  const { kind, resource } = kindOf(oldObject);
  return reviewOf("DELETE", kind, resource, undefined, { ...options, oldObject });
}

/** `kubectl debug`: the pod as it would be with one more ephemeral container. */
export function debugged(pod: Json, container: Json, options: ReviewOptions = {}): Review {
  const spec = pod.spec as Json;
  const there = (spec.ephemeralContainers ?? []) as readonly Json[];
  const object = { ...pod, spec: { ...spec, ephemeralContainers: [...there, container] } };
  return updated(object, pod, { ...options, subResource: "ephemeralcontainers" });
}

/** An in-place resize: containers with other resources (and whatever else the sender tries). */
export function resized(pod: Json, containers: readonly Json[], options: ReviewOptions = {}): Review {
  const object = { ...pod, spec: { ...(pod.spec as Json), containers } };
  return updated(object, pod, { ...options, subResource: "resize" });
}

export function withStatus(pod: Json, status: Json, options: ReviewOptions = {}): Review {
  return updated({ ...pod, status }, pod, { ...options, subResource: "status" });
}

/** Of a Deployment: the object is a Scale, which holds no pod. */
export function scaled(deployment: Json, replicas: number, options: ReviewOptions = {}): Review {
  const { name, namespace } = deployment.metadata as Json;
  const { resource } = kindOf(deployment);
  const scale = (count: number) => ({
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    metadata: { name, namespace },
    spec: { replicas: count },
  });
  const kind = { group: "autoscaling", version: "v1", kind: "Scale" };
  return reviewOf("UPDATE", kind, resource, scale(replicas), { ...options, subResource: "scale", oldObject: scale(1) });
}

/** What a scheduler sends for each pod. */
export function bound(pod: Json, node: string): Review {
  const { name, namespace } = pod.metadata as Json;
  const binding = {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name, namespace },
    target: { kind: "Node", name: node },
  };
  const kind = { group: "", version: "v1", kind: "Binding" };
  return reviewOf("CREATE", kind, { group: "", version: "v1", resource: "pods" }, binding, { subResource: "binding" });
}

/** `kubectl exec` */
export function connected(pod: Json): Review {
  const { name, namespace } = pod.metadata as Json;
  const options = { apiVersion: "v1", kind: "PodExecOptions", stdin: true, command: ["sh"], container: "api" };
  const kind = { group: "", version: "v1", kind: "PodExecOptions" };
  const review = reviewOf("CONNECT", kind, { group: "", version: "v1", resource: "pods" }, options, {
    subResource: "exec",
    namespace: String(namespace),
  });
  return { ...review, request: { ...review.request, name } };
}

/** A case of the oracle's as the API server would send it. */
export function reviewOfAsked({ operation, namespace, object, oldObject, subResource }: Asked, uid: string): Review {
  const { kind, resource } = kindOf(object ?? oldObject ?? {});
  const more = { uid, namespace, ...(subResource === undefined ? {} : { subResource }) };
  return reviewOf(operation, kind, resource, object, { ...more, ...(oldObject === undefined ? {} : { oldObject }) });
}

/** What the restricted level takes, of one container. */
export function goodPod(image: string, name = "api", namespace = "shop"): Json & { readonly spec: Json } {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [goodContainer(image, "api")],
    },
  };
}

export function goodContainer(image: string, name: string): Json {
  return {
    name,
    image,
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "1", memory: "64Mi" } },
    readinessProbe: { httpGet: { path: "/healthz", port: 8080 } },
    livenessProbe: { httpGet: { path: "/healthz", port: 8080 } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

/** A pod's template in a controller. */
export function goodDeployment(image: string, name = "api", namespace = "shop"): Json {
  const { spec } = goodPod(image, name, namespace);
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

/** With one more field of the pod's spec, or another in the place of one. */
export function withSpec(pod: Json, more: Json): Json {
  return { ...pod, spec: { ...(pod.spec as Json), ...more } };
}

/** With other fields in the first container. */
export function withContainer(pod: Json, more: Json): Json {
  const [first, ...rest] = (pod.spec as { readonly containers: readonly Json[] }).containers;
  return withSpec(pod, { containers: [{ ...first, ...more }, ...rest] });
}

/** With other fields in the first container's security context. */
export function withContext(pod: Json, more: Json): Json {
  const [first] = (pod.spec as { readonly containers: readonly Json[] }).containers;
  return withContainer(pod, { securityContext: { ...(first?.securityContext as Json), ...more } });
}

/**
 * A pod of about 20 KB, as controllers, injectors and server-side apply leave them: some containers, many variables, probes,
 * mounts, managed fields. It meets the restricted level.
 */
export function largePod(images: readonly string[], name: string): Json {
  const containers = images.map((image, index) => ({
    ...goodContainer(image, `c${index}`),
    env: Array.from({ length: 40 }, (_, at) => ({
      name: `SETTING_${at}`,
      value: `value-${at}-of-${index}-`.repeat(2),
    })),
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "settings", mountPath: "/etc/settings", readOnly: true },
    ],
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
  }));
  const pod = goodPod(images[0] ?? "", name);
  const spec = {
    ...pod.spec,
    containers,
    volumes: [
      { name: "tmp", emptyDir: {} },
      { name: "settings", configMap: { name: "s" } },
    ],
  };
  const managed = {
    manager: "kube-controller-manager",
    operation: "Update",
    apiVersion: "v1",
    time: "2026-11-27T10:00:00Z",
    fieldsType: "FieldsV1",
    fieldsV1: fieldsOf(spec),
  };
  return { ...pod, metadata: { ...(pod.metadata as Json), managedFields: [managed] }, spec };
}

/** As `managedFields` names fields: each name with `f:` before it, whole lists as one. */
function fieldsOf(value: unknown): Json {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.map((each) => [`k:${JSON.stringify({ name: each.name })}`, fieldsOf(each)]));
  }
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [`f:${key}`, fieldsOf(each)]));
}

/** What a webhook answers. */
export interface Answer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly warnings?: readonly string[];
  readonly patchType?: string;
  readonly patch?: string;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** @throws Error where it is no AdmissionReview of v1 with an answer to `uid` */
export function answerIn(body: string, uid: string): Answer {
  const review = JSON.parse(body) as { readonly apiVersion: string; readonly kind: string; readonly response?: Answer };
  if (review.apiVersion !== "admission.k8s.io/v1" || review.kind !== "AdmissionReview" || !review.response) {
    throw new Error(`no AdmissionReview with an answer: ${body.slice(0, 200)}`);
  }
  if (review.response.uid !== uid) throw new Error(`an answer to ${review.response.uid}, not to ${uid}`);
  return review.response;
}

/** Operations of RFC 6902 in an answer, applied by a reader of our own: `add`, `replace`, `remove` and `test`. */
export function patched(object: Json, { patch, patchType }: Answer): Json {
  if (patch === undefined) return object;
  if (patchType !== "JSONPatch") throw new Error(`patchType ${patchType}`);
  const whole = { root: structuredClone(object) as Record<string, unknown> };
  for (const { op, path, value } of JSON.parse(Buffer.from(patch, "base64").toString()) as {
    readonly op: string;
    readonly path: string;
    readonly value?: unknown;
  }[]) {
    const keys = [
      "root",
      ...path
        .split("/")
        .slice(1)
        .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~")),
    ];
    const last = keys.pop() ?? "";
    let holder: unknown = whole;
    for (const key of keys) holder = (holder as Record<string, unknown>)?.[key];
    if (typeof holder !== "object" || holder === null) throw new Error(`nothing at ${path}`);
    const there = holder as Record<string, unknown>;
    if (op !== "add" && !Object.hasOwn(there, last)) throw new Error(`${op}: nothing at ${path}`);
    if (op === "test") {
      if (JSON.stringify(there[last]) !== JSON.stringify(value)) throw new Error(`test failed at ${path}`);
    } else if (op === "remove") delete there[last];
    else if (op === "add" || op === "replace") there[last] = value;
    else throw new Error(`operation ${op}`);
  }
  return whole.root;
}
