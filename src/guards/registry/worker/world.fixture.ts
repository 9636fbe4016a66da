/** An engine in memory with images made in code, and a worker over it. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import type { Policy } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import { mediaTypes } from "../../../engines/oci/document.ts";
import { type FixtureEntry, tarOf } from "../../../engines/oci/image.fixture.ts";
import type { AdvisoryDatabase } from "../../../engines/vulnerability/database/open.ts";
import { memoryStore } from "../../../store/memory.fixture.ts";
import type { Engine, StoredManifest } from "../model.ts";
import type { EngineImages } from "./engine-images.ts";
import { judgingSource } from "./judging.ts";
import type { ScanOptions } from "./scan.ts";

export interface Held {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export function digestOf(bytes: Buffer | string): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`) as Digest;
}

/** A registry's content. Every question fails while `fault` is set. */
export function memoryEngine() {
  const manifests = new Map<string, Held>();
  const tags = new Map<string, Digest>();
  const blobs = new Map<Digest, Buffer>();
  const state = { fault: undefined as Problem | undefined, reads: 0, layerReads: 0 };

  function put(repository: string, document: object, tag?: string, mediaType: string = mediaTypes.ociManifest): Digest {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
    const digest = digestOf(bytes);
    manifests.set(`${repository}@${digest}`, { mediaType, bytes });
    if (tag !== undefined) tags.set(`${repository}:${tag}`, digest);
    return digest;
  }

  function blob(bytes: Buffer | string, mediaType: string) {
    const content = Buffer.from(bytes);
    const digest = digestOf(content);
    blobs.set(digest, content);
    return { mediaType, digest, size: content.length };
  }

  /** @returns the manifest's digest */
  function image(repository: string, entries: readonly FixtureEntry[], tag?: string, more: object = {}): Digest {
    const layer = tarOf(entries);
    const config = {
      ...{ os: "linux", architecture: "amd64", created: "2026-01-01T00:00:00Z" },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
      history: [{ created_by: "made in code" }],
      config: { User: "1000", ...more },
    };
    return put(
      repository,
      {
        config: blob(JSON.stringify(config), mediaTypes.ociConfig),
        layers: [blob(layer, "application/vnd.oci.image.layer.v1.tar")],
      },
      tag,
    );
  }

  function index(repository: string, images: readonly (Digest | object)[], tag?: string): Digest {
    const entries = images.map((one) => ({
      mediaType: mediaTypes.ociManifest,
      size: 1,
      ...(typeof one === "string" ? { digest: one, platform: { os: "linux", architecture: "amd64" } } : one),
    }));
    return put(repository, { manifests: entries }, tag, mediaTypes.ociIndex);
  }

  const engine: Engine = {
    async manifest(repository, reference) {
      state.reads += 1;
      if (state.fault !== undefined) return state.fault;
      const digest = "tag" in reference ? tags.get(`${repository}:${reference.tag}`) : reference.digest;
      const found = digest === undefined ? undefined : manifests.get(`${repository}@${digest}`);
      return found === undefined || digest === undefined ? undefined : ({ digest, ...found } satisfies StoredManifest);
    },
    putManifest: async () => undefined,
    hasBlob: async (_, digest) => state.fault ?? blobs.has(digest),
    tags: async (repository) =>
      state.fault ??
      [...tags.keys()]
        .filter((name) => name.startsWith(`${repository}:`))
        .map((name) => name.slice(repository.length + 1)),
    repositories: async () =>
      state.fault ?? [...new Set([...manifests.keys()].map((name) => name.slice(0, name.indexOf("@"))))],
  };

  const images: EngineImages = (repository) => ({
    place: `engine/${repository}`,
    async document({ digest }) {
      if (state.fault !== undefined) throw state.fault;
      const found = manifests.get(`${repository}@${digest}`)?.bytes ?? blobs.get(digest);
      if (found === undefined) throw missing(digest);
      return found;
    },
    async open({ digest }) {
      state.layerReads += 1;
      if (state.fault !== undefined) throw state.fault;
      const found = blobs.get(digest);
      if (found === undefined) throw missing(digest);
      return Readable.from([found]);
    },
    close: async () => {},
  });

  return { state, put, blob, image, index, engine, images, manifests, tags, blobs };
}

function missing(place: string): Problem {
  return new Problem({ kind: "unavailable", code: "registry.not-found", place, cause: "there is none" });
}

export const outage = new Problem({
  kind: "unavailable",
  code: "registry.unreachable",
  place: "engine",
  cause: "connection refused",
});

/** @param policy - of all that is judged; @param advisories - as they are at each moment */
export function world(policy: () => Policy | undefined, advisories: () => AdvisoryDatabase | Problem) {
  const clock = { now: new Date("2026-01-10T00:00:00Z") };
  const now = () => clock.now;
  const store = memoryStore(now);
  const held = memoryEngine();
  const options: ScanOptions & { readonly store: typeof store; readonly engine: Engine } = {
    store,
    engine: held.engine,
    images: held.images,
    judging: judgingSource({ policy, root: process.cwd(), advisories }),
    host: "registry.test",
    now,
  };
  return { clock, store, held, options };
}

/** One npm package that is installed, as a layer's entry. */
export function npmPackage(name: string, version: string): FixtureEntry {
  return {
    name: `app/node_modules/${name}/package.json`,
    content: JSON.stringify({ name, version, license: "MIT" }),
  };
}
