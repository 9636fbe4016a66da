/**
 * A container as its engine describes it (Docker Engine API, `GET /containers/{id}/json`; podman serves the same), put where a
 * Compose service states it: so the checks of services apply.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { EngineInfo } from "./model.ts";

/** What podman gives a container that asks for nothing (containers.conf, `default_capabilities`). */
const PODMAN_DEFAULTS = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** What of the engine every container gets that does not say otherwise. */
export type EngineDefaults = Pick<EngineInfo, "engine" | "seccompProfile" | "noNewPrivileges">;

/** Its fields by the Compose specification's names; what has a wrong type is handed on as it is, and told by who reads it. */
export function serviceOf(inspected: Untyped, defaults: EngineDefaults): Untyped {
  const host = objectIn(inspected, "HostConfig");
  const config = objectIn(inspected, "Config");
  const health = objectIn(config, "Healthcheck");
  return {
    image: config.Image,
    // The image's own user is in it already: none is root.
    user: config.User === undefined || config.User === "" ? "0" : config.User,
    entrypoint: config.Entrypoint,
    command: config.Cmd,
    working_dir: config.WorkingDir,
    environment: config.Env,
    tty: config.Tty,
    stdin_open: config.OpenStdin,
    healthcheck: isAsked(health.Test) ? { test: health.Test } : undefined,
    privileged: host.Privileged,
    read_only: host.ReadonlyRootfs,
    ...capabilitiesOf(host, defaults.engine),
    security_opt: optionsOf(inspected, host, defaults),
    network_mode: named(host.NetworkMode),
    pid: named(host.PidMode),
    ipc: named(host.IpcMode),
    uts: named(host.UTSMode),
    cgroup: named(host.CgroupnsMode),
    userns_mode: named(host.UsernsMode),
    group_add: host.GroupAdd,
    device_cgroup_rules: host.DeviceCgroupRules,
    devices: devicesOf(host.Devices),
    volumes: mountsOf(inspected.Mounts),
    tmpfs: isObject(host.Tmpfs) ? Object.keys(host.Tmpfs) : host.Tmpfs,
    sysctls: host.Sysctls,
    restart: objectIn(host, "RestartPolicy").Name,
    mem_limit: positive(host.Memory),
    mem_reservation: positive(host.MemoryReservation),
    cpus: cpusOf(host),
    ports: portsOf(objectIn(inspected, "NetworkSettings").Ports),
    labels: config.Labels,
  };
}

/** `["NONE"]` takes the image's away, `[]` is none. */
function isAsked(test: unknown): boolean {
  return Array.isArray(test) && test.length > 0 && test[0] !== "NONE";
}

function objectIn(value: Untyped, name: string): Untyped {
  const found = value[name];
  return isObject(found) ? found : {};
}

function named(value: unknown): unknown {
  return value === "" ? undefined : value;
}

function positive(value: unknown): unknown {
  return typeof value === "number" && value <= 0 ? undefined : value;
}

function cpusOf({ NanoCpus: nano, CpuQuota: quota, CpuPeriod: period }: Untyped): unknown {
  if (typeof nano === "number" && nano > 0) return nano / 1e9;
  if (typeof quota !== "number" || quota <= 0) return undefined;
  return quota / (typeof period === "number" && period > 0 ? period : 100_000);
}

/**
 * Podman tells `--cap-drop ALL` as a list of all that it would have given: what it left is said the other way round, which
 * comes to the same.
 */
function capabilitiesOf(host: Untyped, engine: EngineDefaults["engine"]): Untyped {
  const { CapAdd: add, CapDrop: drop } = host;
  if (engine === "docker" || host.Privileged === true || !Array.isArray(drop) || drop.length === 0) {
    return { cap_add: add, cap_drop: drop };
  }
  const dropped = new Set(drop.map((each) => String(each).replace(/^CAP_/, "")));
  const kept = dropped.has("ALL") ? [] : PODMAN_DEFAULTS.filter((each) => !dropped.has(each));
  return { cap_add: [...kept, ...(Array.isArray(add) ? add : [])], cap_drop: ["ALL"] };
}

/** Its own, with what the engine adds where it says nothing. */
function optionsOf(
  { AppArmorProfile: appArmor }: Untyped,
  { SecurityOpt: stated, Privileged: privileged }: Untyped,
  { seccompProfile, noNewPrivileges }: EngineDefaults,
): unknown {
  if (stated !== undefined && stated !== null && !Array.isArray(stated)) return stated;
  const options: unknown[] = stated ?? [];
  const says = (name: string) => options.some((option) => String(option).startsWith(name));
  const more: string[] = [];
  const isOwn = seccompProfile === "default" || seccompProfile === "builtin";
  if (!says("seccomp") && isOwn && privileged !== true) more.push("seccomp=builtin");
  if (!says("apparmor") && typeof appArmor === "string" && appArmor !== "") more.push(`apparmor=${appArmor}`);
  if (!says("no-new-privileges") && noNewPrivileges) more.push("no-new-privileges");
  return [...options, ...more];
}

function devicesOf(devices: unknown): unknown {
  if (!Array.isArray(devices)) return devices;
  return devices.map((device) =>
    isObject(device)
      ? { source: device.PathOnHost, target: device.PathInContainer, permissions: device.CgroupPermissions }
      : device,
  );
}

/** A volume is told with its name, a place of the host with its path. */
function mountsOf(mounts: unknown): unknown {
  if (!Array.isArray(mounts)) return mounts;
  return mounts.map((mount) =>
    isObject(mount)
      ? {
          type: mount.Type,
          source: mount.Type === "volume" ? mount.Name : mount.Source,
          target: mount.Destination,
          read_only: mount.RW === false ? true : undefined,
        }
      : mount,
  );
}

/** `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}`: what is published now, whichever way it was asked for. */
function portsOf(ports: unknown): unknown {
  if (!isObject(ports)) return ports;
  return Object.entries(ports).flatMap(([name, bindings]) => {
    const [target, protocol] = name.split("/");
    if (!Array.isArray(bindings)) return [];
    return bindings.map((binding) =>
      isObject(binding) ? { target, protocol, published: binding.HostPort, host_ip: named(binding.HostIp) } : binding,
    );
  });
}
