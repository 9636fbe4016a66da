/**
 * What a capture says of containers: the JSON that Falco's container plugin, and libs before it, wrote as an event of its own
 * when a container became known.
 */
import { parseJson } from "../../../core/parse-json.ts";
import type { ContainerDetails, ContainerFacts, ContainerMount, PodFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import { byteString } from "../fields/shown.ts";
import { numberAt, textAt } from "../types/parameters.ts";

/** The JSON for a container that was captured as four parameters: id, type, name, image. */
export function containerJson(event: SyscallEvent): Buffer {
  const id = textAt(event, 0) ?? "";
  const type = Number(numberAt(event, 1, "u32") ?? -1);
  const container = { id, type, name: textAt(event, 2) ?? "", image: textAt(event, 3) ?? "" };
  // The texts are byte strings: what JSON makes of them is one.
  return Buffer.from(`${JSON.stringify({ container })}\0`, "latin1");
}

/** Falco's numbers of runtimes. Type 6 is any that speaks CRI: containerd nearly always. */
const runtimes: Readonly<Record<number, ContainerFacts["runtime"]>> = {
  0: "docker",
  1: "lxc",
  2: "lxc",
  6: "containerd",
  7: "containerd",
  8: "cri-o",
  11: "podman",
};

/**
 * What the JSON says, as far as it is what it should be; undefined where it is none, or names no container.
 *
 * @param text - a byte string
 */
export function containerFacts(text: string): ContainerFacts | undefined {
  const root = parse(Buffer.from(text, "latin1").toString("utf8"));
  const container = isObject(root) && isObject(root.container) ? root.container : root;
  if (!isObject(container)) return undefined;
  const fullId = textOf(container.full_id) ?? textOf(container.id);
  if (fullId === undefined) return undefined;
  const type = typeof container.type === "number" ? container.type : -1;
  const name = textOf(container.name);
  const image = textOf(container.image);
  return {
    id: textOf(container.id) ?? fullId.slice(0, 12),
    fullId,
    runtime: runtimes[type] ?? "other",
    ...(name === undefined && image === undefined ? {} : { details: detailsOf(container, name ?? "", image ?? "") }),
  };
}

function detailsOf(container: JsonObject, name: string, image: string): ContainerDetails {
  const labels = labelsOf(container.labels);
  const created = typeof container.created_time === "number" ? container.created_time : undefined;
  const text = (key: string, from: unknown): Record<string, string> => {
    const value = textOf(from);
    return value === undefined ? {} : { [key]: value };
  };
  const flag = (key: string, from: unknown): Record<string, boolean> =>
    typeof from === "boolean" ? { [key]: from } : {};
  const pod = podOf(container, labels);
  return {
    name,
    image,
    ...text("imageRepository", container.imagerepo),
    ...text("imageTag", container.imagetag),
    ...text("imageId", digestOf(container.imageid)),
    ...text("imageDigest", digestOf(container.imagedigest)),
    ...flag("privileged", container.privileged),
    mounts: listOf(container.Mounts).flatMap(mountOf),
    labels,
    ...text("ip", container.ip),
    ...(created === undefined || !Number.isSafeInteger(created) ? {} : { started: BigInt(created) * 1_000_000_000n }),
    ...flag("hostPid", container.host_pid),
    ...flag("hostIpc", container.host_ipc),
    ...flag("hostNetwork", container.host_network),
    ...text("healthProbe", probeOf(container.Healthcheck)),
    ...text("livenessProbe", probeOf(container.LivenessProbe)),
    ...text("readinessProbe", probeOf(container.ReadinessProbe)),
    ...(pod === undefined ? {} : { pod }),
    ...flag("sandbox", container.is_pod_sandbox),
  };
}

function podOf(container: JsonObject, labels: Readonly<Record<string, string>>): PodFacts | undefined {
  const name = labels["io.kubernetes.pod.name"];
  const namespace = labels["io.kubernetes.pod.namespace"];
  if (name === undefined || namespace === undefined) return undefined;
  const sandboxId = textOf(container.pod_sandbox_id);
  const ip = textOf(container.ip);
  const network = textOf(container.cni_json);
  return {
    name,
    namespace,
    uid: labels["io.kubernetes.pod.uid"] ?? "",
    labels: labelsOf(container.pod_sandbox_labels),
    ...(sandboxId === undefined ? {} : { sandboxId }),
    ...(ip === undefined ? {} : { ip }),
    ...(network === undefined ? {} : { network }),
  };
}

function mountOf(value: unknown): ContainerMount[] {
  if (!isObject(value)) return [];
  const text = (from: unknown): string => textOf(from) ?? "";
  return [
    {
      source: text(value.Source),
      destination: text(value.Destination),
      mode: text(value.Mode),
      writable: value.RW === true,
      propagation: text(value.Propagation),
    },
  ];
}

/** A probe's command line: its program and arguments, a blank between. */
function probeOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const words = [value.exe, ...listOf(value.args)].filter((each): each is string => typeof each === "string");
  return words.length === 0 ? undefined : words.join(" ");
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function labelsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A text as a byte string; undefined for what is none, and for an empty one, by which libs say that they don't know. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? byteString(value) : undefined;
}

/** libs leave out the algorithm of an image's id. */
function digestOf(value: unknown): unknown {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? `sha256:${value}` : value;
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
