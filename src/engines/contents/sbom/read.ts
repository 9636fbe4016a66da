/** Bills of materials of any tool: CycloneDX (JSON, XML), SPDX 2 (JSON, tag-value) and Syft's own JSON. */

import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import type { Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { readCycloneDx } from "./cyclonedx/read.ts";
import { parseCycloneDxXml } from "./cyclonedx/xml.ts";
import { type Diagnostics, diagnostics } from "./diagnostics.ts";
import type { ReadDocument } from "./document.ts";
import { withoutMark } from "./first-bytes.ts";
import { tooCostly } from "./json-cost.ts";
import { inventoryOf } from "./listing.ts";
import type { ReadSbom } from "./sbom.ts";
import { isSpdx, readSpdx } from "./spdx/read.ts";
import { readTagValue } from "./spdx/tag-value.ts";
import { isSyft, readSyft } from "./syft/read.ts";
import { asObject, asText } from "./untyped.ts";

/**
 * Reads a document, whichever of the formats it has.
 *
 * @param place - the file as the user knows it; the part after its last slash stands for the path of packages that the
 *   document gives none
 * @throws Problem `sbom.too-large`, `sbom.json`, `sbom.xml`, `sbom.format` (none of the formats), `sbom.version`
 */
export function readSbom(bytes: Buffer, place: string): ReadSbom {
  if (bytes.length > bounds.sbomBytes) {
    throw problem("too-large", place, `${bytes.length} bytes exceed the limit of ${bounds.sbomBytes}`);
  }
  const heard = diagnostics();
  const name = place.slice(place.lastIndexOf("/") + 1);
  const { format, subject, listing } = documentOf(withoutMark(bytes), place, name, heard);
  const inventory = inventoryOf(listing, heard);
  return { format, subject, inventory, gaps: heard.gaps(), remarks: heard.remarks() };
}

function documentOf(bytes: Buffer, place: string, name: string, heard: Diagnostics): ReadDocument {
  switch (firstOf(bytes)) {
    case "{": {
      const document = parse(bytes, place);
      const wrapped = predicateOf(document, place);
      if (wrapped === undefined) return jsonDocument(document, place, name, heard);
      heard.remark("the signature of its attestation is not verified", place);
      if (typeof wrapped === "string") return documentOf(Buffer.from(wrapped), place, name, heard);
      return jsonDocument(wrapped, place, name, heard);
    }
    case "<": {
      const document = parseCycloneDxXml(bytes.toString("utf8"), place);
      if (document === undefined) throw unknownFormat(place);
      return readCycloneDx(document, name, heard);
    }
    default: {
      const text = bytes.toString("utf8");
      if (!/^SPDXVersion:[ \t]*SPDX-2/m.test(text)) throw unknownFormat(place);
      return readSpdx(readTagValue(text, heard), name, heard);
    }
  }
}

function jsonDocument(document: Untyped, place: string, name: string, heard: Diagnostics): ReadDocument {
  if (document.bomFormat === "CycloneDX") {
    const version = asText(document.specVersion) ?? "";
    if (!/^1\.\d{1,2}$/.test(version)) {
      throw problem(
        "version",
        place,
        `CycloneDX ${version.slice(0, 20) || "of no version"} is not read`,
        "1.0 to 1.7 are",
      );
    }
    return readCycloneDx(document, name, heard);
  }
  if (isSpdx(document)) return readSpdx(document, name, heard);
  if (isSyft(document)) return readSyft(document, name, heard);
  if (asText(document["@context"])?.includes("spdx") === true) {
    throw problem("version", place, "SPDX 3 is not read", "write it as SPDX 2.3 or CycloneDX");
  }
  throw unknownFormat(place);
}

/**
 * What an attestation says: the predicate of an in-toto Statement (in-toto Attestation Framework, "Statement"), alone, in
 * a DSSE envelope or in a bundle of Sigstore's. cosign writes the document as `Data` of the predicate, or as a text.
 *
 * @returns undefined where the document is no attestation
 */
function predicateOf(document: Untyped, place: string): Untyped | string | undefined {
  const envelope = asObject(document.dsseEnvelope) ?? document;
  const payload = asText(envelope.payload);
  if (payload !== undefined && asText(envelope.payloadType) === "application/vnd.in-toto+json") {
    const bytes = Buffer.from(payload, "base64");
    if (bytes.length > bounds.sbomBytes) {
      throw problem("too-large", place, `its payload's ${bytes.length} bytes exceed the limit of ${bounds.sbomBytes}`);
    }
    return predicateOfStatement(parse(bytes, place), place);
  }
  return asText(document._type)?.startsWith(STATEMENT) === true ? predicateOfStatement(document, place) : undefined;
}

const STATEMENT = "https://in-toto.io/Statement/";

function predicateOfStatement(statement: Untyped, place: string): Untyped | string {
  const { predicate } = statement;
  const stated = asObject(predicate);
  const inner = asText(predicate) ?? asText(stated?.Data) ?? asObject(stated?.Data) ?? stated;
  if (inner === undefined || asText(statement._type)?.startsWith(STATEMENT) !== true) throw unknownFormat(place);
  // An attestation of an attestation is none that anybody writes, and would have no end.
  if (typeof inner === "string" && inner.trimStart().startsWith("{")) return parse(Buffer.from(inner), place);
  return inner;
}

function parse(bytes: Buffer, place: string): Untyped {
  const cost = tooCostly(bytes);
  if (cost !== undefined) throw problem("too-large", place, cost);
  let value: unknown;
  try {
    value = parseJson(bytes.toString("utf8"));
  } catch (error) {
    throw problem("json", place, `not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const document = asObject(value);
  if (document === undefined) throw unknownFormat(place);
  return document;
}

/** The first character that is no blank. */
function firstOf(bytes: Buffer): string | undefined {
  for (const byte of bytes) if (byte > 0x20) return String.fromCharCode(byte);
  return undefined;
}

function unknownFormat(place: string): Problem {
  return problem("format", place, "not an SBOM", "CycloneDX, SPDX 2 and Syft's JSON are read");
}

function problem(code: string, place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "input",
    code: `sbom.${code}`,
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
