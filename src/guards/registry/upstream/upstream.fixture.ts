/** An upstream in this process with the manners of Docker Hub, an engine, and a guard's upstreams between them, for tests. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readClock } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { json, type Loopback, listen } from "../../../engines/oci/registry/loopback.fixture.ts";
import { type PushRegistry, pushRegistry } from "../../../engines/oci/registry/push.fixture.ts";
import { type MemoryStore, memoryStore } from "../../../store/memory.fixture.ts";
import type { Decision, Engine, Principal, PullGate, StoredManifest } from "../model.ts";
import { openRegistryPolicies } from "../policies.ts";
import type { Fetched } from "./fetching.ts";
import { type OpenedUpstreams, openUpstreams } from "./upstreams.ts";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

export function digestOf(bytes: Buffer): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

export interface MadeUpstream extends Loopback {
  /** By repository, then by tag and digest. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  readonly blobs: Map<string, Buffer>;
  /** What it does instead of answering; `referrers`: it has the list of referrers. */
  state: {
    silent?: boolean;
    throttled?: boolean;
    left?: number;
    referrers?: boolean;
    corrupt?: boolean;
    location?: string;
    hold?: Promise<void>;
  };
  /** Puts an image there, and tags it. */
  image(repository: string, tag: string, more?: MadeImage): Digest;
  /** Manifests that were sent, which count. */
  pulls(): number;
}

export interface MadeImage {
  readonly layer?: Buffer;
  readonly created?: string;
  /** An index of one image for each. */
  readonly platforms?: readonly string[];
  readonly subject?: Digest;
}

/** Behind anonymous tokens, as Docker Hub: `docker.io` itself is not asked by any test. */
export async function madeUpstream(t: TestContext): Promise<MadeUpstream> {
  const manifests: MadeUpstream["manifests"] = new Map();
  const blobs = new Map<string, Buffer>();
  const token = "anonymous-token";
  let pulls = 0;
  // Blobs lie elsewhere, where nobody may be told who asks.
  const storage = await listen(t, async (request, response) => {
    await made.state.hold;
    const bytes = blobs.get((request.url ?? "").slice(1));
    if (request.headers.authorization !== undefined) return response.writeHead(400).end();
    if (bytes === undefined) return response.writeHead(404).end();
    const sent = made.state.corrupt === true ? Buffer.alloc(bytes.length, "?") : bytes;
    response.writeHead(200, { "content-length": sent.length }).end(sent);
  });
  const made: MadeUpstream = Object.assign(
    await listen(t, (request, response) => {
      const { state } = made;
      if (state.silent === true) return;
      const { pathname, searchParams } = new URL(request.url ?? "", "http://upstream.invalid");
      if (pathname === "/token") return json(response, 200, { token, scope: searchParams.get("scope") });
      if (request.headers.authorization !== `Bearer ${token}`) {
        const challenge = `Bearer realm="${made.origin}/token",service="registry.docker.io",scope="repository:x:pull"`;
        return json(response, 401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": challenge });
      }
      if (state.throttled === true) {
        return json(
          response,
          429,
          { errors: [{ code: "TOOMANYREQUESTS", message: "pull rate limit" }] },
          { "retry-after": "60" },
        );
      }
      const limits: Record<string, string> =
        state.left === undefined
          ? {}
          : { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": `${state.left};w=21600` };
      const [, name = "", kind = "", id = ""] =
        /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]*)$/.exec(pathname) ?? [];
      if (kind === "referrers") return listReferrers(made, response, name, id);
      if (kind === "blobs")
        return response.writeHead(307, { location: state.location ?? `${storage.origin}/${id}` }).end();
      const found = manifests.get(`${name}:${id}`);
      if (found === undefined)
        return json(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN", message: "unknown" }] });
      response.writeHead(200, {
        ...limits,
        "content-type": found.mediaType,
        "content-length": found.bytes.length,
        "docker-content-digest": digestOf(found.bytes),
      });
      if (request.method === "GET") pulls += 1;
      response.end(request.method === "HEAD" ? undefined : found.bytes);
    }),
    {
      manifests,
      blobs,
      state: {},
      image: (repository: string, tag: string, more: MadeImage = {}) => putImage(made, repository, tag, more),
      pulls: () => pulls,
    },
  );
  return made;
}

function listReferrers(
  { manifests, state }: MadeUpstream,
  response: Parameters<typeof json>[0],
  name: string,
  subject: string,
): void {
  if (state.referrers !== true) {
    json(response, 404, { errors: [{ code: "NOT_FOUND" }] });
    return;
  }
  const listed = [...manifests].flatMap(([key, { mediaType, bytes }]) => {
    const document = JSON.parse(String(bytes));
    const isAbout = key.startsWith(`${name}:sha256:`) && document.subject?.digest === subject;
    return isAbout
      ? [{ mediaType, digest: digestOf(bytes), size: bytes.length, artifactType: document.artifactType }]
      : [];
  });
  json(response, 200, { schemaVersion: 2, mediaType: INDEX, manifests: listed }, { "content-type": INDEX });
}

function putImage(upstream: MadeUpstream, repository: string, tag: string, { platforms, ...more }: MadeImage): Digest {
  const put = (mediaType: string, document: object, name?: string) => {
    const bytes = Buffer.from(JSON.stringify(document));
    upstream.manifests.set(`${repository}:${digestOf(bytes)}`, { mediaType, bytes });
    if (name !== undefined) upstream.manifests.set(`${repository}:${name}`, { mediaType, bytes });
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const blob = (mediaType: string, bytes: Buffer) => {
    upstream.blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const image = (platform: string, name?: string) => {
    const [os, architecture] = platform.split("/");
    const layer = more.layer ?? Buffer.from(`layer of ${repository}:${tag}`);
    const config = { os, architecture, rootfs: { type: "layers", diff_ids: [digestOf(layer)] }, created: more.created };
    const document = {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: blob("application/vnd.oci.image.config.v1+json", Buffer.from(JSON.stringify(config))),
      layers: [blob("application/vnd.oci.image.layer.v1.tar", layer)],
    };
    return put(MANIFEST, document, name);
  };
  if (platforms === undefined) return image("linux/amd64", tag).digest;
  const images = platforms.map((platform) => {
    const [os, architecture] = platform.split("/");
    return { mediaType: MANIFEST, ...image(platform), platform: { os, architecture } };
  });
  return put(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: images }, tag).digest;
}

/** Puts something about an image beside it, as a referrer. */
export function putReferrer(upstream: MadeUpstream, repository: string, subject: Digest, text: string): Digest {
  const layer = Buffer.from(text);
  upstream.blobs.set(digestOf(layer), layer);
  const empty = Buffer.from("{}");
  upstream.blobs.set(digestOf(empty), empty);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType: "application/vnd.example.statement",
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(empty), size: 2 },
      layers: [{ mediaType: "text/plain", digest: digestOf(layer), size: layer.length }],
      subject: { mediaType: MANIFEST, digest: subject, size: 1 },
    }),
  );
  upstream.manifests.set(`${repository}:${digestOf(bytes)}`, { mediaType: MANIFEST, bytes });
  return digestOf(bytes);
}

export interface World {
  readonly upstream: MadeUpstream;
  readonly engine: PushRegistry;
  readonly store: MemoryStore;
  readonly guard: OpenedUpstreams;
  readonly fetched: Fetched[];
  /** Of the clock that the guard goes by: milliseconds are added. */
  readonly time: { now: number };
  blob(repository: string, digest: Digest, more?: Asking): Promise<Decision>;
  /** Asks for a reference as a principal would. */
  pull(repository: string, reference: string, more?: Asking): Promise<Decision>;
}

/** More than any test takes. */
const LONG = 600_000;

/** Tests in which nobody loses patience, however busy the machine is: no answer of the upstream is too late. */
export const patient = {
  test(name: string, work: (t: TestContext) => Promise<void>): void {
    test(name, async (t) => {
      const wait = globalThis.setTimeout;
      t.mock.method(globalThis, "setTimeout", (late: () => void, milliseconds = 0) =>
        wait(late, Math.max(milliseconds, LONG)).unref(),
      );
      await work(t);
    });
  },
};

export interface Asking {
  readonly principal?: Partial<Principal>;
  /** Milliseconds that the client waits. */
  readonly patience?: number;
  readonly now?: Date;
}

/**
 * @param rule - of the namespace `hub`, beside its registry; in YAML's JSON
 * @param more - `policy`: keys in place of these, where HOST stands for the upstream
 */
export async function world(
  t: TestContext,
  rule: Readonly<Record<string, unknown>> = {},
  more: {
    readonly pull?: Pick<PullGate, "manifest">;
    readonly policy?: Readonly<Record<string, unknown>>;
    readonly store?: MemoryStore;
    readonly engine?: PushRegistry;
  } = {},
): Promise<World> {
  const upstream = await madeUpstream(t);
  const engine = more.engine ?? (await pushRegistry(t));
  const store = more.store ?? memoryStore();
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-upstream-"));
  await writeFile(join(folder, "release.pub"), publicKey());
  const policy = {
    apiVersion: "bulkhead/v1",
    registry: { upstreams: { hub: { registry: upstream.host, ...rule } } },
    trust: { signers: { release: { key: "release.pub" } } },
    ...more.policy,
  };
  await writeFile(join(folder, "bulkhead.yaml"), JSON.stringify(policy).replaceAll('"HOST"', `"${upstream.host}"`));
  const policies = await openRegistryPolicies({
    policy: join(folder, "bulkhead.yaml"),
    root: folder,
    roots: join(folder, "roots"),
  });
  const time = { now: 1_000_000 };
  const fetched: Fetched[] = [];
  const guard = openUpstreams({
    policies: () => policies,
    engine: engineOf(engine),
    place: { host: engine.host, registry: { limits: { backoffMilliseconds: 1 } } },
    store,
    credentials: async (name) =>
      new Problem({ kind: "unavailable", code: "registry.upstream-credentials", place: name, cause: "none" }),
    registry: { limits: { tries: 1, stallMilliseconds: 2_000, backoffMilliseconds: 1 } },
    clock: () => time.now,
    ...(more.pull === undefined ? {} : { pull: more.pull }),
    onFetched: (one) => fetched.push(one),
  });
  t.after(() => guard.close());
  return {
    upstream,
    engine,
    store,
    guard,
    fetched,
    time,
    blob: (repository, digest, more) => guard.blob({ repository, digest, ...askedBy(more) }),
    pull: (repository, reference, more) =>
      guard.ensure({ repository, reference: referenceOf(reference), ...askedBy(more) }),
  };
}

function askedBy({ principal, patience = LONG, now = readClock() }: Asking = {}) {
  return {
    principal: { name: "robot:node", kind: "robot" as const, isExempt: false, ...principal },
    now,
    deadline: AbortSignal.timeout(patience),
  };
}

function publicKey(): string {
  const { publicKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return key.export({ type: "spki", format: "pem" }).toString();
}

function referenceOf(text: string): ManifestReference {
  return text.startsWith("sha256:") ? { digest: text as Digest } : { tag: text };
}

/** What of the guard's own client these tests need. */
export function engineOf({ origin }: Pick<Loopback, "origin">): Pick<Engine, "manifest" | "putManifest"> {
  const url = (repository: string, reference: ManifestReference) =>
    `${origin}/v2/${repository}/manifests/${"tag" in reference ? reference.tag : reference.digest}`;
  return {
    async manifest(repository, reference): Promise<StoredManifest | undefined | Problem> {
      const accept = [MANIFEST, INDEX].join(", ");
      const answer = await fetch(url(repository, reference), { headers: { accept } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) return engineProblem(answer.status);
      return { digest: digestOf(bytes), mediaType: answer.headers.get("content-type") ?? "", bytes };
    },
    async putManifest(repository, reference, { mediaType, bytes }): Promise<undefined | Problem> {
      const body = new Uint8Array(bytes);
      const answer = await fetch(url(repository, reference), {
        method: "PUT",
        headers: { "content-type": mediaType },
        body,
      });
      return answer.status === 201 ? undefined : engineProblem(answer.status);
    },
  };
}

function engineProblem(status: number): Problem {
  return new Problem({ kind: "unavailable", code: "registry.engine", place: "engine", cause: `it answered ${status}` });
}
