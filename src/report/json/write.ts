import type { Asset } from "../../core/asset.ts";
import type { Basis, DatabaseUse } from "../../core/basis.ts";
import type { CheckDescription } from "../../core/check.ts";
import { changeKinds, type LockfileChanges } from "../../core/dependency-changes.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import type { Gap } from "../../core/evidence.ts";
import type { ExceptionUse } from "../../core/exception.ts";
import type { Finding, Fix } from "../../core/finding.ts";
import type { LifecycleStepResult } from "../../core/lifecycle.ts";
import type { Location } from "../../core/location.ts";
import type { PolicyChain, PolicyOrigin } from "../../core/policy.ts";
import type { Relation, RelationEnd } from "../../core/relation.ts";
import type { BaselineUse, ControlResult, Report } from "../../core/report.ts";
import type { Scope } from "../../core/scope.ts";
import type { AcceptedUnknown } from "../../core/unknown-entry.ts";
import { inOrder } from "../in-order.ts";
import { scopeText } from "../wording.ts";
import { type BasisPlaces, basisPlaces } from "./bases.ts";
import { contextJson, loadedJson, priorityJson, type RowOf, rowsOf } from "./known.ts";
import { itemByItem, jsonPieces, keyByKey } from "./pieces.ts";

/** Raised when a key changes its meaning or goes; a new key does not raise it. */
export const reportSchema = "bulkhead/report/v1";

/**
 * The whole report for machines, as docs/schemas/bulkhead-report-v1.json describes it: nothing is left out, and
 * `readReport` gives it back. Keys always come in the same order and evaluations in that of the table, so that two
 * reports can be compared as text. Keys without a value are left out. In pieces; ends with a line break.
 */
export function* renderJson(report: Report): Generator<string> {
  const evaluations = inOrder(report.evaluations);
  const placeOf = findingPlaces(evaluations, report.controls ?? []);
  const bases = basisPlaces(evaluations);
  const rowOf = rowsOf(report);
  const document = keyByKey({
    schema: reportSchema,
    tool: { name: report.tool.name, version: report.tool.version },
    subject: report.subject,
    directory: report.directory,
    startedAt: report.startedAt,
    exitCode: report.exitCode,
    policy: policyJson(report.policy, report.policyDigest),
    databases: report.databases.map(databaseJson),
    baseline: report.baseline === undefined ? undefined : baselineJson(report.baseline),
    notes: report.notes.values(),
    controls: report.controls?.map((control) => controlJson(control, placeOf)),
    layers: report.layers?.map(({ layer, verdict, defends, failing }) => ({ layer, verdict, defends, failing })),
    lifecycle: report.lifecycle?.map(lifecycleJson),
    changes: report.changes?.map(changesJson),
    bases: bases.all.map(basisJson),
    evaluations: itemByItem(evaluations, (evaluation) => evaluationJson(evaluation, bases.placeOf, rowOf)),
    relations: itemByItem(report.relations, relationJson),
    contexts: report.contexts === undefined ? undefined : itemByItem(report.contexts, contextJson),
    checks: itemByItem(
      report.checks.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      checkJson,
    ),
  });
  yield* jsonPieces(document);
  yield "\n";
}

function lifecycleJson({ step, state, reason, short, places }: LifecycleStepResult): object {
  return { step, state, reason, short, places: places.map(locationJson) };
}

function changesJson({ lockfile, counts, closes, direct, others }: LockfileChanges): object {
  return {
    lockfile,
    counts: Object.fromEntries(changeKinds.map((kind) => [kind, counts[kind]])),
    closes,
    direct: direct.map(({ kind, type, name, before, after, brings }) => ({ kind, type, name, before, after, brings })),
    others,
  };
}

/** Index of an evaluation in the report, and of the finding among its own. */
interface FindingPlace {
  readonly evaluation: number;
  readonly finding: number;
}

/** Images of one lineage share fingerprints, so that a fingerprint alone does not say which finding it is. */
function findingPlaces(evaluations: Evaluations, controls: readonly ControlResult[]) {
  const wanted = new Set(controls.flatMap(({ worst }) => worst));
  const places = new Map<Finding, FindingPlace>();
  let evaluation = 0;
  for (const { findings } of evaluations) {
    for (const [index, finding] of findings.entries()) {
      if (wanted.has(finding) && !places.has(finding)) places.set(finding, { evaluation, finding: index });
    }
    evaluation++;
  }
  return (finding: Finding) => places.get(finding);
}

function policyJson(origin: PolicyOrigin, digest: Digest | undefined): object {
  switch (origin.kind) {
    case "default":
      return { origin: "default", trusted: false, digest };
    case "tree":
      return { origin: "tree", trusted: false, name: origin.path, digest, ...chainJson(origin) };
    case "trusted":
      return { origin: "trusted", trusted: true, name: origin.name, digest, ...chainJson(origin) };
  }
}

function chainJson({ environment, extended, loosened }: Partial<PolicyChain>): object {
  return {
    environment,
    extends: extended,
    loosened: loosened?.map(({ key, path, line, column, trusted, wanted }) => ({
      key,
      path,
      line,
      column,
      trusted,
      wanted,
    })),
  };
}

function baselineJson({ name, entries, known, worsened, resolved, notEvaluated, foreign }: BaselineUse): object {
  return { name, entries, known, worsened, resolved, notEvaluated, foreign };
}

function controlJson(
  { number, title, verdict, before, reason, coverage, worst, nextFix }: ControlResult,
  placeOf: (finding: Finding) => FindingPlace | undefined,
): object {
  const { assessed, total, noun, excluded } = coverage;
  return {
    number,
    title,
    verdict,
    before,
    reason,
    coverage: { assessed, total, noun, excluded },
    worst: worst.map((finding) => finding.fingerprint),
    worstAt: worst.map((finding) => placeOf(finding) ?? null),
    nextFix,
  };
}

function acceptedJson(accepted: AcceptedUnknown): object {
  const { code, by } = accepted;
  switch (accepted.by) {
    case "option":
      return { code, by };
    case "baseline":
      return { code, by, since: accepted.since, expires: accepted.expires };
    case "policy": {
      const { reason, owner, expires, source } = accepted;
      return {
        code,
        by,
        reason,
        owner,
        expires,
        source: { path: source.path, line: source.line, column: source.column },
      };
    }
  }
}

function evaluationJson(evaluation: Evaluation, basisOf: BasisPlaces["placeOf"], rowOf: RowOf): object {
  const {
    check,
    asset,
    scope,
    basis,
    verdict,
    action,
    reason,
    findings,
    excepted,
    baselined,
    accepted,
    evidence,
    gaps,
    observedAt,
    validUntil,
  } = evaluation;
  const written = {
    check,
    asset: assetJson(asset),
    // Both: `scope` was all that the first reports of this version said.
    scope: scopeText(scope),
    part: scope === undefined ? undefined : partJson(scope),
    basis: basisOf(basis),
    verdict,
    action,
    reason,
    observedAt,
    validUntil,
  };
  // Nine of ten: a pass that has nothing to tell.
  if (findings.length + excepted.length + gaps.length === 0 && baselined === undefined && accepted === undefined) {
    return { ...written, findings, excepted, evidence, gaps };
  }
  const row = rowOf(asset);
  const withRow = (finding: Finding) => findingJson(finding, row(finding));
  return keyByKey({
    ...written,
    findings: itemByItem(findings, withRow),
    excepted: itemByItem(excepted, ({ finding, exception }) => ({
      finding: withRow(finding),
      exception: exceptionJson(exception),
    })),
    baselined:
      baselined === undefined
        ? undefined
        : itemByItem(baselined, ({ finding, since }) => ({ finding: withRow(finding), since })),
    accepted: accepted === undefined ? undefined : itemByItem(accepted, acceptedJson),
    evidence,
    gaps: itemByItem(gaps, gapJson),
  });
}

function partJson(scope: Scope): object {
  switch (scope.kind) {
    case "packages":
      return { kind: scope.kind, ecosystem: scope.ecosystem, release: scope.release };
    case "object":
      return { kind: scope.kind, object: scope.object };
  }
}

function basisJson({ tool, policy, databases }: Basis): object {
  return {
    tool: tool === undefined ? undefined : { name: tool.name, version: tool.version },
    policy,
    databases: databases.map(databaseJson),
  };
}

function databaseJson({ label, asOf, detail }: DatabaseUse): object {
  return { label, asOf, detail };
}

function gapJson({ code, reason, remedy, concerns }: Gap): object {
  return { code, reason, remedy, concerns };
}

function relationJson({ type, from, to, observedAt, since, evidence, gaps }: Relation): object {
  return { type, from: endJson(from), to: endJson(to), observedAt, since, evidence, gaps: gaps.map(gapJson) };
}

function endJson(end: RelationEnd): object {
  const { kind, id, name } = end;
  return { kind, id, identifiedBy: end.kind === "image" ? end.identifiedBy : undefined, name };
}

function assetJson(asset: Asset): object {
  const { kind, id, lineage, name } = asset;
  if (asset.kind !== "image") {
    const { place, seenOn } = asset as { readonly place?: string; readonly seenOn?: string };
    return { kind, id, lineage, name, place, seenOn };
  }
  const references = asset.references.map(({ reference, manifestDigest, indexDigest, observedAt }) => ({
    reference,
    manifestDigest,
    indexDigest,
    observedAt,
  }));
  return {
    kind,
    id,
    identifiedBy: asset.identifiedBy,
    lineage,
    path: asset.path,
    place: asset.place,
    name,
    references,
  };
}

function findingJson(finding: Finding, context: object | undefined): object {
  const { fix, priority } = finding;
  const { ids, package: name, version, purl, path } = finding.matches;
  return {
    fingerprint: finding.fingerprint,
    severity: finding.severity,
    confidence: finding.confidence,
    overThreshold: finding.overThreshold,
    unrecorded: finding.unrecorded,
    title: finding.title,
    detail: finding.detail,
    subject: finding.subject,
    ids,
    package: name === undefined ? undefined : { name, version, purl },
    // What is known of a thing that is no package.
    version: name === undefined ? version : undefined,
    purl: name === undefined ? purl : undefined,
    path,
    locations: finding.locations.map(locationJson),
    fix: fix === undefined ? undefined : fixJson(fix),
    origin: finding.origin,
    loaded: finding.loaded === undefined ? undefined : loadedJson(finding.loaded),
    priority: priority === undefined ? undefined : priorityJson(priority),
    context,
    evidence: finding.evidence,
    references: finding.references,
  };
}

function fixJson(fix: Fix): object {
  const { kind, text } = fix;
  switch (fix.kind) {
    case "upgrade":
      return { kind, text, version: fix.version };
    case "instruction":
      return { kind, text };
    case "edit":
      return {
        kind,
        text,
        grade: fix.grade,
        reason: fix.reason,
        edits: fix.edits.map(({ path, start, end, replacement }) => ({ path, start, end, replacement })),
      };
    case "patch":
      return {
        kind,
        text,
        grade: fix.grade,
        reason: fix.reason,
        patches: fix.patches.map(({ path, op, value }) => ({ path, op, value })),
      };
  }
}

function locationJson(location: Location): object {
  switch (location.kind) {
    case "file":
      return { kind: "file", path: location.path, line: location.line, column: location.column };
    case "image": {
      const { index, of, diffId, instruction, historyIndex, dockerfile } = location.layer;
      return {
        kind: "image",
        path: location.path,
        layer: {
          index,
          of,
          diffId,
          instruction,
          historyIndex,
          dockerfile: dockerfile === undefined ? undefined : { path: dockerfile.path, line: dockerfile.line },
        },
      };
    }
    case "config":
      return { kind: "config", field: location.field };
    case "object": {
      const { object, field, place } = location;
      return {
        kind: "object",
        object,
        field,
        place: place === undefined ? undefined : { path: place.path, line: place.line, column: place.column },
      };
    }
  }
}

function exceptionJson({ reason, owner, expires, source }: ExceptionUse): object {
  return { reason, owner, expires, source: { path: source.path, line: source.line, column: source.column } };
}

function checkJson({
  id,
  title,
  layer,
  category,
  controls,
  withoutControl,
  severity,
  subject,
  needs,
  documentation,
}: CheckDescription): object {
  const { what, why, fix, references } = documentation;
  return {
    id,
    title,
    layer,
    // The first reports of this version knew two, and their readers no others.
    category: category === "vulnerability" ? category : "configuration",
    kind: category,
    controls,
    withoutControl,
    severity,
    subject,
    needs,
    documentation: { what, why, fix, references },
  };
}
