/** A registry in this process with images and what is about them, for tests: with the referrers API or without. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import { parseReference } from "../reference.ts";
import { openRegistry } from "../registry/client.ts";
import { fastLimits, instantClock, json } from "../registry/loopback.fixture.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { digestOf, type PushRegistry, pushRegistry } from "../registry/push.fixture.ts";
import { registryRepository } from "./registry-repository.ts";
import type { Repository } from "./repository.ts";

export const INDEX = "application/vnd.oci.image.index.v1+json";
export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

export interface HeldRegistry extends PushRegistry {
  readonly repository: Repository;
  /** `127.0.0.1:PORT/shop/web` */
  readonly name: string;
  readonly options: RegistryOptions;
  /** Of those options. */
  readonly clock: ReturnType<typeof instantClock>;
  /** Puts a blob there. */
  blob(mediaType: string, content: string | Buffer): HeldDescriptor;
  /** Puts a manifest there, under its digest and a tag. */
  manifest(document: object, tag?: string): HeldDescriptor;
}

export interface HeldDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface HeldOptions {
  /** Answers in place of the registry where it returns true. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Lists what has a subject, by pages of so many entries. */
  readonly referrersPage?: number;
}

export async function heldRegistry(
  t: TestContext,
  { instead, referrersPage }: HeldOptions = {},
): Promise<HeldRegistry> {
  const registry: PushRegistry = await pushRegistry(t, {
    referrers: referrersPage !== undefined,
    instead: (request, response) => {
      if (instead?.(request, response) === true) return true;
      const url = new URL(request.url ?? "", "http://registry.invalid");
      const [, subject] = /^\/v2\/shop\/web\/referrers\/(.+)$/.exec(url.pathname) ?? [];
      if (subject === undefined || referrersPage === undefined) return false;
      const from = Number(url.searchParams.get("last") ?? 0);
      const all = referrersOf(registry, subject);
      const link = { link: `<${url.pathname}?last=${from + referrersPage}>; rel="next"` };
      const manifests = all.slice(from, from + referrersPage);
      const head = { "content-type": INDEX, ...(from + referrersPage < all.length ? link : {}) };
      json(response, 200, { schemaVersion: 2, mediaType: INDEX, manifests }, head);
      return true;
    },
  });
  const name = `${registry.host}/shop/web`;
  const clock = instantClock();
  const options = { environment: { HOME: "/nonexistent" }, limits: fastLimits, clock };
  const client = openRegistry(parseReference(name), options);
  t.after(() => client.close());

  function put(document: object, tag?: string): HeldDescriptor {
    const mediaType = "manifests" in document ? INDEX : MANIFEST;
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
    const digest = digestOf(bytes) as Digest;
    registry.manifests.set(digest, { mediaType, bytes });
    if (tag !== undefined) registry.manifests.set(tag, { mediaType, bytes });
    return { mediaType, digest, size: bytes.length };
  }

  return {
    ...registry,
    name,
    options,
    clock,
    repository: registryRepository(client),
    blob(mediaType, content) {
      const bytes = Buffer.from(content);
      const digest = digestOf(bytes) as Digest;
      registry.blobs.set(digest, bytes);
      return { mediaType, digest, size: bytes.length };
    },
    manifest: put,
  };
}

function referrersOf({ manifests }: PushRegistry, subject: string) {
  return [...manifests].flatMap(([digest, { mediaType, bytes }]) => {
    const document = JSON.parse(String(bytes));
    if (!digest.startsWith("sha256:") || document.subject?.digest !== subject) return [];
    const artifactType = document.artifactType ?? document.config?.mediaType;
    return [{ mediaType, digest, size: bytes.length, artifactType }];
  });
}
