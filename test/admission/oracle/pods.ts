/** Where an object of the Kubernetes API has pods, and which images they would run (API reference). */
import { at, isRecord, listAt, textAt } from "./json.ts";
import type { Pod } from "./pod-security.ts";

/** Group and kind → where the template, or the pod itself, stands. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  "/Pod": [],
  "/PodTemplate": ["template"],
  "/ReplicationController": ["spec", "template"],
  "apps/ReplicaSet": ["spec", "template"],
  "apps/Deployment": ["spec", "template"],
  "apps/DaemonSet": ["spec", "template"],
  "apps/StatefulSet": ["spec", "template"],
  "batch/Job": ["spec", "template"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
};

/** Groups whose kinds are Kubernetes' own: none but those above has a pod. */
const OWN_GROUPS = ["", "apps", "batch", "policy", "autoscaling", "extensions", "rbac.authorization.k8s.io"];

export interface PlacedPod extends Pod {
  /** Where its spec stands in the object: `spec.template.spec`. */
  readonly path: string;
}

export function podsOf(object: unknown): readonly PlacedPod[] {
  const [group] = textAt(object, "apiVersion").includes("/") ? textAt(object, "apiVersion").split("/") : [""];
  const place = PLACES[`${group}/${textAt(object, "kind")}`];
  if (place !== undefined) {
    const pod = at(object, ...place);
    const spec = at(pod, "spec");
    if (!isRecord(spec)) return [];
    const metadata = at(pod, "metadata");
    return [{ spec, metadata: isRecord(metadata) ? metadata : {}, path: [...place, "spec"].join(".") }];
  }
  return OWN_GROUPS.includes(group ?? "") ? [] : [...templatesIn(object, "")];
}

/** Of a custom kind: whatever has a `spec` with containers, wherever it stands. */
function* templatesIn(value: unknown, path: string): Generator<PlacedPod> {
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* templatesIn(each, `${path}[${index}]`);
  } else if (isRecord(value)) {
    const spec = at(value, "spec");
    const own = path === "" ? "spec" : `${path}.spec`;
    if (isRecord(spec) && listAt(spec, "containers").some((each) => at(each, "image") !== undefined)) {
      const metadata = at(value, "metadata");
      yield { spec, metadata: isRecord(metadata) ? metadata : {}, path: own };
      return;
    }
    for (const [key, each] of Object.entries(value)) yield* templatesIn(each, path === "" ? key : `${path}.${key}`);
  }
}

export interface NamedImage {
  readonly reference: string;
  /** Of the container or the volume. */
  readonly of: string;
  /** Where the text stands in the object. */
  readonly path: string;
}

export function imagesOf(pods: readonly PlacedPod[]): readonly NamedImage[] {
  return pods.flatMap(({ spec, path }) => [
    ...["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
      listAt(spec, list).map((each, index) => ({
        reference: textAt(each, "image"),
        of: textAt(each, "name"),
        path: `${path}.${list}[${index}].image`,
      })),
    ),
    ...listAt(spec, "volumes").flatMap((volume, index) =>
      at(volume, "image") === undefined
        ? []
        : [
            {
              reference: textAt(volume, "image", "reference"),
              of: textAt(volume, "name"),
              path: `${path}.volumes[${index}].image.reference`,
            },
          ],
    ),
  ]);
}

export interface ParsedImage {
  /** With its registry and all of its directories: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** As containerd takes a name: the first part is a registry where it has a dot, a colon or is `localhost`. */
export function parseImage(reference: string): ParsedImage | undefined {
  const [named = "", digest, ...more] = reference.split("@");
  if (named === "" || more.length > 0) return undefined;
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const slash = named.lastIndexOf("/");
  const colon = named.indexOf(":", slash + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) return undefined;
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = hasRegistry ? first : "docker.io";
  const directories = hasRegistry ? rest : [first, ...rest];
  if (directories.length === 0 || !directories.every((each) => /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/.test(each))) {
    return undefined;
  }
  const path = registry === "docker.io" && directories.length === 1 ? ["library", ...directories] : directories;
  return {
    repository: `${registry}/${path.join("/")}`,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}
