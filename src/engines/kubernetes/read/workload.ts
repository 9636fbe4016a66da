import type { FieldPath } from "../field-path.ts";
import type { UpdateStrategy, Workload } from "../model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";
import { readPodSpec } from "./pod.ts";

/** Where each kind has its pod template; a Pod is its own. By group, so that a custom resource of the same name is none. */
const TEMPLATES: ReadonlyMap<string, FieldPath> = new Map<string, FieldPath>([
  ["Pod", []],
  ["PodTemplate", ["template"]],
  ["ReplicationController", ["spec", "template"]],
  ...["apps/", "extensions/"].flatMap((group) =>
    ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"].map(
      (kind) => [group + kind, ["spec", "template"]] as const,
    ),
  ),
  ["batch/Job", ["spec", "template"]],
  ["batch/CronJob", ["spec", "jobTemplate", "spec", "template"]],
]);

/** `group/Kind`. */
export const WORKLOAD_KINDS: readonly string[] = [...TEMPLATES.keys()];

export function isWorkload({ group, kind }: Pick<KubernetesObject, "group" | "kind">): boolean {
  return TEMPLATES.has(group === "" ? kind : `${group}/${kind}`);
}

export function readWorkload(object: KubernetesObject, root: Fields): Workload {
  const templatePath = TEMPLATES.get(object.group === "" ? object.kind : `${object.group}/${object.kind}`) ?? [];
  let template: Fields | undefined = root;
  for (const step of templatePath) template = template?.fields(String(step));
  const metadata = template?.fields("metadata");
  const spec = template?.fields("spec");
  if (spec === undefined) root.missing([...templatePath, "spec"], "no pod");
  return stated({
    object,
    origin: "kubernetes" as const,
    templatePath,
    podPath: [...templatePath, "spec"],
    podMetadata: {
      labels: metadata?.stringMap("labels") ?? {},
      annotations: metadata?.stringMap("annotations") ?? {},
    },
    pod: readPodSpec(spec ?? root.empty()),
    selector: templatePath.length === 0 ? undefined : selectorOf(root.fields("spec")),
    serviceName: object.kind === "StatefulSet" ? root.fields("spec")?.string("serviceName") : undefined,
    replicas: templatePath.length === 0 ? undefined : root.fields("spec")?.integer("replicas"),
    strategy: templatePath.length === 0 ? undefined : strategyOf(root.fields("spec")),
    podAddresses: templatePath.length === 0 ? addressesOf(root.fields("status")) : undefined,
  });
}

function strategyOf(spec: Fields | undefined): UpdateStrategy | undefined {
  const strategy = spec?.has("updateStrategy") === true ? spec.fields("updateStrategy") : spec?.fields("strategy");
  if (strategy === undefined) return undefined;
  const rolling = strategy.fields("rollingUpdate");
  return stated({
    type: strategy.string("type"),
    maxUnavailable: rolling?.integerOrString("maxUnavailable"),
    maxSurge: rolling?.integerOrString("maxSurge"),
  });
}

function selectorOf(spec: Fields | undefined): Readonly<Record<string, string>> | undefined {
  const selector = spec?.fields("selector");
  return selector?.has("matchLabels") === true ? selector.stringMap("matchLabels") : undefined;
}

function addressesOf(status: Fields | undefined): readonly string[] | undefined {
  const listed = status?.list("podIPs").flatMap((one) => one.string("ip") ?? []) ?? [];
  const one = status?.string("podIP");
  const addresses = listed.length > 0 || one === undefined ? listed : [one];
  return addresses.length === 0 ? undefined : addresses;
}
