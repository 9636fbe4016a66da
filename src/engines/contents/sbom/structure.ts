/**
 * What a document of ours must hold whatever was put into it, beyond the types that made it: ids that are unique and
 * refer to something, texts of the form that the schemas and specifications demand. Linear, and so fast enough to be
 * asked of every document that is written; the official schemas are asked in the conformance suite.
 */

import type { Untyped } from "../../../core/untyped.ts";
import { licenseReferences, parseLicenseExpression } from "../licenses/expression.ts";
import { parsePurl } from "../purl-parse.ts";
import type { CycloneDxDocument } from "./cyclonedx/write.ts";
import type { SpdxDocument } from "./spdx/write.ts";
import { asObjects, asText, asTexts } from "./untyped.ts";

/** Faults of one document that are told. */
const TOLD = 20;

const SERIAL_NUMBER = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** hash-content of the CycloneDX schema. */
const HASH = /^(?:[a-f0-9]{32}|[a-f0-9]{40}|[a-f0-9]{64}|[a-f0-9]{96}|[a-f0-9]{128})$/;
/** The schema's bound on component.version. */
const LONGEST_VERSION = 1_024;

/** @returns one sentence for each fault, none where the document is sound */
export function cycloneDxFaults(document: CycloneDxDocument): string[] {
  const faults: string[] = [];
  const references = new Set<string>();
  const fault = (text: string) => {
    if (faults.length < TOLD) faults.push(text);
  };
  if (!SERIAL_NUMBER.test(document.serialNumber)) fault("serialNumber is not an RFC 4122 UUID");
  for (const component of [document.metadata.component, ...document.components]) {
    const reference = component["bom-ref"];
    if (reference === "" || references.has(reference)) fault(`bom-ref ${reference} is not unique`);
    references.add(reference);
    const { purl, version, hashes, licenses } = component as Untyped;
    if (purl !== undefined) faultOfPurl(reference, purl, fault);
    if (version !== undefined && (asText(version)?.length ?? Number.POSITIVE_INFINITY) > LONGEST_VERSION) {
      fault(`${reference} has a version that is empty or longer than ${LONGEST_VERSION}`);
    }
    for (const { content } of asObjects(hashes)) {
      if (!HASH.test(asText(content) ?? "")) fault(`${reference} has a hash that is none`);
    }
    const choices = asObjects(licenses);
    if (choices.length > 1 && choices.some(({ expression }) => expression !== undefined)) {
      fault(`${reference} has an expression beside another license`);
    }
  }
  const spoken = new Set<string>();
  for (const { ref, dependsOn } of document.dependencies) {
    if (!references.has(ref) || spoken.has(ref)) fault(`the dependencies of ${ref} stand twice or for nothing`);
    spoken.add(ref);
    if (new Set(dependsOn).size !== dependsOn.length) fault(`${ref} depends on something twice`);
    for (const each of dependsOn) if (!references.has(each)) fault(`${ref} depends on ${each}, which is not there`);
  }
  return faults;
}

const SPDX_ID = /^SPDXRef-[A-Za-z0-9.-]+$/;
const SPDX_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const REFERENCE_ID = /^LicenseRef-[A-Za-z0-9.-]+$/;

/** @returns one sentence for each fault, none where the document is sound */
export function spdxFaults(document: SpdxDocument): string[] {
  const faults: string[] = [];
  const fault = (text: string) => {
    if (faults.length < TOLD) faults.push(text);
  };
  const { documentNamespace, packages, relationships, hasExtractedLicensingInfos = [] } = document;
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
  for (const item of packages) {
    const id = item.SPDXID;
    if (!SPDX_ID.test(id) || ids.has(id)) fault(`${id} is not an SPDXID, or a duplicate`);
    ids.add(id);
    const { licenseDeclared, externalRefs } = item as Untyped;
    const declared = asText(licenseDeclared);
    if (declared !== undefined && declared !== "NOASSERTION") {
      const expression = parseLicenseExpression(declared);
      if (expression === undefined) fault(`${id} declares what is not a license expression`);
      else for (const each of licenseReferences(expression)) if (!licenses.has(each)) fault(`${each} is not defined`);
    }
    for (const { referenceType, referenceLocator } of asObjects(externalRefs)) {
      if (!String(referenceType).startsWith("cpe")) faultOfPurl(id, referenceLocator, fault);
    }
  }
  const described = relationships.some(({ relationshipType }) => relationshipType === "DESCRIBES");
  if (!described) fault("the document describes nothing");
  for (const { spdxElementId, relatedSpdxElement } of relationships) {
    if (!ids.has(spdxElementId)) fault(`${spdxElementId} is related and is not there`);
    if (relatedSpdxElement !== "NONE" && !ids.has(relatedSpdxElement)) fault(`${relatedSpdxElement} is not there`);
  }
  return faults;
}

function faultOfPurl(reference: string, purl: unknown, fault: (text: string) => void): void {
  const parsed = parsePurl(asText(purl) ?? "");
  if ("fault" in parsed) fault(`${reference} has a package-url that ${parsed.fault}`);
}
