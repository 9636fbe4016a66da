/** CycloneDX 1.6 in JSON (ECMA-424, bom-1.6.schema.json). */
import type { LayerReference } from "../../../../core/location.ts";
import { licensedPackages } from "../../licenses/declared.ts";
import { licenseWriter, namesLicense, type WriteLicense } from "../../licenses/written.ts";
import type { Distribution, LicenseTerm, Package } from "../../model.ts";
import { cpeOf, cpeOfDistribution } from "../cpe.ts";
import { ID_TO_COME } from "../document-id.ts";
import { dependencyIndexes, heldBy, packageReferences } from "../graph.ts";
import { splitName } from "../group.ts";
import { hashesFor } from "../hashes.ts";
import { authorOf, coverageOf, generationContextOf, timestampOf, unknownElements } from "../minimum-elements.ts";
import {
  distributionIds,
  purlWithUpstream,
  trivyDistributionProperties,
  trivyFamily,
  trivyProperties,
} from "../other-tools.ts";
import { type Contact, distributorOf, producersOf } from "../producer.ts";
import { distributionProperties, PREFIX, type Property, packageProperties, subjectProperties } from "../properties.ts";
import type { Sbom, SbomSubject, SbomWriteOptions } from "../sbom.ts";

interface Component {
  readonly type: string;
  readonly "bom-ref": string;
  readonly name: string;
  readonly [field: string]: unknown;
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

/** The document as the schema has it, but for its id. Its lists are made as they are read, once. */
export interface CycloneDxDocument {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component; readonly [field: string]: unknown };
  readonly components: Iterable<Component>;
  readonly dependencies: Iterable<Dependency>;
  readonly [field: string]: unknown;
}

/**
 * The bill of materials as a document. The same input gives the same document: its date is the one asked for, else
 * that of what it is about.
 */
export function cycloneDxDocument(sbom: Sbom, options: SbomWriteOptions): CycloneDxDocument {
  const { subject, inventory, gaps } = sbom;
  const { packages } = inventory;
  const rootReference = rootReferenceOf(subject);
  const references = packageReferences(packages);
  const needs = dependencyIndexes(packages);
  const context = generationContextOf(sbom);
  const timestamp = timestampOf(options);
  const author = authorOf(options.author);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${ID_TO_COME}`,
    version: 1,
    metadata: {
      ...(timestamp === undefined ? {} : { timestamp }),
      lifecycles: [{ phase: context.phase }],
      tools: { components: [{ type: "application", name: "bulkhead", version: options.toolVersion }] },
      ...(author === undefined ? {} : authorship(author)),
      component: {
        type: subject.kind === "image" ? "container" : "platform",
        "bom-ref": rootReference,
        name: subject.lineage,
        ...(subject.kind === "image" ? imageFields(subject) : {}),
        properties: written(subjectProperties(subject, gaps)),
      },
      properties: written([
        [`${PREFIX}generationContext`, context.text],
        [`${PREFIX}coverage`, coverageOf(sbom, needs)],
        ...(author === undefined ? [[`${PREFIX}unknown`, "author"] as const] : []),
        ...(timestamp === undefined ? [[`${PREFIX}unknown`, "timestamp"] as const] : []),
      ]),
    },
    components: componentsOf(sbom, references, needs),
    dependencies: dependenciesOf(sbom, references, needs, rootReference),
    // What is not known to be missing is not claimed to be complete: no package database lists a copied binary.
    compositions: [{ aggregate: gaps.length === 0 ? "unknown" : "incomplete", assemblies: [rootReference] }],
  };
}

function* componentsOf(
  { subject, inventory }: Sbom,
  references: readonly string[],
  needs: readonly (readonly number[] | undefined)[],
): Generator<Component> {
  const { distribution, packages } = inventory;
  const layers = subject.kind === "image" ? subject.layers : [];
  if (distribution !== undefined) yield distributionComponent(distribution);
  const writeLicense = licenseWriter(new Map());
  for (const [i, { package: item, license }] of licensedPackages(packages).entries()) {
    const licenses = licensesOf(item, license, writeLicense);
    const around = { layers, distribution, isGraphKnown: needs[i] !== undefined, licenses };
    yield packageComponent(item, references[i] as string, around);
  }
}

function rootReferenceOf(subject: SbomSubject): string {
  return subject.kind === "image" ? `image:${subject.configDigest}` : `folder:${subject.lineage}`;
}

/** Of the image itself its id, the digest of its config; a package-url only where a registry has it under a digest. */
function imageFields({ configDigest }: Extract<SbomSubject, { kind: "image" }>) {
  const [algorithm, content] = configDigest.split(":", 2);
  const isSha256 = algorithm === "sha256";
  return { version: configDigest, ...(isSha256 ? { hashes: [{ alg: "SHA-256", content }] } : {}) };
}

/** Who made the document: an organization (metadata.manufacturer), and in any case its author. */
function authorship(author: Contact) {
  const authors = [contactFields(author)];
  return author.kind === "organization" ? { authors, manufacturer: organization(author) } : { authors };
}

function contactFields({ name, email }: Contact) {
  return { name, ...(email === undefined ? {} : { email }) };
}

function organization({ name, email }: Contact) {
  return { name, ...(email === undefined ? {} : { contact: [{ email }] }) };
}

function distributionComponent(distribution: Distribution): Component {
  const { versionId, prettyName } = distribution;
  const cpe = cpeOfDistribution(distribution);
  return {
    type: "operating-system",
    "bom-ref": distributionReference(distribution),
    supplier: organization(distributorOf(distribution)),
    name: trivyFamily(distribution),
    ...(versionId === undefined ? {} : { version: versionId }),
    ...(prettyName === undefined ? {} : { description: prettyName }),
    ...(cpe === undefined ? {} : { cpe }),
    properties: written([
      ...distributionIds(distribution),
      ...distributionProperties(distribution),
      ...trivyDistributionProperties(distribution),
    ]),
  };
}

function distributionReference({ id }: Distribution): string {
  return `distribution:${id}`;
}

interface Surroundings {
  readonly layers: readonly LayerReference[];
  readonly distribution: Distribution | undefined;
  readonly isGraphKnown: boolean;
  readonly licenses: readonly License[];
}

/** Of one list (LicenseChoice). */
interface License {
  readonly expression?: string;
  readonly license?: { readonly name: string };
}

function packageComponent(item: Package, reference: string, around: Surroundings): Component {
  const { layers, distribution, isGraphKnown, licenses } = around;
  const { group, name } = splitName(item.type, item.name);
  const hashes = hashesFor("cyclonedx", item.hashes);
  const scope = item.usage === undefined ? undefined : SCOPES[item.usage];
  const { supplier, maintainer } = producersOf(item, distribution);
  const cpe = cpeOf(item);
  const unknown = unknownElements(item, {
    producer: supplier !== undefined || maintainer !== undefined,
    hash: hashes.named.length > 0,
    dependencies: isGraphKnown,
  });
  // A field absent is undefined, which JSON leaves out: objects of one form are made several times as fast as by spreading.
  return {
    type: item.type === "generic" ? "application" : "library",
    "bom-ref": reference,
    supplier: supplier && organization(supplier),
    authors: maintainer?.kind === "person" ? [contactFields(maintainer)] : undefined,
    publisher: item.supplier,
    group,
    name,
    version: item.version === "" ? undefined : item.version,
    scope,
    hashes: ifAny(hashes.named.map(({ algorithm, value }) => ({ alg: algorithm, content: value }))),
    licenses: ifAny(licenses),
    cpe,
    purl: purlWithUpstream(item),
    evidence: { occurrences: [{ location: `/${item.path}` }] },
    properties: ifAny(
      written([
        ...packageProperties(item, layers),
        ...declaredTexts(item, licenses),
        ...hashes.others.map((other): Property => [`${PREFIX}hash`, other]),
        ...(unknown === "" ? [] : [[`${PREFIX}unknown`, unknown] as const]),
        ...trivyProperties(item, distribution, layers),
      ]),
    ),
  };
}

function ifAny<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Component.scope: `excluded` is what serves tests and the like, and is not part of what runs. */
export const SCOPES = { runtime: "required", optional: "optional", development: "excluded" } as const;

/**
 * One expression, or a list of names where none of them is known: the schema has ids as a closed list of its own date, so
 * that a license which SPDX lists today is an expression of one id, which is always valid.
 */
function licensesOf(item: Package, term: LicenseTerm | undefined, write: WriteLicense): readonly License[] {
  const expression = term !== undefined && namesLicense(term) ? write(item, term) : undefined;
  return expression === undefined ? item.licenses.map((name) => ({ license: { name } })) : [{ expression }];
}

/** As declared, where an expression does not show it letter for letter. */
function declaredTexts({ licenses }: Package, written: readonly License[]): Property[] {
  const [only] = written;
  if (only?.expression === undefined || (licenses.length === 1 && licenses[0] === only.expression)) return [];
  return licenses.map((license): Property => [`${PREFIX}license`, license]);
}

/**
 * An entry for each package whose file has a graph, also where it needs nothing; none says that nobody knows. The root
 * leads to the distribution, that to its packages, and one of both to every component.
 */
function* dependenciesOf(
  { inventory }: Sbom,
  references: readonly string[],
  needs: readonly (readonly number[] | undefined)[],
  root: string,
): Generator<Dependency> {
  const { distribution, packages } = inventory;
  const named = (indexes: readonly number[]) => indexes.map((index) => references[index] as string);
  const held = heldBy(packages, needs, distribution !== undefined);
  const system = distribution === undefined ? [] : [distributionReference(distribution)];
  yield { ref: root, dependsOn: [...system, ...named(held.root)] };
  for (const ref of system) yield { ref, dependsOn: named(held.distribution) };
  for (const [i, indexes] of needs.entries()) {
    if (indexes !== undefined) yield { ref: references[i] as string, dependsOn: named(indexes) };
  }
}

function written(properties: readonly Property[]) {
  return properties.map(([name, value]) => ({ name, value }));
}
