/** Workloads and Compose services that run a registry server, and where each has its configuration from. */
import { posix } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { splitImageName } from "../../core/image-name.ts";
import type { Location } from "../../core/location.ts";
import {
  type ConfigMap,
  containersOf,
  type KubernetesObject,
  locationOf,
  type Manifests,
  type PlacedContainer,
  type Workload,
} from "../../engines/kubernetes/model.ts";
import type { RegistryProduct, RegistrySetting } from "../../engines/oci/model.ts";
import { defaultDistribution, withEnvironment } from "../../engines/oci/server/distribution.ts";
import { configurationPaths, productOfImage } from "../../engines/oci/server/read.ts";
import { defaultZot } from "../../engines/oci/server/zot.ts";

export interface RunServer {
  readonly object: KubernetesObject;
  /** Of the image that runs it. */
  readonly location: Location;
  readonly configuration:
    | { readonly kind: "settings"; readonly settings: readonly RegistrySetting[] }
    | { readonly kind: "text"; readonly name: string; readonly text: string; readonly location: Location }
    /** Relative to the scanned directory. */
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "unread"; readonly what: string };
  readonly gaps: readonly Gap[];
  /** With what its variables say. */
  changed(settings: readonly RegistrySetting[]): readonly RegistrySetting[];
}

export function runServers(manifests: Manifests): RunServer[] {
  return manifests.workloads.flatMap((workload) =>
    containersOf(workload.pod).flatMap((placed) => {
      const { registry, repository } = splitImageName(placed.container.image ?? "");
      const product = productOfImage(registry === undefined ? repository : `${registry}/${repository}`);
      return product === undefined ? [] : [serverIn(workload, placed, product, manifests)];
    }),
  );
}

function serverIn(
  workload: Workload,
  placed: PlacedContainer,
  product: RegistryProduct,
  manifests: Manifests,
): RunServer {
  const { object, podPath } = workload;
  const { container, path } = placed;
  const location = locationOf(object, [...podPath, ...path, "image"]);
  const { variables, gaps } = variablesOf(workload, placed, manifests);
  const isDistribution = product === "distribution";
  const stated = isDistribution
    ? (variables.find(({ name }) => name === "REGISTRY_CONFIGURATION_PATH")?.value ?? argumentOf(container.args))
    : argumentOf([...container.command, ...container.args]);
  const paths = stated === undefined ? configurationPaths[product] : [stated];
  const mounted = paths.map((each) => mountedAt(each, workload, placed, manifests)).find((each) => each !== undefined);
  const defaults = isDistribution ? defaultDistribution(location) : defaultZot(location);
  return {
    object,
    location,
    configuration:
      mounted ??
      (stated === undefined || isUsual(product, stated)
        ? { kind: "settings", settings: defaults }
        : { kind: "unread", what: stated }),
    gaps,
    changed: (settings) => (isDistribution ? withEnvironment(settings, variables) : settings),
  };
}

function isUsual(product: RegistryProduct, path: string): boolean {
  return configurationPaths[product].includes(path);
}

/** The last that is the path of a configuration: `serve /etc/distribution/config.yml`. */
function argumentOf(args: readonly string[]): string | undefined {
  return args.findLast((each) => /^\/.*\.(?:ya?ml|json)$/.test(each));
}

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly location: Location;
}

/** What stands for a value that is kept elsewhere: that there is one is all that counts. */
const ELSEWHERE = "(stated elsewhere)";

function variablesOf(
  { object, podPath }: Workload,
  { container, path }: PlacedContainer,
  manifests: Manifests,
): { readonly variables: readonly Variable[]; readonly gaps: readonly Gap[] } {
  const own = container.env.map(({ name, value }, index) => ({
    name,
    value: value ?? ELSEWHERE,
    location: locationOf(object, [...podPath, ...path, "env", index]),
  }));
  const gaps: Gap[] = [];
  const lists = container.envFrom.flatMap(({ prefix = "", configMapRef, secretRef }): Variable[] => {
    const map = configMapRef === undefined ? undefined : configMapOf(manifests, object, configMapRef);
    if (map === undefined) {
      gaps.push({
        code: "registry.configuration",
        reason: `variables of ${secretRef === undefined ? `ConfigMap ${configMapRef ?? ""}` : `Secret ${secretRef}`} were not read`,
      });
      return [];
    }
    return Object.entries(map.data).map(([name, value]) => ({
      name: prefix + name,
      value,
      location: locationOf(map.object, ["data", name]),
    }));
  });
  return { variables: [...lists, ...own], gaps };
}

function configMapOf(manifests: Manifests, { namespace = "default" }: KubernetesObject, name: string) {
  return manifests.configMaps.find(
    ({ object }): boolean => object.name === name && (object.namespace ?? "default") === namespace,
  );
}

/** Undefined where nothing is mounted there: the image's own file counts. */
function mountedAt(
  path: string,
  workload: Workload,
  { container }: PlacedContainer,
  manifests: Manifests,
): RunServer["configuration"] | undefined {
  if (workload.origin === "compose") return composeMount(path, workload);
  const mount = container.volumeMounts
    .filter(({ mountPath }) => covers(mountPath, path))
    .toSorted((a, b) => (b.mountPath?.length ?? 0) - (a.mountPath?.length ?? 0))[0];
  if (mount === undefined) return undefined;
  const unread = { kind: "unread", what: `volume ${mount.name}` } as const;
  const source = workload.pod.volumes.find(({ name }) => name === mount.name)?.configMap;
  const map = source === undefined ? undefined : configMapOf(manifests, workload.object, source.name);
  if (source === undefined || map === undefined) return unread;
  const shown = mount.subPath ?? posix.relative(mount.mountPath ?? "", path);
  const key = source.items.find((item) => item.path === shown)?.key ?? (source.items.length === 0 ? shown : undefined);
  const text = key === undefined ? undefined : textOf(map, key);
  if (key === undefined || text === undefined) return unread;
  return { kind: "text", name: `ConfigMap ${map.object.name}`, text, location: locationOf(map.object, ["data", key]) };
}

function textOf({ data }: ConfigMap, key: string): string | undefined {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}

function covers(mounted: string | undefined, path: string): boolean {
  return (
    mounted !== undefined && (mounted === path || path.startsWith(mounted.endsWith("/") ? mounted : `${mounted}/`))
  );
}

function composeMount(path: string, { object, compose }: Workload): RunServer["configuration"] | undefined {
  if (object.source.kind !== "file") return undefined;
  const folder = posix.dirname(object.source.text.path);
  const file = compose?.files.find(({ target }) => target === path);
  if (file !== undefined) {
    return file.file === undefined
      ? { kind: "unread", what: `${file.kind} ${file.name}` }
      : { kind: "file", path: posix.join(folder, file.file) };
  }
  const mount = compose?.mounts
    .filter(({ target }) => covers(target, path))
    .toSorted((a, b) => b.target.length - a.target.length)[0];
  if (mount === undefined) return undefined;
  if (mount.type !== "bind") return { kind: "unread", what: `volume ${mount.source}` };
  return { kind: "file", path: posix.join(folder, mount.source, posix.relative(mount.target, path)) };
}
