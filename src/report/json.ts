import type { Asset } from "../core/asset.ts";
import type { CheckDescription } from "../core/check.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { ExceptionUse } from "../core/exception.ts";
import type { Finding } from "../core/finding.ts";
import type { Location } from "../core/location.ts";
import type { PolicyChain, PolicyOrigin } from "../core/policy.ts";
import type { BaselineUse, ControlResult, Report } from "../core/report.ts";
import { inOrder } from "./wording.ts";

/** Raised when a key changes its meaning or goes; a new key does not raise it. */
export const reportSchema = "bulkhead/report/v1";

/**
 * The whole report for machines, every finding included, as docs/schemas/bulkhead-report-v1.json describes it. Keys
 * always come in the same order and evaluations in that of the table, so that two reports can be compared as text.
 * Keys without a value are left out. Ends with a line break.
 */
export function renderJson(report: Report): string {
  const document = {
    schema: reportSchema,
    tool: { name: report.tool.name, version: report.tool.version },
    subject: report.subject,
    startedAt: report.startedAt,
    exitCode: report.exitCode,
    policy: policyJson(report.policy),
    databases: report.databases.map(({ label, asOf, detail }) => ({ label, asOf, detail })),
    baseline: report.baseline === undefined ? undefined : baselineJson(report.baseline),
    notes: report.notes,
    controls: report.controls?.map(controlJson),
    layers: report.layers?.map(({ layer, verdict, defends, failing }) => ({ layer, verdict, defends, failing })),
    evaluations: inOrder(report.evaluations).map(evaluationJson),
    checks: report.checks.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(checkJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function policyJson(origin: PolicyOrigin): object {
  switch (origin.kind) {
    case "default":
      return { origin: "default", trusted: false };
    case "tree":
      return { origin: "tree", trusted: false, name: origin.path, ...chainJson(origin) };
    case "trusted":
      return { origin: "trusted", trusted: true, name: origin.name, ...chainJson(origin) };
  }
}

function chainJson({ extended, loosened }: Partial<PolicyChain>): object {
  return {
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

function baselineJson({ name, entries, known, risen, gone, unjudged }: BaselineUse): object {
  return { name, entries, known, risen, gone, unjudged };
}

function controlJson({ number, title, verdict, reason, coverage, worst, nextFix }: ControlResult): object {
  const { judged, total, noun } = coverage;
  return {
    number,
    title,
    verdict,
    reason,
    coverage: { judged, total, noun },
    worst: worst.map((finding) => finding.fingerprint),
    nextFix,
  };
}

function evaluationJson(evaluation: Evaluation): object {
  const {
    check,
    asset,
    scope,
    verdict,
    reason,
    findings,
    excepted,
    baselined,
    evidence,
    gaps,
    observedAt,
    validUntil,
  } = evaluation;
  return {
    check,
    asset: assetJson(asset),
    scope,
    verdict,
    reason,
    observedAt,
    validUntil,
    findings: findings.map(findingJson),
    excepted: excepted.map(({ finding, exception }) => ({
      finding: findingJson(finding),
      exception: exceptionJson(exception),
    })),
    baselined: baselined?.map(({ finding, since }) => ({ finding: findingJson(finding), since })),
    evidence,
    gaps: gaps.map(({ code, reason: why, remedy, concerns }) => ({ code, reason: why, remedy, concerns })),
  };
}

function assetJson(asset: Asset): object {
  const { kind, id, lineage, name } = asset;
  if (asset.kind !== "image") return { kind, id, lineage, name };
  const references = asset.references.map(({ reference, manifestDigest, indexDigest, observedAt }) => ({
    reference,
    manifestDigest,
    indexDigest,
    observedAt,
  }));
  return { kind, id, identifiedBy: asset.identifiedBy, lineage, name, references };
}

function findingJson(finding: Finding): object {
  const {
    fingerprint,
    severity,
    overThreshold,
    title,
    detail,
    subject,
    locations,
    matches,
    fix,
    origin,
    priority,
    evidence,
    references,
  } = finding;
  const { ids, package: name, version, purl, path } = matches;
  return {
    fingerprint,
    severity,
    overThreshold,
    title,
    detail,
    subject,
    ids,
    package: name === undefined ? undefined : { name, version, purl },
    path,
    locations: locations.map(locationJson),
    fix:
      fix === undefined
        ? undefined
        : { kind: fix.kind, text: fix.text, version: fix.kind === "upgrade" ? fix.version : undefined },
    origin,
    priority:
      priority === undefined
        ? undefined
        : { score: priority.score, exploited: priority.exploited, reasons: priority.reasons },
    evidence,
    references,
  };
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

function checkJson({ id, title, layer, category, controls, severity, needs }: CheckDescription): object {
  return { id, title, layer, category, controls, severity, needs };
}
