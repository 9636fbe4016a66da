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
  return [
    ...placed("init", "initContainers", pod.initContainers),
    ...placed("container", "containers", pod.containers),
    ...placed("ephemeral", "ephemeralContainers", pod.ephemeralContainers),
  ];
}

function placed(kind: ContainerKind, list: string, containers: readonly Container[]): PlacedContainer[] {
  return containers.map((container, index) => ({ kind, index, container, path: container.at ?? [list, index] }));
}
