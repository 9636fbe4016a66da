import { isAccepted } from "../../core/accepted-unknown.ts";
import { type Asset, assetTitle } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { ExceptionUse } from "../../core/exception.ts";
import type { Finding, Fix, TextEdit } from "../../core/finding.ts";
import { formatDockerfile, formatLayer, type Location } from "../../core/location.ts";
import type { Severity } from "../../core/severity.ts";
import { inertText } from "../inert-text.ts";
import { shortInstruction } from "../instruction.ts";
import type { RowOf } from "../json/known.ts";
import { sourcePath } from "../source-path.ts";
import { acceptedTexts, findingName, gapText, packageOf, scopeText } from "../wording.ts";
import { limits } from "./limits.ts";
import { assetLocation, locationOf, physical, type Root, relativeUri, SOURCE_ROOT, sourceFile } from "./places.ts";
import { levels, ruleIdOf, securitySeverity } from "./rules.ts";
import type { Entry } from "./selection.ts";

/** What results are made with. */
export interface ResultContext {
  readonly root: Root;
  readonly ruleIndex: ReadonlyMap<string, number>;
  /** With a baseline, so that each says whether it is new (SARIF 2.1.0, 3.27.24). */
  readonly compared: boolean;
  /** Whether the place of a finding is exposed, reached, runs…; gives nothing where nobody joined that. */
  readonly rowOf: RowOf;
}

export function resultOf(entry: Entry, { root, ruleIndex, compared, rowOf }: ResultContext): object {
  const { finding, evaluation, state, exception } = entry;
  const ruleId = finding === undefined ? evaluation.check : ruleIdOf(finding);
  const rule = { ruleId, ruleIndex: ruleIndex.get(ruleId) ?? -1 };
  if (finding === undefined) return { ...rule, ...openResult(evaluation, root) };
  const result = { ...rule, ...failResult(finding, evaluation, root, rowOf) };
  if (exception !== undefined) return { ...result, suppressions: [suppressionOf(exception)] };
  return compared ? { ...result, baselineState: state } : result;
}

/** What the policy does not enforce is no error, whatever reads it. */
function levelOf(severity: Severity, action: Evaluation["action"]): "error" | "warning" | "note" {
  if (action === "audit") return "note";
  return action === "warn" && levels[severity] === "error" ? "warning" : levels[severity];
}

function failResult(
  finding: Finding,
  { asset, action, check }: Evaluation,
  root: Root,
  rowOf: ResultContext["rowOf"],
): object {
  const { severity, confidence, fingerprint, overThreshold, matches, loaded, fix, locations } = finding;
  const affected = packageOf(finding);
  const row = rowOf(asset)(finding);
  return {
    kind: "fail",
    level: levelOf(severity, action),
    message: { text: messageText(messageOf(finding, asset)) || fingerprint },
    locations: locations.slice(0, limits.locationsShown).map((location) => locationOf(location, asset, root)),
    ...writtenAt(locations, root),
    ...fixesOf(fix, root),
    // The second is the one that GitHub knows an alert by: ours outlives moved lines, as theirs does.
    partialFingerprints: { "bulkhead/v1": fingerprint, primaryLocationLineHash: `${fingerprint}:1` },
    properties: {
      ...securitySeverity(severity),
      severity,
      ...(confidence === undefined ? {} : { confidence }),
      overThreshold,
      ...(action === undefined ? {} : { action }),
      check,
      ids: matches.ids,
      asset: asset.id,
      ...(affected === undefined ? {} : { package: affected }),
      ...(matches.purl === undefined ? {} : { purl: matches.purl }),
      ...(loaded === undefined ? {} : { loaded: loaded.state, loadedReason: loaded.reason }),
      ...(row === undefined ? {} : { context: row }),
      ...(fix === undefined ? {} : { fix: fix.text }),
      ...(fix !== undefined && "grade" in fix ? { fixGrade: fix.grade, fixGradeReason: fix.reason } : {}),
    },
  };
}

function messageText(text: string): string {
  const shown = inertText(text);
  const { messageCharacters } = limits;
  return shown.length <= messageCharacters ? shown : `${shown.slice(0, messageCharacters - 1).toWellFormed()}…`;
}

/** Offsets are in the run's `columnKind` (3.30.9), as ours are. A patch of an object's fields is no text yet. */
function fixesOf(fix: Fix | undefined, root: Root): { fixes?: object[] } {
  if (fix?.kind !== "edit") return {};
  const changes = Map.groupBy<string, TextEdit>(fix.edits, ({ path }) => path);
  const artifactChanges = Array.from(changes, ([path, edits]) => ({
    artifactLocation: { uri: relativeUri(sourcePath(root, path)), uriBaseId: SOURCE_ROOT },
    replacements: edits.map(({ start, end, replacement }) => ({
      deletedRegion: { charOffset: start, charLength: end - start },
      insertedContent: { text: replacement },
    })),
  }));
  return {
    fixes: [{ description: { text: messageText(`${fix.text} (${fix.grade}: ${fix.reason})`) }, artifactChanges }],
  };
}

/** Lines of the Dockerfile that the image was built from, where it is known. */
function writtenAt(locations: readonly Location[], root: Root): { relatedLocations?: object[] } {
  const known = locations.flatMap((location) => (location.kind === "image" ? (location.layer.dockerfile ?? []) : []));
  const lines = [...new Map(known.map((each) => [`${each.path}:${each.line}`, each])).values()];
  if (lines.length === 0) return {};
  const shown = lines.slice(0, limits.locationsShown);
  return { relatedLocations: shown.map(({ path, line }, i) => ({ id: i + 1, ...sourceFile(root, path, line) })) };
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

/** Not yet determined (3.27.9): its level must be `none` (3.27.10). */
function openResult(evaluation: Evaluation, root: Root): object {
  const { asset, scope, reason, gaps } = evaluation;
  const accepted = isAccepted(evaluation) ? acceptedTexts(evaluation) : [];
  const part = scopeText(scope);
  const subject = part === undefined ? assetTitle(asset) : `${assetTitle(asset)}, ${part}`;
  const others = gaps.map(gapText).filter((text) => text !== reason);
  return {
    kind: "open",
    level: "none",
    message: { text: messageText(`Unknown for ${subject}: ${[reason, ...others].join(". ")}`) },
    locations: [assetLocation(asset, root)],
    ...(accepted.length === 0
      ? {}
      : { suppressions: accepted.map((text) => ({ kind: "external", justification: messageText(text) })) }),
    properties: { asset: asset.id, gaps: gaps.map(({ code }) => code) },
  };
}

function suppressionOf({ reason, owner, expires, source }: ExceptionUse): object {
  return {
    kind: "external",
    status: "accepted",
    justification: `${reason} (${owner}${expires === undefined ? "" : `, until ${expires}`})`,
    location: physical(source.path, source.line, source.column),
  };
}
