/**
 * Containers as a runtime of Kubernetes tells of them (k8s.io/cri-api, runtime/v1/api.proto): the messages, read by the numbers of
 * their fields.
 */
import { Problem } from "../../../core/problem.ts";
import { type ProtobufField, protobufFields, protobufMessage } from "../../../formats/protobuf/message.ts";
import { bounds } from "./bounds.ts";
import type { ContainerDetails, ContainerFacts, ContainerMount, PodFacts } from "./model.ts";
import { parsed, podLabels, specDetails } from "./spec.ts";
import { digestOf, factsOf, isContainerId, objectOf, repositoryDigestOf, textOf } from "./values.ts";

/** `ContainerStatusRequest`, `PodSandboxStatusRequest`: an id, and whether the runtime shall say more than it has to. */
export function statusRequest(id: string): Buffer {
  return protobufMessage([
    [1, id],
    [2, true],
  ]);
}

/** `StopContainerRequest`: ended at once with a time-out of 0. @param seconds - until it is killed */
export function stopRequest(id: string, seconds: number): Buffer {
  return protobufMessage([
    [1, id],
    [2, seconds],
  ]);
}

/** Of a `ContainerStatusResponse`: whether it runs (`CONTAINER_RUNNING`). @throws as listedContainers */
export function isRunning(message: Buffer, place: string): boolean {
  const { status } = responseOf(message, place);
  return byNumber(status, place).get(3)?.value === 1n;
}

/** `ListContainersRequest`: all, or those whose id begins so. */
export function listRequest(id?: string): Buffer {
  return id === undefined ? Buffer.alloc(0) : protobufMessage([[1, protobufMessage([[1, id]])]]);
}

/** Of a `ListContainersResponse`. @throws Problem `events.container-answer` */
export function listedContainers(message: Buffer, place: string): readonly CriEntry[] {
  const found: CriEntry[] = [];
  for (const { number, bytes } of fieldsOf(message, place)) {
    if (number !== 1) continue;
    const fields = byNumber(bytes, place);
    const id = fields.get(1)?.bytes.toString("utf8");
    const sandboxId = fields.get(2)?.bytes.toString("utf8");
    if (!isContainerId(id)) continue;
    if (found.length >= bounds.containers) break;
    found.push({ id, ...(isContainerId(sandboxId) ? { sandboxId } : {}) });
  }
  return found;
}

export interface CriEntry {
  readonly id: string;
  readonly sandboxId?: string;
}

/** Of a `VersionResponse`: `containerd`, `cri-o`. @throws as listedContainers */
export function runtimeOf(message: Buffer, place: string): ContainerFacts["runtime"] {
  const name = byNumber(message, place).get(2)?.bytes.toString("utf8");
  return name === "containerd" || name === "cri-o" ? name : name === "docker" ? "docker" : "other";
}

/** Of a `ContainerEventResponse` (`GetContainerEvents`): whom it is about. @throws as listedContainers */
export function eventContainer(message: Buffer, place: string): string | undefined {
  const id = byNumber(message, place).get(1)?.bytes.toString("utf8");
  return isContainerId(id) ? id : undefined;
}

/**
 * @param status - `ContainerStatusResponse`
 * @param sandboxStatus - `PodSandboxStatusResponse` of its sandbox; absent where the runtime has none
 * @throws as listedContainers
 */
export function criFacts(
  status: Buffer,
  sandboxStatus: Buffer | undefined,
  runtime: ContainerFacts["runtime"],
  place: string,
): ContainerFacts | undefined {
  const { status: own, info } = responseOf(status, place);
  const fields = byNumber(own, place);
  const id = fields.get(1)?.bytes.toString("utf8");
  if (!isContainerId(id)) return undefined;
  const name = textIn(byNumber(fields.get(2)?.bytes ?? NONE, place), 1);
  const spec = objectOf(info.runtimeSpec);
  const details = Object.keys(spec).length === 0 ? {} : specDetails(spec);
  const started = fields.get(5)?.value ?? 0n;
  const pod = sandboxStatus === undefined ? undefined : podOf(sandboxStatus, place);
  return factsOf(id, runtime, {
    ...details,
    ...pod?.host,
    name: name ?? id,
    ...imageOf(fields, info, place),
    labels: mapIn(own, 12, place),
    mounts: mountsOf(own, place),
    ...(started === 0n ? {} : { started }),
    ...(pod === undefined ? {} : { pod: pod.facts }),
    ...(pod?.facts.ip === undefined ? {} : { ip: pod.facts.ip }),
    ...privilegedIn(info),
  });
}

/**
 * What holds a pod's namespaces (pause): runtimes list it among sandboxes alone.
 *
 * @param sandboxStatus - `PodSandboxStatusResponse`
 * @throws as listedContainers
 */
export function sandboxFacts(
  sandboxStatus: Buffer,
  runtime: ContainerFacts["runtime"],
  place: string,
): ContainerFacts | undefined {
  const pod = podOf(sandboxStatus, place);
  const id = pod?.facts.sandboxId;
  if (pod === undefined || !isContainerId(id)) return undefined;
  const { ip } = pod.facts;
  return factsOf(id, runtime, {
    ...pod.host,
    name: pod.facts.name,
    image: "",
    mounts: [],
    labels: {},
    pod: pod.facts,
    sandbox: true,
    ...(ip === undefined ? {} : { ip }),
  });
}

/** Where the runtime says it itself, that counts more than what its specification looks like. */
function privilegedIn(info: Readonly<Record<string, unknown>>): { readonly privileged?: boolean } {
  const stated =
    objectOf(objectOf(objectOf(info.config).linux).security_context).privileged ?? info.privileged ?? undefined;
  return typeof stated === "boolean" ? { privileged: stated } : {};
}

/** Both responses have the status first, and beside it texts by name, of which `info` is JSON. */
function responseOf(
  message: Buffer,
  place: string,
): { readonly status: Buffer; readonly info: Readonly<Record<string, unknown>> } {
  let status: Buffer = NONE;
  let info: unknown;
  for (const { number, bytes } of fieldsOf(message, place)) {
    if (number === 1) status = bytes;
    if (number !== 2) continue;
    const entry = byNumber(bytes, place);
    if (entry.get(1)?.bytes.toString("utf8") === "info") info = parsed(entry.get(2)?.bytes.toString("utf8"));
  }
  return { status, info: objectOf(info) };
}

/**
 * `image_ref` is a repository's digest where the image was pulled, else the image's id; `image_id` is there in newer runtimes
 * alone. `image` may be an id: then annotations have the name.
 */
function imageOf(
  fields: ReadonlyMap<number, ProtobufField>,
  info: Readonly<Record<string, unknown>>,
  place: string,
): Pick<ContainerDetails, "image" | "imageId" | "imageDigest"> {
  const annotations = objectOf(objectOf(info.runtimeSpec).annotations);
  const named = textIn(byNumber(fields.get(8)?.bytes ?? NONE, place), 1);
  const reference = fields.get(9)?.bytes.toString("utf8");
  const digest = repositoryDigestOf(reference);
  const imageId = digestOf(textIn(fields, 17)) ?? digestOf(reference);
  const known = [
    named !== undefined && digestOf(named) === undefined ? named : undefined,
    textOf(annotations["io.kubernetes.cri.image-name"]),
    textOf(annotations["io.kubernetes.cri-o.Image"]),
    textOf(annotations["io.kubernetes.cri-o.ImageName"]),
    digest?.repository,
    named,
  ];
  return {
    image: known.find((each) => each !== undefined) ?? "",
    ...(imageId === undefined ? {} : { imageId }),
    ...(digest === undefined ? {} : { imageDigest: digest.digest }),
  };
}

const PROPAGATIONS = ["private", "rslave", "rshared"] as const;

function mountsOf(status: Buffer, place: string): readonly ContainerMount[] {
  const mounts: ContainerMount[] = [];
  for (const { number, bytes } of fieldsOf(status, place)) {
    if (number !== 14) continue;
    if (mounts.length >= bounds.mounts) break;
    const fields = byNumber(bytes, place);
    mounts.push({
      source: textIn(fields, 2) ?? "",
      destination: textIn(fields, 1) ?? "",
      mode: "",
      writable: fields.get(3)?.value !== 1n,
      propagation: PROPAGATIONS[Number(fields.get(5)?.value ?? 0n)] ?? "unknown",
    });
  }
  return mounts;
}

/** `NamespaceMode`: the node's own. */
const NODE = 2n;

function podOf(
  message: Buffer,
  place: string,
):
  | {
      readonly facts: PodFacts;
      readonly host: Pick<ContainerDetails, "hostNetwork" | "hostPid" | "hostIpc">;
    }
  | undefined {
  const { status, info } = responseOf(message, place);
  const fields = byNumber(status, place);
  const metadata = byNumber(fields.get(2)?.bytes ?? NONE, place);
  const sandboxId = textIn(fields, 1);
  const [name, uid, namespace] = [textIn(metadata, 1), textIn(metadata, 2), textIn(metadata, 3)];
  if (name === undefined || uid === undefined || namespace === undefined) return undefined;
  const ip = textIn(byNumber(fields.get(5)?.bytes ?? NONE, place), 1);
  const linux = byNumber(fields.get(6)?.bytes ?? NONE, place);
  const options = byNumber(byNumber(linux.get(1)?.bytes ?? NONE, place).get(2)?.bytes ?? NONE, place);
  const network = networkOf(info);
  return {
    facts: {
      namespace,
      name,
      uid,
      labels: podLabels(mapIn(status, 7, place)),
      ...(sandboxId === undefined ? {} : { sandboxId }),
      ...(ip === undefined ? {} : { ip }),
      ...(network === undefined ? {} : { network }),
    },
    host: {
      hostNetwork: options.get(1)?.value === NODE,
      hostPid: options.get(2)?.value === NODE,
      hostIpc: options.get(3)?.value === NODE,
    },
  };
}

/** containerd tells all interfaces with those that every pod has; CRI-O has it in an annotation. */
function networkOf(info: Readonly<Record<string, unknown>>): string | undefined {
  const { cniResult, runtimeSpec } = info;
  const interfaces = objectOf(cniResult).Interfaces ?? objectOf(cniResult).interfaces;
  if (interfaces !== undefined && interfaces !== null) return textOf(JSON.stringify(interfaces));
  return textOf(objectOf(objectOf(runtimeSpec).annotations)["io.kubernetes.cri-o.CNIResult"]);
}

const NONE = Buffer.alloc(0);

function textIn(fields: ReadonlyMap<number, ProtobufField>, number: number): string | undefined {
  return textOf(fields.get(number)?.bytes.toString("utf8"));
}

/** A map of texts is a list of messages with a key and a value each. */
function mapIn(message: Buffer, number: number, place: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null);
  let count = 0;
  for (const field of fieldsOf(message, place)) {
    if (field.number !== number) continue;
    if (++count > bounds.labels) break;
    const entry = byNumber(field.bytes, place);
    const key = textIn(entry, 1);
    if (key !== undefined) found[key] = textIn(entry, 2) ?? "";
  }
  return found;
}

/** The last of each number counts, as readers of proto3 take it. */
function byNumber(message: Buffer, place: string): ReadonlyMap<number, ProtobufField> {
  const found = new Map<number, ProtobufField>();
  for (const field of fieldsOf(message, place)) if (field.number <= MOST_NUMBER) found.set(field.number, field);
  return found;
}

/** Of the messages that are read here. */
const MOST_NUMBER = 64;

function fieldsOf(message: Buffer, place: string): Generator<ProtobufField> {
  return protobufFields(
    message,
    (cause) =>
      new Problem({
        kind: "input",
        code: "events.container-answer",
        place,
        cause: `the container runtime sent ${cause}`,
      }),
  );
}
