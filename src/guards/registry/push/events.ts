/**
 * Where the engine tells what happened to it. What went through the guard is known; the rest went past it, and is named, recorded
 * and scanned. A notification is acknowledged once all of it is stored: until then the engine keeps it and comes again, in order.
 * For that reason one that can never be read is acknowledged, too: everything behind it would wait for ever. What it may have
 * been about, a comparison with the engine's catalogue finds.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { attachmentTag } from "../../../engines/oci/distribution/content.ts";
import {
  type DeletedEvent,
  type PushedEvent,
  type RegistryEvent,
  readNotification,
} from "../../../engines/oci/distribution/notifications.ts";
import { immutableTagsOf } from "../../../engines/oci/distribution/push-model.ts";
import type { ServerAnswer } from "../../../net/server-model.ts";
import type { Store } from "../../../store/model.ts";
import { reconcileJob } from "../jobs.ts";
import type { AuditEntry, Engine, RegistryPolicySet, Upstreams } from "../model.ts";
import { isAnnounced } from "./announced.ts";
import { answerOf } from "./asking.ts";
import { bounds } from "./bounds.ts";
import { recordPush } from "./record.ts";

export const EVENTS_PATH = "/events";

export interface EventOptions {
  readonly store: Pick<Store, "images" | "jobs" | "locks">;
  readonly engine: Pick<Engine, "manifest">;
  /** Which of them the engine's `Authorization: Bearer …` must be; asked for each, so that they can be exchanged. None: refused. */
  secrets(): readonly string[];
  /** What the guard itself writes is announced nowhere. */
  readonly upstreams?: Pick<Upstreams, "of">;
  policies(): RegistryPolicySet | undefined;
  readonly now: () => Date;
  /** Pushed past the guard, as a line of the audit log. */
  onBypass(entry: AuditEntry): void;
  onEvent?(outcome: EventOutcome): void;
  onProblem(problem: Problem): void;
  /** Instead of the bounds, for tests. */
  readonly announcedMilliseconds?: number;
}

/** `known`: it went through the guard; `late`: it did, and the guard that let it through did not record it. */
export type EventOutcome = "known" | "late" | "mirrored" | "bypass" | "deleted" | "kept" | "repeated" | "unreadable";

export interface EventRequest {
  readonly method: string;
  /** In lower case. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/** Fit to be a page of the proxy's. */
export interface EventPage {
  readonly bodyBytes: number;
  answer(asked: EventRequest): Promise<ServerAnswer>;
}

export function createEventPage(options: EventOptions): EventPage {
  const { store, onProblem } = options;
  const tell = options.onEvent ?? (() => undefined);
  const done = createRecent<string, true>(bounds.eventIds);
  let underWay = 0;

  async function take(body: Buffer): Promise<void> {
    const { events, unreadable } = readNotification(body, bounds.events);
    if (unreadable > 0) {
      tell("unreadable");
      const cause = `${unreadable} of its events cannot be read`;
      onProblem(new Problem({ kind: "input", code: "registry.events", place: "notification of the engine", cause }));
      await store.jobs.add([reconcileJob()]);
    }
    for (const event of events) {
      if (event.id !== undefined && done.get(event.id) === true) {
        tell("repeated");
        continue;
      }
      tell(await handle(event));
      if (event.id !== undefined) done.set(event.id, true, 1);
    }
  }

  const handle = (event: RegistryEvent): Promise<EventOutcome> =>
    event.kind === "pushed" ? onPushed(event, options) : onDeleted(event, options);

  return {
    bodyBytes: bounds.eventBytes,
    async answer({ method, header, body }) {
      if (method !== "POST") return { status: 405, headers: { allow: "POST" } };
      if (!isSecret(header("authorization"), options.secrets())) {
        return { status: 401, headers: { "www-authenticate": "Bearer" }, body: "not the engine's secret\n" };
      }
      if (underWay >= bounds.notifications) return again("too many notifications are under way");
      underWay += 1;
      try {
        const taken = await answerOf(() => take(body), "notification", bounds.notificationMilliseconds);
        if (!(taken instanceof Problem)) return { status: 200 };
        onProblem(taken);
        return again(taken.message);
      } finally {
        underWay -= 1;
      }
    },
  };
}

function again(cause: string): ServerAnswer {
  return { status: 503, headers: { "retry-after": "1" }, body: `${cause}\n` };
}

/** Lengths do not tell: digests are compared. */
function isSecret(authorization: string | undefined, secrets: readonly string[]): boolean {
  const [, given] = /^bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (given === undefined) return false;
  const found = digestOf(given);
  // Each of them is compared, whichever it is.
  return secrets.filter((secret) => secret !== "" && timingSafeEqual(found, digestOf(secret))).length > 0;
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** How long the replica that let a push through may take to record it. */
const ANNOUNCED_MILLISECONDS = 2_000;
const PAUSE_MILLISECONDS = 50;

async function onPushed(event: PushedEvent, options: EventOptions): Promise<EventOutcome> {
  const { store, upstreams, now } = options;
  const { repository, digest, tag, mediaType } = event;
  const pushed = { repository, digest, ...(tag === undefined ? {} : { tag }) };
  const until = performance.now() + (options.announcedMilliseconds ?? ANNOUNCED_MILLISECONDS);
  let announced = await isAnnounced(pushed, store.locks);
  while (announced && performance.now() < until) {
    await delay(PAUSE_MILLISECONDS);
    announced = await isAnnounced(pushed, store.locks);
  }
  // Asked after: once a push is announced no more, it is recorded.
  const image = await store.images.find(pushed);
  const isKnown = image !== undefined && (tag === undefined || image.tags.includes(tag));
  if (isKnown && !announced) return "known";
  // What the tag holds by now, a later push may have said.
  const at = event.at !== undefined && event.at < now() ? event.at : now();
  await recordPush({ ...pushed, mediaType, at }, store);
  if (announced) return "late";
  if (upstreams?.of(repository) !== undefined || (tag !== undefined && attachmentTag(tag)?.holds === "referrers")) {
    return "mirrored";
  }
  options.onBypass(bypassEntry(event, options));
  return "bypass";
}

function bypassEntry({ repository, digest, tag, by }: PushedEvent, { policies, now }: EventOptions): AuditEntry {
  const registry = policies()?.forEnvironment(undefined).policy.registry;
  const isImmutable =
    tag !== undefined && registry !== undefined && immutableTagsOf(registry, repository)?.(tag) === true;
  return {
    time: now(),
    principal: by === undefined ? "unknown" : `engine:${by}`,
    operation: "bypass",
    repository,
    reference: tag ?? digest,
    decision: {
      action: "allow",
      basis: "event",
      reason: `pushed to the engine past the guard, or while its store did not answer${isImmutable ? "; the tag is immutable" : ""}`,
      digest,
      checks: isImmutable ? ["registry/immutable-tag-moved"] : [],
    },
  };
}

/**
 * The engine has the last word: what was pushed again since it told of this is there. A tag alone says not what it held: what the
 * repository has is compared.
 */
async function onDeleted(event: DeletedEvent, { store, engine }: EventOptions): Promise<EventOutcome> {
  const { repository, digest, tag } = event;
  if (digest === undefined) {
    await store.jobs.add([reconcileJob(repository)]);
    return "deleted";
  }
  const reference = tag === undefined ? { digest } : { tag };
  const there = await engine.manifest(repository, reference);
  if (there instanceof Problem) throw there;
  if (there !== undefined && there.digest === digest) return "kept";
  await store.images.gone({ repository, digest, ...(tag === undefined ? {} : { tag }) });
  return "deleted";
}
