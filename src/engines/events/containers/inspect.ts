/**
 * Containers as docker and podman tell of them: `GET /containers/{id}/json` (Docker Engine API, "Inspect a container";
 * podman's API, `ContainerInspectLibpod`), and docker's own files, which hold the same under other names.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ContainerDetails, ContainerFacts, ContainerMount } from "./model.ts";
import { podOfLabels } from "./pod-labels.ts";
import {
  digestOf,
  factsOf,
  healthCommandOf,
  isContainerId,
  labelsOf,
  listOf,
  objectOf,
  repositoryDigestOf,
  textOf,
  timeOf,
} from "./values.ts";

/** What is known of an image by its id: `GET /images/{id}/json`. */
export interface ImageNames {
  readonly tags: readonly string[];
  /** With a repository each: `docker.io/library/nginx@sha256:…`. */
  readonly digests: readonly string[];
}

export function imageNamesOf(inspected: unknown): ImageNames {
  const { RepoTags, RepoDigests } = objectOf(inspected);
  const texts = (value: unknown) => listOf(value, 100).filter((each): each is string => textOf(each) !== undefined);
  return { tags: texts(RepoTags), digests: texts(RepoDigests) };
}

/** @returns undefined where it is no such document */
export function dockerFacts(inspected: unknown, image?: ImageNames): ContainerFacts | undefined {
  const parts = partsOf(inspected);
  if (parts === undefined) return undefined;
  const labels = labelsOf(parts.config.Labels);
  const name = nameOf(parts.top.Name);
  const pod = podOfLabels(labels);
  const named = typeof parts.config.Image === "string" ? parts.config.Image : "";
  const imageId = digestOf(parts.top.Image);
  return factsOf(parts.id, "docker", {
    ...detailsOf(parts),
    name,
    image: textOf(named) ?? "",
    ...namesOf(named, image),
    ...(imageId === undefined ? {} : { imageId }),
    labels,
    ...(pod === undefined ? {} : { pod }),
    // As cri-dockerd names what holds a pod's namespaces.
    ...(pod !== undefined && name.startsWith("k8s_POD_") ? { sandbox: true } : {}),
  });
}

/** Of podman's own API, whose answer has the image's digests in it. Its pods are no pods of Kubernetes. */
export function podmanFacts(inspected: unknown): ContainerFacts | undefined {
  const parts = partsOf(inspected);
  if (parts === undefined) return undefined;
  const { top } = parts;
  const imageId = digestOf(top.Image);
  const imageDigest = digestOf(top.ImageDigest);
  return factsOf(parts.id, "podman", {
    ...detailsOf(parts),
    name: nameOf(top.Name),
    image: textOf(top.ImageName) ?? "",
    ...(imageId === undefined ? {} : { imageId }),
    ...(imageDigest === undefined ? {} : { imageDigest }),
    labels: labelsOf(parts.config.Labels),
    ...(top.IsInfra === true ? { sandbox: true } : {}),
  });
}

interface Parts {
  readonly id: string;
  readonly top: Untyped;
  readonly config: Untyped;
  readonly host: Untyped;
}

function partsOf(inspected: unknown): Parts | undefined {
  if (!isObject(inspected) || !isContainerId(inspected.Id)) return undefined;
  return {
    id: inspected.Id,
    top: inspected,
    config: objectOf(inspected.Config),
    host: objectOf(inspected.HostConfig),
  };
}

/** Docker has a slash before it. */
function nameOf(name: unknown): string {
  return textOf(typeof name === "string" ? name.replace(/^\//, "") : undefined) ?? "";
}

function detailsOf({ top, config, host }: Parts): Omit<ContainerDetails, "name" | "image" | "labels"> {
  const healthProbe = healthCommandOf(objectOf(config.Healthcheck).Test);
  const started = timeOf(objectOf(top.State).StartedAt);
  const ip = addressOf(objectOf(top.NetworkSettings));
  return {
    mounts: mountsOf(top.Mounts),
    ...(typeof host.Privileged === "boolean" ? { privileged: host.Privileged } : {}),
    ...modeOf("hostPid", host.PidMode),
    ...modeOf("hostIpc", host.IpcMode),
    ...modeOf("hostNetwork", host.NetworkMode),
    ...(healthProbe === undefined ? {} : { healthProbe }),
    ...(started === undefined ? {} : { started }),
    ...(ip === undefined ? {} : { ip }),
  };
}

function modeOf<Key extends string>(key: Key, mode: unknown): { readonly [key in Key]?: boolean } {
  return typeof mode === "string" ? ({ [key]: mode === "host" } as { readonly [key in Key]: boolean }) : {};
}

function mountsOf(value: unknown): readonly ContainerMount[] {
  const mounts: ContainerMount[] = [];
  for (const each of listOf(value, bounds.mounts)) {
    const { Source, Destination, Mode, RW, Propagation } = objectOf(each);
    const destination = textOf(Destination);
    if (destination === undefined) continue;
    mounts.push({
      source: textOf(Source) ?? "",
      destination,
      mode: textOf(Mode) ?? "",
      writable: RW === true,
      propagation: textOf(Propagation) ?? "",
    });
  }
  return mounts;
}

/** The one of the bridge, or the first of any other network. */
function addressOf(settings: Untyped): string | undefined {
  const networks = Object.values(objectOf(settings.Networks)).map((each) => textOf(objectOf(each).IPAddress));
  return textOf(settings.IPAddress) ?? networks.find((each) => each !== undefined);
}

/** What the image is called where the container was started by an id, and the digest that belongs to that name. */
function namesOf(
  named: string,
  image: ImageNames | undefined,
): Pick<ContainerDetails, "imageRepository" | "imageTag" | "imageDigest"> {
  const isId = /^(?:sha256:)?[0-9a-f]{12,64}$/.test(named);
  const stated = repositoryDigestOf(named);
  if (image === undefined) return stated === undefined ? {} : { imageDigest: stated.digest };
  const tag = isId ? splitTag(image.tags[0]) : undefined;
  const digests = image.digests.map(repositoryDigestOf).filter((each) => each !== undefined);
  const repository = tag?.repository ?? (isId ? digests[0]?.repository : splitTag(named)?.repository);
  const all = new Set(digests.map(({ digest }) => digest));
  const own = digests.find((each) => each.repository === repository)?.digest;
  const digest = stated?.digest ?? own ?? (all.size === 1 ? digests[0]?.digest : undefined);
  return {
    ...(isId && repository !== undefined ? { imageRepository: repository } : {}),
    ...(tag?.tag === undefined ? {} : { imageTag: tag.tag }),
    ...(digest === undefined ? {} : { imageDigest: digest }),
  };
}

/** `registry:5000/shop/api:2.0` → `registry:5000/shop/api`, `2.0`. */
function splitTag(name: string | undefined): { readonly repository: string; readonly tag?: string } | undefined {
  const text = textOf(name?.split("@")[0]);
  if (text === undefined) return undefined;
  const colon = text.lastIndexOf(":");
  if (colon <= text.lastIndexOf("/")) return { repository: text };
  return { repository: text.slice(0, colon), tag: text.slice(colon + 1) };
}

/**
 * What docker keeps of a container below its data root, `containers/ID/config.v2.json` and `hostconfig.json`, as the API would
 * have told it.
 *
 * @param repositories - `image/DRIVER/repositories.json`
 */
export function dockerFileFacts(
  config: unknown,
  hostConfig: unknown,
  repositories?: unknown,
): ContainerFacts | undefined {
  if (!isObject(config)) return undefined;
  const inspected = {
    ...config,
    Id: config.ID,
    HostConfig: hostConfig,
    Mounts: Object.values(objectOf(config.MountPoints)).map((each) => {
      const { Relabel, ...mount } = objectOf(each);
      // The field is named for what it once held.
      return { ...mount, Mode: Relabel };
    }),
  };
  return dockerFacts(inspected, repositories === undefined ? undefined : namesIn(repositories, config.Image));
}

/** Each repository's names, by tag and by digest, with the id that each leads to. */
function namesIn(repositories: unknown, id: unknown): ImageNames {
  const names = Object.values(objectOf(objectOf(repositories).Repositories))
    .slice(0, bounds.containers)
    .flatMap((each) => Object.entries(objectOf(each)))
    .filter(([name, of]) => of === id && textOf(name) !== undefined)
    .map(([name]) => name);
  return { tags: names.filter((name) => !name.includes("@")), digests: names.filter((name) => name.includes("@")) };
}
