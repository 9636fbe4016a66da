import { isAccepted } from "../core/accepted-unknown.ts";
import { type Asset, assetTitle } from "../core/asset.ts";
import type { CheckDescription } from "../core/check.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { ExceptionUse } from "../core/exception.ts";
import type { Finding, Fix, TextEdit } from "../core/finding.ts";
import { formatDockerfile, formatLayer, type Location } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { type Severity, severityRank } from "../core/severity.ts";
import { checkMarkdown } from "./check-markdown.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { itemByItem, jsonPieces, keyByKey } from "./json/pieces.ts";
import {
  acceptedTexts,
  baselineText,
  databaseText,
  enforcementText,
  findingName,
  gapText,
  loosenedKeys,
  loosenedText,
  packageOf,
  policyText,
  scopeText,
} from "./wording.ts";

/**
 * The report as SARIF 2.1.0 (OASIS), one run. A check is a rule. A finding is a result of kind `fail`; one that an
 * exception covers is suppressed with its justification; with a baseline each says whether it is new (3.27.24); an evaluation without an answer is a result of kind `open`
 * ("not yet determined", 3.27.9), whose level must then be `none` (3.27.10). What is passed is left out.
 * A fix that is a change of files is a `fix` (3.55). In pieces; ends with a line break.
 */
export function* renderSarif(report: Report): Generator<string> {
  const evaluations = inOrder(report.evaluations);
  const rules = rulesOf(report, evaluations);
  const ruleIndex = new Map(rules.map(({ id }, index) => [id, index]));
  const invocation = keyByKey({
    executionSuccessful: report.exitCode !== 2,
    exitCode: report.exitCode,
    startTimeUtc: report.startedAt,
    toolExecutionNotifications: itemByItem(notices(report), (text) => ({ level: "note", message: { text } })),
  });
  const run = keyByKey({
    tool: keyByKey({
      driver: keyByKey({ name: report.tool.name, version: report.tool.version, rules: rules.values() }),
    }),
    invocations: [invocation].values(),
    columnKind: "utf16CodeUnits",
    results: resultsOf(evaluations, ruleIndex, report.baseline !== undefined),
  });
  const log = keyByKey({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run].values(),
  });
  yield* jsonPieces(log);
  yield "\n";
}

/** @param compared - with a baseline, so that each says whether it is new */
function* resultsOf(
  evaluations: Evaluations,
  ruleIndex: ReadonlyMap<string, number>,
  compared: boolean,
): Generator<object> {
  const state = (baselineState: "new" | "unchanged") => (compared ? { baselineState } : {});
  for (const evaluation of evaluations) {
    const { check } = evaluation;
    const rule = { ruleId: check, ruleIndex: ruleIndex.get(check) ?? -1 };
    for (const finding of evaluation.findings) yield { ...rule, ...resultOf(finding, evaluation), ...state("new") };
    for (const { finding } of evaluation.baselined ?? []) {
      yield { ...rule, ...resultOf(finding, evaluation), ...state("unchanged") };
    }
    for (const { finding, exception } of evaluation.excepted) {
      yield { ...rule, ...resultOf(finding, evaluation), suppressions: [suppressionOf(exception)] };
    }
    if (evaluation.verdict === "unknown") yield { ...rule, ...openResult(evaluation) };
  }
}

type Rule = { readonly id: string } & Readonly<Record<string, unknown>>;

function rulesOf(report: Report, evaluations: Evaluations): Rule[] {
  const worst = new Map<string, Severity>();
  for (const { check, findings, baselined = [] } of evaluations) {
    for (const { severity } of [...findings, ...baselined.map(({ finding }) => finding)]) {
      const before = worst.get(check);
      if (before === undefined || severityRank(severity) < severityRank(before)) worst.set(check, severity);
    }
  }
  const described = report.checks.map((check) =>
    ruleOf(check, check.severity === "varies" ? worst.get(check.id) : check.severity),
  );
  const known = new Set(described.map(({ id }) => id));
  const others = new Set<string>();
  for (const { check } of evaluations) if (!known.has(check)) others.add(check);
  return [...described, ...Array.from(others, (id) => ({ id }))].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function ruleOf(check: CheckDescription, severity: Severity | undefined): Rule {
  const { what, fix, references } = check.documentation;
  return {
    id: check.id,
    name: check.id.replace(/(?:^|[^a-z0-9])([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: check.title },
    fullDescription: { text: what },
    help: { text: `${what}\n\n${fix}`, markdown: checkMarkdown(check) },
    ...(references[0] === undefined ? {} : { helpUri: references[0] }),
    defaultConfiguration: { level: levels[severity ?? "unknown"] },
    properties: {
      tags: ["security", check.layer, check.category, ...check.controls.map((control) => `control-${control}`)],
      ...securitySeverity(severity),
    },
  };
}

const levels: Record<Severity, "error" | "warning" | "note"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  negligible: "note",
  unknown: "warning",
};

/** What the policy does not enforce is no error, whatever reads it. */
function levelOf(severity: Severity, action: Evaluation["action"]): "error" | "warning" | "note" {
  if (action === "audit") return "note";
  return action === "warn" && levels[severity] === "error" ? "warning" : levels[severity];
}

/** The lower end of each CVSS band: what readers of this property sort the score into. */
const scores: Record<Severity, string | undefined> = {
  critical: "9.0",
  high: "7.0",
  medium: "4.0",
  low: "0.1",
  negligible: "0.0",
  unknown: undefined,
};

function securitySeverity(severity: Severity | undefined): { "security-severity"?: string } {
  const score = severity === undefined ? undefined : scores[severity];
  return score === undefined ? {} : { "security-severity": score };
}

function resultOf(finding: Finding, { asset, action }: Evaluation): object {
  const { severity, confidence, fingerprint, overThreshold, matches, fix, locations } = finding;
  const affected = packageOf(finding);
  return {
    kind: "fail",
    level: levelOf(severity, action),
    message: { text: printable(messageOf(finding, asset)) },
    locations: locations.map((location) => locationOf(location, asset)),
    ...writtenAt(locations),
    ...fixesOf(fix),
    partialFingerprints: { "bulkhead/v1": fingerprint },
    properties: {
      ...securitySeverity(severity),
      severity,
      ...(confidence === undefined ? {} : { confidence }),
      overThreshold,
      ...(action === undefined ? {} : { action }),
      ids: matches.ids,
      asset: asset.id,
      ...(affected === undefined ? {} : { package: affected }),
      ...(matches.purl === undefined ? {} : { purl: matches.purl }),
      ...(fix === undefined ? {} : { fix: fix.text }),
      ...(fix !== undefined && "grade" in fix ? { fixGrade: fix.grade, fixGradeReason: fix.reason } : {}),
    },
  };
}

/** Offsets are in the run's `columnKind` (3.30.9), as ours are. A patch of an object's fields is no text yet. */
function fixesOf(fix: Fix | undefined): { fixes?: object[] } {
  if (fix?.kind !== "edit") return {};
  const changes = Map.groupBy<string, TextEdit>(fix.edits, ({ path }) => path);
  const artifactChanges = Array.from(changes, ([path, edits]) => ({
    artifactLocation: { uri: relativeUri(path) },
    replacements: edits.map(({ start, end, replacement }) => ({
      deletedRegion: { charOffset: start, charLength: end - start },
      insertedContent: { text: replacement },
    })),
  }));
  return {
    fixes: [{ description: { text: printable(`${fix.text} (${fix.grade}: ${fix.reason})`) }, artifactChanges }],
  };
}

/** Lines of the Dockerfile that the image was built from, where it is known. */
function writtenAt(locations: readonly Location[]): { relatedLocations?: object[] } {
  const known = locations.flatMap((location) => (location.kind === "image" ? (location.layer.dockerfile ?? []) : []));
  const lines = [...new Map(known.map((each) => [`${each.path}:${each.line}`, each])).values()];
  if (lines.length === 0) return {};
  return { relatedLocations: lines.map(({ path, line }, i) => ({ id: i + 1, ...physical(path, line) })) };
}

function messageOf(finding: Finding, asset: Asset): string {
  const { title, detail, fix, locations } = finding;
  const affected = packageOf(finding);
  const sentences = [affected === undefined ? title : `${findingName(finding)} in ${affected}: ${title}`];
  const [location] = locations;
  if (location.kind === "image") {
    const { instruction } = location.layer;
    const made = instruction === undefined ? "" : `, ${shortInstruction(instruction)}`;
    const file = formatDockerfile(location.layer);
    const written = file === undefined ? "" : ` (${file})`;
    sentences.push(`In /${location.path} of ${asset.name}, ${formatLayer(location.layer)}${made}${written}`);
  }
  if (detail !== undefined) sentences.push(detail);
  if (fix !== undefined) sentences.push(`Fix: ${fix.text}`);
  return sentences.join(". ");
}

function openResult(evaluation: Evaluation): object {
  const { asset, scope, reason, gaps } = evaluation;
  const accepted = isAccepted(evaluation) ? acceptedTexts(evaluation) : [];
  const part = scopeText(scope);
  const subject = part === undefined ? assetTitle(asset) : `${assetTitle(asset)}, ${part}`;
  const others = gaps.map(gapText).filter((text) => text !== reason);
  return {
    kind: "open",
    level: "none",
    message: { text: printable(`Unknown for ${subject}: ${[reason, ...others].join(". ")}`) },
    locations: [{ ...physical(asset.name), logicalLocations: [logical(asset)] }],
    ...(accepted.length === 0
      ? {}
      : { suppressions: accepted.map((text) => ({ kind: "external", justification: printable(text) })) }),
    properties: { asset: asset.id, gaps: gaps.map(({ code }) => code) },
  };
}

function locationOf(location: Location, asset: Asset): object {
  switch (location.kind) {
    case "file":
      return physical(location.path, location.line, location.column);
    case "image": {
      const inside = { fullyQualifiedName: `${asset.name}!/${location.path}`, kind: "resource" };
      return { ...physical(location.path), logicalLocations: [logical(asset), inside] };
    }
    case "config":
      return {
        ...physical(asset.name),
        logicalLocations: [logical(asset), { fullyQualifiedName: `${asset.name}!${location.field}`, kind: "property" }],
      };
    case "object": {
      const { object, field, place } = location;
      const known = { name: object, fullyQualifiedName: `${asset.id}!${object}`, kind: "resource" };
      const within = { name: field, fullyQualifiedName: `${asset.id}!${object}!${field}`, kind: "property" };
      return {
        ...(place === undefined ? physical(asset.name) : physical(place.path, place.line, place.column)),
        logicalLocations: [logical(asset), known, ...(field === undefined ? [] : [within])],
      };
    }
  }
}

/** Code scanning services show nothing without a file and a line, so what has no line is given the first. */
function physical(path: string, line = 1, column?: number): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(path) },
      region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
    },
  };
}

/** A relative reference (RFC 3986, 4.2): encoded, so that no component can be taken for a scheme or a query. */
function relativeUri(path: string): string {
  const components = path.split("/").filter((component) => component !== "" && component !== ".");
  return components.map((component) => encodeURIComponent(component.toWellFormed())).join("/") || ".";
}

function logical(asset: Asset): object {
  return { name: asset.name, fullyQualifiedName: asset.id, kind: asset.kind === "file" ? "resource" : "module" };
}

function suppressionOf({ reason, owner, expires, source }: ExceptionUse): object {
  return {
    kind: "external",
    status: "accepted",
    justification: `${reason} (${owner}${expires === undefined ? "" : `, until ${expires}`})`,
    location: physical(source.path, source.line, source.column),
  };
}

function notices(report: Report): string[] {
  const unenforced = enforcementText(report.evaluations);
  return [
    `policy: ${policyText(report.policy)}`,
    ...loosenedKeys(report.policy).map(loosenedText),
    ...report.databases.map((database) => `database: ${databaseText(database)}`),
    ...(unenforced === undefined ? [] : [`enforcement: ${unenforced}`]),
    ...(report.baseline === undefined ? [] : [`baseline: ${baselineText(report.baseline)}`]),
    ...report.notes,
  ].map(printable);
}
