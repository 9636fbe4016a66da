/**
 * Tags that never move, over all replicas. Who pushes one claims its name in the store before the engine is asked what it has:
 * of two that come at once one claim is first, and the other waits until that is over. What the engine has then decides. A claim
 * of a push that never ended (its replica died) is another's after a while; one that was met is kept for good, so that a tag
 * which is deleted behind the guard does not come back as something else.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { Locks } from "../../../store/model.ts";
import type { Engine } from "../model.ts";
import { answerOf } from "./asking.ts";
import { bounds } from "./bounds.ts";

export interface ClaimOptions {
  readonly locks: Pick<Locks, "claim" | "release">;
  readonly engine: Pick<Engine, "manifest">;
  /** Of this process; those of replicas may differ by minutes. */
  readonly now: () => Date;
  /** Instead of the bound, for tests. */
  readonly busyMilliseconds?: number;
}

export interface TagClaim {
  /**
   * `free`: nothing has the tag, and nobody else will until this ends; `same`: it holds this digest; `other`: it holds another;
   * `busy`: another push of it is under way; `unknown`: the store or the engine does not say.
   */
  readonly state: "free" | "same" | "other" | "busy" | "unknown";
  readonly holds?: Digest;
  readonly problem?: Problem;
  /** To be called where the push was let through, whatever came of it. @throws Problem */
  end(outcome: "stored" | "failed"): Promise<void>;
}

export interface ClaimedTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
}

export async function claimTag(wanted: ClaimedTag, options: ClaimOptions): Promise<TagClaim> {
  const { repository, tag, digest } = wanted;
  const { locks, now, busyMilliseconds = bounds.busyMilliseconds } = options;
  const name = claimName(wanted);
  const place = `${repository}:${tag}`;
  const until = performance.now() + busyMilliseconds;
  const mine = `${digest} ${randomUUID()} ${now().getTime()}`;
  for (;;) {
    const claimed = locks.claim(name, mine);
    const held = await answerOf(() => claimed, place);
    if (held instanceof Problem) {
      giveBack(claimed, name, mine, options);
      return await withoutStore(wanted, options, held);
    }
    if (held === mine) return await asEngineSays(wanted, name, mine, options);
    const bound = parseDigest(held);
    if (bound !== undefined) return boundTag(wanted, name, bound, options);
    const [other, , since] = held.split(" ");
    if (!(now().getTime() - Number(since) < bounds.pendingMilliseconds)) {
      const released = await answerOf(() => locks.release(name, held), place);
      if (released instanceof Problem) return await withoutStore(wanted, options, released);
      continue;
    }
    if (performance.now() >= until) {
      const holds = parseDigest(other);
      return { state: "busy", ...(holds === undefined ? {} : { holds }), end: async () => {} };
    }
    const { least, most } = bounds.busyPauseMilliseconds;
    await delay(least + Math.random() * (most - least));
  }
}

/** A claim that is made after all, too late to be waited for, must not stand in the way of the next push. */
function giveBack(claimed: Promise<string>, name: string, mine: string, { locks }: ClaimOptions): void {
  claimed
    .then(async (held) => {
      if (held === mine) await locks.release(name, mine);
    })
    // The store does not answer: the claim ends by its age.
    .catch(() => undefined);
}

export function claimName({ repository, tag }: Pick<ClaimedTag, "repository" | "tag">): string {
  return `immutable ${repository}:${tag}`;
}

function boundTag(wanted: ClaimedTag, name: string, bound: Digest, options: ClaimOptions): TagClaim {
  if (bound === wanted.digest) return { state: "same", holds: bound, end: async () => {} };
  return {
    state: "other",
    holds: bound,
    async end(outcome) {
      // The policy only warns: what the tag holds from now on is what it never leaves once the policy denies.
      if (outcome === "stored") await move(name, bound, wanted, options);
    },
  };
}

/** The claim is this push's own. */
async function asEngineSays(wanted: ClaimedTag, name: string, mine: string, options: ClaimOptions): Promise<TagClaim> {
  const { locks } = options;
  const place = `${wanted.repository}:${wanted.tag}`;
  const there = await tagOf(wanted, options);
  if (there === undefined) {
    return {
      state: "free",
      async end(outcome) {
        if (outcome === "stored") await move(name, mine, wanted, options);
        else await locks.release(name, mine);
      },
    };
  }
  // From here on it holds what the engine has, or is given back: another push is not kept waiting.
  const settled = await answerOf(async () => {
    await locks.release(name, mine);
    if (!(there instanceof Problem)) await locks.claim(name, there);
  }, place);
  if (there instanceof Problem) return { state: "unknown", problem: there, end: async () => {} };
  if (there === wanted.digest) return { state: "same", holds: there, end: async () => {} };
  const held = settled instanceof Problem ? mine : there;
  return {
    state: "other",
    holds: there,
    async end(outcome) {
      if (outcome === "stored") await move(name, held, wanted, options);
    },
  };
}

/** What the engine has is known without the store; whether another push is under way is not. */
async function withoutStore(wanted: ClaimedTag, options: ClaimOptions, problem: Problem): Promise<TagClaim> {
  const there = await tagOf(wanted, options);
  const end = async () => {};
  if (there === undefined || there instanceof Problem) return { state: "unknown", problem, end };
  return { state: there === wanted.digest ? "same" : "other", holds: there, end };
}

async function tagOf({ repository, tag }: ClaimedTag, { engine }: ClaimOptions): Promise<Digest | undefined | Problem> {
  const signal = AbortSignal.timeout(bounds.askMilliseconds);
  const there = await answerOf(() => engine.manifest(repository, { tag }, signal), `${repository}:${tag}`);
  return there instanceof Problem ? there : there?.digest;
}

async function move(name: string, from: string, { digest }: ClaimedTag, { locks }: ClaimOptions): Promise<void> {
  await locks.release(name, from);
  await locks.claim(name, digest);
}
