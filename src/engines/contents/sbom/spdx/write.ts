/** SPDX 2.3 in JSON (the specification's clauses 6 to 12, and its spdx-schema.json). */
import { hash } from "node:crypto";
import type { LayerReference } from "../../../../core/location.ts";
import { licensedPackages } from "../../licenses/declared.ts";
import { licenseWriter } from "../../licenses/written.ts";
import type { Distribution, Package } from "../../model.ts";
import { cpeOf, cpeOfDistribution } from "../cpe.ts";
import { ID_TO_COME } from "../document-id.ts";
import { dependencyIndexes, heldBy, packageReferences } from "../graph.ts";
import { hashesFor } from "../hashes.ts";
import { authorOf, coverageOf, generationContextOf, timestampOf, unknownElements } from "../minimum-elements.ts";
import { distributionIds, purlWithUpstream, trivyFamily } from "../other-tools.ts";
import { type Contact, distributorOf, producersOf } from "../producer.ts";
import { distributionProperties, PREFIX, type Property, packageProperties, subjectProperties } from "../properties.ts";
import type { Sbom, SbomSubject, SbomWriteOptions } from "../sbom.ts";

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

interface Relationship {
  readonly spdxElementId: string;
  readonly relationshipType: string;
  readonly relatedSpdxElement: string;
}

/** Its lists are made as they are read, once. */
export interface SpdxDocument {
  readonly documentNamespace: string;
  readonly packages: Iterable<SpdxPackage>;
  readonly relationships: Iterable<Relationship>;
  readonly hasExtractedLicensingInfos?: readonly { readonly licenseId: string; readonly extractedText: string }[];
  readonly [field: string]: unknown;
}

const DOCUMENT = "SPDXRef-DOCUMENT";
const ROOT = "SPDXRef-Root";

/** Package.usage → how it relates to the root (clause 11.1). Where nothing is said, the root contains it and no more. */
export const USAGES = {
  runtime: "RUNTIME_DEPENDENCY_OF",
  development: "DEV_DEPENDENCY_OF",
  optional: "OPTIONAL_DEPENDENCY_OF",
} as const;

/** What no statement at all is written as (clause 7): of a licence, a place to download from, a copyright. */
const NO_ASSERTION = "NOASSERTION";

/**
 * The bill of materials as a document. The same input gives the same document. SPDX demands a date: the one asked for,
 * else that of the image's config, else the epoch.
 */
export function spdxDocument(sbom: Sbom, options: SbomWriteOptions): SpdxDocument {
  const { subject, inventory } = sbom;
  const { distribution, packages } = inventory;
  const timestamp = timestampOf(options);
  const created = timestamp ?? EPOCH;
  const author = authorOf(options.author);
  const needs = dependencyIndexes(packages);
  const tool = `Tool: bulkhead-${options.toolVersion}`;
  const annotate = (properties: readonly Property[]) => annotationsOf(properties, created, tool);
  const ids = packageReferences(packages).map((reference, i) => packageId(packages[i] as Package, reference));
  const extracted = new Map<string, string>();
  const write = licenseWriter(extracted);
  const declared = licensedPackages(packages).map(({ package: item, license }) => write(item, license));
  const infos = [...extracted].sort(([a], [b]) => (a < b ? -1 : 1));

  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: DOCUMENT,
    // Before all that is not ours: the id comes into the first place that waits for it.
    documentNamespace: namespaceOf(subject),
    name: subject.lineage,
    creationInfo: {
      created,
      creators: [tool, ...(author === undefined ? [] : [entity(author)])],
      comment: [
        `Generation context: ${generationContextOf(sbom).text}.`,
        `Coverage: ${coverageOf(sbom, needs)}.`,
        ...(author === undefined ? ["Author of the data: not stated (NOASSERTION)."] : []),
        ...(timestamp === undefined ? ["Timestamp: not known."] : []),
      ].join(" "),
    },
    packages: packagesOf(sbom, annotate, (i) => ({
      ...{ id: ids[i] as string, declared: declared[i] ?? NO_ASSERTION, isGraphKnown: needs[i] !== undefined },
    })),
    ...(infos.length === 0
      ? {}
      : {
          hasExtractedLicensingInfos: infos.map(([licenseId, text]) => ({
            licenseId,
            extractedText: text,
            name: text,
          })),
        }),
    relationships: relationshipsOf(packages, ids, needs, distribution),
  };
}

/**
 * The form that clause 6.5 gives for writers without a place of their own on the web: a name and a UUID. The UUID is
 * made from the content, so that no two different documents share a name space.
 */
function namespaceOf(subject: SbomSubject): string {
  const name = subject.kind === "image" ? subject.configDigest.replace(":", "-") : "folder";
  return `https://spdx.org/spdxdocs/bulkhead-${name}-${ID_TO_COME}`;
}

/** What stands where SPDX demands a date and none is known. */
const EPOCH = "1970-01-01T00:00:00Z";

/** `Person: name (address)` (clauses 6.8, 7.5 and 7.6). */
function entity({ kind, name, email }: Contact): string {
  const who = kind === "person" ? "Person" : "Organization";
  return `${who}: ${name}${email === undefined ? "" : ` (${email})`}`;
}

type Annotate = (properties: readonly Property[]) => readonly object[] | undefined;

/** One annotation for all: a JSON object, the names in it as in CycloneDX, lists where a name comes several times. */
function annotationsOf(properties: readonly Property[], created: string, tool: string) {
  if (properties.length === 0) return undefined;
  // No name of ours is a number, whose place in an object would be another, nor one that objects have.
  const comment: Record<string, string | string[]> = {};
  for (const [name, value] of properties) {
    const known = comment[name];
    if (known === undefined) comment[name] = value;
    else if (typeof known === "string") comment[name] = [known, value];
    else known.push(value);
  }
  return [{ annotationDate: created, annotationType: "OTHER", annotator: tool, comment: JSON.stringify(comment) }];
}

function* packagesOf(
  { subject, inventory, gaps }: Sbom,
  annotate: Annotate,
  knownOf: (index: number) => KnownOfPackage,
): Generator<SpdxPackage> {
  const { distribution, packages } = inventory;
  const around = { layers: subject.kind === "image" ? subject.layers : [], annotate, distribution };
  yield rootPackage(subject, annotate(subjectProperties(subject, gaps)));
  if (distribution !== undefined) yield distributionPackage(distribution, annotate);
  for (const [i, item] of packages.entries()) yield spdxPackage(item, knownOf(i), around);
}

function rootPackage(subject: SbomSubject, annotations: readonly object[] | undefined): SpdxPackage {
  return {
    SPDXID: ROOT,
    name: subject.lineage,
    ...(subject.kind === "image" ? imageFields(subject) : {}),
    supplier: NO_ASSERTION,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    primaryPackagePurpose: subject.kind === "image" ? "CONTAINER" : "OTHER",
    annotations,
  };
}

function imageFields({ configDigest }: Extract<SbomSubject, { kind: "image" }>) {
  const [algorithm, checksumValue] = configDigest.split(":", 2);
  const checksums = algorithm === "sha256" ? { checksums: [{ algorithm: "SHA256", checksumValue }] } : {};
  return { versionInfo: configDigest, ...checksums };
}

function distributionPackage(distribution: Distribution, annotate: Annotate): SpdxPackage {
  const { versionId, prettyName } = distribution;
  const cpe = cpeOfDistribution(distribution);
  return {
    SPDXID: distributionId(distribution),
    name: trivyFamily(distribution),
    ...(versionId === undefined ? {} : { versionInfo: versionId }),
    ...(prettyName === undefined ? {} : { description: prettyName }),
    supplier: entity(distributorOf(distribution)),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    primaryPackagePurpose: "OPERATING_SYSTEM",
    ...(cpe === undefined ? {} : { externalRefs: [cpeReference(cpe)] }),
    annotations: annotate([...distributionIds(distribution), ...distributionProperties(distribution)]),
  };
}

/** Clause 7.21 and annex F: a URI is of version 2.2. */
function cpeReference(cpe: string) {
  const referenceType = cpe.startsWith("cpe:/") ? "cpe22Type" : "cpe23Type";
  return { referenceCategory: "SECURITY", referenceType, referenceLocator: cpe };
}

interface Surroundings {
  readonly layers: readonly LayerReference[];
  readonly annotate: Annotate;
  readonly distribution: Distribution | undefined;
}

interface KnownOfPackage {
  readonly id: string;
  /** Its license, or that nothing is asserted. */
  readonly declared: string;
  readonly isGraphKnown: boolean;
}

function spdxPackage(item: Package, { id, declared, isGraphKnown }: KnownOfPackage, around: Surroundings): SpdxPackage {
  const { layers, annotate, distribution } = around;
  const hashes = hashesFor("spdx", item.hashes);
  const { supplier, maintainer } = producersOf(item, distribution);
  const cpe = cpeOf(item);
  const unknown = unknownElements(item, {
    producer: supplier !== undefined || maintainer !== undefined,
    hash: hashes.named.length > 0,
    dependencies: isGraphKnown,
  });
  const checksums = hashes.named.map(({ algorithm, value }) => ({ algorithm, checksumValue: value }));
  // A field absent is undefined, which JSON leaves out: objects of one form are made several times as fast as by spreading.
  return {
    SPDXID: id,
    name: item.name,
    versionInfo: item.version === "" ? undefined : item.version,
    supplier: supplier === undefined ? NO_ASSERTION : entity(supplier),
    originator: maintainer && entity(maintainer),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    checksums: checksums.length === 0 ? undefined : checksums,
    // Trivy reads the source package there.
    sourceInfo:
      item.source === undefined
        ? `declared by /${item.path}`
        : `built package from: ${item.source.name} ${item.source.version}`,
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: declared,
    copyrightText: NO_ASSERTION,
    externalRefs: [
      { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purlWithUpstream(item) },
      ...(cpe === undefined ? [] : [cpeReference(cpe)]),
    ],
    annotations: annotate([
      [`${PREFIX}path`, item.path],
      ...packageProperties(item, layers),
      ...(item.supplier === undefined ? [] : [[`${PREFIX}supplier`, item.supplier] as const]),
      ...(unknown === "" ? [] : [[`${PREFIX}unknown`, unknown] as const]),
      ...hashes.others.map((other): Property => [`${PREFIX}hash`, other]),
      // Where the declared licence does not show what was declared, letter for letter.
      ...(item.licenses.length === 1 && declared === item.licenses[0]
        ? []
        : item.licenses.map((license): Property => [`${PREFIX}license`, license])),
    ]),
  };
}

function* relationshipsOf(
  packages: readonly Package[],
  ids: readonly string[],
  needs: readonly (readonly number[] | undefined)[],
  distribution: Distribution | undefined,
): Generator<Relationship> {
  yield related(DOCUMENT, "DESCRIBES", ROOT);
  if (distribution !== undefined) yield related(ROOT, "CONTAINS", distributionId(distribution));
  for (const id of ids) yield related(ROOT, "CONTAINS", id);
  for (const [i, { usage }] of packages.entries()) {
    if (usage !== undefined) yield related(ids[i] as string, USAGES[usage], ROOT);
  }
  const held = heldBy(packages, needs, distribution !== undefined);
  for (const index of held.root) yield related(ROOT, "DEPENDS_ON", ids[index] as string);
  if (distribution !== undefined) {
    const from = distributionId(distribution);
    yield related(ROOT, "DEPENDS_ON", from);
    for (const index of held.distribution) yield related(from, "CONTAINS", ids[index] as string);
  }
  for (const [i, needed] of needs.entries()) {
    const from = ids[i] as string;
    if (needed?.length === 0) yield related(from, "DEPENDS_ON", "NONE");
    for (const index of needed ?? []) yield related(from, "DEPENDS_ON", ids[index] as string);
  }
}

function related(from: string, relationshipType: string, to: string): Relationship {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

/** Letters, digits, dot and dash are what an id may have (clause 7.2). */
function packageId(item: Package, reference: string): string {
  const name = item.name.replace(/[^A-Za-z0-9.]+/g, "-").slice(0, 64);
  return `SPDXRef-Package-${item.type}-${name}-${shortHash(reference)}`;
}

function distributionId({ id }: Distribution): string {
  // Trivy tells a distribution by this beginning.
  return `SPDXRef-OperatingSystem-${id.replace(/[^A-Za-z0-9.]+/g, "-")}`;
}

function shortHash(text: string): string {
  return hash("sha256", text, "hex").slice(0, 16);
}
