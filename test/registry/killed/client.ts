/** A client that pushes small images through the guard and tries again, as a pipeline does, until it is answered with 201. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { tarOf } from "../../../src/engines/oci/image.fixture.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";
const COMPRESSED_LAYER = `${LAYER}+gzip`;

export interface PushingClient {
  /** @returns the digest that was acknowledged */
  push(image: PushedImage, signal: AbortSignal): Promise<string>;
  /** The status of a pull of the manifest, and what is said with it. */
  pull(repository: string, reference: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Times that something had to be tried again. */
  readonly retries: number;
}

export interface PushedImage {
  readonly repository: string;
  readonly tag: string;
  /** npm's, installed: name → version. */
  readonly packages: Readonly<Record<string, string>>;
  /** More files of its layer, which is compressed then; absent: none. */
  readonly files?: Readonly<Record<string, Buffer>>;
}

export interface ClientOptions {
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

export function pushingClient({ origin, username, password }: ClientOptions): PushingClient {
  const tokens = new Map<string, string>();
  const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  let retries = 0;

  async function token(repository: string): Promise<string> {
    const known = tokens.get(repository);
    if (known !== undefined) return known;
    const url = new URL("/token", origin);
    url.searchParams.set("service", new URL(origin).host);
    url.searchParams.set("scope", `repository:${repository}:pull,push`);
    const basic = Buffer.from(`${username}:${password}`).toString("base64");
    const answer = await expected(await fetch(url, { headers: { authorization: `Basic ${basic}` } }), 200);
    const given = ((await answer.json()) as { readonly token: string }).token;
    tokens.set(repository, given);
    return given;
  }

  async function ask(repository: string, url: URL, init: RequestInit, status: number): Promise<Response> {
    const authorization = `Bearer ${await token(repository)}`;
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(url, { ...init, signal, headers: { ...init.headers, authorization } });
    if (answer.status === 401) tokens.delete(repository);
    return await expected(answer, status);
  }

  async function blob(repository: string, bytes: Buffer, mediaType: string) {
    const begun = await ask(repository, new URL(`/v2/${repository}/blobs/uploads/`, origin), { method: "POST" }, 202);
    const url = new URL(begun.headers.get("location") ?? "", origin);
    url.searchParams.set("digest", digestOf(bytes));
    await ask(repository, url, { method: "PUT", body: new Uint8Array(bytes) }, 201);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }

  async function once({ repository, tag, packages, files }: PushedImage): Promise<string> {
    const layer = tarOf([
      ...Object.entries(packages).map(([name, version]) => ({
        name: `app/node_modules/${name}/package.json`,
        content: JSON.stringify({ name, version }),
      })),
      { name: "srv/name", content: `${repository}:${tag}` },
      ...Object.entries(files ?? {}).map(([name, content]) => ({ name, content })),
    ]);
    const [stored, mediaType] =
      files === undefined ? [layer, LAYER] : [gzipSync(layer, { level: 1 }), COMPRESSED_LAYER];
    const config = Buffer.from(
      JSON.stringify({
        ...{ os: "linux", architecture: "amd64", config: { User: "1000" } },
        rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
      }),
    );
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: await blob(repository, config, CONFIG),
        layers: [await blob(repository, stored, mediaType)],
      }),
    );
    const url = new URL(`/v2/${repository}/manifests/${tag}`, origin);
    const headers = { "content-type": MANIFEST };
    await ask(repository, url, { method: "PUT", body: new Uint8Array(bytes), headers }, 201);
    return digestOf(bytes);
  }

  return {
    async push(image, signal) {
      for (;;) {
        signal.throwIfAborted();
        try {
          return await once(image);
        } catch (error) {
          if (error instanceof Refused && error.status < 500 && ![401, 429].includes(error.status)) throw error;
          retries += 1;
          await delay(100);
        }
      }
    },
    async pull(repository, reference) {
      const url = new URL(`/v2/${repository}/manifests/${reference}`, origin);
      const once = async () => {
        const headers = { accept: MANIFEST, authorization: `Bearer ${await token(repository)}` };
        return await fetch(url, { headers });
      };
      let answer = await once();
      if (answer.status === 401) {
        // A token ends after some minutes.
        tokens.delete(repository);
        answer = await once();
      }
      return { status: answer.status, text: await answer.text() };
    },
    get retries() {
      return retries;
    },
  };
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(`${status} ${text.slice(0, 300)}`);
    this.status = status;
  }
}

async function expected(answer: Response, status: number): Promise<Response> {
  if (answer.status === status) return answer;
  throw new Refused(answer.status, await answer.text());
}
