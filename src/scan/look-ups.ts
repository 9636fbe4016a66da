/** What registries said of tags and digests, and for how long that counts. */
import { createHash } from "node:crypto";
import type { LookUp } from "../collect/trust/memory.ts";
import type { Digest } from "../core/digest.ts";
import { Problem } from "../core/problem.ts";
import { createRecent } from "../core/recent.ts";
import type { Credentials } from "../engines/oci/registry/credentials.ts";

/** What was found beside one manifest of one repository; whose content no later look changes where it is complete. */
export interface HeldLookUp {
  readonly lookUp: LookUp;
  /** By the clock of the memory. */
  readonly at: number;
  /** Told apart from every other: what was made of it is not made of the next. */
  readonly serial: number;
}

export interface HeldTag {
  readonly digest: Digest;
  readonly at: number;
}

/** Of a look that failed, to whoever asks with the same credentials. */
export interface HeldFailure {
  readonly failed: Problem | HeldLookUp;
  readonly at: number;
}

export interface LookUps {
  /** @param asker - see {@link askerOf}: another namespace's credentials may show another tag, or none */
  tag(name: string, asker: string): HeldTag | undefined;
  keepTag(name: string, asker: string, digest: Digest): HeldTag;
  /** Complete ones: what is beside a digest is the same for all who may see it. */
  image(name: string): HeldLookUp | undefined;
  keepImage(name: string, lookUp: LookUp): HeldLookUp;
  /** Those that are not complete, and what failed altogether; for a moment alone. */
  failure(key: string, asker: string): Problem | HeldLookUp | undefined;
  keepFailure(key: string, asker: string, failed: Problem | LookUp): Problem | HeldLookUp;
}

export interface LookUpBounds {
  /** Tags. */
  readonly entries: number;
  readonly lookUpBytes: number;
  readonly failureBytes: number;
  /** Milliseconds for which a failure counts. */
  readonly poorMilliseconds: number;
}

export function createLookUps(clock: () => number, bounds: LookUpBounds): LookUps {
  const tags = createRecent<string, HeldTag>(bounds.entries);
  const images = createRecent<string, HeldLookUp>(bounds.lookUpBytes);
  const failures = createRecent<string, HeldFailure>(bounds.failureBytes);
  let serial = 0;
  const held = (lookUp: LookUp): HeldLookUp => {
    serial += 1;
    return { lookUp, at: clock(), serial };
  };
  const keyOf = (name: string, asker: string) => `${asker} ${name}`;
  return {
    tag: (name, asker) => tags.get(keyOf(name, asker)),
    keepTag(name, asker, digest) {
      const tag = { digest, at: clock() };
      tags.set(keyOf(name, asker), tag, 1);
      return tag;
    },
    image: (name) => images.get(name),
    keepImage(name, lookUp) {
      const image = held(lookUp);
      images.set(name, image, bytesOf(lookUp));
      return image;
    },
    failure(key, asker) {
      const known = failures.get(keyOf(key, asker));
      return known !== undefined && clock() - known.at < bounds.poorMilliseconds ? known.failed : undefined;
    },
    keepFailure(key, asker, failed) {
      const own = "place" in failed ? withoutCause(failed) : held(failed);
      failures.set(keyOf(key, asker), { failed: own, at: clock() }, "place" in failed ? SMALL : bytesOf(failed));
      return own;
    },
  };
}

/** Whether nothing beside the image is left that could not be read. */
export function isComplete({ gaps, children, below }: LookUp): boolean {
  return gaps.length === 0 && children.gaps.length === 0 && below.every((each) => each.gaps.length === 0);
}

/** Answers that say something of the image, or of who asks: it is gone, or is not shown. */
const ANSWERS: ReadonlySet<string> = new Set(["registry.not-found", "registry.denied", "registry.not-allowed"]);
/** Of this guard's own time and turns. */
const OWN: ReadonlySet<string> = new Set(["admission.deadline", "admission.overload"]);

/**
 * Whether a failure is the registry's trouble, or that of what lies between: no answer, one too late, or one that is none, as
 * the page of a proxy. What was found before still holds then: it is of a digest.
 */
export function isOutage(failed: Problem | LookUp): boolean {
  if ("place" in failed) return isTrouble(failed);
  return [failed, failed.children, ...failed.below].some(({ gaps }) => gaps.some(isTrouble));
}

function isTrouble({ code }: { readonly code: string }): boolean {
  return OWN.has(code) || (/^(?:registry|oci)\./.test(code) && !ANSWERS.has(code));
}

/** Stands for who asks, without the secret; the same for all who ask with nothing of their own. */
export function askerOf(credentials: Credentials | undefined): string {
  if (credentials === undefined) return "-";
  const { kind } = credentials;
  const parts = kind === "password" ? [kind, credentials.username, credentials.password] : [kind, credentials.token];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64");
}

/** What a Problem takes of memory, with its name as key. */
const SMALL = 4_096;

/** What led to it is for whoever debugs, and holds whole answers. */
function withoutCause({ kind, code, place, message, remedy }: Problem): Problem {
  return new Problem({ kind, code, place, cause: message, ...(remedy === undefined ? {} : { remedy }) });
}

/** What a look-up takes of memory: bytes as found, and some objects around each. */
function bytesOf({ signatures, below, children }: LookUp): number {
  const all = [...signatures, ...below.flatMap((each) => each.signatures)];
  const overhead = 2_048;
  return all.reduce(
    (sum, { envelope }) =>
      sum + overhead + (envelope.kind === "simple-signing" ? envelope.payload : envelope.bytes).length,
    overhead + 256 * children.children.length,
  );
}
