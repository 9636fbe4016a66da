import { createHash } from "node:crypto";
import { type Asset, assetTitle } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import type { Finding } from "../../core/finding.ts";
import { formatLocation } from "../../core/location.ts";
import { printable } from "../../core/printable.ts";
import type { Report } from "../../core/report.ts";
import type { Severity } from "../../core/severity.ts";
import { inOrder } from "../in-order.ts";
import { jsonPieces, keyByKey } from "../json/pieces.ts";
import { literal } from "../markdown-text.ts";
import { isWebAddress } from "../markup.ts";
import { findingName, policyText, scopeText, unknownText } from "../wording.ts";
import { sourceLine } from "./place.ts";

/** GitLab's reports, each of which knows findings of one kind alone. */
export type SecurityReport = "container_scanning" | "dependency_scanning" | "sast" | "secret_detection";

/** Version of GitLab's schemas that this keeps to. */
const schemaVersion = "15.2.1";
/** Their bounds; three texts share that of a description. */
const nameCharacters = 255;
const descriptionCharacters = 300_000;
const solutionCharacters = 7_000;

export interface SecurityOptions {
  /** Vulnerabilities of packages in lockfiles are told as if they were an image's: one report holds all. */
  readonly packagesOfFiles?: boolean;
}

/**
 * The report as one of GitLab's security reports (schemas 15.2.1). Each form knows findings of one kind: vulnerabilities of
 * packages in images, those in lockfiles, other findings in files of the repository, secrets in them. What does not fit
 * is counted in a message, and what is unknown is named. Excepted findings are left out; baselined ones are in it, since
 * GitLab tells itself what is new. In pieces; ends with a line break.
 */
export function* renderSecurity(
  report: Report,
  type: SecurityReport,
  { packagesOfFiles = false }: SecurityOptions = {},
): Generator<string> {
  const evaluations = inOrder(report.evaluations);
  const secrets = new Set(report.checks.filter(({ category }) => category === "secret").map(({ id }) => id));
  const place: Placed = (finding, evaluation) => {
    const { asset, check } = evaluation;
    const isPackage = finding.matches.package !== undefined;
    const inFile = asset.kind === "file";
    switch (type) {
      case "container_scanning":
        return isPackage && (packagesOfFiles || !inFile) ? inImage(finding, evaluation) : undefined;
      case "dependency_scanning":
        return isPackage && inFile ? inLockfile(report, finding, asset) : undefined;
      case "sast":
        return isPackage || secrets.has(check) ? undefined : inSource(report, finding, asset);
      case "secret_detection":
        return secrets.has(check) ? inCommit(report, finding, asset) : undefined;
    }
  };
  const program = {
    id: report.tool.name,
    name: "Bulkhead",
    version: report.tool.version,
    vendor: { name: "Bulkhead" },
  };
  // Without a zone: the schema's own form. It is UTC.
  const time = report.startedAt.slice(0, 19);
  const unknown = Iterator.from(evaluations)
    .filter(({ verdict }) => verdict === "unknown")
    .toArray();
  const document = keyByKey({
    version: schemaVersion,
    scan: keyByKey({
      analyzer: program,
      scanner: program,
      type,
      start_time: time,
      end_time: time,
      status: unknown.length > 0 && unknown.length === evaluations.length ? "failure" : "success",
      messages: messagesOf(report, type, place, unknown),
    }),
    vulnerabilities: vulnerabilitiesOf(evaluations, place, type),
  });
  yield* jsonPieces(document);
  yield "\n";
}

/** The location in the form of the report; undefined for what that form cannot hold. */
type Placed = (finding: Finding, evaluation: Evaluation) => object | undefined;

function inImage({ matches }: Finding, { asset, scope }: Evaluation): object {
  return {
    dependency: dependencyOf(matches),
    operating_system: printable(scopeText(scope) ?? "") || "unknown",
    image: printable(asset.name) || asset.id || "unnamed",
  };
}

function inLockfile(report: Report, finding: Finding, asset: Asset): object | undefined {
  const place = sourceLine(report, finding, asset);
  return place === undefined ? undefined : { file: printable(place.file), dependency: dependencyOf(finding.matches) };
}

function dependencyOf(matches: Finding["matches"]): object {
  return { package: { name: printable(matches.package ?? "") }, version: printable(matches.version ?? "") };
}

function inSource(report: Report, finding: Finding, asset: Asset): object | undefined {
  const place = sourceLine(report, finding, asset);
  return place === undefined ? undefined : { file: printable(place.file), start_line: place.line ?? 1 };
}

/** What GitLab's own analyzer writes where it looked at no commit. */
const NO_COMMIT = "0000000";

function inCommit(report: Report, finding: Finding, asset: Asset): object | undefined {
  const place = inSource(report, finding, asset);
  const sha = /^[0-9a-f]{7,64}/.exec(finding.evidence.commit ?? "")?.[0] ?? NO_COMMIT;
  return place === undefined ? undefined : { ...place, commit: { sha } };
}

function* vulnerabilitiesOf(evaluations: Evaluations, place: Placed, type: SecurityReport): Generator<object> {
  for (const evaluation of evaluations) {
    for (const finding of evaluation.findings) {
      const location = place(finding, evaluation);
      if (location !== undefined) yield vulnerabilityOf(finding, evaluation, location, type);
    }
    for (const { finding } of evaluation.baselined ?? []) {
      const location = place(finding, evaluation);
      if (location !== undefined) yield vulnerabilityOf(finding, evaluation, location, type);
    }
  }
}

const held: Record<SecurityReport, string> = {
  container_scanning: "about no package",
  dependency_scanning: "about no package of a lockfile",
  sast: "that are vulnerabilities, secrets, or in no file of the repository",
  secret_detection: "that are no secrets, or in no file of the repository",
};

function* messagesOf(
  report: Report,
  type: SecurityReport,
  place: Placed,
  unknown: readonly Evaluation[],
): Generator<object> {
  yield { level: "info", value: printable(`policy ${policyText(report.policy)}`) };
  for (const note of report.notes) if (note !== "") yield { level: "info", value: printable(note) };
  let others = 0;
  for (const evaluation of report.evaluations) {
    for (const finding of evaluation.findings) if (place(finding, evaluation) === undefined) others++;
  }
  if (others > 0) {
    yield { level: "warn", value: `${counted(others, "finding")} ${held[type]}, which this format cannot express` };
  }
  for (const evaluation of unknown) {
    const { asset } = evaluation;
    const scope = scopeText(evaluation.scope);
    const subject = scope === undefined ? assetTitle(asset) : `${assetTitle(asset)}, ${scope}`;
    yield { level: "warn", value: printable(`unknown for ${subject}: ${unknownText(evaluation)}`) };
  }
}

const severities: Record<Severity, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  negligible: "Info",
  unknown: "Unknown",
};

function vulnerabilityOf(finding: Finding, { asset }: Evaluation, location: object, type: SecurityReport): object {
  const { severity, title, detail, fix, matches, references = [], locations, check } = finding;
  const sentences = [title, ...(detail === undefined ? [] : [detail])];
  const where = `In ${formatLocation(locations[0])} of ${assetTitle(asset)}`;
  const links = references.filter(isWebAddress);
  const named = matches.ids.length === 0 ? [check] : matches.ids;
  // GitLab takes what has one primary identifier and one place for one: two checks at a line are two.
  const ids = type === "sast" ? [check, ...named.filter((id) => id !== check)] : named;
  return {
    id: idOf(finding, asset),
    name: clip(`${findingName(finding)}: ${title}`),
    // The schema takes these two for Markdown.
    description: [...sentences, where].map((text) => literal(text, descriptionCharacters)).join("\n\n"),
    severity: severities[severity],
    ...(fix === undefined ? {} : { solution: literal(fix.text, solutionCharacters) }),
    location,
    identifiers: ids.map(identifierOf),
    ...(links.length === 0 ? {} : { links: links.map((url) => ({ url: printable(url) })) }),
    details: { fingerprint: { type: "text", name: "fingerprint", value: finding.fingerprint } },
  };
}

/** In the form of a UUID. Two images of one lineage share a fingerprint and must not share an id. */
function idOf({ fingerprint }: Finding, asset: Asset): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([fingerprint, asset.id]))
    .digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function identifierOf(id: string): object {
  const [prefix = ""] = id.split("-", 1);
  const type = /^[A-Za-z]{2,16}$/.test(prefix) ? prefix.toLowerCase() : "bulkhead";
  const named = clip(id) || "unnamed";
  return { type, name: named, value: named };
}

function clip(text: string): string {
  return printable(text).slice(0, nameCharacters).toWellFormed();
}
