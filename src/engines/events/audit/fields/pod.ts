/** What the pod of the request holds: `ka.req.pod.*`, of its containers, init containers and ephemeral containers alike. */
import { isObject, valueAt } from "../../../../core/untyped.ts";
import { type AuditField, indexed, keyed, one, several } from "./define.ts";
import { chosen, membersOf, valuesAt } from "./walk.ts";

type Json = Parameters<Parameters<typeof several>[2]>[0];

const spec = ["requestObject", "spec"];

/** `api.example.com:5000/shop/api:2.0@sha256:…` → `api.example.com:5000/shop/api`. */
function repositoryOf(image: unknown): unknown {
  return typeof image === "string" ? image.replace(/@[^@]*$/, "").replace(/:[^:/]*$/, "") : undefined;
}

/** Words of each container's command line in one text, as a shell would show them. */
function joined(values: readonly unknown[] | undefined): unknown[] | undefined {
  return values?.map((words) =>
    Array.isArray(words) && words.every((word) => typeof word === "string") ? words.join(" ") : undefined,
  );
}

/** The host's port, or the container's, which is the host's in a pod of the host's network. */
function hostPorts(ports: readonly unknown[] | undefined): unknown[] | undefined {
  return ports?.map((port) => valueAt(port, ["hostPort"]) ?? valueAt(port, ["containerPort"]));
}

/** The id with which a container starts, as far as the pod says: its own, the pod's, else 0. */
function effective(json: Json, list: string, key: string, index: number | undefined): unknown[] | undefined {
  const ofPod = valueAt(json, [...spec, "securityContext", key]);
  const containers = chosen(valueAt(json, [...spec, list]), index);
  return containers?.map((each) => valueAt(each, ["securityContext", key]) ?? ofPod ?? "0");
}

function containerFields(list: string, what: string, deprecated?: (name: string) => string): readonly AuditField[] {
  const named = (
    name: string,
    description: string,
    read: (json: Json, index: number | undefined) => unknown[] | undefined,
  ) => {
    const more = deprecated === undefined ? {} : { deprecated: deprecated(name) };
    return indexed(`ka.req.pod.${list}.${name}`, `${description} of ${what}`, read, more);
  };
  const at = (name: string, description: string, ...path: string[]) =>
    named(name, description, (json, index) => valuesOf(json, index, path));
  const valuesOf = (json: Json, index: number | undefined, path: string[]) => {
    const values = valuesAt(json, [...spec, list, ...path], index);
    return values === undefined ? undefined : [...values];
  };
  const fields = [
    at("name", "Names", "name"),
    at("image", "Images", "image"),
    named("image.repository", "Images without tag and digest", (json, index) =>
      valuesOf(json, index, ["image"])?.map(repositoryOf),
    ),
    named("command", "Commands", (json, index) => joined(valuesOf(json, index, ["command"]))),
    named("args", "Arguments", (json, index) => joined(valuesOf(json, index, ["args"]))),
    at("privileged", "Values of securityContext.privileged", "securityContext", "privileged"),
    at(
      "allow_privilege_escalation",
      "Values of securityContext.allowPrivilegeEscalation",
      "securityContext",
      "allowPrivilegeEscalation",
    ),
    at("read_only_fs", "Values of securityContext.readOnlyRootFilesystem", "securityContext", "readOnlyRootFilesystem"),
    at("run_as_user", "Values of securityContext.runAsUser", "securityContext", "runAsUser"),
    named("eff_run_as_user", "UIDs at start: the container's runAsUser, the pod's, or 0", (json, index) =>
      effective(json, list, "runAsUser", index),
    ),
    at("run_as_group", "Values of securityContext.runAsGroup", "securityContext", "runAsGroup"),
    named("eff_run_as_group", "GIDs at start: the container's runAsGroup, the pod's, or 0", (json, index) =>
      effective(json, list, "runAsGroup", index),
    ),
    at("proc_mount", "Values of securityContext.procMount", "securityContext", "procMount"),
    named("add_capabilities", "Added capabilities", (json, index) =>
      membersOf(valuesOf(json, index, ["securityContext", "capabilities", "add"])),
    ),
  ];
  // Ephemeral containers have no ports.
  if (list === "ephemeralContainers") return fields;
  const ports = named("host_port", "Host ports", (json, index) =>
    hostPorts(membersOf(valuesOf(json, index, ["ports"]))),
  );
  return [...fields, ports];
}

function ofPod(name: string, description: string, ...path: string[]): AuditField {
  return one(name, description, (json) => valueAt(json, [...spec, ...path]));
}

function hostPaths(json: Json, index: number | undefined): unknown[] | undefined {
  const paths = valuesAt(json, [...spec, "volumes", "hostPath", "path"], index);
  return paths === undefined ? undefined : [...paths];
}

export const podFields: readonly AuditField[] = [
  ...containerFields("containers", "the pod's containers"),
  ...containerFields("initContainers", "the pod's init containers"),
  ...containerFields("ephemeralContainers", "the pod's ephemeral containers"),
  ofPod("ka.req.pod.host_ipc", "Value of spec.hostIPC", "hostIPC"),
  ofPod("ka.req.pod.host_network", "Value of spec.hostNetwork", "hostNetwork"),
  ofPod("ka.req.pod.host_pid", "Value of spec.hostPID", "hostPID"),
  ofPod("ka.req.pod.run_as_user", "Value of spec.securityContext.runAsUser", "securityContext", "runAsUser"),
  ofPod("ka.req.pod.run_as_group", "Value of spec.securityContext.runAsGroup", "securityContext", "runAsGroup"),
  ofPod("ka.req.pod.fs_group", "Value of spec.securityContext.fsGroup", "securityContext", "fsGroup"),
  several("ka.req.pod.supplemental_groups", "Values of spec.securityContext.supplementalGroups", (json) =>
    chosen(valueAt(json, [...spec, "securityContext", "supplementalGroups"]), undefined),
  ),
  indexed("ka.req.pod.volumes.hostpath", "Paths of the host that the pod mounts", hostPaths),
  indexed("ka.req.pod.volumes.flexvolume_driver", "Drivers of the pod's flex volumes", (json, index) =>
    valuesAt(json, [...spec, "volumes", "flexVolume", "driver"], index),
  ),
  indexed("ka.req.pod.volumes.volume_type", "Types of the pod's volumes: hostPath, secret, emptyDir", (json, index) =>
    chosen(valueAt(json, [...spec, "volumes"]), index)?.flatMap((volume) =>
      isObject(volume) ? Object.keys(volume).filter((key) => key !== "name") : [],
    ),
  ),

  one(
    "ka.req.container.image",
    "Image of the first container",
    (json) => valueAt(json, [...spec, "containers", 0, "image"]),
    {
      deprecated: "ka.req.pod.containers.image[0]",
    },
  ),
  one(
    "ka.req.container.image.repository",
    "Image of the first container, without tag and digest",
    (json) => repositoryOf(valueAt(json, [...spec, "containers", 0, "image"])),
    { deprecated: "ka.req.pod.containers.image.repository[0]" },
  ),
  one("ka.req.container.host_network", "Value of spec.hostNetwork", (json) => valueAt(json, [...spec, "hostNetwork"]), {
    deprecated: "ka.req.pod.host_network",
  }),
  one(
    "ka.req.container.privileged",
    "`true` where one of the containers is privileged, else `false`; absent for what has no containers",
    (json) => {
      const containers = valueAt(json, [...spec, "containers"]);
      if (!Array.isArray(containers)) return undefined;
      return containers.some((each) => valueAt(each, ["securityContext", "privileged"]) === true);
    },
    { deprecated: "ka.req.pod.containers.privileged" },
  ),
  keyed(
    "ka.req.volume.hostpath",
    "`true` where the pod mounts this path of the host, or, with `*` at its end, one that begins so; else `false`",
    (path) => {
      if (path === "") throw new Error("it needs a path");
      const start = path.endsWith("*") ? path.slice(0, -1) : undefined;
      return (json) => {
        const paths = hostPaths(json, undefined);
        if (paths === undefined) return undefined;
        const isMounted = paths.some(
          (each) => typeof each === "string" && (each === path || (start !== undefined && each.startsWith(start))),
        );
        return String(isMounted);
      };
    },
    { deprecated: "ka.req.pod.volumes.hostpath" },
  ),
];
