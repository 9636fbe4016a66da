/** What the checks over Kubernetes objects have in common: a finding as a check states it, and what becomes of it. */
import type { FieldPatch, FindingDraft, Fix } from "../../core/finding.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import {
  describeObject,
  type FieldPath,
  formatFieldPath,
  type KubernetesObject,
  locationOf,
} from "../../engines/kubernetes/model.ts";
import { clip, clipSubject, SENTENCE } from "./one-line.ts";

/** A finding as a check states it. Paths are from the object's root. */
export interface SpottedField {
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
}

/** Findings with their check's id, their place, and a subject that no other finding of the asset has. */
export function* draftsOf(id: string, severity: RatedSeverity, spots: Iterable<SpottedField>): Generator<FindingDraft> {
  const seen = new Map<string, number>();
  for (const spotted of spots) {
    const subject = clipSubject(spotted.subject);
    const times = (seen.get(subject) ?? 0) + 1;
    seen.set(subject, times);
    yield draftOf(id, spotted.severity ?? severity, spotted, times === 1 ? subject : `${subject} (${times})`);
  }
}

function draftOf(id: string, severity: RatedSeverity, spotted: SpottedField, subject: string): FindingDraft {
  const { object, path, title, detail, fix, evidence, also = [] } = spotted;
  return {
    subject,
    severity,
    title: clip(title, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [locationOf(object, path), ...also.map((place) => locationOf(place.object, place.path))],
    matches: { ids: [id], ...(object.source.kind === "file" ? { path: object.source.text.path } : {}) },
    ...(fix === undefined ? {} : { fix: fixOf(fix) }),
    evidence: {
      object: clip(describeObject(object)),
      ...(path.length === 0 ? {} : { field: clip(formatFieldPath(path), SENTENCE) }),
      ...evidence,
    },
  };
}

function fixOf(fix: string | FieldFix): Fix {
  const text = clip(typeof fix === "string" ? fix : fix.text, SENTENCE);
  const [first, ...more] = typeof fix === "string" ? [] : fix.patches;
  return first === undefined ? { kind: "instruction", text } : { kind: "patch", text, patches: [first, ...more] };
}
