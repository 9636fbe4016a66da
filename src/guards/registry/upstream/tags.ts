/** What tags of upstreams name, as far as it was asked: what is served of each, and what the upstream said last. */
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { createFlights, LATE, within } from "../../../scan/serving/flights.ts";
import type { Engine, PullAsked } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { UpstreamRepository } from "./names.ts";
import type { Remote } from "./remotes.ts";

export interface TagState {
  /** What the engine's tag names: it was let through once. */
  readonly serving?: Digest;
  /** What the upstream said that it names; undefined: it has no such tag, or could not be asked. */
  readonly latest?: Digest;
  /** Why the upstream could not be asked. */
  readonly problem?: Problem;
}

export interface Tags {
  /** Asks the upstream where the last answer is too old, and waits for it no longer than there is nothing to serve without it. */
  look(upstream: UpstreamRepository, remote: Remote, tag: string, asked: PullAsked): Promise<TagState>;
  /** The engine's tag was moved. */
  moved(upstream: UpstreamRepository, tag: string, to: Digest): void;
  close(): void;
}

interface Held {
  serving?: Digest;
  latest?: Digest;
  /** By the clock: when the upstream said so. */
  readonly at: number;
}

export function createTags(engine: Pick<Engine, "manifest">, clock: () => number): Tags {
  const held = createRecent<string, Held>(bounds.remembered);
  const flights = createFlights(bounds.lookMilliseconds, "registry.closed");

  async function look(upstream: UpstreamRepository, remote: Remote, tag: string, asked: PullAsked): Promise<TagState> {
    const key = keyOf(upstream, tag);
    const known = held.get(key);
    if (known !== undefined && clock() - known.at < upstream.rule.refreshMinutes * 60_000) return known;
    const there = await engine.manifest(upstream.repository, { tag }, asked.deadline);
    if (there instanceof Problem) return { problem: there };
    const serving = there === undefined ? {} : { serving: there.digest };
    const resolving = flights.run(key, async (signal) => {
      const client = await remote.open(signal);
      try {
        return await client.resolve(tag);
      } finally {
        client.close();
      }
    });
    const answer = await within(resolving.catch(problemOf), asked.deadline, patienceOf(there !== undefined, remote));
    if (answer === LATE) return { ...serving, problem: silent(upstream) };
    if (answer instanceof Problem) return { ...serving, problem: answer };
    const state = { ...serving, ...(answer === undefined ? {} : { latest: answer }) };
    held.set(key, { ...state, at: clock() }, 1);
    return state;
  }

  return {
    look,
    moved(upstream, tag, to) {
      const known = held.get(keyOf(upstream, tag));
      if (known !== undefined) known.serving = to;
    },
    close: () => flights.close(),
  };
}

function keyOf({ repository }: UpstreamRepository, tag: string): string {
  return `tag ${repository}:${tag}`;
}

/** Undefined: as long as the request lasts. */
function patienceOf(isThere: boolean, remote: Remote): number | undefined {
  if (isThere) return bounds.graceMilliseconds;
  return remote.isAlive() ? undefined : bounds.silentMilliseconds;
}

function silent({ name }: UpstreamRepository): Problem {
  const cause = "no answer yet";
  return new Problem({
    kind: "unavailable",
    code: "registry.upstream-silent",
    place: name,
    cause,
    remedy: "pull again in a moment",
  });
}

/** What is no Problem is a bug. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
