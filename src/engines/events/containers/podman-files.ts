/**
 * Containers in podman's own files, for where its socket is not served: the row of its database (libpod,
 * `ContainerConfig`), the entry of containers/storage (`DRIVER-containers/containers.json`), and the specification that the
 * runtime was handed (`userdata/config.json`). Each tells part of it; whichever is there is taken.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ContainerFacts } from "./model.ts";
import { parsed, specDetails } from "./spec.ts";
import {
  digestOf,
  factsOf,
  healthCommandOf,
  isContainerId,
  labelsOf,
  listOf,
  objectOf,
  textOf,
  timeOf,
} from "./values.ts";

export interface PodmanFiles {
  /** The JSON of its row in `ContainerConfig`, and of that in `ContainerState`. */
  readonly config?: unknown;
  readonly state?: unknown;
  /** Its entry in `containers.json`. */
  readonly stored?: unknown;
  /** `userdata/config.json`. */
  readonly spec?: unknown;
  /** What {@link storedDigests} made of `images.json`. */
  readonly digests?: ReadonlyMap<string, string>;
}

/** @returns undefined where no file tells of a container of this id */
export function podmanFileFacts(id: string, files: PodmanFiles): ContainerFacts | undefined {
  if (!isContainerId(id)) return undefined;
  const config = objectOf(files.config);
  const stored = objectOf(files.stored);
  if (config.id !== id && stored.id !== id && !isObject(files.spec)) return undefined;
  const more = objectOf(parsed(stored.metadata));
  const spec = isObject(files.spec) ? files.spec : objectOf(config.spec);
  const imageId = digestOf(config.rootfsImageID) ?? digestOf(stored.image);
  const imageDigest = imageId === undefined ? undefined : files.digests?.get(imageId);
  const healthProbe = healthCommandOf(objectOf(config.healthcheck).Test);
  const started = timeOf(objectOf(files.state).startedTime);
  const ip = addressOf(objectOf(files.state));
  return factsOf(id, "podman", {
    ...(Object.keys(spec).length === 0 ? { mounts: [] } : specDetails(spec)),
    ...(typeof config.privileged === "boolean" ? { privileged: config.privileged } : {}),
    name: textOf(config.name) ?? textOf(more.name) ?? textOf(listOf(stored.names, 1)[0]) ?? "",
    image: textOf(config.rootfsImageName) ?? textOf(more["image-name"]) ?? "",
    ...(imageId === undefined ? {} : { imageId }),
    ...(imageDigest === undefined ? {} : { imageDigest }),
    labels: labelsOf(config.labels),
    ...(healthProbe === undefined ? {} : { healthProbe }),
    ...(started === undefined ? {} : { started }),
    ...(ip === undefined ? {} : { ip }),
    ...(config.pause === true ? { sandbox: true } : {}),
  });
}

/** The manifest's digest of each image of containers/storage (`images.json`), by that of its config. */
export function storedDigests(images: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const each of listOf(images, bounds.containers).map(objectOf)) {
    const id = digestOf(each.id);
    const digest = digestOf(each.digest);
    if (id !== undefined && digest !== undefined) found.set(id, digest);
  }
  return found;
}

/** Of the first network (libpod, `ContainerState.networkStatus`): `10.88.0.5/16`. */
function addressOf(state: Untyped): string | undefined {
  for (const status of Object.values(objectOf(state.networkStatus))) {
    for (const each of Object.values(objectOf(objectOf(status).interfaces))) {
      const subnet = objectOf(listOf(objectOf(each).subnets, 1)[0]);
      if (typeof subnet.ipnet === "string") return textOf(subnet.ipnet.split("/")[0]);
    }
  }
  return undefined;
}
