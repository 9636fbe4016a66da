/** For the tests of checks over Kubernetes objects: what a check finds in manifests, and what its fixes would change. */
import assert from "node:assert/strict";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Check } from "../../../core/check.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import type { FieldPatch, Finding } from "../../../core/finding.ts";
import { formatLocation } from "../../../core/location.ts";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import { formatFieldPath, type Workload } from "../../../engines/kubernetes/model.ts";
import { evaluateManifests, type ManifestsContext } from "../../../evaluate/kubernetes/workloads.ts";

/** A text is one file, `manifest.yaml`. */
export type ManifestTexts = string | Readonly<Record<string, string>>;

/** What a test says that is not in the manifests. */
export type Around = Partial<ManifestsContext>;

const now = new Date("2026-01-01T00:00:00Z");

/** Every evaluation of one check, in the order of the manifests. */
export function evaluationsOf(check: Pick<Check, "id">, texts: ManifestTexts, around: Around = {}): Evaluation[] {
  const files = typeof texts === "string" ? { "manifest.yaml": texts } : texts;
  const manifests = readManifests(Object.entries(files).map(([path, text]) => ({ path, text })));
  const all = evaluateManifests(manifests, { policy: defaultPolicy, now, scope: "tree", ...around });
  return all.filter((evaluation) => evaluation.check === check.id);
}

/** Findings in the order of the files. */
export function findingsOf(check: Pick<Check, "id">, texts: ManifestTexts, around?: Around): Finding[] {
  const findings = evaluationsOf(check, texts, around).flatMap((evaluation) => {
    const subjects = new Set(evaluation.findings.map(({ subject }) => subject));
    assert.equal(subjects.size, evaluation.findings.length, "subjects differ");
    return evaluation.findings;
  });
  return findings.toSorted((a, b) => order(a, b));
}

/** `line:column subject | title` of each finding; with several files `path:line:column`. */
export function detected(check: Pick<Check, "id">, texts: ManifestTexts, around?: Around): string[] {
  return findingsOf(check, texts, around).map(({ locations, subject, title }) => {
    const place = formatLocation(locations[0]);
    return `${typeof texts === "string" ? place.replace("manifest.yaml:", "") : place} ${subject} | ${title}`;
  });
}

/** `name verdict` of each asset. */
export function verdictsOf(check: Pick<Check, "id">, texts: ManifestTexts, around?: Around): string[] {
  return evaluationsOf(check, texts, around).map(({ asset, verdict }) => `${asset.name} ${verdict}`);
}

/** What the patches of each finding would do; a finding without one is its words. */
export function fixesOf(check: Pick<Check, "id">, texts: ManifestTexts, around?: Around): unknown[] {
  return findingsOf(check, texts, around).map(({ fix }) =>
    fix?.kind === "patch" ? fix.patches.map(patchText) : fix?.text,
  );
}

function patchText({ op, path, value }: FieldPatch): readonly unknown[] {
  return op === "remove" ? [op, formatFieldPath(path)] : [op, formatFieldPath(path), value];
}

/** The one workload of a manifest that must be read without a gap. */
export function workloadOf(text: string): Workload {
  const { workloads, gaps } = readManifests([{ path: "manifest.yaml", text }]);
  assert.deepEqual(
    gaps.map(({ reason }) => reason),
    [],
  );
  const [workload] = workloads;
  assert.ok(workload !== undefined && workloads.length === 1);
  return workload;
}

/** A Pod with these fields of its specification, as JSON, which is YAML too. */
export function podText(spec: object, annotations: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", annotations }, spec });
}

function order(a: Finding, b: Finding): number {
  const [one, other] = [a.locations[0], b.locations[0]].map((location) => {
    if (location.kind !== "file") return { path: "", line: 0, column: 0 };
    return { line: 0, column: 0, ...location };
  });
  if (one === undefined || other === undefined) return 0;
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}
