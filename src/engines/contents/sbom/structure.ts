/**
 * What a document of ours must hold whatever was put into it, beyond the types that made it: ids that are unique and
 * refer to something, texts of the form that the schemas and specifications demand. Linear, and so fast enough to be
 * asked of every document that is written, as its lists are made; the official schemas are asked in the conformance suite.
 */

import type { Untyped } from "../../../core/untyped.ts";
import { licenseReferences, parseLicenseExpression } from "../licenses/expression.ts";
import { parsePurl } from "../purl-parse.ts";
import type { CycloneDxDocument } from "./cyclonedx/write.ts";
import type { SpdxDocument } from "./spdx/write.ts";
import { asList, asObjects, asText, asTexts } from "./untyped.ts";

/** Faults of one document that are told. */
const TOLD = 20;

const SERIAL_NUMBER = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** hash-content of the CycloneDX schema. */
const HASH = /^(?:[a-f0-9]{32}|[a-f0-9]{40}|[a-f0-9]{64}|[a-f0-9]{96}|[a-f0-9]{128})$/;
/** The schema's bound on component.version. */
const LONGEST_VERSION = 1_024;

/** A document whose lists are checked as they are read, once and in their order. */
export interface Checked<Document> {
  readonly document: Document;
  /** One sentence for each fault, none where the document is sound; all of them when its lists are read. */
  readonly faults: readonly string[];
}

type Fault = (text: string) => void;

function faultList(): { readonly faults: readonly string[]; readonly fault: Fault } {
  const faults: string[] = [];
  return {
    faults,
    fault(text) {
      if (faults.length < TOLD) faults.push(text);
    },
  };
}

export function checkedCycloneDx(document: CycloneDxDocument): Checked<CycloneDxDocument> {
  const { faults, fault } = faultList();
  const references = new Set<string>();
  if (!SERIAL_NUMBER.test(document.serialNumber)) fault("serialNumber is not an RFC 4122 UUID");
  const check = componentCheck(references, fault);
  check(document.metadata.component);
  const components = checkedList(document.components, check);
  const dependencies = checkedList(document.dependencies, dependencyCheck(references, fault));
  return { document: { ...document, components, dependencies }, faults };
}

function* checkedList<T>(list: Iterable<T>, check: (item: T) => void): Generator<T> {
  for (const item of list) {
    check(item);
    yield item;
  }
}

type CycloneDxComponent = CycloneDxDocument["metadata"]["component"];

/** @param references - is filled */
function componentCheck(references: Set<string>, fault: Fault): (component: CycloneDxComponent) => void {
  return (component) => {
    const reference = component["bom-ref"];
    if (reference === "" || references.has(reference)) fault(`bom-ref ${reference} is not unique`);
    references.add(reference);
    const { purl, version, hashes, licenses } = component as Untyped;
    if (purl !== undefined) faultOfPurl(reference, purl, fault);
    if (version !== undefined && (asText(version)?.length ?? Number.POSITIVE_INFINITY) > LONGEST_VERSION) {
      fault(`${reference} has a version that is empty or longer than ${LONGEST_VERSION}`);
    }
    if (hashes !== undefined) {
      for (const { content } of asObjects(hashes)) {
        if (!HASH.test(asText(content) ?? "")) fault(`${reference} has a hash that is none`);
      }
    }
    if (asList(licenses).length > 1 && asObjects(licenses).some(({ expression }) => expression !== undefined)) {
      fault(`${reference} has an expression beside another license`);
    }
  };
}

function dependencyCheck(
  references: ReadonlySet<string>,
  fault: Fault,
): (dependency: { readonly ref: string; readonly dependsOn: readonly string[] }) => void {
  const spoken = new Set<string>();
  return ({ ref, dependsOn }) => {
    if (!references.has(ref) || spoken.has(ref)) fault(`the dependencies of ${ref} stand twice or for nothing`);
    spoken.add(ref);
    if (dependsOn.length > 1 && new Set(dependsOn).size !== dependsOn.length)
      fault(`${ref} depends on something twice`);
    for (const each of dependsOn) if (!references.has(each)) fault(`${ref} depends on ${each}, which is not there`);
  };
}

const SPDX_ID = /^SPDXRef-[A-Za-z0-9.-]+$/;
const SPDX_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const REFERENCE_ID = /^LicenseRef-[A-Za-z0-9.-]+$/;

export function checkedSpdx(document: SpdxDocument): Checked<SpdxDocument> {
  const { faults, fault } = faultList();
  const { documentNamespace, hasExtractedLicensingInfos = [] } = document;
  if (!URL.canParse(documentNamespace) || documentNamespace.includes("#"))
    fault("documentNamespace is not an absolute URI");
  const { created, creators } = document.creationInfo as Untyped;
  if (!SPDX_DATE.test(asText(created) ?? "")) fault("creationInfo.created is not a date of the form that SPDX has");
  if (asTexts(creators).length === 0) fault("creationInfo.creators is empty");

  const licenses = new Set<string>();
  for (const { licenseId } of hasExtractedLicensingInfos) {
    if (!REFERENCE_ID.test(licenseId) || licenses.has(licenseId))
      fault(`${licenseId} is not an id of a license, or a duplicate`);
    licenses.add(licenseId);
  }
  const ids = new Set(["SPDXRef-DOCUMENT"]);
  const packages = checkedList(document.packages, packageCheck(ids, licenses, fault));
  const relationships = checkedRelationships(document.relationships, ids, fault);
  return { document: { ...document, packages, relationships }, faults };
}

type SpdxPackage = SpdxDocument["packages"] extends Iterable<infer Item> ? Item : never;

/** @param ids - is filled */
function packageCheck(ids: Set<string>, licenses: ReadonlySet<string>, fault: Fault): (item: SpdxPackage) => void {
  // Texts repeat: each is parsed once. Of what is no expression nothing is known.
  const referencesOf = new Map<string, readonly string[] | undefined>();
  const expressionReferences = (text: string): readonly string[] | undefined => {
    if (referencesOf.has(text)) return referencesOf.get(text);
    const expression = parseLicenseExpression(text);
    const references = expression === undefined ? undefined : [...licenseReferences(expression)];
    referencesOf.set(text, references);
    return references;
  };
  return (item) => {
    const id = item.SPDXID;
    if (!SPDX_ID.test(id) || ids.has(id)) fault(`${id} is not an SPDXID, or a duplicate`);
    ids.add(id);
    const { licenseDeclared, externalRefs } = item as Untyped;
    const declared = asText(licenseDeclared);
    if (declared !== undefined && declared !== "NOASSERTION") {
      const references = expressionReferences(declared);
      if (references === undefined) fault(`${id} declares what is not a license expression`);
      else for (const each of references) if (!licenses.has(each)) fault(`${each} is not defined`);
    }
    for (const { referenceType, referenceLocator } of asObjects(externalRefs)) {
      if (!String(referenceType).startsWith("cpe")) faultOfPurl(id, referenceLocator, fault);
    }
  };
}

function* checkedRelationships(
  relationships: SpdxDocument["relationships"],
  ids: ReadonlySet<string>,
  fault: Fault,
): SpdxDocument["relationships"] {
  let isDescribed = false;
  for (const relationship of relationships) {
    const { spdxElementId, relationshipType, relatedSpdxElement } = relationship;
    if (relationshipType === "DESCRIBES") isDescribed = true;
    if (!ids.has(spdxElementId)) fault(`${spdxElementId} is related and is not there`);
    if (relatedSpdxElement !== "NONE" && !ids.has(relatedSpdxElement)) fault(`${relatedSpdxElement} is not there`);
    yield relationship;
  }
  if (!isDescribed) fault("the document describes nothing");
}

/** Of a type, segments and a version of letters that stand for themselves: nothing of it can be wrong. */
const PLAIN_PURL = /^pkg:[a-z][a-z0-9.+-]{0,64}(?:\/[\w.~+-]{1,256}){1,4}@[\w.~+-]{1,256}$/;

function faultOfPurl(reference: string, purl: unknown, fault: Fault): void {
  const text = asText(purl) ?? "";
  if (PLAIN_PURL.test(text)) return;
  const parsed = parsePurl(text);
  if ("fault" in parsed) fault(`${reference} has a package-url that ${parsed.fault}`);
}
