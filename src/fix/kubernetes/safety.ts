/** Changes that no check can prove, since what an image needs is not in a manifest: made only where that is known. */
import type { FieldPatch } from "../../core/finding.ts";
import {
  type Container,
  containersOf,
  type PlacedContainer,
  type PodSpec,
  type Workload,
} from "../../engines/kubernetes/model.ts";
import type { ImageUsers } from "./image-users.ts";

/** Why the change may stop the program, in one sentence without a full stop; undefined where nothing says so. */
export function unsafeReason(
  workload: Workload,
  { path, op, value }: FieldPatch,
  users: ImageUsers,
): string | undefined {
  const inPod = path.slice(workload.podPath.length);
  const field = inPod.at(-1);
  const { pod } = workload;
  const placed = containersOf(pod).filter((one) => one.path.every((step, index) => inPod[index] === step));
  if (field === "runAsNonRoot" && op === "set" && value === true) {
    const affected =
      placed.length > 0
        ? placed
        : containersOf(pod).filter(({ container }) => container.securityContext?.runAsNonRoot === undefined);
    return firstReason(affected, (one) => rootReason(one, pod, users));
  }
  const dropsAll = field === "drop" && op === "add" && value === "ALL";
  if (!dropsAll) return undefined;
  return firstReason(placed, (one) => {
    if (keepsFromRoot(one.container, pod)) return undefined;
    const reason = rootReason(one, pod, users);
    return reason === undefined ? undefined : `root without capabilities cannot do what root does, and ${reason}`;
  });
}

function firstReason(
  placed: readonly PlacedContainer[],
  reasonOf: (one: PlacedContainer) => string | undefined,
): string | undefined {
  for (const one of placed) {
    const reason = reasonOf(one);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function keepsFromRoot({ securityContext }: Container, pod: PodSpec): boolean {
  return (securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) === true;
}

/** Why the container may be root, or would not be started as another user. */
function rootReason({ container }: PlacedContainer, pod: PodSpec, users: ImageUsers): string | undefined {
  const stated = container.securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
  if (stated !== undefined) return stated === 0 ? `container ${container.name} is set to run as user 0` : undefined;
  if (container.image === undefined) return `container ${container.name} has no image`;
  const found = users(container.image);
  switch (found.known) {
    case "number":
      return undefined;
    case "no":
      return "the user of its image is unknown: set runAsUser, or add the image as an OCI layout or archive";
    case "named":
      return `image ${container.image} runs as "${found.user}", and the kubelet requires a numeric USER: set it by UID in the image`;
    case "root": {
      const ports = lowPorts(container, found.ports);
      const change =
        ports.length === 0
          ? "give it a numeric USER in the image"
          : `give it a numeric USER in the image, and have it listen on a port above 1023 instead of ${ports.join(", ")}`;
      return `image ${container.image} runs as ${found.user}: ${change}`;
    }
  }
}

function lowPorts({ ports }: Container, exposed: readonly string[]): number[] {
  const all = [
    ...ports.map(({ containerPort = 0 }) => containerPort),
    ...exposed.map((port) => Number.parseInt(port, 10)),
  ];
  return [...new Set(all)].filter((port) => port > 0 && port < 1024).sort((a, b) => a - b);
}
