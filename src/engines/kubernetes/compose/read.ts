/**
 * Services of a Compose file (the Compose specification, "Services") as workloads: what a service states is put where a pod
 * would state it, so that the checks of pods apply, and each such field remembers where the service has it.
 */

import type { Strings } from "../../../core/strings.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { type FieldPath, formatFieldPath } from "../field-path.ts";
import { fieldRange } from "../locate.ts";
import { COMPOSE_SERVICE } from "../object.ts";
import type { FileSource, KubernetesObject } from "../object-model.ts";
import type { Collected } from "../read/collected.ts";
import { type Fields, fieldsOf, stated } from "../read/fields.ts";
import { expandFile } from "./expanded.ts";
import { type ComposeFileBeside, type ExtendedService, extendContext, extendedService } from "./extended.ts";
import type { ComposeBuild, ComposeFacts, ComposeHook } from "./facts.ts";
import type { ComposeVariables } from "./interpolate.ts";
import { devicesOf, type FileSources, filesOf, flag, lastOf, mountsOf } from "./mounts.ts";
import { recordOf } from "./pairs.ts";
import { servicePod } from "./service.ts";
import { devicesOfVolumes, type HostVolumes, hostVolumesOf, isOfHost } from "./volumes.ts";
import { type MountingService, withMountsOf } from "./volumes-from.ts";

type Plain = Readonly<Record<string, unknown>>;

export interface ComposeDocument {
  readonly file: Plain;
  readonly source: FileSource;
  readonly path: string;
  readonly variables: ComposeVariables;
  readonly strings: Strings;
  /** Absent: no other file is read. */
  readonly beside?: ComposeFileBeside;
}

interface ReadService extends MountingService {
  readonly fields: Fields;
  readonly wrong: [FieldPath, string][];
  readonly extended: ExtendedService;
}

export function readComposeServices(
  { file: raw, source, path, variables, strings, beside }: ComposeDocument,
  collected: Collected,
): void {
  const { file, unresolved } = expandFile(raw, variables);
  const tell = (field: FieldPath, reason: string, object?: KubernetesObject) => {
    const { line, column } = fieldRange({ ...source, root: [] }, field);
    const text = `${formatFieldPath(field)}: ${reason}`;
    const of = object === undefined ? {} : { object };
    collected.gap({ code: "kubernetes.type", reason: text, path, line, column, ...of, field });
  };
  const services = isObject(file.services) ? file.services : {};
  const used: ComposeFacts[] = [];
  const unknown = Map.groupBy(unresolved, ({ field: [section, owner] }) => `${section} ${owner}`);
  const hostVolumes = hostVolumesOf(file.volumes, (name) =>
    tell(["volumes", name, "driver_opts"], "what its driver mounts is unknown"),
  );
  const volumeDevices = devicesOfVolumes(file.volumes);
  const sources = { configs: fileSources(file.configs), secrets: fileSources(file.secrets) };
  const found = new Map<string, ReadService>();
  const taking = { mounts: bounds.composeTakenMounts };
  const context = extendContext(services, variables, beside);
  for (const [name, service] of Object.entries(services)) {
    if (!isObject(service)) continue;
    const extended = extendedService(name, context);
    const wrong: [FieldPath, string][] = [];
    const note = (field: FieldPath, reason: string) => wrong.push([extended.place(field), reason]);
    const fields = fieldsOf(extended.service, note, strings, ["services", name]);
    const facts = composeFactsOf(fields, sources, volumeDevices);
    found.set(name, { fields, wrong, extended, facts, place: extended.place });
  }
  for (const name of Object.keys(services)) {
    if (collected.isFull()) return;
    const root: FieldPath = ["services", name];
    const read = found.get(name);
    if (read === undefined) {
      tell(root, "expected a map");
      continue;
    }
    const { fields, wrong, extended, facts: own, place } = read;
    const { mounts, open } = withMountsOf(name, found, taking);
    const facts = { ...own, mounts };
    used.push(facts);
    for (const { index, reason } of open) wrong.push([place([...root, "volumes_from", index]), reason]);
    const merged = new Map<string, FieldPath>();
    const pod = servicePod(name, fields, facts, hostVolumes, merged);
    for (const { field, reason } of extended.open) wrong.push([field, reason]);
    const places = new Map([...merged].map(([field, path]) => [field, place(path)]));
    const object = objectOf(name, fields, { ...source, root, fields: places });
    for (const of of [name, ...extended.parents]) {
      for (const owner of placesOf(of, facts)) {
        for (const { field, reason } of unknown.get(owner) ?? []) wrong.push([field, reason]);
      }
    }
    collected.workload({
      object,
      origin: "compose",
      templatePath: [],
      podPath: ["spec"],
      podMetadata: { labels: object.labels, annotations: object.annotations },
      pod,
      compose: facts,
    });
    const told = [
      ...new Map(wrong.map(([field, reason]) => [`${formatFieldPath(field)}: ${reason}`, { field, reason }])),
    ];
    for (const [, { field, reason }] of told.slice(0, bounds.kubernetesObjectGaps)) tell(field, reason, object);
    if (told.length > bounds.kubernetesObjectGaps) {
      tell(root, `${told.length - bounds.kubernetesObjectGaps} more fields that are not read`, object);
    }
  }
  // Compose makes one of several files: what none of these services uses may be another file's.
  for (const field of unusedOf(hostVolumes, sources, used))
    tell(field, "of the host, and used by no service of this file");
  if (file.services !== undefined && !isObject(file.services)) tell(["services"], "expected a map");
  if (file.include !== undefined) {
    const { line, column } = fieldRange({ ...source, root: [] }, ["include"]);
    const reason = "included files are not read";
    collected.gap({ code: "kubernetes.compose-include", reason, path, line, column });
  }
}

/** Volumes, configs and secrets that are places of the host, and that no service mounts. */
function unusedOf(volumes: HostVolumes, sources: FileSources, services: readonly ComposeFacts[]): FieldPath[] {
  const mounted = new Set(services.flatMap(({ mounts }) => mounts.map(({ source }) => source)));
  const shown = new Set(services.flatMap(({ files }) => files.map(({ kind, name }) => `${kind} ${name}`)));
  return [
    ...[...volumes.keys()].filter((name) => !mounted.has(name)).map((name) => ["volumes", name]),
    ...(["configs", "secrets"] as const).flatMap((kind) =>
      [...sources[kind]]
        .filter(([name, path]) => isOfHost(path) && !shown.has(`${kind} ${name}`))
        .map(([name]) => [kind, name]),
    ),
  ];
}

/** What makes the service another: itself, and the volumes, configs and secrets that it uses. */
function placesOf(name: string, { mounts, files }: ComposeFacts): ReadonlySet<string> {
  return new Set([
    `services ${name}`,
    ...mounts.filter(({ type }) => type === "volume").map(({ source }) => `volumes ${source}`),
    ...files.map((file) => `${file.kind} ${file.name}`),
  ]);
}

function fileSources(section: unknown): ReadonlyMap<string, string> {
  const entries = isObject(section) ? Object.entries(section) : [];
  return new Map(
    entries.flatMap(([name, value]) => (isObject(value) && typeof value.file === "string" ? [[name, value.file]] : [])),
  );
}

/** What a service states that a pod has no field for. */
export function composeFactsOf(
  fields: Fields,
  sources: FileSources,
  devices: ReadonlyMap<string, string>,
): ComposeFacts {
  const user = fields.integerOrString("user");
  const groups = fields.has("group_add") ? fields.either("group_add") : [];
  return stated({
    user: user === undefined ? undefined : String(user),
    networkMode: fields.string("network_mode"),
    pid: fields.string("pid"),
    ipc: fields.string("ipc"),
    uts: fields.string("uts"),
    cgroup: fields.string("cgroup"),
    usernsMode: fields.string("userns_mode"),
    capAdd: capabilities(fields, "cap_add"),
    capDrop: capabilities(fields, "cap_drop"),
    securityOptions: fields.strings("security_opt"),
    deviceCgroupRules: fields.strings("device_cgroup_rules"),
    groups: groups.filter((group) => typeof group === "string"),
    volumesFrom: fields.strings("volumes_from"),
    useApiSocket: flag(fields, "use_api_socket"),
    hooks: [...hooksOf(fields, "post_start"), ...hooksOf(fields, "pre_stop")],
    isBuilt: fields.keys.includes("build") || undefined,
    build: buildOf(fields),
    mounts: mountsOf(fields).map((mount) => {
      const device = mount.type === "volume" ? devices.get(mount.source) : undefined;
      return device === undefined ? mount : { ...mount, device };
    }),
    devices: devicesOf(fields),
    files: filesOf(fields, sources),
  });
}

/** What is the same up to an equals sign is there once. */
function capabilities(fields: Fields, name: string): readonly string[] {
  return lastOf(fields.strings(name), (capability) => capability.split("=", 1)[0] ?? "");
}

function hooksOf(fields: Fields, on: ComposeHook["on"]): ComposeHook[] {
  return fields
    .list(on)
    .map((hook, index) => stated({ on, index, user: hook.string("user"), privileged: flag(hook, "privileged") }));
}

function buildOf(fields: Fields): ComposeBuild | undefined {
  if (!fields.has("build") || fields.isText("build")) return undefined;
  const build = fields.fields("build");
  if (build === undefined) return undefined;
  return stated({
    privileged: flag(build, "privileged"),
    network: build.string("network"),
    entitlements: build.strings("entitlements"),
  });
}

function objectOf(name: string, fields: Fields, source: FileSource): KubernetesObject {
  return {
    apiVersion: "compose",
    group: "",
    version: "compose",
    kind: COMPOSE_SERVICE,
    name,
    labels: mapOrList(fields, "labels"),
    annotations: mapOrList(fields, "annotations"),
    ownerReferences: [],
    source,
  };
}

function mapOrList(fields: Fields, name: string): Record<string, string> {
  if (!fields.isList(name)) return { ...fields.texts(name) };
  return recordOf(fields.strings(name));
}
