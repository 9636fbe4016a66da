/**
 * What runtime detection found, as checks see it: alerts of our own rules, of captures that were replayed, and of other
 * detectors. No check sees an event.
 */
import type { LayerReference } from "../../core/location.ts";
import type { RatedSeverity } from "../../core/severity.ts";

/** Where events come from: one rule judges events of one source, and fields belong to one. */
export type EventSource = (typeof eventSources)[number];

/** As rule files name them: system calls and what the kernel tells beside them; the API server's audit events. */
export const eventSources = ["syscall", "k8s_audit"] as const;

/** Falco's eight priorities, the worst first. */
export const priorities = [
  "EMERGENCY",
  "ALERT",
  "CRITICAL",
  "ERROR",
  "WARNING",
  "NOTICE",
  "INFORMATIONAL",
  "DEBUG",
] as const;

export type Priority = (typeof priorities)[number];

/** Time in nanoseconds since 1970: more than a number holds. */
export type Nanoseconds = bigint;

/**
 * Something that a rule found, once or several times. Texts are what an attacker wrote (command lines, paths, names of
 * containers): whoever shows one escapes it for the place where it is shown.
 */
export interface Alert {
  /** The rule's name as its file has it: `Terminal shell in container`. */
  readonly rule: string;
  /** What says so: `bulkhead`, `falco`, `tetragon`, `guardduty`, `security-command-center`. */
  readonly detector: string;
  readonly priority: Priority;
  readonly severity: RatedSeverity;
  readonly source: EventSource | "other";
  /** As the rule has them: `mitre_execution`, `T1059`, `container`. */
  readonly tags: readonly string[];
  /** The rule's output with its fields filled in, without time and priority. */
  readonly output: string;
  /** Each field of the output: `proc.cmdline` → what it was, null where it was absent. */
  readonly fields: Readonly<Record<string, string | null>>;
  /** How often, collapsed by rule, asset and what the rule's key says; 1 or more. */
  readonly count: number;
  readonly first: Nanoseconds;
  readonly last: Nanoseconds;
  /** Which host, container and workload it is about; {@link AlertSubject}. */
  readonly about: AlertSubject;
  /**
   * What tells it from other alerts of its rule about the same, with no time, process id or client's port in it: the command
   * line and what it was done to, the request of an audit event.
   */
  readonly subject: string;
  /** What the rule says that it finds, why that is bad, and what to do; absent where it says nothing. */
  readonly description?: string;
  readonly why?: string;
  readonly fix?: string;
  /** Of a sequence: what came before, in order, each with its time (`14:03:20.123 curl -o /tmp/x …`). */
  readonly after?: readonly string[];
  /** Absent for what no process did. */
  readonly process?: AlertProcess;
  /** The session in a container that did it, which audit events are joined by; absent on the host and where nothing tells. */
  readonly session?: ContainerSession;
  /**
   * Who opened the session by `kubectl exec` or `attach` that did it, where audit events join them. More than one: each of
   * these requests may have, and nothing tells which.
   */
  readonly kubernetesUsers?: readonly KubernetesUser[];
  /** What the image that it happened in says of the program that ran; absent where nobody read that image. */
  readonly program?: AlertProgram;
  /** Where the rule stands, where it is known. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/**
 * What entered a container from outside, and all that came of it: the container's main process, or what a runtime was asked to
 * execute in it.
 */
export interface ContainerSession {
  /** Of its first process, as the host numbers it. */
  readonly pid: number;
  /** Whether that is the container's main process. */
  readonly isMain: boolean;
  /** Arguments of its first program, argv[0] among them; byte strings. */
  readonly command: readonly string[];
  /** When that program was started; absent where nothing tells. */
  readonly started?: Nanoseconds;
  /** The pod's UID as the cgroup tells it. */
  readonly podUid?: string;
}

/** A request of the API server's audit log that opens a session in a container. */
export interface KubernetesUser {
  /** As the API server knew it: `alice@example.com`, `system:serviceaccount:ci:deployer`. */
  readonly name: string;
  /** Whom it acted as by impersonation. */
  readonly actingAs?: string;
  /** `pods/exec`, `pods/attach`. */
  readonly request: string;
  readonly auditId: string;
  readonly time: Nanoseconds;
}

/** Where a program of an image comes from. */
export interface AlertProgram {
  /** Config digest of the image. */
  readonly image: string;
  /** Its path in the image, links followed, without a leading slash. */
  readonly path: string;
  /** That wrote it; absent where the image has no such file. */
  readonly layer?: LayerReference;
  /** The package that brought it: `curl 8.14.1-2`, and its package-url; absent where none did. */
  readonly package?: { readonly name: string; readonly version: string; readonly purl: string };
}

export interface AlertProcess {
  readonly pid: number;
  readonly name: string;
  readonly path?: string;
  readonly commandLine: string;
  readonly user?: string;
  readonly uid?: number;
  /** Names of parent, grandparent…, the nearest first; at most eight. */
  readonly ancestors: readonly string[];
}

/** What an alert is about, as far as it is known: nothing is guessed. */
export interface AlertSubject {
  readonly host?: string;
  readonly container?: {
    /** The runtime's whole id, 64 hex digits, or what of it is known. */
    readonly id: string;
    readonly name?: string;
    /** As the runtime has it: `registry.example.com/shop/api:2.0.1`. */
    readonly image?: string;
    /** The image's config digest or its manifest's, each where the runtime tells: `sha256:…`. */
    readonly imageId?: string;
    readonly imageDigest?: string;
  };
  readonly pod?: {
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
    /** The object that made it, where the API tells: a Deployment, not its ReplicaSet. */
    readonly owner?: { readonly kind: string; readonly name: string };
  };
  /** What an audit event is about: `{ resource: "configmaps", namespace: "shop", name: "settings" }`. */
  readonly object?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
  /** What another detector names and nothing here has: `arn:aws:ec2:…:instance/i-0ab`. */
  readonly other?: string;
}

/** What was read of one stream of events: how much, and what of it was lost. */
export interface EventsRead {
  /** Of how many events: all, and those that some rule wanted to see. */
  readonly events: number;
  readonly evaluated: number;
  readonly first?: Nanoseconds;
  readonly last?: Nanoseconds;
  /** Events that the source dropped or that could not be read, with why: each makes "nothing found" *unknown*. */
  readonly lost: readonly { readonly reason: string; readonly count: number }[];
  /** Of what state was evicted over a bound: `threads` → 12. */
  readonly evicted: Readonly<Record<string, number>>;
}

/** What was found on one asset, of one stream of events. */
export interface DetectedOn {
  /** Collapsed; in the order in which they began. */
  readonly alerts: readonly Alert[];
  readonly read: EventsRead;
}
