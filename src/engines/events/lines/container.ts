/** Containers as lines and frames have them, and back. */
import type { ContainerDetails, ContainerFacts, ContainerMount, PodFacts } from "../containers/model.ts";
import { type JsonObject, LineError, optional, Shape, textOf, writtenText } from "./shape.ts";

const runtimes = ["docker", "containerd", "cri-o", "podman", "lxc", "other"] as const;

/**
 * What the object says of a container. An id that is shorter than 64 hex digits is filled with zeros, so that one can be
 * written by hand.
 *
 * @param what - how it is named in an error: `container`
 * @throws LineError
 */
export function readContainer(value: unknown, what: string): ContainerFacts {
  const shape = new Shape(value, what);
  const id = shape.text("id");
  if (id === undefined) throw new LineError(`${what} has no id`);
  const runtime = shape.oneOf("runtime", runtimes) ?? "docker";
  const fullId = fullIdOf(id, runtime, `${what}.id`);
  const details = detailsOf(shape);
  shape.done();
  return { id: runtime === "lxc" ? fullId : fullId.slice(0, 12), fullId, runtime, ...optional("details", details) };
}

/** @throws LineError for what is no id of the runtime */
export function fullIdOf(id: string, runtime: ContainerFacts["runtime"], what: string): string {
  if (runtime === "lxc") return id;
  if (!/^[0-9a-f]{1,64}$/.test(id)) throw new LineError(`${what} is not of hex digits, at most 64`);
  return id.padEnd(64, "0");
}

/** A cgroup as the runtime names it, by which the state knows the container again. */
export function cgroupOf({ fullId, runtime, details }: ContainerFacts): string {
  const slice =
    details?.pod === undefined ? "/system.slice" : `/kubepods.slice/kubepods-pod${uidOf(details.pod)}.slice`;
  switch (runtime) {
    case "lxc":
      return `cpuset=/lxc/${fullId}`;
    case "podman":
      return `cpuset=/machine.slice/libpod-${fullId}.scope`;
    case "containerd":
      return `cpuset=${slice}/cri-containerd-${fullId}.scope`;
    case "cri-o":
      return `cpuset=${slice}/crio-${fullId}.scope`;
    case "docker":
      return `cpuset=/docker/${fullId}`;
    case "other":
      return `cpuset=/${fullId}`;
  }
}

function uidOf(pod: PodFacts): string {
  return pod.uid.replaceAll("-", "_");
}

function detailsOf(shape: Shape): ContainerDetails | undefined {
  const name = shape.text("name");
  const image = shape.text("image");
  const more = {
    ...optional("imageRepository", shape.text("imageRepository")),
    ...optional("imageTag", shape.text("imageTag")),
    ...optional("imageId", shape.text("imageId")),
    ...optional("imageDigest", shape.text("imageDigest")),
    ...optional("privileged", shape.flag("privileged")),
    ...optional("ip", shape.text("ip")),
    ...optional("started", shape.big("started")),
    ...optional("hostPid", shape.flag("hostPid")),
    ...optional("hostIpc", shape.flag("hostIpc")),
    ...optional("hostNetwork", shape.flag("hostNetwork")),
    ...optional("healthProbe", shape.text("healthProbe")),
    ...optional("livenessProbe", shape.text("livenessProbe")),
    ...optional("readinessProbe", shape.text("readinessProbe")),
    ...optional("sandbox", shape.flag("sandbox")),
    ...optional("pod", podOf(shape.value("pod"))),
  };
  const mounts = mountsOf(shape);
  const labels = labelsOf(shape.value("labels"), "container.labels");
  if (
    name === undefined &&
    image === undefined &&
    mounts === undefined &&
    labels === undefined &&
    Object.keys(more).length === 0
  )
    return undefined;
  return { name: name ?? "", image: image ?? "", mounts: mounts ?? [], labels: labels ?? {}, ...more };
}

function mountsOf(shape: Shape): ContainerMount[] | undefined {
  const value = shape.value("mounts");
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw shape.wrong("mounts", "a list");
  return value.map((each, index) => {
    const mount = new Shape(each, `container.mounts[${index}]`);
    const read = {
      source: mount.text("source") ?? "",
      destination: mount.text("destination") ?? "",
      mode: mount.text("mode") ?? "",
      writable: mount.flag("writable") ?? true,
      propagation: mount.text("propagation") ?? "",
    };
    mount.done();
    return read;
  });
}

function labelsOf(value: unknown, what: string): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new LineError(`${what} is not an object`);
  return Object.fromEntries(
    Object.entries(value).map(([label, text]) => [textOf(label, what), textOf(text, `${what}.${label}`)]),
  );
}

function podOf(value: unknown): PodFacts | undefined {
  if (value === undefined) return undefined;
  const shape = new Shape(value, "container.pod");
  const name = shape.text("name");
  if (name === undefined) throw new LineError("container.pod has no name");
  const owner = ownerOf(shape.value("owner"));
  const pod = {
    namespace: shape.text("namespace") ?? "default",
    name,
    uid: shape.text("uid") ?? "00000000-0000-0000-0000-000000000000",
    labels: labelsOf(shape.value("labels"), "container.pod.labels") ?? {},
    ...optional("sandboxId", shape.text("sandboxId")),
    ...optional("ip", shape.text("ip")),
    ...optional("network", shape.text("network")),
    ...optional("owner", owner),
  };
  shape.done();
  return pod;
}

function ownerOf(value: unknown): PodFacts["owner"] {
  if (value === undefined) return undefined;
  const shape = new Shape(value, "container.pod.owner");
  const owner = { kind: shape.text("kind") ?? "", name: shape.text("name") ?? "" };
  shape.done();
  return owner;
}

/** The object that {@link readContainer} reads the same facts of. */
export function containerObject({ fullId, runtime, details }: ContainerFacts): JsonObject {
  const { started, ...rest } = details ?? {};
  return { id: fullId, runtime, ...(written(rest) as object), ...optional("started", started?.toString()) };
}

/** Byte strings of all depths; names of keys are the model's own but for labels, of which those that are not UTF-8 are left out. */
function written(value: unknown): unknown {
  if (typeof value === "string") return writtenText(value);
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [writtenText(key), written(each)] as const);
  return Object.fromEntries(entries.filter(([key]) => typeof key === "string"));
}
