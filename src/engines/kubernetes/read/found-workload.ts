/** Workloads of what `findPods` found. */
import type { Strings } from "../../../core/strings.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { type FieldPath, formatFieldPath } from "../field-path.ts";
import type { Workload } from "../model.ts";
import type { KubernetesObject, ManifestGap } from "../object-model.ts";
import type { Container, PodSpec } from "../pod-model.ts";
import type { RawObject } from "../raw.ts";
import { readContainer } from "./containers.ts";
import { type Fields, stated } from "./fields.ts";
import { type FoundContainer, type FoundPod, isParameter } from "./found-pods.ts";
import { readPodSpec } from "./pod.ts";

/** The object as it was read. */
export interface ReadObject {
  readonly raw: RawObject;
  /** The map at a path; what of it has a wrong type is told. */
  fields(path: FieldPath): Fields;
  /** The same, and nothing is told. */
  untyped(path: FieldPath): Fields;
  /** Every text that is kept goes through it. */
  readonly strings: Strings;
  gap(code: string, field: FieldPath, reason: string): ManifestGap;
}

/** Of one object one workload a pod; of several pods each is called by its name, or by its place where that is no one's alone. */
export function readFoundWorkloads(object: KubernetesObject, read: ReadObject, pods: readonly FoundPod[]): Workload[] {
  const names = pods.map(({ path }) => read.strings(nameOf(read.raw, path)));
  const taken = [...names, ...pods.map(({ path }) => formatFieldPath(path))];
  return pods.map((pod, index) => {
    const name = names[index] ?? "";
    const called = name !== "" && taken.filter((one) => one === name).length === 1 ? name : formatFieldPath(pod.path);
    return readOne(pods.length === 1 ? object : { ...object, part: { name: called, of: object } }, read, pod);
  });
}

function readOne(object: KubernetesObject, read: ReadObject, found: FoundPod): Workload {
  const { path, around, isSpec, form, untold } = found;
  const podPath = around ?? path;
  const templatePath = isSpec && path.at(-1) === "spec" ? path.slice(0, -1) : path;
  const metadata = isObject(valueAt(read.raw, [...templatePath, "metadata"]))
    ? read.fields(templatePath).fields("metadata")
    : undefined;
  return stated({
    object,
    origin: "kubernetes" as const,
    templatePath,
    podPath,
    podMetadata: {
      labels: metadata?.stringMap("labels") ?? {},
      annotations: metadata?.stringMap("annotations") ?? {},
    },
    pod: readPod(read, found, podPath),
    form,
    untold: untold === undefined ? undefined : [read.gap("kubernetes.pod-not-stated", path, untold)],
  });
}

function readPod(read: ReadObject, found: FoundPod, podPath: FieldPath): PodSpec {
  const { path, isSpec, form, defaults } = found;
  // Fields of a PodSpec's names may be something else in another form: only what a PodSpec has must have its types.
  const spec = isSpec && form === "whole" ? read.fields(podPath) : read.untyped(podPath);
  const prefix = path.slice(podPath.length);
  const fallback = defaults === undefined ? undefined : readContainer(read.untyped([...path, ...defaults]));
  const listed = (list: FoundContainer["list"]) =>
    found.containers.filter((one) => one.list === list).map((one) => container(one));

  function container({ list, path: own }: FoundContainer): Container {
    const place = [...path, ...own];
    const fields = form === "whole" ? read.fields(place) : read.untyped(place);
    const isNamed = imageIsNamed(valueAt(read.raw, place));
    const { image, ...rest } = withDefaults(readContainer(fields), fallback);
    const inList = prefix.length === 0 && own.length === 2 && own[0] === list;
    return stated({
      ...rest,
      image: isNamed && image !== undefined && !isParameter(image) ? image : undefined,
      at: inList ? undefined : [...prefix, ...own],
    });
  }

  return stated({
    ...readPodSpec(spec),
    containers: listed("containers"),
    initContainers: listed("initContainers"),
    ephemeralContainers: listed("ephemeralContainers"),
  });
}

/** Tekton's `stepTemplate`: what a step states counts. */
function withDefaults(own: Container, fallback: Container | undefined): Container {
  if (fallback === undefined) return own;
  const security = { ...fallback.securityContext, ...own.securityContext };
  return {
    ...fallback,
    ...own,
    env: [...own.env, ...fallback.env.filter(({ name }) => !own.env.some((one) => one.name === name))],
    envFrom: own.envFrom.length > 0 ? own.envFrom : fallback.envFrom,
    volumeMounts: [...own.volumeMounts, ...fallback.volumeMounts],
    ...(Object.keys(security).length === 0 ? {} : { securityContext: security }),
  };
}

/** What an operator's object has apart from its tag is no whole name. */
function imageIsNamed(value: unknown): boolean {
  if (!isObject(value) || typeof value.image !== "string") return true;
  const apart = ["repository", "registry", "tag", "version", "imageTag", "digest", "sha"];
  return value.image.includes(":") || !apart.some((name) => Object.hasOwn(value, name));
}

/** Of the innermost list that it is in, the item's name. */
function nameOf(raw: RawObject, path: FieldPath): string {
  const last = path.findLastIndex((step) => typeof step === "number");
  const item = last < 0 ? undefined : valueAt(raw, path.slice(0, last + 1));
  return isObject(item) && typeof item.name === "string" ? item.name : "";
}
