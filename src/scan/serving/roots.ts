/**
 * Sigstore's trusted roots of a process that runs for months. It begins with what is carried along or was fetched before, asks
 * for a newer one each day, and goes on with what it has where nobody answers: that is as trustworthy as it was, and its age is
 * told.
 */
import { readClock } from "../../core/clock.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { clientFor } from "../../engines/trust/roots/client.ts";
import { type Instance, knownRoot, updateInstance } from "../../engines/trust/roots/instances.ts";
import type { TrustRules } from "../../engines/trust/rules-model.ts";

export interface RootState {
  readonly name: Instance;
  /** ISO 8601, UTC: when its repository last said that it is current; of the carried one when that was written. */
  readonly asOf: string;
  readonly from: "carried" | "cache";
  /** Why it is not newer. */
  readonly problem?: Problem;
}

export interface KeptRoots {
  /** What is in force, without asking anybody. */
  states(): readonly RootState[];
  /** Asks for those that are older than a day; at once for all who ask at the same time. Never throws. */
  renew(): Promise<readonly RootState[]>;
  /** Renews now and from then on, and keeps no process alive. */
  start(): void;
  close(): void;
}

export interface RootsOptions {
  /** What updates keep. */
  readonly folder: string;
  /** Those that the rules in force name: asked each time, as a policy may be another one by then. */
  readonly instances: () => readonly Instance[];
  /** Told where one is newer than before: whoever opened rules by the old one opens them again. */
  readonly onRenewed: () => void;
  /** Told after each turn how old each is, whether it could be renewed or not. */
  readonly onTurn?: (states: readonly RootState[]) => void;
  /** PEM, of authorities that count beside the system's. */
  readonly caFile?: string;
  readonly now?: () => Date;
  readonly update?: typeof updateInstance;
}

const DAY = 24 * 60 * 60 * 1_000;
const HOUR = 60 * 60 * 1_000;
/** After one that failed. */
const AGAIN = 10 * 60 * 1_000;

/** The instances by which signers of the rules may be vouched for. */
export function instancesOf({ roots, signers }: Pick<TrustRules, "roots" | "signers">): Instance[] {
  if (!Object.values(signers).some(({ kind }) => kind === "identity")) return [];
  const named = roots.flatMap(({ kind }): Instance[] => (kind === "public-good" || kind === "github" ? [kind] : []));
  return [...new Set(named)];
}

export function keepRoots(options: RootsOptions): KeptRoots {
  const { folder, instances, onRenewed, onTurn, caFile, now = () => readClock(), update = updateInstance } = options;
  const problems = new Map<Instance, Problem>();
  let renewing: Promise<readonly RootState[]> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function stateOf(name: Instance): RootState {
    const { asOf, from, discarded } = knownRoot(name, folder);
    const problem = problems.get(name) ?? discarded;
    return { name, asOf, from, ...(problem === undefined ? {} : { problem }) };
  }

  const states = () => instances().map(stateOf);

  async function renewAll(): Promise<readonly RootState[]> {
    let isNewer = false;
    for (const name of instances()) {
      const before = knownRoot(name, folder);
      const at = now();
      if (before.from === "cache" && at.getTime() - Date.parse(before.asOf) < DAY) {
        problems.delete(name);
        continue;
      }
      try {
        const { unkept } = await withClient((client) => update(name, { folder, now: at, client }));
        if (unkept === undefined) problems.delete(name);
        else problems.set(name, unkept);
        isNewer ||= JSON.stringify(knownRoot(name, folder).document) !== JSON.stringify(before.document);
      } catch (error) {
        problems.set(name, problemOf(error, name));
      }
    }
    if (isNewer && !isClosed) onRenewed();
    const all = states();
    onTurn?.(all);
    return all;
  }

  async function withClient<T>(work: (client: ReturnType<typeof clientFor>) => Promise<T>): Promise<T> {
    const client = clientFor(caFile);
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }

  function renew(): Promise<readonly RootState[]> {
    renewing ??= renewAll().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function turn(): Promise<void> {
    await renew().catch(() => undefined);
    if (isClosed) return;
    // Replicas that began together do not ask together.
    const wait = (problems.size > 0 ? AGAIN : HOUR) * (0.75 + Math.random() / 2);
    timer = setTimeout(() => void turn(), wait);
    timer.unref();
  }

  return {
    states,
    renew,
    start() {
      void turn();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function problemOf(error: unknown, place: string): Problem {
  const problem = asProblem(error, place);
  if (problem instanceof Problem) return problem;
  const cause = error instanceof Error ? error.message : String(error);
  return new Problem({ kind: "unavailable", code: "tuf.failed", place, cause: cause.slice(0, 200) }, { cause: error });
}
