/** CycloneDX 1.6 in JSON (ECMA-424, bom-1.6.schema.json). */
import type { LayerReference } from "../../../../core/location.ts";
import { parseLicenseExpression } from "../../licenses/expression.ts";
import type { Distribution, Package } from "../../model.ts";
import { ID_TO_COME } from "../document-id.ts";
import { dependencyIndexes, packageReferences } from "../graph.ts";
import { splitName } from "../group.ts";
import { hashesFor } from "../hashes.ts";
import { distributionProperties, PREFIX, type Property, packageProperties, subjectProperties } from "../properties.ts";
import type { Sbom, SbomSubject, SbomWriteOptions } from "../sbom.ts";

interface Component {
  readonly type: string;
  readonly "bom-ref": string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The document as the schema has it, but for its id. */
export interface CycloneDxDocument {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component; readonly [field: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [field: string]: unknown;
}

/**
 * The bill of materials as a document. The same input gives the same document; it has a date only where one was
 * asked for.
 */
export function cycloneDxDocument(sbom: Sbom, options: SbomWriteOptions): CycloneDxDocument {
  const { subject, inventory, gaps } = sbom;
  const { distribution, packages } = inventory;
  const layers = subject.kind === "image" ? subject.layers : [];
  const rootReference = rootReferenceOf(subject);
  const references = packageReferences(packages);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${ID_TO_COME}`,
    version: 1,
    metadata: {
      ...(options.created === undefined ? {} : { timestamp: secondsOf(options.created) }),
      tools: { components: [{ type: "application", name: "bulkhead", version: options.toolVersion }] },
      component: {
        type: subject.kind === "image" ? "container" : "platform",
        "bom-ref": rootReference,
        name: subject.lineage,
        ...(subject.kind === "image" ? { version: subject.configDigest } : {}),
        properties: written(subjectProperties(subject, gaps)),
      },
    },
    components: [
      ...(distribution === undefined ? [] : [distributionComponent(distribution)]),
      ...packages.map((item, i) => packageComponent(item, references[i] as string, layers)),
    ],
    dependencies: dependenciesOf(packages, references, rootReference),
    // What is not known to be missing is not claimed to be complete: no package database lists a copied binary.
    ...(gaps.length === 0 ? {} : { compositions: [{ aggregate: "incomplete", assemblies: [rootReference] }] }),
  };
}

function rootReferenceOf(subject: SbomSubject): string {
  return subject.kind === "image" ? `image:${subject.configDigest}` : `folder:${subject.lineage}`;
}

function distributionComponent(distribution: Distribution): Component {
  const { id, versionId, prettyName } = distribution;
  return {
    type: "operating-system",
    "bom-ref": `distribution:${id}`,
    name: id,
    ...(versionId === undefined ? {} : { version: versionId }),
    ...(prettyName === undefined ? {} : { description: prettyName }),
    ...propertiesOf(distributionProperties(distribution)),
  };
}

function packageComponent(item: Package, reference: string, layers: readonly LayerReference[]): Component {
  const { group, name } = splitName(item.type, item.name);
  const hashes = hashesFor("cyclonedx", item.hashes);
  const scope = item.usage === undefined ? undefined : SCOPES[item.usage];
  return {
    type: item.type === "generic" ? "application" : "library",
    "bom-ref": reference,
    ...(item.supplier === undefined ? {} : { publisher: item.supplier }),
    ...(group === undefined ? {} : { group }),
    name,
    ...(item.version === "" ? {} : { version: item.version }),
    ...(scope === undefined ? {} : { scope }),
    ...(hashes.named.length === 0
      ? {}
      : { hashes: hashes.named.map(({ algorithm, value }) => ({ alg: algorithm, content: value })) }),
    ...(item.licenses.length === 0 ? {} : { licenses: licensesOf(item.licenses) }),
    purl: item.purl,
    evidence: { occurrences: [{ location: `/${item.path}` }] },
    ...propertiesOf([
      ...packageProperties(item, layers),
      ...hashes.others.map((other): Property => [`${PREFIX}hash`, other]),
    ]),
  };
}

/** Component.scope: `excluded` is what serves tests and the like, and is not part of what runs. */
export const SCOPES = { runtime: "required", optional: "optional", development: "excluded" } as const;

/**
 * One expression, or a list of names: the schema has ids as a closed list of its own date, so that a licence which SPDX
 * lists today is an expression of one id, which is always valid.
 */
function licensesOf(licenses: readonly string[]): readonly unknown[] {
  const [only, ...others] = licenses;
  if (only !== undefined && others.length === 0 && parseLicenseExpression(only) !== undefined) {
    return [{ expression: only }];
  }
  return licenses.map((name) => ({ license: { name } }));
}

/** An entry for each package whose file has a graph, also where it needs nothing; none says that nobody knows. */
function dependenciesOf(packages: readonly Package[], references: readonly string[], root: string) {
  const dependencies = dependencyIndexes(packages).flatMap((indexes, i) =>
    indexes === undefined
      ? []
      : [{ ref: references[i] as string, dependsOn: indexes.map((index) => references[index] as string) }],
  );
  const direct = packages.flatMap((item, i) => (item.direct === true ? [references[i] as string] : []));
  return direct.length === 0 ? dependencies : [{ ref: root, dependsOn: direct }, ...dependencies];
}

function propertiesOf(properties: readonly Property[]) {
  return properties.length === 0 ? {} : { properties: written(properties) };
}

function written(properties: readonly Property[]) {
  return properties.map(([name, value]) => ({ name, value }));
}

/** RFC 3339, UTC, whole seconds. */
function secondsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
