/**
 * Verdicts over manifests, by policy: told again for some seconds, reached anew beside that, and forgotten at once when something
 * that they rest on changes. Each is reached once, however many wait for it.
 */
import type { Digest } from "../../../core/digest.ts";
import { createRecent } from "../../../core/recent.ts";
import { createFlights, LATE, within } from "../../../scan/serving/flights.ts";
import type { Changes } from "../../../store/model.ts";

import type { RegistryPolicy } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { Judgement } from "./judgement.ts";

export interface VerdictAsking {
  readonly repository: string;
  readonly digest: Digest;
  readonly policy: RegistryPolicy;
  readonly now: Date;
  readonly deadline: AbortSignal;
}

export interface Verdicts {
  /** Undefined: not reached within the deadline; what is under way goes on for who asks next. */
  of(asking: VerdictAsking, reach: (signal: AbortSignal) => Promise<Judgement>): Promise<Judgement | undefined>;
  close(): void;
}

interface Held {
  readonly judgement: Judgement;
  readonly at: number;
  /** What had changed by when it was begun. */
  readonly change: number;
  /** Of a moment after which nobody knows what changed. */
  readonly epoch: number;
}

export function createVerdicts(changes: Changes, clock: () => number): Verdicts {
  const held = createRecent<string, Held>(bounds.verdictBytes);
  const flights = createFlights(bounds.flightMilliseconds, "registry.closed");
  const changed = new Map<string, number>();
  const serials = new WeakMap<RegistryPolicy, number>();
  let [change, floor, epoch, serial] = [0, 0, 0, 0];

  const end = changes.subscribe((told) => {
    if (told.kind === "unknown") epoch += 1;
    if (told.kind !== "image") return;
    change += 1;
    if (changed.size >= bounds.changed) {
      changed.clear();
      floor = change;
    }
    changed.set(`${told.key.repository}@${told.key.digest}`, change);
  });

  function serialOf(policy: RegistryPolicy): number {
    const known = serials.get(policy);
    if (known !== undefined) return known;
    serial += 1;
    serials.set(policy, serial);
    return serial;
  }

  /** Whether nothing that it rests on has changed. */
  function stands(repository: string, digest: Digest, { judgement, change: begun }: Held): boolean {
    if (begun < floor) return false;
    if (changed.size === 0) return true;
    return [digest, ...judgement.rests].every((one) => {
      const last = changed.get(`${repository}@${one}`);
      return last === undefined || last <= begun;
    });
  }

  return {
    async of({ repository, digest, policy, now, deadline }, reach) {
      const key = `${serialOf(policy)} ${repository}@${digest}`;
      const known = held.get(key);
      const last = known !== undefined && stands(repository, digest, known) ? known : undefined;
      const age = last === undefined ? Number.POSITIVE_INFINITY : clock() - last.at;
      const isDue = last === undefined || last.judgement.until <= now.getTime();
      const isGood = last?.judgement.isWhole === true && last.judgement.evaluations.length === 0;
      const poor = last?.judgement.isWhole === true ? bounds.refusedMilliseconds : bounds.poorMilliseconds;
      const life = isGood ? bounds.freshMilliseconds : poor;
      if (last !== undefined && !isDue && last.epoch === epoch && age < life) return last.judgement;
      const begun = { change, epoch };
      const flight = flights.run(`${key} ${begun.change} ${begun.epoch}`, async (signal) => {
        const judgement = await reach(signal);
        const before = held.get(key);
        // Where what it rests on does not answer, what was known a moment ago is known better.
        const isBetter =
          before?.judgement.isWhole === true &&
          !judgement.isWhole &&
          stands(repository, digest, before) &&
          clock() - before.at < bounds.keptMilliseconds &&
          before.judgement.until > now.getTime();
        if (isBetter) return before.judgement;
        held.set(key, { judgement, at: clock(), ...begun }, weightOf(judgement));
        return judgement;
      });
      const isTold = isGood && !isDue && age < bounds.keptMilliseconds;
      if (isTold && last.epoch === epoch) return last.judgement;
      const reached = await within(flight, deadline);
      if (reached !== LATE) return reached;
      return isTold ? last.judgement : undefined;
    },
    close() {
      end();
      flights.close();
    },
  };
}

/** What it takes of memory, about. */
function weightOf({ evaluations }: Judgement): number {
  return evaluations.reduce(
    (sum, { findings, excepted }) => sum + 1_024 + 3_072 * (findings.length + excepted.length),
    256,
  );
}
