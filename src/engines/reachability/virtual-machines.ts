/**
 * KubeVirt's virtual machines: each runs in a pod of its own, which has the machine's labels and is selected by policies like
 * any other (https://kubevirt.io/user-guide/network/networkpolicy/).
 */
import { type FieldPath, type KubernetesObject, type Manifests, rawOf, type Workload } from "../kubernetes/model.ts";
import { type Fields, fieldsOf, stated } from "../kubernetes/read/fields.ts";
import { NETWORKS_ANNOTATION } from "./multus.ts";

/** By kind where the instance's own metadata and specification stand. */
const INSTANCES: Readonly<Record<string, FieldPath>> = {
  "kubevirt.io/VirtualMachine": ["spec", "template"],
  "kubevirt.io/VirtualMachineInstance": [],
  "kubevirt.io/VirtualMachineInstanceReplicaSet": ["spec", "template"],
  "pool.kubevirt.io/VirtualMachinePool": ["spec", "virtualMachineTemplate", "spec", "template"],
};

export function isVirtualMachine({ group, kind }: KubernetesObject): boolean {
  return Object.hasOwn(INSTANCES, `${group}/${kind}`);
}

export function virtualMachines({ objects }: Manifests): Workload[] {
  return objects.filter(isVirtualMachine).map((object) => {
    const templatePath = INSTANCES[`${object.group}/${object.kind}`] as FieldPath;
    const root = fieldsOf(rawOf(object), () => undefined);
    const instance = templatePath.reduce((fields: Fields, name) => fields.fields(String(name)) ?? root.empty(), root);
    const metadata = instance.fields("metadata") ?? root.empty();
    const spec = instance.fields("spec") ?? root.empty();
    return {
      object,
      origin: "kubernetes",
      templatePath,
      podPath: [...templatePath, "spec"],
      podMetadata: {
        labels: { ...metadata.stringMap("labels"), "kubevirt.io": "virt-launcher" },
        annotations: { ...metadata.stringMap("annotations"), ...attachments(spec) },
      },
      pod: podOf(spec),
      form: "whole",
    };
  });
}

/** KubeVirt writes the networks of Multus into the annotation that Multus reads. */
function attachments(spec: Fields): Readonly<Record<string, string>> {
  const names = spec.list("networks").flatMap((one) => one.fields("multus")?.string("networkName") ?? []);
  return names.length === 0 ? {} : { [NETWORKS_ANNOTATION]: names.join(",") };
}

/** Ports that an interface states are the container's, by name too. */
function podOf(spec: Fields): Workload["pod"] {
  const interfaces = spec.fields("domain")?.fields("devices")?.list("interfaces") ?? [];
  const ports = interfaces
    .flatMap((one) => [...one.list("ports")])
    .map((port) =>
      stated({ name: port.string("name"), containerPort: port.integer("port"), protocol: port.string("protocol") }),
    );
  const compute = {
    name: "compute",
    command: [],
    args: [],
    ports,
    env: [],
    envFrom: [],
    resources: { limits: {}, requests: {} },
    volumeMounts: [],
    volumeDevices: [],
  };
  return stated({
    containers: [compute],
    initContainers: [],
    ephemeralContainers: [],
    volumes: [],
    imagePullSecrets: [],
    nodeSelector: spec.stringMap("nodeSelector"),
  });
}
