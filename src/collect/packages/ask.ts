/** One document of a registry: from the cache where it is current, else from its server, at most so many at a time. */
import { Problem } from "../../core/problem.ts";
import { bounds as registryBounds } from "../../engines/packages/registry/bounds.ts";
import { describeUrl, type RegistryAnswer, type RegistryClient } from "../../engines/packages/registry/client.ts";
import { conditions, validatorsOf } from "../../engines/vulnerability/feeds/validators.ts";
import { bounds } from "./bounds.ts";
import type { MetadataCache } from "./cache.ts";

export interface Question<Content> {
  /** The registry's URL: with `name` and `kind` what the answer is kept under. */
  readonly registry: string;
  readonly name: string;
  readonly kind: string;
  readonly url: URL;
  readonly accept?: string;
  readonly authorization?: string | undefined;
  /** Bytes; absent: those of a document. */
  readonly limit?: number;
  /** It never changes once it is there: the answer is kept without asking again. */
  readonly immutable?: boolean;
  /** Whether a kept answer will do although it is not current; absent: it must be. */
  readonly suffices?: (content: Content) => boolean;
  /** Of what the server answered: plain data. @throws Problem */
  readonly read: (answer: RegistryAnswer) => Content;
}

export interface Told<Content> {
  readonly content: Content;
  /** When its server last said that it is current. */
  readonly checkedAt: Date;
}

export interface Asker {
  /**
   * Undefined where the registry has nothing of the kind.
   *
   * @throws Problem `packages.offline`, those of the client, and of `read`
   */
  ask<Content>(question: Question<Content>): Promise<Told<Content> | undefined>;
}

export interface AskerOptions {
  /** Absent: nobody is asked. */
  readonly client?: RegistryClient;
  readonly cache?: MetadataCache;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export function createAsker({ client, cache, now, signal }: AskerOptions): Asker {
  const running = new Map<string, Promise<Told<unknown> | undefined>>();
  const slots = createSlots(bounds.requests);

  async function fresh<Content>(question: Question<Content>): Promise<Told<Content> | undefined> {
    const { registry, name, kind, url, immutable = false, suffices } = question;
    const key = { registry, name, kind };
    const kept = cache?.answer(key);
    const own = kept === undefined ? undefined : { content: kept.content as Content, checkedAt: kept.checkedAt };
    const age = kept === undefined ? Number.NaN : now.getTime() - kept.checkedAt.getTime();
    const isCurrent = age >= 0 && age < bounds.freshSeconds * 1000;
    if (own !== undefined && (immutable || (isCurrent && suffices?.(own.content) !== false))) return own;
    if (client === undefined) {
      if (own !== undefined) return own;
      throw offline(url);
    }
    let answer: RegistryAnswer;
    try {
      answer = await slots.run(() =>
        client.get({
          url,
          headers: {
            ...(question.accept === undefined ? {} : { accept: question.accept }),
            ...(kept === undefined ? {} : conditions(kept.validators)),
          },
          ...(question.authorization === undefined ? {} : { authorization: question.authorization }),
          limit: question.limit ?? registryBounds.documentBytes,
          signal,
        }),
      );
    } catch (error) {
      // A server that does not answer takes nothing back of what it said: an older copy stands in, with its own date.
      if (own !== undefined && error instanceof Problem && error.kind === "unavailable") return own;
      throw error;
    }
    if (answer.status === 404) return undefined;
    if (answer.status === 304) {
      if (own === undefined) return undefined;
      cache?.store(key, { content: own.content, validators: kept?.validators ?? {}, checkedAt: now });
      return { content: own.content, checkedAt: now };
    }
    const content = question.read(answer);
    cache?.store(key, { content, validators: { ...validatorsOf(answer.headers) }, checkedAt: now });
    return { content, checkedAt: now };
  }

  return {
    ask<Content>(question: Question<Content>) {
      const key = JSON.stringify([question.registry, question.name, question.kind]);
      const begun = running.get(key);
      if (begun !== undefined) return begun as Promise<Told<Content> | undefined>;
      const asked = fresh(question);
      running.set(key, asked);
      // Versions of one package are asked for together; all documents of thousands would fill the memory.
      const [oldest] = running.keys();
      if (running.size > bounds.rememberedDocuments && oldest !== undefined) running.delete(oldest);
      return asked;
    },
  };
}

function offline(url: URL): Problem {
  return new Problem({
    kind: "unavailable",
    code: "packages.offline",
    place: describeUrl(url),
    cause: "not asked: offline, and no earlier answer is cached",
    remedy: "run without --offline",
  });
}

/** As many at a time, the others in the order in which they came. */
export function createSlots(count: number) {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
