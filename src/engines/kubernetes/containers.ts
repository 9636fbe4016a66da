import type { FieldPath } from "./field-path.ts";
import type { Container, PodSpec } from "./pod-model.ts";

export type ContainerKind = "container" | "init" | "ephemeral";

/** A container and where in its pod it stands. */
export interface PlacedContainer {
  readonly kind: ContainerKind;
  /** In its own list. */
  readonly index: number;
  readonly container: Container;
  /** From the pod's specification: `["initContainers", 0]`. */
  readonly path: FieldPath;
}

/** What every check of containers goes by, so that none forgets a list: init, regular, then ephemeral containers. */
export function containersOf(pod: PodSpec): readonly PlacedContainer[] {
  if (last?.pod === pod) return last.containers;
  const containers = [
    ...placed("init", "initContainers", pod.initContainers),
    ...placed("container", "containers", pod.containers),
    ...placed("ephemeral", "ephemeralContainers", pod.ephemeralContainers),
  ];
  last = { pod, containers };
  return containers;
}

/** Of the last pod: checks ask for those of one again and again. */
let last: { readonly pod: PodSpec; readonly containers: readonly PlacedContainer[] } | undefined;

function placed(kind: ContainerKind, list: string, containers: readonly Container[]): PlacedContainer[] {
  return containers.map((container, index) => ({ kind, index, container, path: container.at ?? [list, index] }));
}
