/**
 * Alerts that `runtime watch` and `runtime replay --format alerts` write: Falco's keys, and what Bulkhead knows beyond under
 * `bulkhead` (report/runtime/lines.ts). The digest of the image joins them to it.
 */
import { severities } from "../../../core/severity.ts";
import type { Untyped } from "../../../core/untyped.ts";
import { subjectOf } from "../detect/subject.ts";
import type { Alert } from "../model.ts";
import { falco } from "./falco.ts";
import type { Detector, Reading } from "./model.ts";
import { containerOf, countAt, fieldsOf, known, objectAt, textAt, textsAt, timeAt } from "./values.ts";

export const bulkhead: Detector = {
  name: "bulkhead",
  isOwn: (document) => objectAt(document, "bulkhead")?.version === 1 && falco.isOwn(document),
  read,
};

/** Of `runtime watch` itself: what happened meanwhile nobody knows (guards/runtime/watch/own-alerts.ts). */
const UNSEEN: ReadonlySet<string> = new Set(["Detection Blind", "Events Lost"]);

function read(document: Untyped): readonly Reading[] {
  const own = objectAt(document, "bulkhead");
  const [reading] = falco.read(document);
  if (own === undefined || reading === undefined || !("alert" in reading)) return [];
  const { alert } = reading;
  const severity = severities.find((each) => each === own.severity);
  const pod = { namespace: textAt(own, "pod", "namespace"), name: textAt(own, "pod", "name") };
  const digest = textAt(own, "container", "digest");
  const imageId = textAt(own, "container", "imageId");
  const container = containerOf(textAt(own, "container", "id"), {
    name: textAt(own, "container", "name"),
    image: textAt(own, "container", "image"),
    imageId: imageId ?? (digest === undefined ? undefined : `@${digest}`),
  });
  const isManifest = digest !== undefined && digest !== imageId && /^sha256:[0-9a-f]{64}$/.test(digest);
  const process = processOf(own);
  const read: Alert = {
    ...alert,
    detector: textAt(own, "detector") ?? "bulkhead",
    severity: severity ?? alert.severity,
    count: Math.max(1, countAt(own, "count") ?? 1),
    first: timeAt(own, "first") ?? alert.first,
    last: timeAt(own, "last") ?? alert.last,
    about: {
      ...alert.about,
      ...(container === undefined
        ? {}
        : { container: { ...container, ...(isManifest ? { imageDigest: digest } : {}) } }),
      ...(pod.namespace === undefined || pod.name === undefined
        ? {}
        : { pod: { namespace: pod.namespace, name: pod.name } }),
    },
    subject: subjectOf(fieldsOf(objectAt(document, "output_fields") ?? {}), process?.commandLine),
    ...known({ why: textAt(own, "why"), fix: textAt(own, "fix"), process: process ?? alert.process }),
  };
  if (!UNSEEN.has(read.rule) || read.detector !== "bulkhead" || read.severity === "low") return [{ alert: read }];
  return [{ alert: read }, { lost: read.output, count: read.count }];
}

function processOf(own: Untyped): Alert["process"] {
  const name = textAt(own, "process", "name");
  const commandLine = textAt(own, "process", "commandLine");
  if (name === undefined || commandLine === undefined) return undefined;
  return {
    pid: countAt(own, "process", "pid") ?? 0,
    name,
    commandLine,
    ancestors: textsAt(own, "process", "ancestors").slice(0, 8),
    ...known({
      path: textAt(own, "process", "path"),
      user: textAt(own, "process", "user"),
      uid: countAt(own, "process", "uid"),
    }),
  };
}
