/**
 * What attestations say beside provenance: bills of materials, scan reports, OpenVEX documents and test results, as far as a rule
 * asks about them. Their types are those of in-toto's predicates and of cosign's.
 */
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { Statement } from "../model.ts";
import { listIn, objectIn, quoted, textIn, timeIn } from "./fields.ts";

/** What a kind of attestation is called on the wire; a type that ends in `/` stands for all its versions. */
const types: Readonly<Record<string, readonly string[] | undefined>> = {
  sbom: [
    "https://spdx.dev/Document",
    "https://spdx.dev/Document/",
    "https://cyclonedx.org/bom",
    "https://cyclonedx.org/bom/",
    "https://cyclonedx.org/schema",
  ],
  vuln: [
    "https://in-toto.io/attestation/vulns",
    "https://in-toto.io/attestation/vulns/",
    "https://cosign.sigstore.dev/attestation/vuln/v1",
  ],
  vex: ["https://openvex.dev/ns", "https://openvex.dev/ns/"],
  test: ["https://in-toto.io/attestation/test-result/"],
};

/** Undefined for a kind that is not read here. */
export function isKind(kind: string, { predicateType }: Pick<Statement, "predicateType">): boolean | undefined {
  const own = Object.hasOwn(types, kind) ? types[kind] : undefined;
  return own?.some((type) => (type.endsWith("/") ? predicateType.startsWith(type) : predicateType === type));
}

/** Why a predicate is not what its type says: one phrase. */
export interface Fault {
  readonly fault: string;
}

export function readSbomKind({
  predicate,
}: Statement): { readonly format: "spdx" | "cyclonedx"; readonly at?: string } | Fault {
  // cosign before 1.8 writes the document as a text.
  if (textIn(predicate, "spdxVersion") !== undefined) {
    return { format: "spdx", ...at(timeIn(objectIn(predicate, "creationInfo"), "created")) };
  }
  if (textIn(predicate, "bomFormat") === "CycloneDX") {
    return { format: "cyclonedx", ...at(timeIn(objectIn(predicate, "metadata"), "timestamp")) };
  }
  const graph = listIn(predicate, "@graph");
  if (
    graph !== undefined &&
    JSON.stringify((predicate as { "@context"?: unknown })["@context"] ?? "").includes("spdx.org")
  ) {
    return { format: "spdx" };
  }
  return { fault: "the predicate is neither SPDX nor CycloneDX" };
}

export function readVex({ predicate }: Statement): { readonly at?: string } | Fault {
  if (!textIn(predicate, "@context")?.startsWith("https://openvex.dev/ns"))
    return { fault: "the predicate is no OpenVEX document" };
  if (listIn(predicate, "statements") === undefined) return { fault: "the document has no statements" };
  return at(timeIn(predicate, "last_updated") ?? timeIn(predicate, "timestamp"));
}

export function readTestResult({ predicate }: Statement): { readonly passed: boolean; readonly told: string } | Fault {
  const result = textIn(predicate, "result");
  if (result === undefined) return { fault: "result is missing" };
  const failed = listIn(predicate, "failedTests") ?? [];
  return {
    passed: result === "PASSED" && failed.length === 0,
    told: failed.length > 0 ? `${failed.length} failed` : quoted(result),
  };
}

export type ReportSeverity = "critical" | "high" | "medium" | "low" | "none" | "unknown";

export interface VulnerabilityReport {
  /** When the scan ended, ISO 8601, UTC. */
  readonly at?: string;
  /** When its database was last renewed, where that is said. */
  readonly databaseAt?: string;
  readonly scanner: string;
  readonly vulnerabilities: readonly {
    readonly id: string;
    readonly severity: ReportSeverity;
    /** Absent: the report does not say. */
    readonly isFixable?: boolean;
  }[];
  /** Why there may be more: a form that is not read, a scan that was not complete. */
  readonly unread?: string;
}

/** Of in-toto's and cosign's vulnerability predicates. What cosign carries is a scanner's own report: Bulkhead's, Trivy's, Grype's, or in-toto's list. */
export function readVulnerabilities({ predicate }: Statement): VulnerabilityReport | Fault {
  if (!isObject(predicate)) return { fault: "the predicate is no object" };
  const scanner = objectIn(predicate, "scanner");
  const uri = textIn(scanner, "uri");
  if (uri === undefined) return { fault: "scanner.uri is missing" };
  const metadata = objectIn(predicate, "metadata");
  const found = vulnerabilitiesIn(scanner.result);
  const databaseAt = timeIn(objectIn(scanner, "db"), "lastUpdate");
  return {
    scanner: uri,
    ...at(timeIn(metadata, "scanFinishedOn") ?? timeIn(predicate, "scanFinishedOn")),
    ...(databaseAt === undefined ? {} : { databaseAt }),
    ...found,
  };
}

type Found = Pick<VulnerabilityReport, "vulnerabilities" | "unread">;

function vulnerabilitiesIn(result: unknown): Found {
  if (Array.isArray(result)) return all(result.map(inTotoEntry));
  if (!isObject(result)) return unread("scanner.result is missing");
  // Trivy leaves the list out where it found nothing; its schema's version says that it is Trivy's.
  if (typeof result.SchemaVersion === "number" && textIn(result, "ArtifactName") !== undefined) {
    const targets = listIn(result, "Results") ?? [];
    return all(targets.flatMap((target) => (listIn(target, "Vulnerabilities") ?? []).map(trivyEntry)));
  }
  // Bulkhead's own.
  const listed = listIn(result, "vulnerabilities");
  if (listed !== undefined && typeof result.complete === "boolean") {
    const read = all(listed.map(bulkheadEntry));
    return result.complete ? read : { ...read, unread: "the scan was not complete" };
  }
  const matches = listIn(result, "matches");
  if (matches !== undefined && textIn(objectIn(result, "descriptor"), "name") === "grype")
    return all(matches.map(grypeEntry));
  return unread("the scanner's report is of no form that is read: in-toto's list, Bulkhead's, Trivy's, Grype's");
}

function unread(why: string): Found {
  return { vulnerabilities: [], unread: why };
}

type Entry = VulnerabilityReport["vulnerabilities"][number];

function all(entries: readonly (Entry | undefined)[]): Found {
  if (entries.length > bounds.reportEntries) return unread(`more than ${bounds.reportEntries} vulnerabilities`);
  const read = entries.filter((entry) => entry !== undefined);
  const whole = read.length === entries.length;
  return { vulnerabilities: read, ...(whole ? {} : { unread: "an entry of scanner.result has no id" }) };
}

/** v0.1 has `vulnerability` around it. */
function inTotoEntry(entry: unknown): Entry | undefined {
  const own = isObject(entry) && isObject(entry.vulnerability) ? entry.vulnerability : entry;
  const id = textIn(own, "id");
  if (id === undefined) return undefined;
  const scores = listIn(own, "severity") ?? [];
  const severities = scores.map((one) => severityOf(textIn(one, "score")));
  const annotations = listIn(own, "annotations") ?? listIn(entry, "annotations") ?? [];
  const isFixed = annotations.some((one) => FIXED.some((name) => textIn(one, name) !== undefined));
  return { id, severity: worst(severities), ...(isFixed ? { isFixable: true } : {}) };
}

/** Names by which annotations tell a fixed version; in-toto's specification leaves them open. */
const FIXED = ["fixedVersion", "fixed_version", "fixedIn", "fixed", "fix"];

function bulkheadEntry(entry: unknown): Entry | undefined {
  const id = textIn(entry, "id");
  if (id === undefined) return undefined;
  return {
    id,
    severity: severityOf(textIn(entry, "severity")),
    isFixable: textIn(entry, "fixedVersion") !== undefined,
  };
}

function trivyEntry(entry: unknown): Entry | undefined {
  const id = textIn(entry, "VulnerabilityID");
  if (id === undefined) return undefined;
  return {
    id,
    severity: severityOf(textIn(entry, "Severity")),
    isFixable: textIn(entry, "FixedVersion") !== undefined,
  };
}

function grypeEntry(entry: unknown): Entry | undefined {
  const own = objectIn(entry, "vulnerability");
  const id = textIn(own, "id");
  if (id === undefined) return undefined;
  return {
    id,
    severity: severityOf(textIn(own, "severity")),
    ...grypeFix(textIn(objectIn(own, "fix"), "state")),
  };
}

/** Its states are `fixed`, `not-fixed`, `wont-fix` and `unknown`. */
function grypeFix(state: string | undefined): Pick<Entry, "isFixable"> {
  if (state === "fixed") return { isFixable: true };
  return state === "not-fixed" || state === "wont-fix" ? { isFixable: false } : {};
}

const order: readonly ReportSeverity[] = ["critical", "high", "medium", "low", "none", "unknown"];

function worst(severities: readonly ReportSeverity[]): ReportSeverity {
  return order.find((severity) => severities.includes(severity)) ?? "unknown";
}

const WORDS: Readonly<Record<string, ReportSeverity>> = {
  critical: "critical",
  high: "high",
  important: "high",
  medium: "medium",
  moderate: "medium",
  low: "low",
  negligible: "none",
  none: "none",
};

/** A word, or a score of CVSS by its qualitative scale (CVSS v3.1, section 5). */
function severityOf(text: string | undefined): ReportSeverity {
  if (text === undefined) return "unknown";
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return word;
  if (!/^(?:10(?:\.0+)?|\d(?:\.\d+)?)$/.test(text)) return "unknown";
  const score = Number(text);
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "none";
}

function at(time: string | undefined): { readonly at?: string } {
  return time === undefined ? {} : { at: time };
}
