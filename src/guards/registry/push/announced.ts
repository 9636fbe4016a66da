/**
 * A push is announced in the store before the engine sees it. What the engine then tells of, or holds, and nobody announced, was
 * pushed past the guard.
 */
import { randomUUID } from "node:crypto";
import type { ImageKey, Locks } from "../../../store/model.ts";

export interface Pushed extends ImageKey {
  readonly tag?: string;
}

export type Announcing = Pick<Locks, "claim" | "release">;

/** @returns what takes it back: once the push is recorded, or came to nothing @throws Problem */
export async function announce(pushed: Pushed, locks: Announcing): Promise<() => Promise<void>> {
  const name = announcedName(pushed);
  const held = await locks.claim(name, `through the guard ${randomUUID()}`);
  return () => locks.release(name, held);
}

/** Whether it went through the guard and is not recorded yet. @throws Problem */
export async function isAnnounced(pushed: Pushed, locks: Announcing): Promise<boolean> {
  const name = announcedName(pushed);
  const asked = `asked ${randomUUID()}`;
  const held = await locks.claim(name, asked);
  if (held === asked) await locks.release(name, asked);
  // Somebody else's question is no announcement.
  return held !== asked && !held.startsWith("asked ");
}

function announcedName({ repository, digest, tag }: Pushed): string {
  return `push ${repository}${tag === undefined ? "" : `:${tag}`}@${digest}`;
}
