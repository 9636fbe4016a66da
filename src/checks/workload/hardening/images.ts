/** The images that a workload runs or mounts. */
import { type ImageName, splitImageName } from "../../../core/image-name.ts";
import { containersOf, type FieldPath, type Workload } from "../../../engines/kubernetes/model.ts";

export interface WorkloadImage {
  /** `container web`, `volume models`: what tells it from the others of its workload. */
  readonly user: string;
  readonly reference: string;
  readonly name: ImageName;
  /** `imagePullPolicy` as stated. */
  readonly pullPolicy?: string | undefined;
  /** From the pod's specification. */
  readonly path: FieldPath;
}

/** Where a Compose file builds the image, its name is what it will be called. */
export function imagesOf({ pod, origin, compose }: Workload): WorkloadImage[] {
  if (origin === "compose" && compose?.isBuilt === true) return [];
  const run = containersOf(pod).flatMap(({ kind, index, container, path }): WorkloadImage[] => {
    const { image, imagePullPolicy: pullPolicy, name } = container;
    if (isUnstated(image)) return [];
    const user = `${kind === "container" ? "container" : `${kind} container`} ${name || index}`;
    return [{ user, reference: image, name: splitImageName(image), pullPolicy, path: [...path, "image"] }];
  });
  const mounted = pod.volumes.flatMap(({ image, name }, index): WorkloadImage[] => {
    if (image === undefined || isUnstated(image.reference)) return [];
    const { reference, pullPolicy } = image;
    const path = ["volumes", index, "image", "reference"];
    return [{ user: `volume ${name}`, reference, name: splitImageName(reference), pullPolicy, path }];
  });
  return [...run, ...mounted];
}

/** A template's placeholder, or a variable of a Compose file, says nothing of the image. */
function isUnstated(image: string | undefined): image is undefined {
  return image === undefined || image === "" || image.includes("${") || image.includes("{{");
}
