/**
 * Fields of containers. What a runtime was not asked about yet is absent; what runs in no container has the id and name `host`,
 * empty texts and no privileges, as rules expect it.
 */
import { splitImageName } from "../../../core/image-name.ts";
import type { ContainerDetails, ContainerFacts, ContainerMount } from "../containers/model.ts";
import { compileGlob } from "../falco/compile/glob.ts";
import type { Thread } from "../state/thread.ts";
import { since } from "./ancestors.ts";
import { indexOf, ofEvent, ofThread, type SyscallField, untold } from "./define.ts";
import type { FieldArgument, Value } from "./field.ts";

/** Of the container, or `host`; absent where it is not known in which the thread runs. */
function ofContainer(
  name: string,
  description: string,
  host: string,
  read: (facts: ContainerFacts) => string | undefined,
): SyscallField {
  return ofThread(name, "text", description, ({ container }) => {
    if (container === undefined) return undefined;
    return container === "host" ? host : read(container);
  });
}

/** Of what the runtime tells. */
function ofDetails<Result extends Value>(
  name: string,
  type: "text" | "boolean",
  description: string,
  host: Result | undefined,
  read: (details: ContainerDetails) => Result | undefined,
): SyscallField {
  return ofThread(name, type, description, (thread) => {
    if (thread.container === "host") return host;
    const details = thread.container?.details;
    return details === undefined ? undefined : read(details);
  });
}

/** The image's name without tag and digest. */
function repository({ image, imageRepository }: ContainerDetails): string {
  if (imageRepository !== undefined) return imageRepository;
  const { registry, repository: path } = splitImageName(image);
  return registry === undefined ? path : `${registry}/${path}`;
}

function withoutAlgorithm(digest: string | undefined): string {
  return digest === undefined ? "" : digest.slice(digest.indexOf(":") + 1);
}

/** `app:web, tier:front`; without what the kubelet and the runtime add. */
export function labelLine(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .filter((key) => !key.startsWith("annotation.") && !key.startsWith("io.kubernetes."))
    .sort()
    .map((key) => (labels[key] === "" ? key : `${key}:${labels[key]}`))
    .join(", ");
}

export function labelOf(labels: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  if (labels === undefined || !Object.hasOwn(labels, key)) return undefined;
  return labels[key] as string;
}

/** `k8s.pod.label[app]` and `k8s.pod.label.app`: one field for each way of writing. */
export function labelFields(
  name: string,
  description: string,
  labels: (thread: Thread) => Readonly<Record<string, string>> | undefined,
): SyscallField[] {
  return [name, `${name}.`].map((each) => ({
    name: each,
    source: "syscall",
    type: "text",
    argument: { presence: "required", kind: "key" },
    scope: "thread",
    description,
    bind:
      (argument = "") =>
      ({ thread }) =>
        thread === undefined ? undefined : labelOf(labels(thread), argument),
  }));
}

function mountText({ source, destination, mode, writable, propagation }: ContainerMount): string {
  return `${source}:${destination}:${mode}:${writable}:${propagation}`;
}

const mountArgument: FieldArgument = { presence: "required", kind: "either" };

/** Of one mount, by its number or by a pattern of its source (of its destination for `container.mount.source`). */
function ofMount(
  name: string,
  description: string,
  read: (mount: ContainerMount) => string,
  by: "source" | "destination" = "source",
): SyscallField {
  return {
    name,
    source: "syscall",
    type: "text",
    argument: mountArgument,
    scope: "thread",
    description: `${description} of one mount, by number or by its ${by}, in which * stands for any characters: \`${name}[/etc/*]\``,
    bind(argument = "") {
      const matches = /^\d{1,9}$/.test(argument) ? byNumber(indexOf(argument)) : byPattern(argument, by);
      return ({ thread }) => {
        const container = thread?.container;
        if (container === undefined || container === "host") return undefined;
        const mount = container.details?.mounts.find(matches);
        return mount === undefined ? undefined : read(mount);
      };
    },
  };
}

function byNumber(wanted: number): (mount: ContainerMount, index: number) => boolean {
  return (_, index) => index === wanted;
}

function byPattern(pattern: string, by: "source" | "destination"): (mount: ContainerMount) => boolean {
  const matches = compileGlob(pattern, false);
  return (mount) => matches(mount[by]);
}

function labels({ container }: Thread): Readonly<Record<string, string>> | undefined {
  return container === "host" ? undefined : container?.details?.labels;
}

const noLonger = "nothing tells it: remove it from the rule";

export const containerFields: readonly SyscallField[] = [
  ofContainer(
    "container.id",
    "First 12 characters of the container's id; `host` for what runs in none",
    "host",
    ({ id }) => id,
  ),
  ofContainer(
    "container.full_id",
    "The container's whole id; `host` for what runs in none",
    "host",
    ({ fullId }) => fullId,
  ),
  ofContainer(
    "container.type",
    "Runtime: `docker`, `containerd`, `cri-o`, `podman`; `host` for what runs in no container",
    "host",
    ({ runtime }) => runtime,
  ),
  ofDetails(
    "container.name",
    "text",
    "Name of the container; `host` for what runs in none",
    "host",
    ({ name }) => name,
  ),
  ofDetails(
    "container.image",
    "text",
    "Image as the runtime names it: `docker.io/library/nginx:1.27`",
    "",
    ({ image }) => image,
  ),
  ofDetails("container.image.id", "text", "Digest of the image's configuration without `sha256:`", "", ({ imageId }) =>
    withoutAlgorithm(imageId),
  ),
  ofDetails(
    "container.image.repository",
    "text",
    "Image without tag and digest: `docker.io/library/nginx`",
    "",
    repository,
  ),
  ofDetails(
    "container.image.tag",
    "text",
    "Tag of the image; empty where it has none",
    "",
    ({ image, imageTag }) => imageTag ?? splitImageName(image).tag ?? "",
  ),
  ofDetails(
    "container.image.digest",
    "text",
    "Digest of the image's manifest: `sha256:…`; empty where the runtime does not tell it",
    "",
    ({ imageDigest }) => imageDigest ?? "",
  ),
  ofDetails("container.privileged", "boolean", "The container runs privileged", false, ({ privileged }) => privileged),
  ofDetails(
    "container.host_pid",
    "boolean",
    "The container shares the namespace of process ids with the host",
    false,
    ({ hostPid }) => hostPid,
  ),
  ofDetails(
    "container.host_network",
    "boolean",
    "The container shares the network namespace with the host",
    false,
    ({ hostNetwork }) => hostNetwork,
  ),
  ofDetails(
    "container.host_ipc",
    "boolean",
    "The container shares the IPC namespace with the host",
    false,
    ({ hostIpc }) => hostIpc,
  ),
  ofDetails("container.ip", "text", "First address of the container", "", ({ ip, pod }) => ip ?? pod?.ip ?? ""),
  ofDetails(
    "container.mounts",
    "text",
    "All mounts, `source:destination:mode:writable:propagation` each, with commas between",
    "",
    ({ mounts }) => mounts.map(mountText).join(","),
  ),
  ofMount("container.mount", "`source:destination:mode:writable:propagation`", mountText),
  ofMount("container.mount.source", "Source", ({ source }) => source, "destination"),
  ofMount("container.mount.dest", "Destination", ({ destination }) => destination),
  ofMount("container.mount.mode", "Mode", ({ mode }) => mode),
  ofMount("container.mount.rdwr", "Whether it is writable, `true` or `false`,", ({ writable }) => String(writable)),
  ofMount("container.mount.propagation", "Propagation", ({ propagation }) => propagation),
  ...labelFields(
    "container.label",
    "A label of the container: `container.label.app` or `container.label[app]`",
    labels,
  ),
  ofDetails("container.labels", "text", "All labels: `app:web, tier:front`", "", (details) =>
    labelLine(details.labels),
  ),
  ofThread(
    "container.start_ts",
    "big",
    "When the first process of its namespace of process ids started, in nanoseconds since 1970",
    ({ pidNamespaceStarted }) => (pidNamespaceStarted === 0n ? undefined : pidNamespaceStarted),
  ),
  ofEvent("container.duration", "big", "Nanoseconds since `container.start_ts`", (event) =>
    event.thread === undefined ? undefined : since(event, event.thread.pidNamespaceStarted),
  ),
  ofDetails(
    "container.healthcheck",
    "text",
    "Command line of the image's health check",
    undefined,
    ({ healthProbe }) => healthProbe,
  ),
  ofDetails(
    "container.liveness_probe",
    "text",
    "Command line of the liveness probe",
    undefined,
    ({ livenessProbe }) => livenessProbe,
  ),
  ofDetails(
    "container.readiness_probe",
    "text",
    "Command line of the readiness probe",
    undefined,
    ({ readinessProbe }) => readinessProbe,
  ),
  ofDetails(
    "container.cni.json",
    "text",
    "What the network plugin answered for the container's pod, as JSON",
    undefined,
    ({ pod }) => pod?.network,
  ),
  untold("proc.is_container_healthcheck", "boolean", "The process is the image's health check", {
    deprecated: noLonger,
  }),
  untold("proc.is_container_liveness_probe", "boolean", "The process is the liveness probe", { deprecated: noLonger }),
  untold("proc.is_container_readiness_probe", "boolean", "The process is the readiness probe", {
    deprecated: noLonger,
  }),
];
