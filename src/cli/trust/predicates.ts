/** What is attested from a file: SBOMs, scan reports, VEX documents, and predicates of any other type. */
import { readFileSync, statSync } from "node:fs";
import { parseExactJson } from "../../core/exact-json.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { readSbom } from "../../engines/contents/sbom/read.ts";
import { bounds } from "../../engines/trust/signing/bounds.ts";
import { readReport } from "../../report/json/read.ts";
import { reportSchema } from "../../report/json/write.ts";
import { type AttestedImage, VULNERABILITIES, vulnerabilityPredicate } from "./vulnerability-predicate.ts";

export interface Predicate {
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** Of one image: a document that names another image is refused. */
export type PredicateSource = (image: AttestedImage) => Predicate;

const CYCLONE_DX = "https://cyclonedx.org/bom";
const SPDX = "https://spdx.dev/Document";
const OPEN_VEX = "https://openvex.dev/ns";

/** @param type - one of sbom, vuln, vex, or a predicate type as a URI @throws Problem (usage) `signing.predicate` */
export function readPredicate(type: string, file: string): PredicateSource {
  const bytes = readBytes(file);
  const read = parseExactJson(bytes);
  if ("fault" in read) throw refused(file, read.fault);
  const { value } = read;
  if (type !== "sbom" && type !== "vuln" && type !== "vex") {
    if (!isTypeUri(type)) throw usageProblem(`--type ${type}`, "not slsa, sbom, vuln, vex or a URI");
    return () => ({ predicateType: type, predicate: value });
  }
  if (!isObject(value)) throw refused(file, "not a JSON object");
  if (type === "sbom") return sbomSource(value, bytes, file);
  if (type === "vuln") return vulnerabilitySource(value, bytes, file);
  const predicateType = vexType(value);
  if (predicateType === undefined) {
    throw refused(file, "not OpenVEX or CycloneDX", "convert it, or name its predicate type: --type URI");
  }
  return () => ({ predicateType, predicate: value });
}

function sbomSource(value: Untyped, bytes: Buffer, file: string): PredicateSource {
  const predicateType =
    value.bomFormat === "CycloneDX" ? CYCLONE_DX : typeof value.spdxVersion === "string" ? SPDX : undefined;
  if (predicateType === undefined) throw refused(file, "not CycloneDX or SPDX 2 (JSON)");
  const { subject } = readSbom(bytes, file);
  return ({ digest, configDigest }) => {
    if (subject.kind === "folder") throw refused(file, "the SBOM is of a directory, not of an image");
    const known =
      subject.kind === "image" ? [subject.manifestDigest, subject.indexDigest, subject.configDigest] : undefined;
    if (
      known !== undefined &&
      !known.includes(digest) &&
      (configDigest === undefined || !known.includes(configDigest))
    ) {
      throw refused(file, `the SBOM is of another image than ${digest}`, "create it with `bulkhead image sbom`");
    }
    return { predicateType, predicate: value };
  };
}

function vulnerabilitySource(value: Untyped, bytes: Buffer, file: string): PredicateSource {
  if (value.schema === reportSchema) {
    const report = readReport(bytes.toString("utf8"), file);
    return (image) => ({
      predicateType: VULNERABILITIES,
      predicate: vulnerabilityPredicate(report, image, file),
    });
  }
  // Another scanner's, as its own option writes it.
  if (isObject(value.scanner) && isObject(value.metadata)) {
    return () => ({ predicateType: VULNERABILITIES, predicate: value });
  }
  throw refused(file, "not a report of Bulkhead, nor a predicate of cosign's form", "create it with --format json");
}

function vexType({ "@context": context, bomFormat }: Untyped): string | undefined {
  if (typeof context === "string" && /^https:\/\/openvex\.dev\/ns(?:\/|$)/.test(context)) return OPEN_VEX;
  return bomFormat === "CycloneDX" ? CYCLONE_DX : undefined;
}

/** in-toto's TypeURI: an absolute URI (RFC 3986). */
function isTypeUri(type: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/.test(type) && URL.canParse(type) && type.length <= 1_000;
}

function readBytes(file: string): Buffer {
  const limit = bounds.predicateBytes;
  try {
    const { size } = statSync(file);
    const bytes = size > limit ? undefined : readFileSync(file);
    if (bytes !== undefined && bytes.length <= limit) return bytes;
  } catch (error) {
    throw new Problem(
      { kind: "usage", code: "signing.predicate", place: file, cause: systemCause(error) },
      { cause: error },
    );
  }
  throw refused(file, `larger than ${limit} bytes`);
}

function refused(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "usage",
    code: "signing.predicate",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
