/** The parts of the registry guard, put together: what guard and worker share is opened first. */
import { readFileSync } from "node:fs";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { createUpstream } from "../../../net/upstream.ts";
import type { Upstream } from "../../../net/upstream-model.ts";
import { createReloading, type ReloadingPolicies } from "../../../scan/serving/reloading.ts";
import { instancesOf, type KeptRoots, keepRoots } from "../../../scan/serving/roots.ts";
import type { Store } from "../../../store/model.ts";
import { openStore } from "../../../store/open.ts";
import type { Engine, EngineTokens, RegistryPolicySet } from "../model.ts";
import { openRegistryPolicies, policyFingerprint } from "../policies.ts";
import { createEngine } from "../proxy/engine.ts";
import { bounds } from "./bounds.ts";
import type { Meters } from "./meters.ts";
import type { Part } from "./serve.ts";
import type { RegistrySettings } from "./settings.ts";

/** What every part may stand on. */
export interface Ground {
  readonly policies: ReloadingPolicies<RegistryPolicySet>;
  readonly store: Store;
  readonly meters: Meters;
  /** PEM of the engine's authorities. */
  readonly authorities?: string;
  /** In the order in which they were begun. */
  readonly parts: Part[];
  tell(text: string): void;
}

/**
 * Policy, roots and store. What was begun ends where something of it cannot be opened.
 *
 * @throws Problem
 */
export async function openGround(
  settings: RegistrySettings,
  meters: Meters,
  tell: (text: string) => void,
): Promise<Ground> {
  const { policy, root, environment, roots } = settings;
  const { caFile } = settings.engine;
  const authorities = caFile === undefined ? undefined : readAuthorities(caFile);
  const policies = createReloading<RegistryPolicySet>({
    fingerprint: () => policyFingerprint({ policy, root }),
    open: () => openRegistryPolicies({ policy, root, reviewed: false, environment, roots }),
    onLoaded(set) {
      meters.policyLoads.add(1, { result: "loaded" });
      meters.policyLoaded.set(settings.now().getTime() / 1_000);
      meters.policyInfo.clear();
      meters.policyInfo.set(1, { digest: set.digest });
      tell(`policy: in force: ${set.digest}`);
    },
    onBroken(broken) {
      meters.policyLoads.add(1, { result: "refused" });
      tell(`policy: refused, the old one stays: ${broken.line()}`);
    },
  });
  await policies.look();
  const fault = policies.fault();
  if (policies.current() === undefined && fault !== undefined) throw fault;
  const store = await openStore(settings.store);
  const kept = rootsOf(settings, policies, tell);
  kept.start();
  return {
    policies,
    store,
    meters,
    ...(authorities === undefined ? {} : { authorities }),
    parts: [storePart(store, settings, meters), rootsPart(kept)],
    tell,
  };
}

/** Where not all of them could be begun. */
export async function endParts({ parts }: Ground): Promise<void> {
  for (const part of parts.toReversed()) await part.close(0);
}

/** The policies in force. @throws Problem where none is in force: nothing is served then */
export function policyOf(policies: ReloadingPolicies<RegistryPolicySet>): RegistryPolicySet {
  const current = policies.current();
  if (current !== undefined) return current;
  throw new Problem({ kind: "unavailable", code: "registry.policy", place: "policy", cause: "none is in force yet" });
}

export interface OpenedEngine {
  readonly upstream: Upstream;
  readonly engine: Engine;
}

/** Connections are made when they are needed. Its part is added to the ground's. */
export function openEngine(
  { engine: { url } }: Pick<RegistrySettings, "engine">,
  { authorities, parts }: Ground,
  tokens: EngineTokens | undefined,
): OpenedEngine {
  const upstream = createUpstream({ origin: url, ...(authorities === undefined ? {} : { authorities }) });
  const engine = createEngine(upstream, tokens);
  parts.push({
    name: "engine",
    isShared: true,
    look: () => engineFault(upstream, tokens),
    async close() {
      upstream.close();
      return 0;
    },
  });
  return { upstream, engine };
}

/** The base of the API says whether it is there and takes our tokens. */
async function engineFault(upstream: Upstream, tokens: EngineTokens | undefined): Promise<string | undefined> {
  const headers = tokens === undefined ? [] : ["authorization", tokens.authorization([])];
  try {
    const signal = AbortSignal.timeout(bounds.lookMilliseconds);
    const { status } = await upstream.ask({ method: "GET", path: "/v2/", headers }, { maxBytes: 64 * 1024, signal });
    if (status === 200) return undefined;
    return status === 401
      ? "it does not accept the guard's tokens (auth.token of the engine)"
      : `it answered ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function storePart(store: Store, { now }: RegistrySettings, meters: Meters): Part {
  let countedAt = Number.NEGATIVE_INFINITY;
  let retainedAt = now().getTime();
  return {
    name: "store",
    isShared: true,
    async look() {
      try {
        await store.ping();
        const at = now().getTime();
        if (at - countedAt >= bounds.countMilliseconds) {
          countedAt = at;
          await measure(store, meters, now());
        }
        if (at - retainedAt >= bounds.retainMilliseconds) {
          retainedAt = at;
          await store.retain({ now: now(), ...bounds.retention });
        }
        return undefined;
      } catch (error) {
        if (error instanceof Problem) return error.line();
        throw error;
      }
    },
    async close() {
      await store.close();
      return 0;
    },
  };
}

async function measure(store: Store, meters: Meters, now: Date): Promise<void> {
  const { images, scanned, failing, unknown, jobs, oldestDue } = await store.counts();
  for (const [state, count] of Object.entries({ stored: images, scanned, failing, unknown })) {
    meters.images.set(count, { state });
  }
  for (const [state, count] of Object.entries(jobs)) meters.jobs.set(count, { state });
  meters.oldestJob.set(oldestDue === undefined ? 0 : Math.max(0, (now.getTime() - oldestDue.getTime()) / 1_000));
}

function rootsOf(
  { roots, engine: { caFile } }: RegistrySettings,
  policies: ReloadingPolicies<RegistryPolicySet>,
  tell: (text: string) => void,
): KeptRoots {
  return keepRoots({
    folder: roots,
    instances: () => {
      const set = policies.current();
      return set === undefined ? [] : instancesOf(set.forEnvironment(undefined).policy.trust);
    },
    onRenewed: () => void policies.look(true),
    onTurn(states) {
      for (const { name, asOf, problem } of states) {
        if (problem !== undefined) tell(`trusted root ${name}: as of ${asOf}, not newer: ${problem.line()}`);
      }
    },
    ...(caFile === undefined ? {} : { caFile }),
  });
}

function rootsPart(roots: KeptRoots): Part {
  return {
    name: "roots",
    isShared: true,
    look: async () => undefined,
    async close() {
      roots.close();
      return 0;
    },
  };
}

function readAuthorities(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw authoritiesProblem(path, systemCause(error));
  }
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw authoritiesProblem(path, "no certificate in PEM form");
}

function authoritiesProblem(place: string, cause: string): Problem {
  return new Problem({ kind: "usage", code: "certificate.unreadable", place, cause });
}
