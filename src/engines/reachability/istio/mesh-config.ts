/** Istio's settings for the whole mesh: MeshConfig, from where manifests or a cluster hold it. */
import { effectiveNamespace, type FieldPath, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { AddressRange } from "../addresses.ts";
import { type Configuration, configurationOf, readConfiguration } from "../mesh/configuration.ts";
import { writtenPorts, writtenRanges } from "../mesh/written-lists.ts";
import type { ControlPlane, MeshPlace } from "../mesh-model.ts";
import type { PortInterval } from "../port-set.ts";
import type { Reading } from "../reading.ts";

/** Absent fields were not stated, or several control planes state different things. */
export interface IstioConfig {
  /** Whether any configuration of the mesh was read. */
  readonly isRead: boolean;
  readonly place?: MeshPlace;
  /** `istio-system` where none was read. */
  readonly rootNamespace: string;
  /** `cluster.local` where none was read. */
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly outbound: "REGISTRY_ONLY" | "ALLOW_ANY" | "unknown";
  readonly autoMtls: boolean;
  /** Sidecars speak HBONE, which ztunnel does; undefined: not known. */
  readonly hbone: boolean | undefined;
  readonly defaultServiceExportTo: readonly string[];
  readonly defaultServiceEntryExportTo: readonly string[];
  /** What pods leave out of the mesh unless their annotations say something else. */
  readonly capture: CaptureDefaults;
  readonly sources: readonly ControlPlane[];
}

/** The installation's values `global.proxy`; undefined where the installation's were not read. */
export interface CaptureDefaults {
  readonly excludeInboundPorts: readonly PortInterval[];
  readonly excludeOutboundPorts: readonly PortInterval[];
  readonly excludeRanges: readonly AddressRange[];
  /** `*`: all. */
  readonly includeRanges: readonly AddressRange[] | "*";
}

/** https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/ */
interface MeshConfig extends MeshPlace {
  readonly rootNamespace: string | undefined;
  readonly trustDomain: string | undefined;
  readonly aliases: readonly string[];
  readonly outbound: string | undefined;
  readonly autoMtls: boolean;
  readonly hbone: boolean;
  readonly serviceExportTo: readonly string[];
  readonly serviceEntryExportTo: readonly string[];
}

export function readMeshConfig(reading: Reading): IstioConfig {
  const found = [...configMaps(reading), ...operators(reading)];
  const [first] = found;
  // Control planes of several revisions agree on what is theirs together, or nothing is known of it.
  const agreed = <T>(value: (config: MeshConfig) => T): T | undefined => {
    const values = new Map(found.map((config) => [JSON.stringify(value(config)), value(config)]));
    return values.size === 1 ? [...values.values()][0] : undefined;
  };
  const isOne =
    found.length > 0 && agreed((config) => [config.rootNamespace, config.trustDomain, config.aliases]) !== undefined;
  if (found.length > 0 && !isOne) {
    reading.gap({
      code: "mesh.configuration",
      reason: "several Istio configurations differ in their root namespace or trust domain",
      remedy: "audit one mesh at a time",
      object: (first as MeshConfig).object,
      field: (first as MeshConfig).field,
    });
  }
  const mode = agreed(({ outbound }) => outbound ?? "ALLOW_ANY");
  return {
    isRead: isOne,
    ...(first === undefined ? {} : { place: { object: first.object, field: first.field } }),
    rootNamespace: first?.rootNamespace ?? "istio-system",
    trustDomain: first?.trustDomain ?? "cluster.local",
    trustDomainAliases: first?.aliases ?? [],
    outbound: mode === "REGISTRY_ONLY" || mode === "ALLOW_ANY" ? mode : "unknown",
    autoMtls: agreed(({ autoMtls }) => autoMtls) ?? true,
    hbone: found.length === 0 ? undefined : agreed(({ hbone }) => hbone),
    defaultServiceExportTo: agreed(({ serviceExportTo }) => serviceExportTo) ?? ["*"],
    defaultServiceEntryExportTo: agreed(({ serviceEntryExportTo }) => serviceEntryExportTo) ?? ["*"],
    capture: readCapture(reading),
    sources: found.map(({ object, field }) => ({
      mesh: "istio",
      part: "configuration",
      object,
      field,
      text: "Istio's MeshConfig was read",
    })),
  };
}

/** `istio` and `istio-REVISION`, by the key that istiod mounts. */
function configMaps(reading: Reading): MeshConfig[] {
  return reading.manifests.configMaps.flatMap(({ object, data }) => {
    if (!/^istio(?:-[a-z0-9.-]+)?$/.test(object.name) || data.mesh === undefined) return [];
    const field = ["data", "mesh"];
    return checked(reading, object, field, readConfiguration(data.mesh), object.namespace);
  });
}

/** IstioOperator, and the Istio of the Sail operator: both hold MeshConfig, the one directly, the other in its values. */
function operators(reading: Reading): MeshConfig[] {
  const ofKind = (group: string, kind: string, path: readonly string[]) =>
    reading.objectsOf(group, kind).flatMap((object) => {
      const inner = path.reduce<unknown>(
        (value, step) =>
          typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined,
        rawOf(object),
      );
      const config = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
      return checked(reading, object, path, configurationOf(config as Record<string, unknown>), undefined);
    });
  return [
    ...ofKind("install.istio.io", "IstioOperator", ["spec", "meshConfig"]),
    ...ofKind("sailoperator.io", "Istio", ["spec", "values", "meshConfig"]),
  ];
}

function checked(
  reading: Reading,
  object: KubernetesObject,
  field: FieldPath,
  configuration: Configuration | undefined,
  namespace: string | undefined,
): MeshConfig[] {
  const config = configuration === undefined ? undefined : meshConfigOf(configuration.fields, object, field, namespace);
  const wrong = configuration === undefined ? "not a YAML mapping" : configuration.wrong();
  if (wrong !== undefined) {
    reading.gap({
      code: "mesh.configuration",
      reason: `Istio's MeshConfig cannot be read: ${wrong}`,
      remedy: "correct the ConfigMap",
      object,
      field,
    });
  }
  return config === undefined || wrong !== undefined ? [] : [config];
}

function meshConfigOf(
  fields: Fields,
  object: KubernetesObject,
  field: FieldPath,
  namespace: string | undefined,
): MeshConfig {
  const outbound = fields.fields("outboundTrafficPolicy");
  const metadata = fields.fields("defaultConfig")?.fields("proxyMetadata");
  return {
    object,
    field,
    // Left out, it is what the chart sets: the control plane's own namespace.
    rootNamespace: fields.string("rootNamespace") || namespace,
    trustDomain: fields.string("trustDomain"),
    aliases: fields.strings("trustDomainAliases"),
    outbound: outbound?.string("mode"),
    autoMtls: fields.boolean("enableAutoMtls") ?? true,
    hbone: metadata?.scalar("ISTIO_META_ENABLE_HBONE") === "true",
    serviceExportTo: fields.strings("defaultServiceExportTo"),
    serviceEntryExportTo: fields.strings("defaultServiceEntryExportTo"),
  };
}

const captureAll: CaptureDefaults = {
  excludeInboundPorts: [],
  excludeOutboundPorts: [],
  excludeRanges: [],
  includeRanges: "*",
};

/** The injector's ConfigMap holds the installation's values, as JSON. */
function readCapture(reading: Reading): CaptureDefaults {
  for (const { object, data } of reading.manifests.configMaps) {
    if (!/^istio-sidecar-injector(?:-[a-z0-9.-]+)?$/.test(object.name) || data.values === undefined) continue;
    const proxy = readConfiguration(data.values)?.fields.fields("global")?.fields("proxy");
    if (proxy === undefined) continue;
    const written = (name: string) => proxy.scalar(name) ?? "";
    const include = written("includeIPRanges");
    return {
      excludeInboundPorts: writtenPorts(written("excludeInboundPorts")) ?? [],
      excludeOutboundPorts: writtenPorts(written("excludeOutboundPorts")) ?? [],
      excludeRanges: writtenRanges(written("excludeIPRanges")) ?? [],
      includeRanges: include === "" || include === "*" ? "*" : (writtenRanges(include) ?? "*"),
    };
  }
  return captureAll;
}

/** The namespace of an object that is in one. */
export function namespaceOf(object: KubernetesObject): string {
  return effectiveNamespace(object) ?? "default";
}
