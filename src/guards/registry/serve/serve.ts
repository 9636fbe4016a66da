/**
 * The registry guard as a process: its parts are begun by who knows them and handed in; here is what all of them share. It is
 * ready once the policy with its keys and each part of its own are; what all replicas share (engine, database) is told and makes
 * none of them unready, for then every cluster would be without a registry where the policy still has an answer.
 */
import { setTimeout as delay } from "node:timers/promises";
import { measureProcess } from "../../../scan/serving/process-metrics.ts";
import { createReadiness } from "../../../scan/serving/readiness.ts";
import type { ReloadingPolicies } from "../../../scan/serving/reloading.ts";
import { type Repeated, repeat } from "../../../scan/serving/repeat.ts";
import { startStatus } from "../../../scan/serving/status.ts";
import { errorText, tellOnce } from "../../../scan/serving/tell.ts";
import type { RegistryPolicySet } from "../model.ts";
import type { Meters } from "./meters.ts";

/** Something with a life of its own: a server, a pool of connections, a worker. */
export interface Part {
  /** Of its condition in `/readyz`: `serving`, `store`. */
  readonly name: string;
  /** Shared by all replicas: what is wrong with it makes none of them unready. */
  readonly isShared?: true;
  /** @returns why it does not do its work; undefined: it does. It never throws for what is outside of the process */
  look?(): Promise<string | undefined>;
  /** Reads anew what it has of files. */
  reload?(): Promise<void>;
  /** Readiness is gone: clients are asked to go elsewhere. */
  leave?(): void;
  /**
   * @param milliseconds - for what is under way; then it is cut off
   * @returns how many requests were, where it has any
   */
  close(milliseconds: number): Promise<number | undefined>;
}

export interface ServeOptions {
  /** Of health and metrics, in plain HTTP. */
  readonly statusHost: string;
  readonly statusPort: number;
  readonly policies: ReloadingPolicies<RegistryPolicySet>;
  /** In the order in which they were begun: they end in the opposite one. */
  readonly parts: readonly Part[];
  readonly meters: Meters;
  readonly now: () => Date;
  /** Milliseconds between two looks at the policy's files, and at the parts. */
  readonly looks?: Partial<Looks>;
  readonly drain?: Partial<Drain>;
  /** What an operator reads: one line. */
  onEvent(text: string): void;
}

interface Looks {
  readonly policy: number;
  readonly parts: number;
}

interface Drain {
  /** Until nobody sends requests here any more: endpoints of a Service take as long. */
  readonly leaveMilliseconds: number;
  /** For what is under way then: layers take their time. */
  readonly closeMilliseconds: number;
}

export interface ServedRegistry {
  readonly statusPort: number;
  isReady(): boolean;
  /** Reads policy and files anew, and resolves when they are in force or refused. */
  reload(): Promise<void>;
  /** Readiness goes first, then what is under way ends. @returns how many requests were cut off */
  stop(): Promise<number>;
  /** Resolves when it has stopped. */
  readonly stopped: Promise<void>;
}

const LOOKS: Looks = { policy: 5_000, parts: 2_000 };
const DRAIN: Drain = { leaveMilliseconds: 8_000, closeMilliseconds: 120_000 };

/**
 * Ends the parts where it cannot begin.
 *
 * @throws Problem where the status port is not to be had, or the policy is broken before any was in force
 */
export async function serveRegistry(options: ServeOptions): Promise<ServedRegistry> {
  const { policies, parts, meters, onEvent } = options;
  const looks = { ...LOOKS, ...options.looks };
  const drain = { ...DRAIN, ...options.drain };
  const own = parts.filter(({ isShared }) => isShared !== true).map(({ name }) => name);
  const readiness = createReadiness(["policy", "trust", ...own]);
  const shared = createReadiness(parts.filter(({ isShared }) => isShared === true).map(({ name }) => name));
  const told = tellOnce(onEvent);
  const onError = (error: unknown) => onEvent(`internal error, please report it: ${errorText(error)}`);
  let isStopping = false;

  async function lookAtPolicy(anew = false): Promise<number> {
    await policies.look(anew);
    const current = policies.current();
    readiness.set("policy", current === undefined ? (policies.fault()?.line() ?? "not read yet") : undefined);
    readiness.set("trust", current === undefined ? "no policy yet" : current.trustFaults[0]?.line());
    return looks.policy;
  }

  async function lookAtParts(): Promise<number> {
    await Promise.all(
      parts.map(async ({ name, isShared, look }) => {
        const fault = isStopping && isShared !== true ? "stopping" : await look?.();
        (isShared === true ? shared : readiness).set(name, fault);
        if (!isStopping) told(name, fault ?? "");
      }),
    );
    return looks.parts;
  }

  measureProcess(meters.metrics, options.now());
  meters.metrics.onExpose(() => {
    for (const [condition, fault] of [...readiness.conditions(), ...shared.conditions()])
      meters.ready.set(fault === undefined ? 1 : 0, { condition });
  });

  let cut = 0;
  async function endParts(milliseconds: number): Promise<void> {
    for (const part of parts.toReversed()) cut += (await part.close(milliseconds)) ?? 0;
  }

  const status = await startStatus({
    host: options.statusHost,
    port: options.statusPort,
    metrics: meters.metrics,
    readiness: { isReady: () => readiness.isReady(), text: () => readiness.text() + shared.text() },
    onError,
  }).catch(async (error: unknown) => {
    await endParts(0);
    throw error;
  });
  let repeated: readonly Repeated[];
  try {
    await lookAtPolicy();
    const fault = policies.fault();
    if (policies.current() === undefined && fault !== undefined) throw fault;
    repeated = [repeat(await lookAtParts(), lookAtParts, onError), repeat(looks.policy, () => lookAtPolicy(), onError)];
  } catch (error) {
    await endParts(0);
    await status.close(0);
    throw error;
  }

  const { promise: stopped, resolve: haveStopped } = Promise.withResolvers<void>();
  let ending: Promise<void> | undefined;

  /** A second signal does not wait. */
  async function end(): Promise<void> {
    for (const name of own) readiness.set(name, "stopping");
    for (const part of parts) part.leave?.();
    await delay(drain.leaveMilliseconds, undefined, { signal: hurry.signal }).catch(() => {});
    for (const each of repeated) each.stop();
    await endParts(hurry.signal.aborted ? 0 : drain.closeMilliseconds);
    // What was answered last is still to be logged.
    await new Promise((resolve) => setImmediate(resolve));
    await status.close(0);
    haveStopped();
  }
  const hurry = new AbortController();

  return {
    statusPort: status.port,
    isReady: () => readiness.isReady(),
    stopped,
    async reload() {
      await lookAtPolicy(true);
      for (const part of parts) await part.reload?.();
      await repeated[0]?.now();
    },
    async stop() {
      if (isStopping) hurry.abort();
      isStopping = true;
      ending ??= end();
      await ending;
      return cut;
    },
  };
}
