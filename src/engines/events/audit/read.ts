/**
 * Audit events of an API server (`audit.k8s.io/v1`) from what it wrote: an event a line (its log backend), lists of them
 * (`EventList`, as its webhook backend sends them), arrays, one document over many lines.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { createDocumentReader, type DocumentReader } from "../documents/documents.ts";
import { readMoment } from "../documents/rfc3339.ts";
import type { AuditEvent } from "./model.ts";

/** What gets each event, in the order in which they were written. */
export interface AuditSink {
  event(event: AuditEvent): void;
  /**
   * What could not be read: "nothing found" is unknown.
   *
   * @param reason - as the end of a sentence about it: `not JSON`
   * @param place - of the first of them: `audit.log:12`
   */
  lost(reason: string, count: number, place: string): void;
}

/** Reads documents one by one; the events in them are numbered through. */
export interface AuditDocuments {
  read(document: unknown, place: string): void;
}

export function createAuditDocuments(sink: AuditSink): AuditDocuments {
  let number = 0;

  function readEvent(json: Untyped, place: string): void {
    if (typeof json.auditID !== "string") {
      sink.lost("not an audit event: no auditID", 1, place);
      return;
    }
    const moment = readMoment(json.stageTimestamp);
    if (moment === undefined) {
      sink.lost("an audit event without a stageTimestamp", 1, place);
      return;
    }
    number += 1;
    sink.event({ number, seconds: moment.seconds, nanoseconds: moment.nanoseconds, json, stamp: number });
  }

  return {
    read(document, place) {
      if (isObject(document) && document.kind === "EventList" && Array.isArray(document.items)) {
        for (const item of document.items) {
          if (isObject(item)) readEvent(item, place);
          else sink.lost("not an audit event", 1, place);
        }
      } else if (isObject(document) && document.kind === "Event") readEvent(document, place);
      else sink.lost("not an audit event", 1, place);
    },
  };
}

/** Whether a document is one that {@link createAuditDocuments} reads, told by its first fields. */
export function isAuditDocument(document: unknown): boolean {
  if (!isObject(document)) return false;
  if (document.kind === "EventList") return Array.isArray(document.items);
  return document.kind === "Event" && typeof document.auditID === "string";
}

/** @param name - of the file or stream, in places */
export function createAuditReader(name: string, sink: AuditSink): DocumentReader {
  const documents = createAuditDocuments(sink);
  return createDocumentReader(name, {
    document: documents.read,
    broken: (reason, place) => sink.lost(reason, 1, place),
  });
}
