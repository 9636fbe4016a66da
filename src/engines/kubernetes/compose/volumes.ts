/** What a service mounts, as the volumes of a pod: what is of the host is a hostPath. */
import { isObject } from "../../../core/untyped.ts";
import { type FieldPath, formatFieldPath } from "../field-path.ts";
import type { Volume, VolumeMount } from "../pod-model.ts";
import { type Fields, stated } from "../read/fields.ts";
import type { ComposeFacts } from "./facts.ts";

/** Named volumes that the engine makes of places of the host: name → those places. */
export type HostVolumes = ReadonlyMap<string, readonly string[]>;

/** What a volume of the local driver may be without being of the host (Linux, mount(8)). */
const REMOTE = /^(?:nfs4?|cifs|smb3?|tmpfs|ceph|glusterfs|9p)$/;

/**
 * Volumes whose driver mounts a place of the host: `driver_opts` of the local driver are what mount(8) is given.
 *
 * @param tell - of what such options come to that is not known
 */
export function hostVolumesOf(volumes: unknown, tell: (name: string) => void): HostVolumes {
  const found = new Map<string, readonly string[]>();
  for (const [name, option] of localVolumes(volumes)) {
    const [type, device, options] = [option("type"), option("device"), option("o")];
    if (REMOTE.test(type)) continue;
    const layers = options.split(",").flatMap((each) => {
      const [, places] = /^(?:lowerdir|upperdir|workdir)=(.*)$/.exec(each) ?? [];
      return places === undefined ? [] : places.split(":");
    });
    const places = [...(/^[./~$]/.test(device) ? [device] : []), ...layers];
    if (places.length > 0) found.set(name, places);
    else if (type !== "" || device !== "" || options !== "") tell(name);
  }
  return found;
}

/** Named volumes of the local driver → their `device`, whatever it is. */
export function devicesOfVolumes(volumes: unknown): ReadonlyMap<string, string> {
  return new Map(
    localVolumes(volumes).flatMap(([name, option]) => (option("device") === "" ? [] : [[name, option("device")]])),
  );
}

type Option = (key: string) => string;

function localVolumes(volumes: unknown): (readonly [string, Option])[] {
  if (!isObject(volumes)) return [];
  return Object.entries(volumes).flatMap(([name, volume]) => {
    if (!isObject(volume) || !isObject(volume.driver_opts)) return [];
    if (typeof volume.driver === "string" && volume.driver !== "local" && volume.driver !== "") return [];
    const options = volume.driver_opts;
    const option = (key: string): string => {
      const value = Object.hasOwn(options, key) ? options[key] : undefined;
      return typeof value === "string" || typeof value === "number" ? String(value) : "";
    };
    return [[name, option] as const];
  });
}

export function volumesOf(
  { mounts, devices, files, useApiSocket }: Pick<ComposeFacts, "mounts" | "devices" | "files" | "useApiSocket">,
  fields: Fields,
  places: Map<string, FieldPath>,
  hostVolumes: HostVolumes,
): { readonly volumes: Volume[]; readonly volumeMounts: VolumeMount[] } {
  const volumes: Volume[] = [];
  const volumeMounts: VolumeMount[] = [];
  const names = new Set<string>();
  const add = (
    own: FieldPath,
    target: string,
    readOnly: boolean | undefined,
    volume: Omit<Volume, "name">,
    place: FieldPath = [...fields.path(), ...own],
  ) => {
    const index = volumes.length;
    const plain = `${own[0]}-${own[1] ?? 0}`;
    // A named volume may be several places.
    const name = names.has(plain) ? `${plain}-${index}` : plain;
    names.add(plain);
    places.set(formatFieldPath(["spec", "volumes", index]), place);
    places.set(formatFieldPath(["spec", "containers", 0, "volumeMounts", index]), place);
    volumes.push({ name, ...volume });
    volumeMounts.push(stated({ name, mountPath: target, readOnly }));
  };
  for (const { type, source, target, readOnly, index, place } of mounts) {
    const own = ["volumes", index];
    const hosts = type === "volume" ? hostVolumes.get(source) : undefined;
    for (const path of hosts ?? []) add(own, target, readOnly, hostPath(path), place);
    if (hosts === undefined) add(own, target, readOnly, volumeOf(type, source), place);
  }
  const tmpfs = fields.isList("tmpfs") ? fields.strings("tmpfs") : [fields.string("tmpfs") ?? ""];
  tmpfs.forEach((target, index) => {
    const own = fields.isList("tmpfs") ? ["tmpfs", index] : ["tmpfs"];
    if (target !== "") add(own, target.split(":")[0] ?? "", undefined, volumeOf("tmpfs", ""));
  });
  for (const { kind, name, file, target, index } of files) {
    const path = target.startsWith("/") ? target : `/run/secrets/${target}`;
    const outside = file !== undefined && isOfHost(file);
    add([kind, index], path, true, outside ? hostPath(file) : volumeOf(kind, name));
  }
  for (const { source, target, permissions, index } of devices) {
    add(
      ["devices", index],
      target,
      permissions.includes("w") || permissions === "" ? undefined : true,
      hostPath(source),
    );
  }
  if (useApiSocket === true) {
    const socket = "/var/run/docker.sock";
    add(["use_api_socket"], socket, undefined, hostPath(socket));
  }
  return { volumes, volumeMounts };
}

/** What lies beside the Compose file is the project's own. */
export function isOfHost(path: string): boolean {
  return /^(?:[/~$]|(?:\.\/+)*\.\.(?:\/|$))/.test(path);
}

function hostPath(path: string): Omit<Volume, "name"> {
  return { types: ["hostPath"], hostPath: { path: climbed(path) } };
}

/** So many steps up end at the root wherever the Compose file lies. */
function climbed(path: string): string {
  return path.replace(/^(?:\.\/+)*(?:\.\.\/+(?:\.\/+)*){4,}/, "/");
}

function volumeOf(type: string, source: string): Omit<Volume, "name"> {
  switch (type) {
    case "bind":
    case "npipe":
      return hostPath(source);
    case "tmpfs":
      return { types: ["emptyDir"], emptyDir: { medium: "Memory" } };
    case "secrets":
      return { types: ["secret"], secret: { name: source, items: [] } };
    case "configs":
      return { types: ["configMap"], configMap: { name: source, items: [] } };
    case "image":
      return { types: ["image"], image: { reference: source } };
    default:
      return { types: ["persistentVolumeClaim"], persistentVolumeClaim: { claimName: source } };
  }
}
