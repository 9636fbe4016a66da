/**
 * Containers as low-level runtimes were told of them: `config.json` of the OCI runtime specification, which containerd, CRI-O
 * and podman leave beside each container. Annotations in it say what the specification does not.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ContainerDetails, ContainerFacts, ContainerMount, PodFacts } from "./model.ts";
import { digestOf, factsOf, isContainerId, labelsOf, listOf, objectOf, repositoryDigestOf, textOf } from "./values.ts";

/** What of a container its specification tells alone. */
export type SpecDetails = Pick<ContainerDetails, "mounts" | "privileged" | "hostPid" | "hostIpc" | "hostNetwork">;

/**
 * @param sandbox - the specification of the container that holds the pod's namespaces: of a pod on the host's network no other
 *   says so
 */
export function specDetails(spec: Untyped, sandbox?: Untyped): SpecDetails {
  return {
    mounts: mountsOf(spec),
    privileged: isPrivileged(spec),
    hostPid: isOfHost(spec, sandbox, "pid"),
    hostIpc: isOfHost(spec, sandbox, "ipc"),
    hostNetwork: isOfHost(spec, sandbox, "network"),
  };
}

/** A namespace that the specification does not name is the one of whoever starts the container: the host's. */
function isOfHost(spec: Untyped, sandbox: Untyped | undefined, type: string): boolean {
  const own = namespaceOf(spec, type);
  if (own === undefined) return true;
  // One that is joined by its path is the sandbox's.
  return typeof own.path === "string" && sandbox !== undefined && namespaceOf(sandbox, type) === undefined;
}

function namespaceOf(spec: Untyped, type: string): Untyped | undefined {
  return listOf(objectOf(spec.linux).namespaces, 20)
    .map(objectOf)
    .find((each) => each.type === type);
}

const PROPAGATION = /^r?(?:private|shared|slave)$/;

/** What runtimes put over /etc/hosts and the like of each container, from folders of their own. */
const OF_RUNTIME = /\/io\.containerd\.grpc\.v1\.cri\/sandboxes\/|-containers\/[0-9a-f]{64}\/userdata\//;

/** Of the host's file system alone: every container has the kernel's own. */
function mountsOf({ mounts }: Untyped): readonly ContainerMount[] {
  const found: ContainerMount[] = [];
  for (const each of listOf(mounts, bounds.mounts)) {
    const { type, source, destination, options } = objectOf(each);
    const words = listOf(options, 100).filter((word) => typeof word === "string");
    const place = textOf(destination);
    const isBind = type === "bind" || words.includes("bind") || words.includes("rbind");
    const isRuntimes = typeof source === "string" && OF_RUNTIME.test(source);
    if (place === undefined || !isBind || isRuntimes) continue;
    found.push({
      source: textOf(source) ?? "",
      destination: place,
      mode: textOf(words.find((word) => word.startsWith("mode="))?.slice(5)) ?? "",
      writable: !words.includes("ro") && !words.includes("rro"),
      propagation: words.find((word) => PROPAGATION.test(word)) ?? "",
    });
  }
  return found;
}

/**
 * No specification says it: true where everything is open that the runtimes open for privileged containers, and nothing of it
 * can be had singly (containerd, `WithPrivileged` with what the CRI plugin adds).
 */
function isPrivileged(spec: Untyped): boolean {
  const linux = objectOf(spec.linux);
  const process = objectOf(spec.process);
  const confined = process.apparmorProfile;
  if (listOf(linux.maskedPaths, 1).length > 0 || listOf(linux.readonlyPaths, 1).length > 0) return false;
  if (isObject(linux.seccomp) || (confined !== undefined && confined !== "" && confined !== "unconfined")) return false;
  if (!listOf(objectOf(process.capabilities).bounding, 100).includes("CAP_SYS_ADMIN")) return false;
  return !listOf(spec.mounts, bounds.mounts)
    .map(objectOf)
    .some(({ type, options }) => type === "sysfs" && listOf(options, 100).includes("ro"));
}

function annotationsOf(spec: Untyped): Untyped {
  return objectOf(spec.annotations);
}

/** The sandbox whose specification {@link containerdFacts} and {@link crioFacts} want beside a container's; else undefined. */
export function sandboxIdOf(spec: unknown): string | undefined {
  const annotations = annotationsOf(objectOf(spec));
  const id = annotations["io.kubernetes.cri.sandbox-id"] ?? annotations["io.kubernetes.cri-o.SandboxID"];
  return isContainerId(id) ? id : undefined;
}

/**
 * `/run/containerd/io.containerd.runtime.v2.task/NAMESPACE/ID/config.json`, with the annotations of its CRI plugin
 * (containerd, `internal/cri/annotations`).
 */
export function containerdFacts(id: string, spec: unknown, sandbox?: unknown): ContainerFacts | undefined {
  if (!isObject(spec) || !isContainerId(id)) return undefined;
  const annotations = annotationsOf(spec);
  const told = (name: string) => textOf(annotations[`io.kubernetes.cri.${name}`]);
  const isSandbox = annotations["io.kubernetes.cri.container-type"] === "sandbox";
  const image = told("image-name") ?? "";
  const stated = repositoryDigestOf(image);
  const sandboxId = sandboxIdOf(spec);
  return factsOf(id, "containerd", {
    ...specDetails(spec, isObject(sandbox) ? sandbox : undefined),
    // Containers of containerd's own clients have no other name.
    name: told("container-name") ?? (isSandbox ? (told("sandbox-name") ?? id) : id),
    image,
    ...(stated === undefined ? {} : { imageDigest: stated.digest }),
    labels: {},
    ...podOf(told("sandbox-namespace"), told("sandbox-name"), told("sandbox-uid"), { sandboxId }),
    ...(isSandbox ? { sandbox: true } : {}),
  });
}

/** `config.json` of CRI-O below its run root, with its annotations (cri-o, `pkg/annotations`). */
export function crioFacts(id: string, spec: unknown, sandbox?: unknown): ContainerFacts | undefined {
  if (!isObject(spec) || !isContainerId(id)) return undefined;
  const annotations = annotationsOf(spec);
  const pod = objectOf(isObject(sandbox) ? annotationsOf(sandbox) : annotations);
  const own = (name: string) => annotations[`io.kubernetes.cri-o.${name}`];
  const isSandbox = own("ContainerType") === "sandbox";
  const reference = repositoryDigestOf(own("ImageName")) ?? repositoryDigestOf(own("Image"));
  const imageId = digestOf(own("ImageRef"));
  const image = [own("SomeNameOfTheImage"), own("Image"), own("ImageName")]
    .map(textOf)
    .find((name) => name !== undefined);
  const labels = labelsOf(parsed(own("Labels")));
  return factsOf(id, "cri-o", {
    ...specDetails(spec, isObject(sandbox) ? sandbox : undefined),
    name: textOf(annotations["io.kubernetes.container.name"]) ?? textOf(own("Name")) ?? id,
    image: image ?? "",
    ...(imageId === undefined ? {} : { imageId }),
    ...(reference === undefined ? {} : { imageDigest: reference.digest }),
    labels,
    ...podOf(
      textOf(annotations["io.kubernetes.pod.namespace"]),
      textOf(annotations["io.kubernetes.pod.name"]),
      textOf(annotations["io.kubernetes.pod.uid"]),
      {
        sandboxId: sandboxIdOf(spec),
        ip: textOf(pod["io.kubernetes.cri-o.IP.0"]),
        network: textOf(pod["io.kubernetes.cri-o.CNIResult"]),
        labels: labelsOf(parsed(pod["io.kubernetes.cri-o.Labels"])),
      },
    ),
    ...(isSandbox ? { sandbox: true } : {}),
  });
}

function podOf(
  namespace: string | undefined,
  name: string | undefined,
  uid: string | undefined,
  more: { readonly [Key in "sandboxId" | "ip" | "network"]?: string | undefined } & Partial<Pick<PodFacts, "labels">>,
): { readonly pod?: PodFacts } {
  if (namespace === undefined || name === undefined || uid === undefined) return {};
  const { sandboxId, ip, network, labels = {} } = more;
  return {
    pod: {
      namespace,
      name,
      uid,
      labels: podLabels(labels),
      ...(sandboxId === undefined ? {} : { sandboxId }),
      ...(ip === undefined ? {} : { ip }),
      ...(network === undefined ? {} : { network }),
    },
  };
}

/** Without those that the kubelet adds for the runtime. */
export function podLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(labels)) {
    if (!/^io\.kubernetes\.(?:pod|container)\./.test(name)) own[name] = value;
  }
  return own;
}

/** Undefined for what is no JSON. */
export function parsed(text: unknown): unknown {
  if (typeof text !== "string" || text.length > bounds.documentBytes) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
