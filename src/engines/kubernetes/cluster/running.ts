/** Which images a cluster runs, as its pods' states say. */

import { type Digest, parseDigest } from "../../../core/digest.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";

type Plain = Readonly<Record<string, unknown>>;

/** One image that containers of pods run, or ran and will again. */
export interface RunningImage {
  /**
   * Of its manifest where the runtime names a repository with it, and the image can be pulled by both; else of its
   * configuration. Absent where no runtime has said.
   */
  readonly digest?: Digest;
  /** `registry/repository` of the digest; absent where the runtime knows none. */
  readonly repository?: string;
  /** As the pods ask for it: `nginx:1.27`. The first in order where they differ. */
  readonly name: string;
  /** RFC 3339: since when the oldest of these pods runs. */
  readonly since?: string;
  readonly pods: number;
  /** What made these pods, in order of kind, namespace and name; the pods themselves where nothing that was read did. */
  readonly owners: readonly ImageOwner[];
  /** `namespace/pod`, the first few in order. */
  readonly examples: readonly string[];
}

export interface SilentPods extends ImageOwner {
  readonly images: readonly string[];
}

export interface ImageOwner {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of its pods, those that run the image. */
  readonly pods: number;
}

export interface RunningImages {
  /** @param owner - what made it, as `ownerName` calls it; absent: nothing that was read */
  pod(pod: Plain, owner?: string): void;
  /** By name. */
  images(): readonly RunningImage[];
  /** Pods that have not ended, and of which no kubelet tells what they run: by what made them, with the images that they ask for. */
  silent(): readonly SilentPods[];
  /** More than are kept. */
  readonly over: boolean;
}

const EXAMPLES = 3;

const LISTS = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"] as const;

type Image = Omit<RunningImage, "pods" | "owners" | "examples">;

export function createRunningImages(): RunningImages {
  /** Pods, each with what made it. */
  const found = new Map<string, { image: Image; pods: Map<string, string> }>();
  const silent = new Map<string, { pods: number; readonly images: Set<string> }>();
  let over = false;

  function add(image: Image, pod: string, owner: string): void {
    const key = image.digest === undefined ? `name ${image.name}` : `${image.repository ?? ""}@${image.digest}`;
    const known = found.get(key);
    if (known === undefined) {
      if (found.size >= bounds.clusterImages) over = true;
      else found.set(key, { image, pods: new Map([[pod, owner]]) });
      return;
    }
    known.pods.set(pod, owner);
    const since = [known.image.since, image.since].filter((time) => time !== undefined).sort()[0];
    const name = [known.image.name, image.name].sort()[0] as string;
    known.image = { ...known.image, name, ...(since === undefined ? {} : { since }) };
  }

  return {
    pod(pod, owner) {
      const metadata = isObject(pod.metadata) ? pod.metadata : {};
      const status = isObject(pod.status) ? pod.status : {};
      // What has ended runs nothing.
      if (status.phase === "Succeeded" || status.phase === "Failed") return;
      const called = `${String(metadata.namespace ?? "default")}/${String(metadata.name ?? "")}`;
      const since = typeof status.startTime === "string" ? { since: status.startTime } : {};
      if (!LISTS.some((list) => Array.isArray(status[list]) && status[list].length > 0)) {
        const by = owner ?? `Pod ${called}`;
        const known = silent.get(by) ?? { pods: 0, images: new Set() };
        known.pods++;
        for (const image of imagesAskedFor(pod)) known.images.add(image);
        silent.set(by, known);
      }
      for (const list of LISTS) {
        const states = status[list];
        for (const state of Array.isArray(states) ? states : []) {
          if (!isObject(state) || typeof state.image !== "string") continue;
          const identified = identityOf(typeof state.imageID === "string" ? state.imageID : "");
          add(
            { ...identified, name: askedFor(pod, list, state) ?? state.image, ...since },
            called,
            owner ?? `Pod ${called}`,
          );
        }
      }
    },
    silent: () =>
      [...silent]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([owner, { pods, images }]) => {
          return { ...named(owner), pods, images: [...images].sort() };
        }),
    images() {
      return [...found.values()]
        .map(({ image, pods }) => ({
          ...image,
          pods: pods.size,
          owners: ownersIn(pods.values()),
          examples: [...pods.keys()].sort().slice(0, EXAMPLES),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : (a.digest ?? "") < (b.digest ?? "") ? -1 : 1));
    },
    get over() {
      return over;
    },
  };
}

/** `Deployment shop/web`: no name of Kubernetes holds a blank or a slash. */
function ownersIn(names: Iterable<string>): ImageOwner[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort().map(([owner, pods]) => ({ ...named(owner), pods }));
}

function named(owner: string): Omit<ImageOwner, "pods"> {
  const [, kind = "", namespace = "", name = ""] = /^(\S+) ([^/]*)\/(.*)$/s.exec(owner) ?? [];
  return { kind, namespace, name };
}

function imagesAskedFor({ spec }: Plain): string[] {
  const lists = isObject(spec) ? LISTS.map((list) => spec[list.replace("Statuses", "s")]) : [];
  return lists.flatMap((list) =>
    (Array.isArray(list) ? list : []).flatMap((one: unknown) =>
      isObject(one) && typeof one.image === "string" ? [one.image] : [],
    ),
  );
}

/** A state names the image as the runtime knows it, which may be a digest; the pod's own word says more. */
function askedFor({ spec }: Plain, states: string, state: Plain): string | undefined {
  const containers = isObject(spec) ? spec[states.replace("Statuses", "s")] : undefined;
  const own = Array.isArray(containers)
    ? containers.find((one: unknown) => isObject(one) && one.name === state.name)
    : undefined;
  return isObject(own) && typeof own.image === "string" ? own.image : undefined;
}

/** `docker.io/library/nginx@sha256:…`, `docker-pullable://nginx@sha256:…`, `docker://sha256:…`, `sha256:…`. */
function identityOf(imageId: string): { readonly digest?: Digest; readonly repository?: string } {
  const bare = imageId.replace(/^[a-z-]+:\/\//, "");
  const at = bare.lastIndexOf("@");
  const digest = parseDigest(bare.slice(at + 1));
  if (digest === undefined) return {};
  return at <= 0 ? { digest } : { digest, repository: bare.slice(0, at) };
}
