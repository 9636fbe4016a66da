import type { FieldPath } from "../field-path.ts";
import { formatFieldPath } from "../field-path.ts";
import type {
  Container,
  EnvVar,
  PodSecurityContext,
  PodSpec,
  Profile,
  SELinuxOptions,
  SecurityContext,
} from "../pod-model.ts";
import { type Fields, stated } from "../read/fields.ts";
import type { ComposeFacts } from "./facts.ts";
import { flag, lastOf } from "./mounts.ts";
import { pairOf } from "./pairs.ts";
import { portsOf } from "./ports.ts";
import { type HostVolumes, volumesOf } from "./volumes.ts";

const POD: FieldPath = ["spec"];
const CONTAINER: FieldPath = [...POD, "containers", 0];
const SECURITY: FieldPath = [...CONTAINER, "securityContext"];

/** @param places - gets, for each field of the pod, where the service states it */
export function servicePod(
  name: string,
  fields: Fields,
  facts: ComposeFacts,
  hostVolumes: HostVolumes,
  places: Map<string, FieldPath>,
): PodSpec {
  const at = (path: FieldPath, ...own: FieldPath) => {
    if (own.length === 0 || fields.has(String(own[0]))) places.set(formatFieldPath(path), [...fields.path(), ...own]);
  };
  at(CONTAINER);
  at([...CONTAINER, "image"], "image");
  at([...CONTAINER, "command"], "entrypoint");
  at([...CONTAINER, "args"], "command");
  at([...CONTAINER, "ports"], "ports");
  at([...CONTAINER, "env"], "environment");
  at([...CONTAINER, "envFrom"], "env_file");
  at([...CONTAINER, "volumeMounts"], "volumes");
  at([...CONTAINER, "resources"], "deploy", "resources");
  at([...CONTAINER, "livenessProbe"], "healthcheck");
  at([...POD, "volumes"], "volumes");
  at([...POD, "hostNetwork"], "network_mode");
  at([...POD, "hostPID"], "pid");
  at([...POD, "hostIPC"], "ipc");
  at([...POD, "hostUsers"], "userns_mode");
  at([...POD, "runtimeClassName"], "runtime");
  at([...POD, "securityContext", "sysctls"], "sysctls");
  at([...SECURITY, "privileged"], "privileged");
  at([...SECURITY, "readOnlyRootFilesystem"], "read_only");
  at([...SECURITY, "capabilities", "add"], "cap_add");
  at([...SECURITY, "capabilities", "drop"], "cap_drop");
  for (const field of ["runAsUser", "runAsGroup", "runAsNonRoot"]) at([...SECURITY, field], "user");
  for (const field of [
    "allowPrivilegeEscalation",
    "seccompProfile",
    "appArmorProfile",
    "seLinuxOptions",
    "procMount",
  ]) {
    at([...SECURITY, field], "security_opt");
  }
  // What no pod has is found by the service's own names.
  for (const own of ["userns_mode", "uts", "cgroup", "device_cgroup_rules", "build"]) at([own], own);
  for (const own of ["privileged", "network", "entitlements"])
    if (facts.build !== undefined) at(["build", own], "build", own);
  for (const { on, index } of facts.hooks) at([on, index], on, index);
  const { volumes, volumeMounts } = volumesOf(facts, fields, places, hostVolumes);
  const { ports } = portsOf(fields, places, CONTAINER);
  const sysctls = sysctlsOf(fields);
  const security: PodSecurityContext | undefined =
    sysctls.length === 0 ? undefined : { supplementalGroups: [], sysctls };
  const container: Container = stated({
    name,
    image: fields.string("image"),
    command: words(fields, "entrypoint"),
    args: words(fields, "command"),
    workingDir: fields.string("working_dir"),
    ports,
    env: envOf(fields),
    envFrom: [],
    resources: resourcesOf(fields),
    volumeMounts,
    volumeDevices: [],
    securityContext: securityOf(fields, facts),
    livenessProbe: healthOf(fields),
    stdin: flag(fields, "stdin_open"),
    tty: flag(fields, "tty"),
  });
  return stated({
    containers: [container],
    initContainers: [],
    ephemeralContainers: [],
    volumes,
    securityContext: security,
    hostNetwork: facts.networkMode === "host" ? true : undefined,
    hostPID: facts.pid === "host" ? true : undefined,
    hostIPC: facts.ipc === "host" ? true : undefined,
    hostUsers: facts.usernsMode === "host" ? true : undefined,
    imagePullSecrets: [],
    nodeSelector: {},
    runtimeClassName: fields.string("runtime"),
    restartPolicy: fields.string("restart"),
  });
}

function securityOf(
  fields: Fields,
  { user: stating = "", securityOptions: options, capAdd, capDrop }: ComposeFacts,
): SecurityContext {
  const [user = "", group = ""] = stating.split(":");
  const profile = (name: string): Profile | undefined => {
    const value = optionOf(options, name);
    if (value === undefined) return undefined;
    if (value === "unconfined") return { type: "Unconfined" };
    return value === "docker-default" || value === "builtin"
      ? { type: "RuntimeDefault" }
      : { type: "Localhost", localhostProfile: value };
  };
  const noNewPrivileges = options.findLast((option) => /^no-new-privileges(?:[:=]|$)/.test(option));
  return stated({
    privileged: flag(fields, "privileged"),
    readOnlyRootFilesystem: flag(fields, "read_only"),
    // Of several the last counts (strconv.ParseBool).
    allowPrivilegeEscalation:
      noNewPrivileges !== undefined && /^no-new-privileges(?:[:=](?:1|t|T|TRUE|true|True))?$/.test(noNewPrivileges)
        ? false
        : undefined,
    runAsUser: numeric(user === "root" ? "0" : user),
    // Compose has no word for it; a number other than root's cannot become root by what the image's passwd says.
    runAsNonRoot: (numeric(user) ?? 0) > 0 ? true : undefined,
    runAsGroup: numeric(group === "root" ? "0" : group),
    seccompProfile: profile("seccomp"),
    appArmorProfile: profile("apparmor"),
    seLinuxOptions: labelsOf(options),
    procMount: options.includes("systempaths=unconfined") ? "Unmasked" : undefined,
    capabilities:
      fields.has("cap_add") || fields.has("cap_drop")
        ? { add: capabilities(capAdd), drop: capabilities(capDrop) }
        : undefined,
  });
}

/** Without labels a container is what `spc_t` is on nodes with SELinux: confined by none. */
function labelsOf(options: readonly string[]): SELinuxOptions | undefined {
  const labels: Record<string, string> = {};
  for (const option of options) {
    const [, name, value = ""] = /^label[:=](user|role|type|level|disable)(?:[:=](.*))?$/.exec(option) ?? [];
    if (name === "disable" || option === "disable") labels.type = "spc_t";
    else if (name !== undefined) labels[name] = value;
  }
  return Object.keys(labels).length === 0 ? undefined : labels;
}

/** Docker takes both spellings and any case; Kubernetes the one without `CAP_`, in capitals. */
function capabilities(stated: readonly string[]): string[] {
  return stated.map((capability) => capability.toUpperCase().replace(/^CAP_/, ""));
}

function optionOf(options: readonly string[], name: string): string | undefined {
  const found = options.findLast((option) => option.startsWith(`${name}:`) || option.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** As the runtime does (Go, strconv.Atoi): `00` and `+0` are root. */
function numeric(text: string): number | undefined {
  return /^[-+]?[0-9]{1,15}$/.test(text) ? Math.abs(Number(text)) : undefined;
}

function words(fields: Fields, name: string): readonly string[] {
  if (fields.isList(name)) return fields.strings(name);
  const text = fields.has(name) ? fields.string(name) : undefined;
  return text === undefined ? [] : text.split(/[ \t\n]+/).filter((word) => word !== "");
}

function envOf(fields: Fields): EnvVar[] {
  if (fields.isList("environment")) {
    return fields.strings("environment").map(pairOf);
  }
  return Object.entries(fields.texts("environment")).map(([name, value]) => ({ name, value }));
}

function sysctlsOf(fields: Fields): { name: string; value: string }[] {
  if (!fields.isList("sysctls")) {
    return Object.entries(fields.texts("sysctls")).map(([name, value]) => ({ name, value }));
  }
  const pairs = fields.strings("sysctls").map((pair) => ({ value: "", ...pairOf(pair) }));
  return [...lastOf(pairs, ({ name }) => name)];
}

/** `deploy.resources`, or the older fields beside it. */
function resourcesOf(fields: Fields): Container["resources"] {
  const resources = fields.fields("deploy")?.fields("resources");
  const limits = resources?.fields("limits");
  const reservations = resources?.fields("reservations");
  const text = (from: Fields | undefined, name: string) => from?.scalar(name);
  return {
    limits: stated({
      cpu: text(limits, "cpus") ?? text(fields, "cpus"),
      memory: text(limits, "memory") ?? text(fields, "mem_limit"),
    }) as Record<string, string>,
    requests: stated({
      cpu: text(reservations, "cpus"),
      memory: text(reservations, "memory") ?? text(fields, "mem_reservation"),
    }) as Record<string, string>,
  };
}

function healthOf(fields: Fields): Container["livenessProbe"] {
  const health = fields.fields("healthcheck");
  if (health === undefined || flag(health, "disable") === true) return undefined;
  return { type: "exec", command: words(health, "test"), httpHeaders: [] };
}
