/**
 * The guard as a server: webhooks over TLS on one port, health and metrics on another. It is ready once the policy, the trusted
 * roots and the certificate are in place and the webhooks trust what is shown; it ends without losing a request.
 */
import { setTimeout as delay } from "node:timers/promises";
import { bounds as reviewBounds } from "../../../engines/admission/bounds.ts";
import type { CertificatePair } from "../../../engines/certificates/model.ts";
import { startServer } from "../../../net/server.ts";
import type { Limits, RunningServer } from "../../../net/server-model.ts";
import { measureProcess } from "../../../scan/serving/process-metrics.ts";
import { createReadiness } from "../../../scan/serving/readiness.ts";
import type { ReloadingPolicies } from "../../../scan/serving/reloading.ts";
import { type Repeated, repeat } from "../../../scan/serving/repeat.ts";
import { startStatus } from "../../../scan/serving/status.ts";
import { errorText, tellOnce } from "../../../scan/serving/tell.ts";
import { type CertificateSource, createCertificateKeeper } from "../certificates/keeper.ts";
import type { WebhookAnchors } from "../certificates/model.ts";
import type { Guard, PolicySet } from "../model.ts";
import { type Answerer, createAnswerer } from "./answerer.ts";
import { bounds } from "./bounds.ts";
import { createGate } from "./gate.ts";
import type { Decided } from "./log-line.ts";
import type { Meters } from "./meters.ts";

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Of health and metrics, in plain HTTP. */
  readonly statusHost: string;
  readonly statusPort: number;
  readonly guard: Guard;
  readonly policies: ReloadingPolicies<PolicySet>;
  readonly certificates: CertificateSource;
  /** Absent: no webhook configuration is looked at. */
  readonly anchors?: WebhookAnchors;
  /** In PEM: only clients whose certificate one of these has signed may ask. */
  readonly clientAuthorities?: string;
  readonly meters: Meters;
  readonly now: () => Date;
  /** Resolves once the cluster is known well enough to be asked about; absent: at once. */
  readonly clusterReady?: Promise<void>;
  /** Milliseconds between two looks. */
  readonly looks?: Partial<Looks>;
  readonly drain?: Partial<Drain>;
  readonly limits?: Partial<Limits>;
  onDecided(decided: Decided): void;
  /** What an operator reads: one line. */
  onEvent(text: string): void;
}

interface Looks {
  readonly policy: number;
  readonly certificate: number;
  /** Of the certificate, while something is wrong with it. */
  readonly fault: number;
}

interface Drain {
  /** Until nobody sends requests here any more: endpoints of a Service take as long. */
  readonly leaveMilliseconds: number;
  /** For what is under way then. */
  readonly closeMilliseconds: number;
}

export interface ServedGuard {
  /** Of the webhooks; undefined while there is no certificate. */
  port(): number | undefined;
  readonly statusPort: number;
  isReady(): boolean;
  /** Reads the policy and the certificate anew, and resolves when both are in force or refused. */
  reload(): Promise<void>;
  /**
   * Readiness goes first, then what is under way is answered.
   *
   * @returns how many requests were cut off
   */
  stop(): Promise<number>;
  /** Resolves when it has stopped. */
  readonly stopped: Promise<void>;
}

const LOOKS: Looks = { policy: 5_000, certificate: 10_000, fault: 2_000 };
const DRAIN: Drain = { leaveMilliseconds: 8_000, closeMilliseconds: 30_000 };

/** @throws Problem where a port is not to be had, or the policy is broken before any was in force */
export async function serveGuard(options: ServeOptions): Promise<ServedGuard> {
  const { policies, meters, onEvent } = options;
  const looks = { ...LOOKS, ...options.looks };
  const drain = { ...DRAIN, ...options.drain };
  const readiness = createReadiness(["policy", "trust", "cluster", "certificate", "serving"]);
  const gate = createGate();
  const onError = (error: unknown) => onEvent(`internal error, please report it: ${errorText(error)}`);
  const answerer = createAnswerer({
    guard: options.guard,
    policies: () => policies.current(),
    meters,
    now: options.now,
    gate,
    onDecided: options.onDecided,
    onError,
  });
  const status = await startStatus({
    host: options.statusHost,
    port: options.statusPort,
    metrics: meters.metrics,
    readiness,
    onError,
  });
  const inside = meters.metrics.gauge({
    name: "bulkhead_admission_in_flight",
    help: "Requests that are decided, and that wait for it",
    labels: ["state"],
  });
  const open = meters.metrics.gauge({ name: "bulkhead_admission_connections", help: "Connections that are open" });
  measureProcess(meters.metrics, options.now());
  let server: RunningServer | undefined;
  meters.metrics.onExpose(() => {
    inside.set(gate.running(), { state: "running" });
    inside.set(gate.waiting(), { state: "waiting" });
    open.set(server?.connections() ?? 0);
    for (const [condition, fault] of readiness.conditions())
      meters.ready.set(fault === undefined ? 1 : 0, { condition });
  });

  let isStopping = false;
  let offered: CertificatePair | undefined;
  const keeper = createCertificateKeeper({
    source: options.certificates,
    ...(options.anchors === undefined ? {} : { anchors: options.anchors }),
    now: options.now,
    show(pair) {
      server?.show(pair);
      offered = pair;
      meters.certificateChanges.add(1);
    },
  });
  const told = tellOnce(onEvent);

  async function lookAtCertificate(): Promise<number> {
    const { shown, fault, notes, done, authorityEnds } = await keeper.look();
    if (server === undefined && offered !== undefined && !isStopping)
      server = await listen(options, offered, answerer, onError);
    for (const each of done) onEvent(`certificate: ${each}`);
    told("certificate", [...(fault === undefined ? [] : [fault]), ...notes].join("; "));
    readiness.set("certificate", fault);
    readiness.set("serving", server === undefined ? "not listening yet" : isStopping ? "stopping" : undefined);
    if (shown !== undefined) meters.certificateEnds.set(shown.notAfter.getTime() / 1_000, { certificate: "server" });
    if (authorityEnds !== undefined) {
      meters.certificateEnds.set(authorityEnds.getTime() / 1_000, { certificate: "authority" });
    }
    return fault === undefined ? looks.certificate : looks.fault;
  }

  async function lookAtPolicy(anew = false): Promise<number> {
    await policies.look(anew);
    readiness.set(
      "policy",
      policies.current() === undefined ? (policies.fault()?.line() ?? "not read yet") : undefined,
    );
    readiness.set("trust", trustFault(policies.current()));
    return looks.policy;
  }

  options.clusterReady === undefined
    ? readiness.set("cluster", undefined)
    : void options.clusterReady.then(() => readiness.set("cluster", undefined));
  let repeated: readonly Repeated[];
  try {
    await lookAtPolicy();
    const fault = policies.fault();
    if (policies.current() === undefined && fault !== undefined) throw fault;
    repeated = [
      repeat(await lookAtCertificate(), lookAtCertificate, onError),
      repeat(looks.policy, lookAtPolicy, onError),
    ];
  } catch (error) {
    await status.close(0);
    throw error;
  }

  const { promise: stopped, resolve: haveStopped } = Promise.withResolvers<void>();
  return {
    port: () => server?.port,
    statusPort: status.port,
    isReady: () => readiness.isReady(),
    stopped,
    async reload() {
      await lookAtPolicy(true);
      await repeated[0]?.now();
    },
    async stop() {
      const isFirst = !isStopping;
      isStopping = true;
      readiness.set("serving", "stopping");
      server?.leave();
      if (isFirst) await delay(drain.leaveMilliseconds);
      for (const each of repeated) each.stop();
      const cut = (await server?.close(isFirst ? drain.closeMilliseconds : 0)) ?? 0;
      // What was answered last is still to be logged.
      await new Promise((resolve) => setImmediate(resolve));
      await status.close(0);
      haveStopped();
      return cut;
    },
  };
}

async function listen(
  { host, port, clientAuthorities, meters, limits }: ServeOptions,
  certificate: CertificatePair,
  answerer: Answerer,
  onError: (error: unknown) => void,
): Promise<RunningServer> {
  return await startServer({
    host,
    port,
    certificate,
    ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
    limits: { unwantedBytes: bounds.unwantedBytes, ...limits },
    bodyBytes: reviewBounds.reviewBytes,
    recyclesBodies: true,
    ...answerer,
    onRefused: (reason) => meters.refused.add(1, { reason }),
    onError,
  });
}

/** Keys, authorities and roots that the policy names: without them every image is unknown. */
function trustFault(set: PolicySet | undefined): string | undefined {
  return set === undefined ? "no policy yet" : set.trustFaults[0]?.line();
}
