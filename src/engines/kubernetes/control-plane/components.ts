import { append } from "../../../core/append.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import type { Component, ComponentFlag, ComponentProgram } from "../component-model.ts";
import type { FieldPath } from "../field-path.ts";
import type { Manifests, Workload } from "../model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { rawOf } from "../raw.ts";

const programs: ReadonlySet<string> = new Set<ComponentProgram>([
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
]);

/** What says how the API server, etcd and the others are started: pods of them, and kubeadm's configuration. */
export function componentsOf(
  manifests: Pick<Manifests, "workloads" | "kubeadmClusterConfigurations" | "kubeadmNodeConfigurations">,
): Component[] {
  const found: Component[] = [];
  for (const workload of manifests.workloads) if (workload.origin === "kubernetes") append(found, startedBy(workload));
  for (const { object } of manifests.kubeadmClusterConfigurations) {
    found.push(extraArguments("kube-apiserver", object, ["apiServer"]));
    found.push(extraArguments("kube-controller-manager", object, ["controllerManager"]));
    found.push(extraArguments("kube-scheduler", object, ["scheduler"]));
    const { etcd } = rawOf(object);
    if (!isObject(etcd) || !isObject(etcd.external)) found.push(extraArguments("etcd", object, ["etcd", "local"]));
  }
  for (const { object } of manifests.kubeadmNodeConfigurations) {
    found.push(extraArguments("kubelet", object, ["nodeRegistration"], "kubeletExtraArgs"));
  }
  return found;
}

function* startedBy({ object, pod, podPath }: Workload): Generator<Component> {
  for (const [index, container] of pod.containers.entries()) {
    const path = [...podPath, ...(container.at ?? ["containers", index])];
    const words = [
      ...container.command.map((text, at) => ({ text, path: [...path, "command", at] })),
      ...container.args.map((text, at) => ({ text, path: [...path, "args", at] })),
    ];
    const first = words[0];
    if (first === undefined) continue;
    const program = first.text.slice(first.text.lastIndexOf("/") + 1);
    if (!programs.has(program)) continue;
    const flags = flagsOf(words.slice(1));
    yield {
      program: program as ComponentProgram,
      object,
      path: [...path, container.command.length > 0 ? "command" : "args"],
      origin: "command",
      flags,
      configured: flags.has("config") || flags.has("config-file"),
    };
  }
}

interface PlacedText {
  readonly text: string;
  readonly path: FieldPath;
}

/** `--name=value`, `--name value`, `--name`; an underscore is a dash to all of these programs. */
function flagsOf(words: readonly PlacedText[]): Map<string, ComponentFlag> {
  const flags = new Map<string, ComponentFlag>();
  for (const [index, { text, path }] of words.entries()) {
    if (!text.startsWith("-")) continue;
    const body = text.slice(text.startsWith("--") ? 2 : 1);
    const equals = body.indexOf("=");
    const name = (equals < 0 ? body : body.slice(0, equals)).replaceAll("_", "-");
    const next = words[index + 1]?.text;
    const value = equals >= 0 ? body.slice(equals + 1) : next === undefined || next.startsWith("-") ? "true" : next;
    if (name !== "") flags.set(name, { value, path });
  }
  return flags;
}

/** kubeadm v1beta3 has a map, v1beta4 a list of names and values. */
function extraArguments(
  program: ComponentProgram,
  object: KubernetesObject,
  parent: FieldPath,
  field = "extraArgs",
): Component {
  const path = [...parent, field];
  const value = valueAt(rawOf(object), path);
  const flags = new Map<string, ComponentFlag>();
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (!isObject(item) || typeof item.name !== "string") continue;
      flags.set(item.name, { value: textOf(item.value), path: [...path, index, "value"] });
    }
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) flags.set(name, { value: textOf(item), path: [...path, name] });
  }
  return { program, object, path, origin: "kubeadm", flags, configured: flags.has("config") };
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
