/** Fields of the pod that a container belongs to. Absent outside of pods, and until the kubelet or the API told. */
import type { PodFacts } from "../containers/model.ts";
import type { Thread } from "../state/thread.ts";
import { labelFields, labelLine } from "./container.ts";
import { ofThread, type SyscallField, untold } from "./define.ts";

function podOf({ container }: Thread): PodFacts | undefined {
  return container === "host" ? undefined : container?.details?.pod;
}

function ofPod(name: string, description: string, read: (pod: PodFacts) => string | undefined): SyscallField {
  return ofThread(name, "text", description, (thread) => {
    const pod = podOf(thread);
    return pod === undefined ? undefined : read(pod);
  });
}

/** The object that made the pod, where it is of one kind. */
function owner(kind: string): (pod: PodFacts) => string | undefined {
  return (pod) => (pod.owner?.kind === kind ? pod.owner.name : undefined);
}

/** Only the names of what made the pod are known: ids and labels of it, and of its Services, are not. */
const kinds = [
  { prefix: "k8s.rc", what: "replication controller", kind: "ReplicationController" },
  { prefix: "k8s.rs", what: "replica set", kind: "ReplicaSet" },
  { prefix: "k8s.deployment", what: "deployment", kind: "Deployment" },
] as const;

const write = "write k8s.pod.label or k8s.ns.name";

function untoldOf(prefix: string, what: string, names: readonly ("name" | "id")[]): SyscallField[] {
  return [
    ...names.map((name) =>
      untold(`${prefix}.${name}`, "text", `${name === "id" ? "Id" : "Name"} of the ${what}`, { deprecated: write }),
    ),
    ...[`${prefix}.label`, `${prefix}.label.`].map((name) =>
      untold(name, "text", `A label of the ${what}`, {
        deprecated: write,
        argument: { presence: "required", kind: "key" },
      }),
    ),
    untold(`${prefix}.labels`, "text", `All labels of the ${what}`, { deprecated: write }),
  ];
}

export const podFields: readonly SyscallField[] = [
  ofPod("k8s.ns.name", "Namespace of the pod", ({ namespace }) => namespace),
  ofPod("k8s.pod.name", "Name of the pod", ({ name }) => name),
  ofPod("k8s.pod.uid", "UID of the pod", ({ uid }) => uid),
  ofPod("k8s.pod.id", "UID of the pod, by its old name", ({ uid }) => uid),
  ofPod("k8s.pod.sandbox_id", "First 12 characters of the id of the pod's sandbox", ({ sandboxId }) =>
    sandboxId?.slice(0, 12),
  ),
  ofPod("k8s.pod.full_sandbox_id", "Whole id of the pod's sandbox", ({ sandboxId }) => sandboxId),
  ofPod("k8s.pod.ip", "Address of the pod", ({ ip }) => ip),
  ...labelFields(
    "k8s.pod.label",
    "A label of the pod: `k8s.pod.label.app` or `k8s.pod.label[app]`",
    (thread) => podOf(thread)?.labels,
  ),
  ofThread("k8s.pod.labels", "text", "All labels of the pod: `app:web, tier:front`", (thread) => {
    const pod = podOf(thread);
    return pod === undefined ? undefined : labelLine(pod.labels);
  }),
  ofPod("k8s.pod.cni.json", "What the network plugin answered for the pod, as JSON", ({ network }) => network),
  ...kinds.flatMap(({ prefix, what, kind }) => [
    ofPod(`${prefix}.name`, `Name of the ${what} that made the pod`, owner(kind)),
    ...untoldOf(prefix, what, ["id"]),
  ]),
  ...untoldOf("k8s.svc", "service", ["name", "id"]),
  ...untoldOf("k8s.ns", "namespace", ["id"]),
];
