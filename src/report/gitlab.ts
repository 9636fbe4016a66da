import { createHash } from "node:crypto";
import { type Asset, assetTitle } from "../core/asset.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import type { Severity } from "../core/severity.ts";
import { inOrder } from "./in-order.ts";
import { jsonPieces, keyByKey } from "./json/pieces.ts";
import { literal } from "./markdown-text.ts";
import { isWebAddress } from "./markup.ts";
import { findingName, policyText, scopeText, unknownText } from "./wording.ts";

/** Version of GitLab's schema for reports of container scanning that this keeps to. */
const schemaVersion = "15.2.1";
/** Its bounds; three texts share that of a description. */
const nameCharacters = 255;
const descriptionCharacters = 300_000;
const solutionCharacters = 7_000;

/**
 * The report as GitLab's container scanning report. That form knows vulnerabilities of packages alone: findings about
 * anything else are counted in a message, as is what is unknown. Excepted findings are left out; baselined ones are in
 * it, since GitLab tells itself what is new. In pieces; ends with a line break.
 */
export function* renderGitlab(report: Report): Generator<string> {
  const evaluations = inOrder(report.evaluations);
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
      type: "container_scanning",
      start_time: time,
      end_time: time,
      status: unknown.length > 0 && unknown.length === evaluations.length ? "failure" : "success",
      messages: messagesOf(report, unknown),
    }),
    vulnerabilities: vulnerabilitiesOf(evaluations),
  });
  yield* jsonPieces(document);
  yield "\n";
}

function* vulnerabilitiesOf(evaluations: Evaluations): Generator<object> {
  for (const evaluation of evaluations) {
    for (const finding of evaluation.findings) {
      if (finding.matches.package !== undefined) yield vulnerabilityOf(finding, evaluation);
    }
    for (const { finding } of evaluation.baselined ?? []) {
      if (finding.matches.package !== undefined) yield vulnerabilityOf(finding, evaluation);
    }
  }
}

function* messagesOf(report: Report, unknown: readonly Evaluation[]): Generator<object> {
  yield { level: "info", value: printable(`policy ${policyText(report.policy)}`) };
  for (const note of report.notes) yield { level: "info", value: printable(note) };
  let others = 0;
  for (const { findings } of report.evaluations) {
    for (const { matches } of findings) if (matches.package === undefined) others++;
  }
  if (others > 0) {
    yield { level: "warn", value: `${counted(others, "finding")} about no package, which this form cannot hold` };
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

function vulnerabilityOf(finding: Finding, { asset, scope }: Evaluation): object {
  const { severity, title, detail, fix, matches, references = [], locations, check } = finding;
  const sentences = [title, ...(detail === undefined ? [] : [detail])];
  const where = `In ${formatLocation(locations[0])} of ${assetTitle(asset)}`;
  const links = references.filter(isWebAddress);
  const ids = matches.ids.length === 0 ? [check] : matches.ids;
  return {
    id: idOf(finding, asset),
    name: clip(`${findingName(finding)}: ${title}`),
    // The schema takes these two for Markdown.
    description: [...sentences, where].map((text) => literal(text, descriptionCharacters)).join("\n\n"),
    severity: severities[severity],
    ...(fix === undefined ? {} : { solution: literal(fix.text, solutionCharacters) }),
    location: {
      dependency: { package: { name: printable(matches.package ?? "") }, version: printable(matches.version ?? "") },
      operating_system: printable(scopeText(scope) ?? "") || "unknown",
      image: printable(asset.name) || asset.id,
    },
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
  return { type, name: clip(id), value: clip(id) };
}

function clip(text: string): string {
  return printable(text).slice(0, nameCharacters).toWellFormed();
}
