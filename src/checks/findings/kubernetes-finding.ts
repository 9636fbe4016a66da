/** What the checks over Kubernetes objects have in common: a finding as a check states it, and what becomes of it. */
import type { FieldPatch, FindingDraft, Fix, Graded } from "../../core/finding.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import {
  describeObject,
  type FieldPath,
  formatFieldPath,
  type KubernetesObject,
  locationOf,
  objectLocation,
} from "../../engines/kubernetes/model.ts";
import { gradeOfFix } from "../knowledge/fix-grades.ts";
import { clip, clipSubject, SENTENCE } from "./one-line.ts";

/** A finding as a check states it. Paths are from the object's root. */
export interface FieldDetection {
  readonly object: KubernetesObject;
  readonly path: FieldPath;
  /**
   * What it is about, as short as it can be told from others of the asset and stable: names in place of indexes, no value
   * that changes. `container web: securityContext.privileged`. A number is put behind it where it comes again.
   */
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly title: string;
  /** Absent: the check's. */
  readonly severity?: RatedSeverity;
  readonly detail?: string;
  /** What to do in words, and the changes that do it where they are safe to make. */
  readonly fix?: string | FieldFix;
  /** What is shown beside the object and its field. */
  readonly evidence?: Readonly<Record<string, string>>;
  /** Other places that it is about. */
  readonly also?: readonly { readonly object: KubernetesObject; readonly path: FieldPath }[];
}

export interface FieldFix {
  readonly text: string;
  /** Empty: words alone. */
  readonly patches: readonly FieldPatch[];
  /** Where less is known of this change than of its kind (checks/knowledge/fix-grades.ts). */
  readonly graded?: Graded | undefined;
}

/** Findings with their check's id, their place, and a subject that no other finding of the asset has. */
export function* draftsOf(
  id: string,
  severity: RatedSeverity,
  detections: Iterable<FieldDetection>,
): Generator<FindingDraft> {
  const draft = draftMaker(id, severity);
  for (const detection of detections) yield draft(detection);
}

/** As {@link draftsOf}, of one detection after the other. */
export function draftMaker(id: string, severity: RatedSeverity): (detection: FieldDetection) => FindingDraft {
  const seen = new Map<string, number>();
  return (detection) => {
    const subject = clipSubject(detection.subject);
    const times = (seen.get(subject) ?? 0) + 1;
    seen.set(subject, times);
    const own = times === 1 ? subject : `${subject} (${times})`;
    return draftOf(id, detection.severity ?? severity, detection, own);
  };
}

function draftOf(id: string, severity: RatedSeverity, detection: FieldDetection, subject: string): FindingDraft {
  const { object, path, title, detail, fix, evidence, also = [] } = detection;
  const called = calledOf(object);
  const field = formatFieldPath(path);
  const shown: Record<string, string> = { object: called.clipped };
  if (path.length > 0) shown.field = clip(field, SENTENCE);
  for (const name in evidence) shown[name] = evidence[name] as string;
  return {
    subject,
    severity,
    title: clip(title, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [
      object.source.kind === "cluster" ? objectLocation(called.whole, field) : locationOf(object, path),
      ...also.map((place) => locationOf(place.object, place.path)),
    ],
    matches: matchesOf(id, object.source.kind === "file" ? object.source.text.path : undefined),
    ...(fix === undefined ? {} : { fix: fixOf(id, fix) }),
    evidence: shown,
  };
}

interface Called {
  readonly object: KubernetesObject;
  readonly whole: string;
  readonly clipped: string;
}

/** The last one: an object's findings follow one another. */
let lastCalled: Called | undefined;

function calledOf(object: KubernetesObject): Called {
  if (lastCalled?.object === object) return lastCalled;
  const whole = describeObject(object);
  lastCalled = { object, whole, clipped: clip(whole) };
  return lastCalled;
}

/** The last of each check: the objects of one file have the same. */
const lastMatches = new Map<string, FindingDraft["matches"]>();

function matchesOf(id: string, path: string | undefined): FindingDraft["matches"] {
  const last = lastMatches.get(id);
  if (last !== undefined && last.path === path) return last;
  const matches = { ids: [id], ...(path === undefined ? {} : { path }) };
  lastMatches.set(id, matches);
  return matches;
}

function isSome<T>(items: readonly T[]): items is readonly [T, ...T[]] {
  return items.length > 0;
}

/** The last of each check, where it says one thing of all. */
const lastInstructions = new Map<string, Fix & { readonly kind: "instruction" }>();

function fixOf(id: string, fix: string | FieldFix): Fix {
  const text = clip(typeof fix === "string" ? fix : fix.text, SENTENCE);
  if (typeof fix !== "string" && isSome(fix.patches)) {
    return { kind: "patch", text, ...gradeOfFix(id, fix.graded), patches: fix.patches };
  }
  const last = lastInstructions.get(id);
  if (last?.text === text) return last;
  const instruction = { kind: "instruction", text } as const;
  lastInstructions.set(id, instruction);
  return instruction;
}
