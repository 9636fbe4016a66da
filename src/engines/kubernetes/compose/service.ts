import type { FieldPath } from "../field-path.ts";
import { formatFieldPath } from "../field-path.ts";
import type { Container, EnvVar, PodSecurityContext, PodSpec, Profile, SecurityContext } from "../pod-model.ts";
import { type Fields, stated } from "../read/fields.ts";
import { portsOf } from "./ports.ts";
import { volumesOf } from "./volumes.ts";

const POD: FieldPath = ["spec"];
const CONTAINER: FieldPath = [...POD, "containers", 0];
const SECURITY: FieldPath = [...CONTAINER, "securityContext"];

/** @param places - gets, for each field of the pod, where the service states it */
export function servicePod(name: string, fields: Fields, places: Map<string, FieldPath>): PodSpec {
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
  for (const field of ["allowPrivilegeEscalation", "seccompProfile", "appArmorProfile", "seLinuxOptions"]) {
    at([...SECURITY, field], "security_opt");
  }
  const { volumes, volumeMounts } = volumesOf(fields, places);
  const { ports } = portsOf(fields, places, CONTAINER);
  const options = fields.strings("security_opt");
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
    securityContext: securityOf(fields, options),
    livenessProbe: healthOf(fields),
    stdin: fields.boolean("stdin_open"),
    tty: fields.boolean("tty"),
  });
  return stated({
    containers: [container],
    initContainers: [],
    ephemeralContainers: [],
    volumes,
    securityContext: security,
    hostNetwork: fields.string("network_mode") === "host" ? true : undefined,
    hostPID: fields.string("pid") === "host" ? true : undefined,
    hostIPC: fields.string("ipc") === "host" ? true : undefined,
    hostUsers: fields.string("userns_mode") === "host" ? true : undefined,
    imagePullSecrets: [],
    nodeSelector: {},
    runtimeClassName: fields.string("runtime"),
    restartPolicy: fields.string("restart"),
  });
}

function securityOf(fields: Fields, options: readonly string[]): SecurityContext {
  const [user = "", group = ""] = String(fields.integerOrString("user") ?? "").split(":");
  const profile = (name: string): Profile | undefined => {
    const value = optionOf(options, name);
    if (value === undefined) return undefined;
    if (value === "unconfined") return { type: "Unconfined" };
    return value === "docker-default" || value === "builtin"
      ? { type: "RuntimeDefault" }
      : { type: "Localhost", localhostProfile: value };
  };
  const labels = options.flatMap((option) => /^label[:=](user|role|type|level)[:=](.*)$/.exec(option) ?? []);
  const noNewPrivileges = options.some((option) => /^no-new-privileges(?:[:=]true)?$/.test(option));
  return stated({
    privileged: fields.boolean("privileged"),
    readOnlyRootFilesystem: fields.boolean("read_only"),
    allowPrivilegeEscalation: noNewPrivileges ? false : undefined,
    runAsUser: numeric(user === "root" ? "0" : user),
    // Compose has no word for it; a number other than root's cannot become root by what the image's passwd says.
    runAsNonRoot: (numeric(user) ?? 0) > 0 ? true : undefined,
    runAsGroup: numeric(group === "root" ? "0" : group),
    seccompProfile: profile("seccomp"),
    appArmorProfile: profile("apparmor"),
    seLinuxOptions: labels.length === 0 ? undefined : { [labels[1] as string]: labels[2] as string },
    capabilities:
      fields.has("cap_add") || fields.has("cap_drop")
        ? { add: capabilities(fields, "cap_add"), drop: capabilities(fields, "cap_drop") }
        : undefined,
  });
}

/** Docker takes both spellings and any case; Kubernetes the one without `CAP_`, in capitals. */
function capabilities(fields: Fields, name: string): string[] {
  return fields.strings(name).map((capability) => capability.toUpperCase().replace(/^CAP_/, ""));
}

function optionOf(options: readonly string[], name: string): string | undefined {
  const found = options.findLast((option) => option.startsWith(`${name}:`) || option.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** A sign and leading zeros are allowed, as Go reads a number: `+0` is root. */
function numeric(text: string): number | undefined {
  return /^[+-]?[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}

function words(fields: Fields, name: string): readonly string[] {
  if (fields.isList(name)) return fields.strings(name);
  const text = fields.has(name) ? fields.string(name) : undefined;
  return text === undefined ? [] : text.split(/[ \t\n]+/).filter((word) => word !== "");
}

function envOf(fields: Fields): EnvVar[] {
  if (fields.isList("environment")) {
    return fields.strings("environment").map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? { name: pair } : { name: pair.slice(0, at), value: pair.slice(at + 1) };
    });
  }
  return Object.entries(fields.texts("environment")).map(([name, value]) => ({ name, value }));
}

function sysctlsOf(fields: Fields): { name: string; value: string }[] {
  if (!fields.isList("sysctls")) {
    return Object.entries(fields.texts("sysctls")).map(([name, value]) => ({ name, value }));
  }
  return fields.strings("sysctls").map((pair) => {
    const [name = "", value = ""] = pair.split("=", 2);
    return { name, value };
  });
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
  if (health === undefined || health.boolean("disable") === true) return undefined;
  return { type: "exec", command: words(health, "test"), httpHeaders: [] };
}
