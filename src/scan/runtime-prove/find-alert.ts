/** Looks through what detectors write for an alert that names an event: by its nonce, which nothing else has. */
import { readClock } from "../../core/clock.ts";
import { measureJson } from "../../core/json-cost.ts";
import { parseJson } from "../../core/parse-json.ts";
import { printable } from "../../core/printable.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { bounds as detectorBounds } from "../../engines/detectors/bounds.ts";
import type { ProvenAlert } from "../../engines/detectors/model.ts";
import { readAlerts } from "../../engines/events/alerts/read.ts";
import { bounds as eventBounds } from "../../engines/events/bounds.ts";
import type { Alert } from "../../engines/events/model.ts";
import { bounds } from "../bounds.ts";

export interface AlertSearch {
  /** One line of an output, without its end. */
  line(text: string, place: string): void;
  /** What a webhook was sent. */
  body(bytes: Buffer, place: string): void;
  /** The first that names the event. */
  readonly found: Promise<ProvenAlert>;
  /** Events that detectors said they lost meanwhile. */
  lost(): number;
  /** Kinds of events that named it and were no alert: `tetragon process_exec`. */
  seen(): readonly string[];
}

/** Texts of alerts of losses: such a line is read although it does not name the event. */
const LOSSES = /Falco internal|rate_limit_info|process_throttle|Events Lost|Detection Blind/;

/** Falco's text output: `14:03:22.123456789: Warning Sensitive file opened …`. */
const TEXT = /^[\dT:.+Z-]{8,40}: (?:Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) /;

export function searchAlert(nonce: string, now: () => Date = () => readClock()): AlertSearch {
  const { promise, resolve } = Promise.withResolvers<ProvenAlert>();
  const seen = new Set<string>();
  let lost = 0;

  function document(value: unknown, place: string): void {
    readAlerts(value, place, {
      alert(alert) {
        const text = textWith(alert, value, nonce);
        if (text !== undefined) {
          resolve({ detector: detectorOf(value, alert), rule: alert.rule, text, time: timeOf(alert, now()) });
        } else if (isOwnLoss(alert)) lost += alert.count;
      },
      passed(detector, kind) {
        if (seen.size < bounds.provenKinds && JSON.stringify(value).includes(nonce)) seen.add(`${detector} ${kind}`);
      },
      lost(_reason, count) {
        lost += count;
      },
    });
  }

  function parsed(bytes: Buffer): unknown {
    const limits = { depth: eventBounds.documentDepth, values: eventBounds.documentValues };
    if (measureJson(bytes, limits).over !== undefined) return undefined;
    try {
      return parseJson(bytes.toString("utf8"));
    } catch {
      return undefined;
    }
  }

  function line(text: string, place: string): void {
    const names = text.includes(nonce);
    if (!names && !LOSSES.test(text)) return;
    const start = text.trimStart();
    if (start.startsWith("{")) {
      const value = parsed(Buffer.from(start));
      if (isObject(value)) document(value, place);
    } else if (names && TEXT.test(start)) {
      const output = excerpt(start.replace(TEXT, ""), nonce);
      resolve({ detector: "falco", rule: "(text output)", text: output, time: now().toISOString() });
    }
  }

  return {
    line,
    body(bytes, place) {
      const value = parsed(bytes);
      if (isObject(value)) document(value, place);
      else if (Array.isArray(value)) for (const each of value.slice(0, bounds.provenDocuments)) document(each, place);
      // Some send a document a line.
      else for (const each of bytes.toString("utf8").split("\n").slice(0, bounds.provenDocuments)) line(each, place);
    },
    found: promise,
    lost: () => lost,
    seen: () => [...seen],
  };
}

/** What of an alert names the event: its own text, else whatever else of the document does. */
function textWith({ output }: Alert, document: unknown, nonce: string): string | undefined {
  if (output.includes(nonce)) return excerpt(output, nonce);
  const by = nameIn(document, nonce, "", 0);
  return by === undefined ? undefined : excerpt(`${output.slice(0, 400)} | ${by}`, nonce);
}

/** `output_fields.proc.exepath=/tmp/…`: the first text that holds it. */
function nameIn(value: unknown, nonce: string, place: string, depth: number): string | undefined {
  if (typeof value === "string") return value.includes(nonce) ? `${place}=${value}` : undefined;
  if (typeof value !== "object" || value === null || depth > DEEPEST) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = nameIn(inner, nonce, place === "" ? name : `${place}.${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const DEEPEST = 12;

/** As much around the nonce as a proof holds. */
function excerpt(text: string, nonce: string): string {
  const shown = printable(text.toWellFormed());
  const end = Math.max(detectorBounds.alertText, shown.indexOf(nonce) + nonce.length + 100);
  return shown.slice(Math.max(0, end - detectorBounds.alertText), end).toWellFormed();
}

/** Our own lines have Falco's keys and say whose they are. */
function detectorOf(document: unknown, { detector }: Alert): string {
  const own = valueAt(document, ["bulkhead", "detector"]);
  return typeof own === "string" ? printable(own).slice(0, 40) : detector;
}

function isOwnLoss({ rule }: Alert): boolean {
  return rule === "Events Lost" || rule === "Detection Blind";
}

function timeOf({ first }: Alert, now: Date): string {
  const date = new Date(Number(first / 1_000_000n));
  return Number.isNaN(date.getTime()) ? now.toISOString() : date.toISOString();
}
