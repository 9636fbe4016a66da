/** Writing to a registry, as the OCI distribution specification 1.1 ("Push", "Pushing Manifests with Subject") has it. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { valueAt } from "../../../core/untyped.ts";
import { discard } from "../../../net/body.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { waitBefore } from "../../../net/retry.ts";
import { type ImageReference, isTag } from "../reference.ts";
import { listIn } from "../referrers/list.ts";
import { referrersTag } from "../referrers/repository.ts";
import { type Manifest, openRegistry } from "./client.ts";
import type { RegistryOptions } from "./options.ts";
import { retry } from "./retry.ts";
import { openSession } from "./session.ts";
import { broken } from "./transport.ts";
import { describeUrl } from "./url.ts";

export interface PushedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Called for each try. */
  open(): Readable | Buffer;
}

export interface PushedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** A writer of one repository. Every failure is a Problem whose code starts with `registry.`. */
export interface RegistryWriter {
  /** The repository, for messages. */
  readonly place: string;
  /** Uploads a blob in one piece, unless the repository has it. @returns false where it had */
  blob(blob: PushedBlob): Promise<boolean>;
  /**
   * Puts an index or manifest under a tag, or under its digest. One with a `subject` is also listed in the tag that stands
   * in for the referrers API, where the registry does not say that it lists referrers itself (`OCI-Subject`).
   *
   * @throws Problem `registry.digest` where the registry stored other bytes
   */
  manifest(tagOrDigest: string, manifest: PushedManifest): Promise<void>;
  /**
   * Reads what a tag names, writes what comes of it, and reads again whether it stayed: registries know no condition on a
   * write. In this process one change of a tag follows the other; where somebody else's came between, it is made again upon
   * theirs. Nothing is written where the tag could not be read.
   *
   * @param change - of what is there now; undefined where that has all that it should
   * @returns false where nothing had to be written
   * @throws Problem `registry.conflict` where it never stayed, and what `change` throws
   */
  update(tag: string, change: TagChange): Promise<boolean>;
  close(): void;
}

/** May push blobs that its manifest names. */
export type TagChange = (current: Manifest | undefined) => Promise<PushedManifest | undefined>;

/** Writes of one change, while others overwrite each. */
const UPDATE_TRIES = 5;

/** At most, between a write and the look at whether it stayed. */
const SETTLE_MILLISECONDS = 5_000;

const INDEX = "application/vnd.oci.image.index.v1+json";

/** Nothing is sent before the first write. @throws Problem `registry.ca-file` */
export function openRegistryWriter(reference: ImageReference, options: RegistryOptions = {}): RegistryWriter {
  const session = openSession(reference, options, "pull,push");
  const reader = openRegistry(reference, options);
  const { place, limits, clock } = session;
  const { signal: ended = new AbortController().signal } = options;
  const repository = reference.path;
  /** A blob takes as long as it takes: a server that takes no byte for a while ends it (see `stallMilliseconds`). */
  const again = <T>(once: () => Promise<T>) => retry(once, limits, clock, options.signal);
  const drop = (answer: HttpAnswer) => discard(answer, limits.stallMilliseconds);

  async function blob({ digest, size, open }: PushedBlob): Promise<boolean> {
    const path = `${repository}/blobs/${digest}`;
    if (await isThere(path)) return false;
    await again(async () => {
      const started = await session.request(
        { path: `${repository}/blobs/uploads/`, method: "POST", headers: { "content-length": "0" }, accepts: [202] },
        ended,
      );
      drop(started);
      const stored = await session.request(
        {
          path: uploadUrl(started, digest),
          method: "PUT",
          headers: { "content-type": "application/octet-stream", "content-length": String(size) },
          body: open,
          accepts: [201],
        },
        ended,
      );
      drop(stored);
    });
    return true;
  }

  async function isThere(path: string): Promise<boolean> {
    const answer = await again(() =>
      session.request({ path, method: "HEAD", headers: {}, accepts: [200, 404] }, ended),
    );
    drop(answer);
    return answer.status === 200;
  }

  async function manifest(tagOrDigest: string, { mediaType, digest, bytes }: PushedManifest): Promise<void> {
    if (parseDigest(tagOrDigest) === undefined && !isTag(tagOrDigest)) {
      const cause = "neither a tag nor a digest";
      throw new Problem({ kind: "usage", code: "oci.reference", place: `"${tagOrDigest.slice(0, 120)}"`, cause });
    }
    const answer = await putChecked(tagOrDigest, { mediaType, digest, bytes });
    const document: unknown = parseJson(bytes.toString());
    const subject = valueAt(document, ["subject", "digest"]);
    if (typeof subject === "string" && answer.headers["oci-subject"] === undefined) {
      await listReferrer(subject, { mediaType, digest, size: bytes.length, ...artifactOf(document) });
    }
  }

  async function putChecked(name: string, { mediaType, digest, bytes }: PushedManifest): Promise<HttpAnswer> {
    const answer = await put(name, mediaType, bytes);
    const stored = answer.headers["docker-content-digest"];
    if (stored === undefined || stored === digest) return answer;
    const cause = `the registry stored ${stored.slice(0, 100)}, not ${digest}`;
    throw new Problem({ kind: "input", code: "registry.digest", place: `${place}:${name}`, cause });
  }

  async function put(name: string, mediaType: string, bytes: Buffer): Promise<HttpAnswer> {
    return await session.inTime(`manifest ${name}`, (signal) =>
      again(async () => {
        const answer = await session.request(
          {
            path: `${repository}/manifests/${name}`,
            method: "PUT",
            headers: { "content-type": mediaType },
            body: () => bytes,
            accepts: [201],
          },
          signal,
        );
        drop(answer);
        return answer;
      }),
    );
  }

  /** The referrers tag schema: an index under `sha256-HEX`. */
  async function listReferrer(subject: string, entry: ReferrerEntry): Promise<void> {
    const digest = parseDigest(subject);
    if (digest === undefined) return;
    const tag = referrersTag(digest);
    await update(tag, async (current) => {
      const manifests = current === undefined ? [] : listIn(current.bytes, `${place}:${tag}`);
      if (manifests.some((listed) => valueAt(listed, ["digest"]) === entry.digest)) return undefined;
      return manifestOf({ schemaVersion: 2, mediaType: INDEX, manifests: [...manifests, entry] });
    });
  }

  async function update(tag: string, change: TagChange): Promise<boolean> {
    return await inTurn(`${place}:${tag}`, async () => {
      for (let tries = 0; ; tries += 1) {
        const started = clock.now();
        const next = await change(await reader.tagged(tag));
        if (next === undefined) return tries > 0;
        if (tries === UPDATE_TRIES) throw conflict(tag);
        await putChecked(tag, next);
        // Whoever had read before that may be about to write: it is looked at again once they have had the time for it.
        const settled = Math.min(2 * (clock.now() - started), SETTLE_MILLISECONDS);
        const apart = tries === 0 ? 0 : waitBefore(tries, undefined, limits, clock.random);
        await clock.sleep(settled + apart, options.signal);
      }
    });
  }

  function conflict(tag: string): Problem {
    const cause = `overwritten by another writer ${UPDATE_TRIES} times`;
    return new Problem({
      kind: "unavailable",
      code: "registry.conflict",
      place: `${place}:${tag}`,
      cause,
      remedy: "run the command again",
    });
  }

  function close(): void {
    session.close();
    reader.close();
  }

  return { place, blob, manifest, update, close };
}

/** A manifest or index of ours, as it is put. */
export function manifestOf(document: {
  readonly mediaType: string;
  readonly [field: string]: unknown;
}): PushedManifest {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
  return { mediaType: document.mediaType, digest, bytes };
}

/** Ends of what is under way, by what it changes. */
const turns = new Map<string, Promise<unknown>>();

/** One after the other for each key, whoever asks in this process. */
async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve();
  const turn = before.then(work, work);
  const end = turn.catch(() => undefined);
  turns.set(key, end);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === end) turns.delete(key);
  }
}

interface ReferrerEntry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: unknown;
  readonly annotations?: unknown;
}

/** `artifactType` of the entry in a list of referrers ("Listing Referrers"): the manifest's, else its config's media type. */
function artifactOf(document: unknown): Pick<ReferrerEntry, "artifactType" | "annotations"> {
  const [own, config, annotations] = [["artifactType"], ["config", "mediaType"], ["annotations"]].map((path) =>
    valueAt(document, path),
  );
  const artifactType = own ?? config;
  return {
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Where the upload goes on. Never from https to http. @throws Problem `registry.answer` */
function uploadUrl({ url, headers }: HttpAnswer, digest: Digest): URL {
  const location = URL.parse(headers.location ?? "", url.href);
  if (headers.location === undefined || location === null) throw broken(url, "no Location of the upload");
  if (location.protocol !== url.protocol && location.protocol !== "https:") {
    const cause = `the upload goes on at ${describeUrl(location)}, which is not on https`;
    throw new Problem({ kind: "input", code: "registry.answer", place: describeUrl(url), cause });
  }
  location.searchParams.set("digest", digest);
  return location;
}
