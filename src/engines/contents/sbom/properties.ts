/**
 * What of our facts has no field of its own in CycloneDX and SPDX: name and value, in CycloneDX as properties of a
 * component, in SPDX as one annotation of a package whose comment is a JSON object. docs/sbom.md lists them.
 */
import { type Digest, parseDigest } from "../../../core/digest.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { LayerReference } from "../../../core/location.ts";
import { baseOfJson } from "../base/json.ts";
import type { Distribution, Package } from "../model.ts";
import type { SbomSubject } from "./sbom.ts";
import { asObject, asText, jsonOrNothing } from "./untyped.ts";

export type Property = readonly [name: string, value: string];

/** Our own, so that no other tool's are taken for them. */
export const PREFIX = "bulkhead:";

/** What of a package only properties hold. `usage`, the graph, hashes, licences and the path have their own places. */
export function packageProperties(item: Package, layers: readonly LayerReference[]): Property[] {
  const properties: Property[] = [];
  const add = (name: string, value: string | number | boolean | undefined) => {
    if (value !== undefined) properties.push([PREFIX + name, String(value)]);
  };
  add("layer:index", item.layer);
  if (item.layer !== undefined) add("layer:diffId", layers[item.layer]?.diffId);
  add("removedIn", item.removedIn);
  add("architecture", item.architecture);
  add("source:name", item.source?.name);
  add("source:version", item.source?.version);
  add("module", item.module);
  add("direct", item.direct);
  add("reference", item.reference);
  add("needs", item.needs);
  add("license:recognized", item.licensesRecognized);
  add("ownedBy", item.ownedBy);
  for (const path of item.owns ?? []) add("owns", path);
  // A list that is there and empty says that the package owns nothing.
  if (item.owns?.length === 0) add("owns:none", true);
  return properties;
}

/** The same read back. Values that are none are as good as absent. */
export function packageFieldsOf(properties: PropertyBag): Partial<Package> {
  const layer = indexOf(properties.one("layer:index"));
  const removedIn = indexOf(properties.one("removedIn"));
  const architecture = properties.one("architecture");
  const name = properties.one("source:name");
  const version = properties.one("source:version");
  const module = properties.one("module");
  const direct = properties.one("direct");
  const reference = properties.one("reference");
  const needs = properties.one("needs");
  const recognized = properties.one("license:recognized");
  const supplier = properties.one("supplier");
  const ownedBy = properties.one("ownedBy");
  const owns = properties.all("owns");
  return {
    ...(layer === undefined ? {} : { layer }),
    ...(removedIn === undefined ? {} : { removedIn }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(name === undefined || version === undefined ? {} : { source: { name, version } }),
    ...(module === undefined ? {} : { module }),
    ...(direct === undefined ? {} : { direct: direct === "true" }),
    ...(reference === undefined ? {} : { reference }),
    ...(needs === undefined ? {} : { needs }),
    ...(recognized === "true" ? { licensesRecognized: true } : {}),
    ...(supplier === undefined ? {} : { supplier }),
    ...(ownedBy === undefined ? {} : { ownedBy }),
    ...(owns.length === 0 && properties.one("owns:none") === undefined ? {} : { owns }),
  };
}

export function distributionProperties(distribution: Distribution): Property[] {
  const { versionCodename, idLike, cpeName } = distribution;
  return [
    ...(versionCodename === undefined ? [] : [[`${PREFIX}distribution:versionCodename`, versionCodename] as const]),
    ...idLike.map((id): Property => [`${PREFIX}distribution:idLike`, id]),
    ...(cpeName === undefined ? [] : [[`${PREFIX}distribution:cpeName`, cpeName] as const]),
  ];
}

export function distributionFieldsOf(
  properties: PropertyBag,
): Pick<Distribution, "versionCodename" | "idLike" | "cpeName"> & { readonly id?: string } {
  const id = properties.one("distribution:id");
  const versionCodename = properties.one("distribution:versionCodename");
  const cpeName = properties.one("distribution:cpeName");
  return {
    ...(id === undefined ? {} : { id }),
    idLike: properties.all("distribution:idLike"),
    ...(versionCodename === undefined ? {} : { versionCodename }),
    ...(cpeName === undefined ? {} : { cpeName }),
  };
}

/** Of the document's root: what the document is about, and why it may not list all. */
export function subjectProperties(subject: SbomSubject, gaps: readonly Gap[]): Property[] {
  const properties: Property[] = [];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined) properties.push([PREFIX + name, String(value)]);
  };
  add("subject", subject.kind);
  if (subject.kind === "image") {
    add("image:configDigest", subject.configDigest);
    add("image:manifestDigest", subject.manifestDigest);
    add("image:indexDigest", subject.indexDigest);
    add("image:reference", subject.reference);
    add("image:platform", subject.platform);
    add("image:base", subject.base === undefined ? undefined : JSON.stringify(subject.base));
    for (const [i, layer] of subject.layers.entries()) {
      add(`layer:${i}:diffId`, layer.diffId);
      add(`layer:${i}:instruction`, layer.instruction);
      add(`layer:${i}:historyIndex`, layer.historyIndex);
    }
  }
  for (const gap of gaps) add("gap", JSON.stringify(gap));
  return properties;
}

/** The same read back; undefined where they are not there or name no image. */
export function subjectOf(
  lineage: string,
  properties: PropertyBag,
): { readonly subject: SbomSubject; readonly gaps: Gap[] } | undefined {
  const kind = properties.one("subject");
  const gaps = properties.all("gap").map(gapOf);
  if (kind === "folder") return { subject: { kind, lineage }, gaps };
  const configDigest = parseDigest(properties.one("image:configDigest"));
  if (kind !== "image" || configDigest === undefined) return undefined;
  const manifestDigest = parseDigest(properties.one("image:manifestDigest"));
  const indexDigest = parseDigest(properties.one("image:indexDigest"));
  const platform = properties.one("image:platform");
  const base = baseOfJson(jsonOrNothing(properties.one("image:base") ?? ""));
  return {
    subject: {
      kind,
      lineage,
      reference: properties.one("image:reference") ?? lineage,
      configDigest,
      ...(manifestDigest === undefined ? {} : { manifestDigest }),
      ...(indexDigest === undefined ? {} : { indexDigest }),
      ...(platform === undefined ? {} : { platform }),
      layers: layersOf(properties),
      ...(base === undefined ? {} : { base }),
    },
    gaps,
  };
}

function layersOf(properties: PropertyBag): LayerReference[] {
  const diffIds: Digest[] = [];
  for (;;) {
    const diffId = parseDigest(properties.one(`layer:${diffIds.length}:diffId`));
    if (diffId === undefined) break;
    diffIds.push(diffId);
  }
  return diffIds.map((diffId, index): LayerReference => {
    const instruction = properties.one(`layer:${index}:instruction`);
    const historyIndex = indexOf(properties.one(`layer:${index}:historyIndex`));
    return {
      index,
      of: diffIds.length,
      diffId,
      ...(instruction === undefined ? {} : { instruction }),
      ...(historyIndex === undefined ? {} : { historyIndex }),
    };
  });
}

/** A gap that cannot be read is still a gap. */
function gapOf(text: string): Gap {
  const value = asObject(jsonOrNothing(text));
  const remedy = asText(value?.remedy);
  const concerns = asText(value?.concerns);
  return {
    code: asText(value?.code) ?? "sbom.gap",
    reason: asText(value?.reason) ?? "the document states a gap that cannot be read",
    ...(remedy === undefined ? {} : { remedy }),
    ...(concerns === undefined ? {} : { concerns }),
  };
}

/** Properties by name, whosever they are. */
export interface PropertyBag {
  /** The first of ours under a name. */
  one(name: string): string | undefined;
  all(name: string): string[];
  /** The first under a whole name, of any tool. */
  foreign(name: string): string | undefined;
}

export function propertyBag(properties: Iterable<Property>): PropertyBag {
  const byName = new Map<string, string[]>();
  for (const [name, value] of properties) {
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  return {
    one: (name) => byName.get(PREFIX + name)?.[0],
    all: (name) => byName.get(PREFIX + name) ?? [],
    foreign: (name) => byName.get(name)?.[0],
  };
}

function indexOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
