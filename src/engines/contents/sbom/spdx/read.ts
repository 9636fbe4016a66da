/** SPDX 2.1 to 2.3 in JSON, as any tool writes it; tag-value documents are brought into the same shape before. */
import type { Untyped } from "../../../../core/untyped.ts";
import type { PackageRecord } from "../../model.ts";
import { parsePurl } from "../../purl-parse.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { ReadDocument } from "../document.ts";
import { readHashes } from "../hashes.ts";
import { type ListedComponent, type Listing, withinBound } from "../listing.ts";
import { packageTypeOf } from "../named-package.ts";
import {
  distributionFieldsOf,
  PREFIX,
  type Property,
  type PropertyBag,
  packageFieldsOf,
  propertyBag,
  subjectOf,
} from "../properties.ts";
import { statedDistribution } from "../stated-distribution.ts";
import { asList, asObject, asObjects, asText, asTexts, jsonOrNothing } from "../untyped.ts";

const DOCUMENT = "SPDXRef-DOCUMENT";

/** @param document - parsed; in the shape of the JSON format */
export function readSpdx(document: Untyped, documentName: string, diagnostics: Diagnostics): ReadDocument {
  const relations = relationsOf(document);
  const entries = withinBound(asObjects(document.packages), "packages", diagnostics);
  const packages = entries.map((item, i) => describedPackage(item, i, relations));
  const root = packages.find(({ isRoot }) => isRoot);
  const rootName = asText(root?.item.name) ?? asText(document.name);
  const own = root === undefined ? undefined : subjectOf(rootName ?? documentName, root.properties);
  for (const gap of own?.gaps ?? []) diagnostics.stated(gap);

  const declaresSupplier = own !== undefined && root?.item.supplier !== undefined;
  const components: ListedComponent[] = [];
  const distributions: Listing["distributions"][number][] = [];
  const others = new Set<string>();
  for (const described of packages) {
    const { item, place, properties, reference } = described;
    if (own !== undefined && described === root) {
      others.add(reference ?? "");
    } else if (isDistribution(item)) {
      others.add(reference ?? "");
      const name = asText(item.name);
      if (name === undefined) diagnostics.gap("sbom.component", "states no name", place);
      else distributions.push({ place, distribution: distributionOf(name, item, properties, own !== undefined) });
    } else if (isStructure(described, relations)) {
      others.add(reference ?? "");
    } else {
      components.push(listed(described, relations, own !== undefined, declaresSupplier));
    }
  }
  for (const file of asObjects(document.files)) others.add(asText(file.SPDXID) ?? "");
  return {
    format: asText(document.spdxVersion) ?? "SPDX",
    subject: own?.subject ?? { kind: "other", ...(rootName === undefined ? {} : { name: rootName }) },
    listing: {
      components,
      distributions,
      dependencies: relations.needs,
      others,
      documentName,
      ordered: own !== undefined,
    },
  };
}

interface DescribedPackage {
  readonly item: Untyped;
  readonly place: string;
  readonly reference: string | undefined;
  readonly purl: string | undefined;
  readonly properties: PropertyBag;
  /** The document is about it. */
  readonly isRoot: boolean;
}

function describedPackage(item: Untyped, index: number, relations: Relations): DescribedPackage {
  const reference = asText(item.SPDXID);
  const name = [asText(item.name), asText(item.versionInfo)].filter(Boolean).join(" ").slice(0, 80);
  return {
    item,
    place: `packages[${index}]${name === "" ? "" : ` (${name})`}`,
    reference,
    purl: asObjects(item.externalRefs).flatMap((reference) =>
      reference.referenceType === "purl" ? (asText(reference.referenceLocator) ?? []) : [],
    )[0],
    properties: propertyBag(propertiesOf(item)),
    isRoot: reference !== undefined && relations.described.has(reference),
  };
}

/** Ours are one annotation with a JSON object; Trivy's are annotations of the form `name: value`. */
function* propertiesOf(item: Untyped): Generator<Property> {
  for (const annotation of asObjects(item.annotations)) {
    const comment = asText(annotation.comment);
    if (comment === undefined) continue;
    if (comment.startsWith(`{"${PREFIX}`)) {
      for (const [name, value] of Object.entries(asObject(jsonOrNothing(comment)) ?? {})) {
        for (const one of typeof value === "string" ? [value] : asTexts(value)) yield [name, one];
      }
      continue;
    }
    const colon = comment.indexOf(": ");
    if (colon > 0) yield [comment.slice(0, colon), comment.slice(colon + 2)];
  }
}

interface Relations {
  readonly described: ReadonlySet<string>;
  /** Element → those that it needs. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly usages: ReadonlyMap<string, NonNullable<PackageRecord["usage"]>>;
  /** Elements that hold or need others. */
  readonly holders: ReadonlySet<string>;
}

const USAGES: Readonly<Record<string, NonNullable<PackageRecord["usage"]>>> = {
  RUNTIME_DEPENDENCY_OF: "runtime",
  DEV_DEPENDENCY_OF: "development",
  TEST_DEPENDENCY_OF: "development",
  BUILD_DEPENDENCY_OF: "development",
  OPTIONAL_DEPENDENCY_OF: "optional",
};

function relationsOf(document: Untyped): Relations {
  const described = new Set(asTexts(document.documentDescribes));
  const needs = new Map<string, string[]>();
  const usages = new Map<string, NonNullable<PackageRecord["usage"]>>();
  const holders = new Set<string>();
  const need = (from: string, to: string) => {
    const before = needs.get(from);
    const known = before ?? [];
    if (before === undefined) needs.set(from, known);
    if (to !== "NONE" && to !== "NOASSERTION") known.push(to);
  };
  for (const relationship of asObjects(document.relationships)) {
    const from = asText(relationship.spdxElementId);
    const to = asText(relationship.relatedSpdxElement);
    const type = asText(relationship.relationshipType) ?? "";
    if (from === undefined || to === undefined) continue;
    const usage = USAGES[type];
    if (usage !== undefined) {
      usages.set(from, usage);
      need(to, from);
    } else if (type === "DESCRIBES" && from === DOCUMENT) described.add(to);
    else if (type === "DESCRIBED_BY" && to === DOCUMENT) described.add(from);
    else if (type === "DEPENDS_ON") need(from, to);
    else if (type === "DEPENDENCY_OF") need(to, from);
    if (type === "CONTAINS" || type === "DEPENDS_ON") holders.add(from);
    if (type === "CONTAINED_BY" || type === "DEPENDENCY_OF") holders.add(to);
  }
  return { described, needs, usages, holders };
}

/** Clause 7.24; Trivy's older documents say it in the id alone. */
function isDistribution(item: Untyped): boolean {
  const purpose = asText(item.primaryPackagePurpose)?.replace("-", "_");
  return purpose === "OPERATING_SYSTEM" || (asText(item.SPDXID) ?? "").startsWith("SPDXRef-OperatingSystem-");
}

const STRUCTURE: ReadonlySet<string> = new Set(["CONTAINER", "DEVICE", "FILE", "FIRMWARE"]);

/** What the document is about, what holds the packages, and what is no package. */
function isStructure({ item, isRoot, reference, purl }: DescribedPackage, relations: Relations): boolean {
  if (purl !== undefined) {
    if (!isRoot) return false;
    const parsed = parsePurl(purl);
    return !("fault" in parsed) && packageTypeOf(parsed) === undefined;
  }
  if (STRUCTURE.has(asText(item.primaryPackagePurpose) ?? "")) return true;
  const holds = reference !== undefined && relations.holders.has(reference);
  if (asText(item.versionInfo) === undefined) return holds || isTrivyStructure(reference);
  return isRoot && holds;
}

function isTrivyStructure(reference: string | undefined): boolean {
  return /^SPDXRef-(?:Application|ContainerImage|Filesystem|Repository)-/.test(reference ?? "");
}

function distributionOf(name: string, item: Untyped, properties: PropertyBag, own: boolean) {
  const versionId = asText(item.versionInfo);
  if (!own) return statedDistribution(name, versionId);
  const prettyName = asText(item.description);
  return {
    id: name,
    ...(versionId === undefined ? {} : { versionId }),
    ...(prettyName === undefined ? {} : { prettyName }),
    ...distributionFieldsOf(properties),
  };
}

function listed(
  described: DescribedPackage,
  relations: Relations,
  own: boolean,
  declaresSupplier: boolean,
): ListedComponent {
  const { item, place, reference, purl, properties } = described;
  const name = asText(item.name);
  const version = asText(item.versionInfo);
  // Ours have what was declared as a property, but for those that say nothing of the supplier of their root.
  const supplier = declaresSupplier ? undefined : (supplierOf(item.supplier) ?? supplierOf(item.originator));
  const hashes = readHashes(
    asObjects(item.checksums).map(({ algorithm, checksumValue }) => [asText(algorithm), asText(checksumValue)]),
    properties.all("hash"),
  );
  const usage = reference === undefined ? undefined : relations.usages.get(reference);
  const path = properties.one("path");
  return {
    place,
    licenses: own && properties.all("license").length > 0 ? properties.all("license") : licensesOf(item),
    paths: own ? (path === undefined ? [] : [`/${path}`]) : pathsOf(item, properties),
    ...(reference === undefined ? {} : { reference }),
    ...(purl === undefined ? {} : { purl }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(supplier === undefined ? {} : { supplier }),
    ...(hashes === undefined ? {} : { hashes }),
    ...(usage === undefined ? {} : { usage }),
    ...(own ? { own: packageFieldsOf(properties) } : builtFrom(item)),
  };
}

/** `Organization: name`, `Person: name (address)` (clauses 7.5 and 7.6). */
function supplierOf(value: unknown): string | undefined {
  const text = asText(value);
  if (text === undefined || text === "NOASSERTION") return undefined;
  return asText(text.replace(/^(?:Organization|Person): ?/, ""));
}

function licensesOf(item: Untyped): string[] {
  for (const field of ["licenseDeclared", "licenseConcluded"]) {
    const text = asText(item[field]);
    if (text !== undefined && text !== "NOASSERTION" && text !== "NONE") return [text];
  }
  return [];
}

/** Syft: `acquired package info from APK DB: /lib/apk/db/installed, /…`. */
function pathsOf(item: Untyped, properties: PropertyBag): string[] {
  const file = properties.foreign("FilePath");
  const info = asText(item.sourceInfo) ?? "";
  const start = info.indexOf(": /");
  return [
    ...(file === undefined ? [] : [file]),
    ...(start < 0 || !info.startsWith("acquired package info") ? [] : info.slice(start + 2).split(", ")),
  ];
}

/** Trivy: `built package from: musl 1.2.3-r0`. */
function builtFrom(item: Untyped): Pick<ListedComponent, "source"> {
  const prefix = "built package from: ";
  const info = asText(item.sourceInfo) ?? "";
  if (!info.startsWith(prefix)) return {};
  const [name, version] = info.slice(prefix.length).split(" ");
  return name ? { source: { name, ...(version ? { version } : {}) } } : {};
}

/** Whether a value has the outer shape of an SPDX 2 document. */
export function isSpdx(document: Untyped): boolean {
  return (
    asText(document.spdxVersion)?.startsWith("SPDX-2") === true ||
    (document.SPDXID === DOCUMENT && asList(document.packages).length > 0)
  );
}
