/** Other detectors' alerts, from the documents that they write; each detector's documents are told by their fields. */
import { measureJson } from "../../../core/json-cost.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { Alert } from "../model.ts";
import { bulkhead } from "./bulkhead.ts";
import { falco } from "./falco.ts";
import { guardDuty } from "./guardduty.ts";
import { type Detector, orUnread } from "./model.ts";
import { securityCommandCenter } from "./security-command-center.ts";
import { tetragon } from "./tetragon.ts";

/** What gets each alert, in the order in which they were written. */
export interface AlertSink {
  alert(alert: Alert): void;
  /** Events of a detector that found nothing in them. @param kind - as it names them: `process_exec` */
  passed(detector: string, kind: string, count: number): void;
  /**
   * What a detector says that it did not see, and what could not be read: "nothing found" is unknown.
   *
   * @param reason - as the end of a sentence about it
   */
  lost(reason: string, count: number, place: string): void;
}

/** Our own alerts have Falco's keys: they come first. */
const detectors: readonly Detector[] = [bulkhead, falco, tetragon, guardDuty, securityCommandCenter];

/** The detector that wrote a document: `falco`; undefined for none that is known. */
export function detectorOf(document: unknown): string | undefined {
  return detectorFor(unwrapped(document))?.name;
}

/** Reads one document. */
export function readAlerts(document: unknown, place: string, sink: AlertSink): void {
  const inner = unwrapped(document);
  const detector = detectorFor(inner);
  if (detector === undefined || inner === undefined) {
    sink.lost("not an alert of a known detector", 1, place);
    return;
  }
  for (const reading of orUnread(detector.read(inner), detector.name)) {
    if ("alert" in reading) sink.alert(reading.alert);
    else if ("passed" in reading) sink.passed(detector.name, reading.passed, 1);
    else sink.lost(reading.lost, reading.count, place);
  }
}

function detectorFor(document: Untyped | undefined): Detector | undefined {
  return document === undefined ? undefined : detectors.find(({ isOwn }) => isOwn(document));
}

/** Queues put a document into one of theirs: Pub/Sub as base64, SNS as a text. */
function unwrapped(document: unknown): Untyped | undefined {
  if (!isObject(document)) return undefined;
  const { message, Message, Type } = document;
  if (isObject(message) && typeof message.data === "string")
    return parsed(Buffer.from(message.data, "base64")) ?? document;
  if (Type === "Notification" && typeof Message === "string") return parsed(Buffer.from(Message)) ?? document;
  return document;
}

function parsed(bytes: Buffer): Untyped | undefined {
  if (measureJson(bytes, { depth: bounds.documentDepth, values: bounds.documentValues }).over !== undefined)
    return undefined;
  try {
    const value: unknown = parseJson(bytes.toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
