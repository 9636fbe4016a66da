/**
 * Pods in objects of kinds that are known to their own controllers alone: found by their form, wherever they stand. An Argo
 * Rollout, a DeploymentConfig and a Knative Service have a pod's template; a Tekton Task lists its containers as `steps`, an
 * Argo Workflow has one in each template. What smells of containers and cannot be read as such is told, never passed over.
 */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { type FieldPath, formatFieldPath } from "../field-path.ts";
import type { KubernetesObject } from "../object-model.ts";
import type { RawObject } from "../raw.ts";
import { isImageName, namesPodsOnly, ofImagesAlone, patchesPods } from "./foreign-kinds.ts";

export interface FoundContainer {
  readonly list: "containers" | "initContainers" | "ephemeralContainers";
  /** From the pod's specification: `["steps", 0]`; empty where the specification is the container too. */
  readonly path: FieldPath;
}

export interface FoundPod {
  /** Of what holds its containers, from the object's root. */
  readonly path: FieldPath;
  readonly containers: readonly FoundContainer[];
  /** What its containers leave unsaid is said there (Tekton's `stepTemplate`). */
  readonly defaults?: FieldPath;
  /** Where the object says more of its pod, of which it may be the part alone (an Argo Workflow's `spec`). */
  readonly around?: FieldPath;
  /** Whether it is a PodSpec, and not another form with containers in it. */
  readonly isSpec: boolean;
  /** `part`: what it leaves out its controller may add. */
  readonly form: "whole" | "part";
  /** What of its pods nobody can say from here, in one sentence without a full stop. Absent: it is all there. */
  readonly untold?: string;
}

export interface FoundPods {
  readonly pods: readonly FoundPod[];
  /** Where whole objects stand within it: an OpenShift Template's, a Crossplane Object's. */
  readonly objects: readonly FieldPath[];
  /** It is larger than is looked through. */
  readonly over: boolean;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Draft = Mutable<Omit<FoundPod, "containers">> & { readonly containers: FoundContainer[] };

const LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;
/** Lists of containers that are no PodSpec's: Tekton's, Argo's. */
const OTHER_LISTS = ["steps", "sidecars"] as const;
/** Single containers: Argo's templates. */
const SINGLE = ["container", "script"] as const;
/** What says of a pod what its containers do not. */
const POD_PARTS: ReadonlySet<string> = new Set(["podTemplate", "podTemplateSpec", "podSpec", "podSpecPatch"]);
/** What an object says of itself, and what others say of it. */
const NOT_ITS_SPEC: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata", "status"]);
/** What belongs to a PodSpec that is read whole, or to a container: nothing is looked for in it. */
const POD_FIELDS: ReadonlySet<string> = new Set([
  ...LISTS,
  ...OTHER_LISTS,
  ...SINGLE,
  "containerSet",
  "stepTemplate",
  "volumes",
]);
/** Fields of a Workflow's template that its Workflow's `spec` has too. */
const OWN_POD_FIELDS = ["securityContext", "volumes", "serviceAccountName", "automountServiceAccountToken"];

const CONTROLLER = "its controller makes the pods, and what it adds is stated nowhere here";

export function findPods(object: KubernetesObject, raw: RawObject): FoundPods {
  const pods: Draft[] = [];
  const objects: FieldPath[] = [];
  /** Images without a list of containers: together they are one workload, not one each. */
  const images: FieldPath[] = [];
  let values = 0;
  let over = false;
  if (namesPodsOnly(object)) return { pods, objects, over };
  const smells = !ofImagesAlone(object);

  function walk(value: unknown, path: FieldPath, within?: Draft): void {
    values++;
    if (values > bounds.foundPodValues || path.length > bounds.foundPodDepth || pods.length >= bounds.foundPods) {
      over = true;
      return;
    }
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index], within);
    } else if (isObject(value)) map(value, path, within);
  }

  function map(value: RawObject, path: FieldPath, within?: Draft): void {
    if (path.length > 0 && isWhole(value)) {
      objects.push(path);
      return;
    }
    const pod = path.length === 0 ? undefined : podAt(value, path);
    if (pod !== undefined) pods.push(pod);
    else if (smells && isImage(value)) {
      if (within === undefined) images.push(path);
      else within.containers.push({ list: "containers", path: path.slice(within.path.length) });
    }
    for (const [key, inner] of Object.entries(value)) {
      if (path.length === 0 && NOT_ITS_SPEC.has(key)) continue;
      if (pod !== undefined && ((pod.isSpec && pod.form === "whole") || POD_FIELDS.has(key))) continue;
      const before = pods.length + objects.length;
      walk(inner, [...path, key], pod === undefined || pod.form === "part" ? (pod ?? within) : undefined);
      if (!smells || pods.length + objects.length > before || isEmpty(inner)) continue;
      // A pod's part without containers, or what cannot be read as containers.
      if (POD_PARTS.has(key)) pods.push(partAt(inner, [...path, key], pod ?? within));
      else if (pod === undefined && (LISTS as readonly string[]).includes(key) && !isTextList(inner)) {
        const untold = `${formatFieldPath([...path, key])} is not a list of containers: ${CONTROLLER}`;
        pods.push({ path, containers: [], isSpec: false, form: "part", untold });
      }
    }
  }

  function podAt(value: RawObject, path: FieldPath): Draft | undefined {
    const containers: FoundContainer[] = [];
    let isSpec = false;
    for (const list of LISTS) {
      const items = mapsOf(value[list]);
      if (!items.some(isContainer)) continue;
      isSpec = true;
      for (const index of items.keys()) containers.push({ list, path: [list, index] });
    }
    for (const list of OTHER_LISTS) {
      const items = mapsOf(value[list]);
      if (!items.some((item) => typeof item.image === "string")) continue;
      for (const index of items.keys()) containers.push({ list: "containers", path: [list, index] });
    }
    for (const key of SINGLE) {
      const single = value[key];
      if (isObject(single) && typeof single.image === "string") containers.push({ list: "containers", path: [key] });
    }
    const set = isObject(value.containerSet) ? mapsOf(value.containerSet.containers) : [];
    for (const index of set.keys()) {
      containers.push({ list: "containers", path: ["containerSet", "containers", index] });
    }
    if (containers.length === 0) return undefined;
    const defaults = isObject(value.stepTemplate) ? ["stepTemplate"] : undefined;
    const around = isSpec ? undefined : workflowOf(raw, value, path);
    const untold = partOf(value, path, containers);
    const form = untold === undefined ? "whole" : "part";
    const unknown = untold ?? parameterOf(value, path, containers);
    if (isImage(value)) containers.push({ list: "containers", path: [] });
    return {
      path,
      containers,
      isSpec,
      ...(defaults === undefined ? {} : { defaults }),
      ...(around === undefined ? {} : { around }),
      form,
      ...(unknown === undefined ? {} : { untold: unknown }),
    };
  }

  /** Why it is a part alone. */
  function partOf(value: RawObject, path: FieldPath, containers: readonly FoundContainer[]): string | undefined {
    if (patchesPods(object)) return `${object.kind} adds to pods of others, and those are unknown`;
    if (typeof value.image === "string") return `names an image of its own beside ${listOf(containers)}: ${CONTROLLER}`;
    const nameless = containers.find(({ path: at }) => typeof imageAt(value, at) !== "string");
    if (nameless !== undefined) return `${formatFieldPath([...path, ...nameless.path])} names no image: ${CONTROLLER}`;
    if (containers.every(({ list }) => list !== "containers"))
      return `it lists no containers of its own: ${CONTROLLER}`;
    return undefined;
  }

  function parameterOf(value: RawObject, path: FieldPath, containers: readonly FoundContainer[]): string | undefined {
    const found = containers.find(({ path: at }) => isParameter(String(imageAt(value, at))));
    if (found === undefined) return undefined;
    return `the image of ${formatFieldPath([...path, ...found.path])} is a parameter: what runs is unknown`;
  }

  walk(raw, []);
  const [first] = images;
  if (first !== undefined) pods.push(joined(images, first));
  return { pods: merged(pods), objects, over };
}

/** What was found twice at one place is one pod. */
function merged(pods: readonly Draft[]): FoundPod[] {
  const byPath = Map.groupBy(pods, ({ path }) => formatFieldPath(path));
  return [...byPath.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { untold = others.find((one) => one.untold !== undefined)?.untold } = first;
    const isPart = [first, ...others].some(({ form }) => form === "part");
    const containers = [first, ...others].flatMap((one) => one.containers);
    return [
      { ...first, containers, form: isPart ? "part" : "whole", ...(untold === undefined ? {} : { untold }) } as const,
    ];
  });
}

/** Its controller runs them, all of them or some: one workload whose pods nobody here sees. */
function joined(images: readonly FieldPath[], first: FieldPath): Draft {
  const shared = images.reduce((path, other) => path.slice(0, sharedSteps(path, other)), first);
  return {
    path: shared,
    containers: images.map((path) => ({ list: "containers" as const, path: path.slice(shared.length) })),
    isSpec: false,
    form: "part",
    untold: `names an image (${formatFieldPath([...first, "image"])}) and no containers: ${CONTROLLER}`,
  };
}

function sharedSteps(path: FieldPath, other: FieldPath): number {
  const differ = path.findIndex((step, index) => step !== other[index]);
  return differ < 0 ? path.length : differ;
}

/** Of a `podTemplate` its `spec`, where it has one. */
function partAt(value: unknown, path: FieldPath, within?: Draft): Draft {
  const inner = isObject(value) && isObject(value.spec) ? [...path, "spec"] : path;
  const what = formatFieldPath(path);
  const untold = `${what} is part of a pod: ${CONTROLLER}`;
  const at = isObject(value) ? inner : (within?.path ?? path.slice(0, -1));
  return { path: at, containers: [], isSpec: false, form: "part", untold };
}

/** An Argo Workflow says beside its templates what holds for the pods of all of them. */
function workflowOf(raw: RawObject, template: RawObject, path: FieldPath): FieldPath | undefined {
  if (path.at(-2) !== "templates" || typeof path.at(-1) !== "number") return undefined;
  const around = path.slice(0, -2);
  const value = valueAt(raw, around);
  if (!isObject(value)) return undefined;
  const own = OWN_POD_FIELDS.some((name) => Object.hasOwn(template, name));
  const shared = OWN_POD_FIELDS.some((name) => Object.hasOwn(value, name));
  return shared && !own ? around : undefined;
}

function imageAt(pod: RawObject, path: FieldPath): unknown {
  return valueAt(pod, [...path, "image"]) ?? valueAt(pod, ["stepTemplate", "image"]);
}

/** An object of the API, and not a reference to one. */
function isWhole({ apiVersion, kind, metadata, spec }: RawObject): boolean {
  return typeof apiVersion === "string" && typeof kind === "string" && (isObject(metadata) || isObject(spec));
}

function isContainer({ image, name }: RawObject): boolean {
  return typeof image === "string" || typeof name === "string";
}

/** `image: registry/name:tag`, or the map that charts have for it. */
function isImage({ image }: RawObject): boolean {
  return typeof image === "string" ? isImageName(image) : isObject(image) && typeof image.repository === "string";
}

/** What is filled in later: by Tekton, Argo, OpenShift. */
export function isParameter(image: string): boolean {
  return image.includes("$(") || image.includes("{{") || image.includes("${");
}

function listOf(containers: readonly FoundContainer[]): string {
  return String(containers[0]?.path[0] ?? "its containers");
}

function mapsOf(list: unknown): readonly RawObject[] {
  return Array.isArray(list) && list.every(isObject) ? list : [];
}

/** Names of containers, and not containers. */
function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" ? Object.keys(value).length === 0 : typeof value !== "string";
}
