/** A client that pushes small images through the guard and tries again, as a pipeline does, until it is answered with 201. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { tarOf } from "../../../src/engines/oci/image.fixture.ts";
import type { Acknowledged } from "./judge.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

export interface PushingClient {
  push(repository: string, tag: string, isVulnerable: boolean, signal: AbortSignal): Promise<Acknowledged>;
  /** Times that something had to be tried again. */
  readonly retries: number;
}

export interface ClientOptions {
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

/** One package of one version, of which the advisories say that below 2.0.0 it is vulnerable. */
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

  async function once(repository: string, tag: string, isVulnerable: boolean): Promise<Acknowledged> {
    const version = isVulnerable ? "1.0.0" : "2.0.0";
    const layer = tarOf([
      { name: "app/node_modules/made/package.json", content: JSON.stringify({ name: "made", version }) },
      { name: "srv/name", content: `${repository}:${tag}` },
    ]);
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
        layers: [await blob(repository, layer, LAYER)],
      }),
    );
    const url = new URL(`/v2/${repository}/manifests/${tag}`, origin);
    const headers = { "content-type": MANIFEST };
    await ask(repository, url, { method: "PUT", body: new Uint8Array(bytes), headers }, 201);
    return { repository, tag, digest: digestOf(bytes), isVulnerable };
  }

  return {
    async push(repository, tag, isVulnerable, signal) {
      for (;;) {
        signal.throwIfAborted();
        try {
          return await once(repository, tag, isVulnerable);
        } catch (error) {
          if (error instanceof Refused && error.status < 500 && ![401, 429].includes(error.status)) throw error;
          retries += 1;
          await delay(100);
        }
      }
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
