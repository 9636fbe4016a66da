/**
 * Responses to alerts: what is asked for, by whom it is done, and what is told of it.
 *
 * Whoever evaluates rules parses what attackers wrote, and so is believed little: it names a rule, a container and a process.
 * What a container is, whether a policy responds, whom it spares and how often are decided here, by what is known here.
 */
import type { Policy } from "../../../core/policy.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { Nanoseconds, Priority } from "../../../engines/events/model.ts";
import type { ResponseAction } from "../../../engines/events/respond/model.ts";
import type { ClusterConnection } from "../../../engines/kubernetes/cluster/connection.ts";

/** An alert as far as responses go by it (`request.ts` makes it of an alert, and reads it from a line). */
export interface ResponseRequest {
  readonly rule: string;
  readonly priority: Priority;
  readonly tags: readonly string[];
  /** Of the event; the process lived then. */
  readonly time: Nanoseconds;
  /** The runtime's id, whole or its first 12 characters; absent: it happened on the host. */
  readonly container?: string;
  readonly process?: {
    /** As the host numbers it. */
    readonly pid: number;
    readonly name: string;
    /** The file that runs, as the event had it. */
    readonly path?: string;
  };
}

/** What came of one action. */
export type ResponseOutcome =
  | "done"
  /** `runtime.respond: dry-run`: it would have been done. */
  | "dry-run"
  /** It was so already. */
  | "unchanged"
  /** The process or container had ended. */
  | "gone"
  /** The workload is spared. */
  | "exempt"
  /** Over a limit of the policy. */
  | "limited"
  | "failed"
  /** Taken back by `runtime respond undo`. */
  | "undone";

/** One line of the journal, and what outputs get. Texts of attackers are in it: whoever shows one escapes it. */
export interface ResponseRecord {
  /** `r-` and 16 hex digits. */
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly node: string;
  readonly rule: string;
  readonly priority: Priority;
  /** `shop/Deployment/api`, `node-1/Container/jump`, `node-1`. */
  readonly workload: string;
  /** `none`: which it would have been cannot be told. */
  readonly action: ResponseAction | "none";
  /** What it was done to: `process 4711 (sh)`, `container 0123456789ab (api)`, `pod shop/api-7f9c`. */
  readonly target: string;
  readonly outcome: ResponseOutcome;
  /** Why it was not done, what was verified before, what it brings with it. */
  readonly reason?: string;
  /** What takes it back; absent where nothing does. */
  readonly undo?: Undo;
  /** The same for people: `bulkhead runtime respond undo r-…`, or the runtime's own command. */
  readonly undoCommand?: string;
}

/** What takes an action back, complete in itself. */
export type Undo =
  | {
      readonly kind: "container";
      readonly runtime: "docker" | "podman";
      readonly socket: string;
      readonly id: string;
      readonly do: "unpause" | "start";
    }
  | {
      readonly kind: "detach";
      readonly namespace: string;
      readonly pod: string;
      readonly uid: string;
      /** As they were. */
      readonly labels: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "label";
      readonly namespace: string;
      readonly pod: string;
      readonly uid: string;
      readonly labels: readonly string[];
      readonly annotations: readonly string[];
    }
  | {
      readonly kind: "quarantine";
      readonly namespace: string;
      readonly pod: string;
      readonly uid: string;
      readonly label: string;
      readonly policy: {
        readonly kind: "NetworkPolicy" | "CiliumNetworkPolicy";
        readonly name: string;
        readonly uid: string;
      };
    }
  | { readonly kind: "protect"; readonly cgroup: string; readonly container: string };

/** What a responder is given by whoever runs it. */
export interface ResponderParts {
  /** The node's name, for limits and records. */
  readonly node: string;
  /** What this side knows of a container, by its whole id or the first 12 characters. Never what the asking side says. */
  containerOf(id: string): ContainerFacts | undefined;
  /** Tells the sensor a command (docs/sensor-control.md). Absent: nothing is killed by it, nothing protected. */
  readonly tell?: (command: string) => Promise<void>;
  /** Where the host's root filesystem is (`/`, `/host`): /proc, cgroups and the runtimes' sockets are looked up below it. */
  readonly root?: string;
  /** Whether /proc below the root is the host's own, so that process ids can be held against it. */
  readonly hostProcesses: boolean;
  /** Of the cluster that the node is in: without it nothing is labeled or quarantined. */
  readonly cluster?: ClusterConnection;
  /** What of it is Bulkhead's own: nothing is done to it. */
  readonly own: {
    readonly namespace?: string;
    readonly containers: readonly string[];
    readonly pids: readonly number[];
  };
  /** Keeps a record for `runtime respond list`; the action has happened. */
  readonly journal: { append(record: ResponseRecord): Promise<void> };
  /** Told each record: an event of the outputs. */
  onRecord(record: ResponseRecord): void;
}

export type ResponseCounts = Readonly<Record<ResponseOutcome, number>> & {
  /** Not even looked at: too many waited. */
  readonly crowded: number;
  /** Records that could not be written down. */
  readonly unwritten: number;
};

export interface Responder {
  /** Never throws and never waits: what comes of it is told by {@link ResponderParts.onRecord}. For each match, before repeats are collapsed. */
  respond(request: ResponseRequest): void;
  /** From now on by another policy; limits and what was done already stay. */
  adopt(policy: Policy): void;
  /** Why responses do not all work as the policy has them: `runtime.respond: on, and no cluster is known: label is not done`. */
  notes(): readonly string[];
  counts(): ResponseCounts;
  /** A sensor was started again, which knows nothing of what is protected. */
  sensorBegan(): Promise<void>;
  /** When all that was asked for is done. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
