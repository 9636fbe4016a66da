/** Responses as watching uses them: who keeps what is known of containers, and opens the record where the policy responds at all. */
import type { Policy } from "../../../core/policy.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { Alert } from "../../../engines/events/model.ts";
import type { ClusterConnection } from "../../../engines/kubernetes/cluster/connection.ts";
import { responseLine } from "../../../report/runtime/responses.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Responder, ResponderParts, ResponseRequest } from "./model.ts";
import { responseAlert } from "./record-alert.ts";
import { readResponseRequest } from "./request.ts";
import { createResponder } from "./responder.ts";

export interface ResponsesOptions extends Pick<ResponderParts, "node" | "root" | "hostProcesses" | "own" | "tell"> {
  readonly policy: Policy;
  readonly cluster?: ClusterConnection;
  /** The record's file. */
  readonly journal: string;
  /** A line for the log. */
  onEvent(text: string): void;
  /** For the outputs. Absent: the log alone gets it. */
  onAlert?(alert: Alert): void;
}

export interface Responses {
  /** What this side found out of a container. */
  known(facts: ContainerFacts): void;
  respond(request: ResponseRequest): void;
  /** A line of the process that evaluates rules. @returns whether it is one */
  heard(line: string): boolean;
  /** @throws Problem (usage) where the policy responds now and the record cannot be opened: the one before stays */
  adopt(policy: Policy): void;
  sensorBegan(): Promise<void>;
  counts: Responder["counts"];
  /** When what was asked for is done. */
  close(): Promise<void>;
}

const MOST_KNOWN = 10_000;

/** @throws Problem (usage) where the policy responds and the record cannot be opened */
export function attachResponses(options: ResponsesOptions): Responses {
  const { policy, onEvent, onAlert, journal: path, node } = options;
  /** By the first 12 characters, which is what events have at least; the oldest first. */
  const known = new Map<string, ContainerFacts>();
  let journal: Journal | undefined;

  function open(next: Policy): void {
    if (next.runtime.respond !== "off" && next.origin.kind !== "tree") journal ??= openJournal(path);
  }

  open(policy);
  const responder = createResponder(policy, {
    ...options,
    containerOf(id) {
      const facts = known.get(id.slice(0, 12));
      return facts?.fullId.startsWith(id) === true ? facts : undefined;
    },
    journal: { append: async (record) => await journal?.append(record) },
    onRecord(record) {
      onEvent(responseLine(record));
      onAlert?.(responseAlert(record));
    },
  });
  for (const note of responder.notes()) onEvent(note);

  return {
    known(facts) {
      known.delete(facts.id);
      if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value as string);
      known.set(facts.id, facts);
    },
    respond: responder.respond,
    heard(line) {
      const request = readResponseRequest(line);
      if (request === undefined) onEvent(`${node}: a response that was asked for in no form that there is`);
      else responder.respond(request);
      return request !== undefined;
    },
    adopt(next) {
      open(next);
      responder.adopt(next);
      for (const note of responder.notes()) onEvent(note);
    },
    sensorBegan: responder.sensorBegan,
    counts: responder.counts,
    close: responder.close,
  };
}
