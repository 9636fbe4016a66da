/** Pod specs from a seed: mostly what the restricted level takes, with what each control forbids here and there. */
import type { Random } from "../../differential/random.ts";
import type { Json } from "./json.ts";

/** A key that is left out of three times in four, else one of the values. */
function some(random: Random, key: string, values: readonly unknown[], times = 4): Json {
  return random.once(times) ? { [key]: random.pick(values) } : {};
}

const CAPABILITIES = ["NET_BIND_SERVICE", "CHOWN", "SYS_ADMIN", "NET_ADMIN", "net_bind_service", "CAP_CHOWN", "ALL"];
const SYSCTLS = ["net.ipv4.tcp_syncookies", "net.ipv4.tcp_rmem", "kernel.msgmax", "kernel.shm_rmid_forced"];
const PROFILES = [
  { type: "RuntimeDefault" },
  { type: "Localhost", localhostProfile: "a.json" },
  { type: "Unconfined" },
];
const SELINUX = [
  { type: "container_t" },
  { type: "container_engine_t" },
  { type: "spc_t" },
  { user: "system_u" },
  { role: "object_r", level: "s0" },
  { level: "s0:c1,c2" },
];
const VOLUMES: readonly Json[] = [
  { emptyDir: {} },
  { configMap: { name: "settings" } },
  { secret: { secretName: "keys" } },
  { projected: { sources: [] } },
  { downwardAPI: { items: [] } },
  { persistentVolumeClaim: { claimName: "data" } },
  { csi: { driver: "csi.example.com" } },
  { hostPath: { path: "/var/run" } },
  { hostPath: { path: "/" } },
  { nfs: { server: "192.0.2.1", path: "/" } },
  { iscsi: { targetPortal: "192.0.2.1", iqn: "iqn.2001-04.com.example:a", lun: 0 } },
];

export interface PodOptions {
  readonly images: readonly string[];
  /** One in so many fields is drawn from what may be forbidden. Default 12. */
  readonly rarity?: number;
}

export function randomPodSpec(random: Random, { images, rarity = 12 }: PodOptions): Json {
  const containers = list(random, 1, 3).map((index) => randomContainer(random, `c${index}`, images, rarity));
  const init = list(random, 0, 1).map((index) => randomContainer(random, `i${index}`, images, rarity));
  const volumes = list(random, 0, 2).map((index) => randomVolume(random, `v${index}`, images, rarity));
  const context = {
    ...(random.once(rarity) ? some(random, "runAsNonRoot", [false, true], 1) : { runAsNonRoot: true }),
    ...(random.once(rarity)
      ? some(random, "seccompProfile", PROFILES, 2)
      : { seccompProfile: { type: "RuntimeDefault" } }),
    ...some(random, "runAsUser", [0, 1000], rarity),
    ...some(random, "seLinuxOptions", SELINUX, rarity),
    ...some(random, "appArmorProfile", PROFILES, rarity),
    ...(random.once(rarity) ? { sysctls: [{ name: random.pick(SYSCTLS), value: "1" }] } : {}),
  };
  return {
    ...some(random, "hostNetwork", [true, false], rarity),
    ...some(random, "hostPID", [true, false], rarity),
    ...some(random, "hostIPC", [true, false], rarity),
    ...some(random, "hostUsers", [true, false], rarity),
    ...some(random, "os", [{ name: "windows" }, { name: "linux" }], rarity),
    securityContext: context,
    ...(init.length === 0 ? {} : { initContainers: init }),
    containers,
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

function list(random: Random, least: number, most: number): number[] {
  return Array.from({ length: least + random.below(most - least + 1) }, (_, index) => index);
}

export function randomContainer(random: Random, name: string, images: readonly string[], rarity: number): Json {
  const capabilities = random.once(rarity)
    ? {
        drop: random.pick([[], ["ALL"], ["NET_RAW"], ["all"]]),
        add: list(random, 0, 2).map(() => random.pick(CAPABILITIES)),
      }
    : { drop: ["ALL"] };
  const context = {
    ...(random.once(rarity)
      ? some(random, "allowPrivilegeEscalation", [true, false], 2)
      : { allowPrivilegeEscalation: false }),
    capabilities,
    ...some(random, "privileged", [true, false], rarity),
    ...some(random, "runAsNonRoot", [true, false], rarity),
    ...some(random, "runAsUser", [0, 1000], rarity),
    ...some(random, "procMount", ["Default", "Unmasked"], rarity * 2),
    ...some(random, "seccompProfile", PROFILES, rarity),
    ...some(random, "seLinuxOptions", SELINUX, rarity),
    ...some(random, "appArmorProfile", PROFILES, rarity),
    ...some(random, "windowsOptions", [{ hostProcess: true }, { hostProcess: false }], rarity * 2),
  };
  return {
    name,
    image: random.pick(images),
    securityContext: context,
    ...(random.once(rarity) ? { ports: [{ containerPort: 8080, ...some(random, "hostPort", [0, 80, 8080], 1) }] } : {}),
    ...(random.once(rarity)
      ? { livenessProbe: { httpGet: { port: 8080, ...some(random, "host", ["", "example.com"], 1) } } }
      : {}),
    ...(random.once(rarity)
      ? { lifecycle: { preStop: { tcpSocket: { port: 1, ...some(random, "host", ["", "127.0.0.1"], 1) } } } }
      : {}),
  };
}

function randomVolume(random: Random, name: string, images: readonly string[], rarity: number): Json {
  if (random.once(6)) return { name, image: { reference: random.pick(images), pullPolicy: "IfNotPresent" } };
  // The harmless ones come first.
  return { name, ...random.pick(random.once(rarity >> 1) ? VOLUMES : VOLUMES.slice(0, 7)) };
}
