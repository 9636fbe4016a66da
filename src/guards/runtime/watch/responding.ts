/** Responses while watching: what this side knows of containers, a record of what was done, and the sensor's own commands. */
import { hostname } from "node:os";
import type { Policy } from "../../../core/policy.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { shortId } from "../../../engines/events/containers/values.ts";
import { responseLine } from "../../../report/runtime/responses.ts";
import type { HostContainersOptions } from "../../../scan/runtime-containers.ts";
import { openJournal } from "../response/journal.ts";
import type { Responder, ResponderParts, ResponseRecord, ResponseRequest } from "../response/model.ts";
import { createResponder } from "../response/responder.ts";

export interface RespondingOptions {
  /** Where the record is kept. */
  readonly journal: string;
  readonly policy: Policy;
  readonly hostname?: string;
  readonly containers?: HostContainersOptions;
  /** Processes of ours: nothing is done to them. */
  readonly own: () => readonly number[];
  /** Tells the sensor a command; absent: there is none that takes them. */
  readonly tell?: (command: string) => Promise<void>;
  onRecord(record: ResponseRecord): void;
  onEvent(text: string): void;
}

export interface Responding {
  respond(request: ResponseRequest): void;
  known(facts: ContainerFacts): void;
  adopt(policy: Policy): void;
  /** Another sensor was started, which knows nothing of what is protected. */
  sensorBegan(): void;
  close(): Promise<void>;
}

/** Containers that are remembered; the ones that were told of the longest ago go first. */
const MOST_KNOWN = 10_000;

/** Whether anything is done by this policy: that of a scanned directory responds to nothing. */
export function responds({ runtime, origin }: Policy): boolean {
  return runtime.respond !== "off" && origin.kind !== "tree";
}

/** @throws Problem (usage) where its record cannot be kept */
export function createResponding(options: RespondingOptions): Responding {
  const known = new Map<string, ContainerFacts>();
  let responder: Responder | undefined;

  function adopt(policy: Policy): void {
    if (responder !== undefined) responder.adopt(policy);
    else if (responds(policy)) responder = createResponder(policy, partsOf(options, known));
    else return;
    for (const note of responder.notes()) options.onEvent(note);
  }

  adopt(options.policy);
  return {
    adopt,
    respond: (request) => responder?.respond(request),
    known(facts) {
      if (facts.details === undefined) return;
      known.delete(facts.id);
      known.set(facts.id, facts);
      if (known.size > MOST_KNOWN) known.delete(known.keys().next().value ?? "");
    },
    sensorBegan() {
      responder?.sensorBegan().catch((error: Error) => options.onEvent(error.message));
    },
    close: async () => await responder?.close(),
  };
}

function partsOf(options: RespondingOptions, known: ReadonlyMap<string, ContainerFacts>): ResponderParts {
  const { journal, containers, own, tell, onRecord, onEvent } = options;
  const namespace = process.env.POD_NAMESPACE;
  const pods = containers?.pods;
  return {
    node: options.hostname ?? process.env.NODE_NAME ?? hostname(),
    containerOf(id) {
      const facts = known.get(shortId(id));
      // Of two whose ids begin alike neither is the other.
      return facts?.fullId.startsWith(id) === true ? facts : undefined;
    },
    ...(tell === undefined ? {} : { tell }),
    root: containers?.root ?? "/",
    // Below another root it is the host's where it was mounted with it.
    hostProcesses: true,
    ...(pods !== undefined && "cluster" in pods ? { cluster: pods.cluster } : {}),
    own: {
      ...(namespace === undefined ? {} : { namespace }),
      containers: [],
      get pids() {
        return own();
      },
    },
    journal: openJournal(journal),
    onRecord(record) {
      onEvent(responseLine(record));
      onRecord(record);
    },
  };
}
