/** Replicas of `bulkhead registry serve` as processes, and a client of theirs. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { program } from "../bulkhead.ts";
import { compiled } from "../environment.ts";

export const IMAGE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";
export const ACCEPT = [IMAGE, INDEX].join(", ");
export const digestOf = (bytes: Buffer | string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** A client that gets tokens as the challenge says. */
export function clientOf(origin: string, user?: string, password?: string) {
  const tokens = new Map<string, string>();

  async function ask(method: string, path: string, more: { headers?: object; body?: Buffer | string } = {}) {
    const url = path.startsWith("http") ? path : `${origin}${path}`;
    const send = async (token?: string): Promise<Answer> => {
      const answer = await fetch(url, {
        method,
        headers: {
          accept: ACCEPT,
          ...more.headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(more.body === undefined ? {} : { body: new Uint8Array(Buffer.from(more.body)) }),
        redirect: "manual",
      });
      return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
    };
    const first = await send();
    if (first.status !== 401) return first;
    const challenge = first.headers.get("www-authenticate") ?? "";
    const known = tokens.get(challenge) ?? (await tokenFor(challenge));
    return known === undefined ? first : await send(known);
  }

  async function tokenFor(challenge: string): Promise<string | undefined> {
    const [realm, service, scope] = ["realm", "service", "scope"].map(
      (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1],
    );
    if (realm === undefined) return undefined;
    const asked = new URL(realm);
    if (service !== undefined) asked.searchParams.set("service", service);
    if (scope !== undefined) asked.searchParams.set("scope", scope);
    const basic = Buffer.from(`${user}:${password}`).toString("base64");
    const answer = await fetch(asked, user === undefined ? {} : { headers: { authorization: `Basic ${basic}` } });
    if (answer.status !== 200) return undefined;
    const { token } = (await answer.json()) as { readonly token: string };
    tokens.set(challenge, token);
    return token;
  }

  async function blob(repository: string, bytes: Buffer): Promise<string> {
    const digest = digestOf(bytes);
    const begun = await ask("POST", `/v2/${repository}/blobs/uploads/`);
    assert.equal(begun.status, 202, begun.body.toString());
    const to = new URL(begun.headers.get("location") ?? "", origin);
    to.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    const ended = await ask("PUT", `${origin}${to.pathname}${to.search}`, { headers, body: bytes });
    assert.equal(ended.status, 201, ended.body.toString());
    return digest;
  }

  return {
    ask,
    tokenFor,
    blob,
    get: (repository: string, reference: string, headers: object = {}) =>
      ask("GET", `/v2/${repository}/manifests/${reference}`, { headers }),
    head: (repository: string, reference: string) => ask("HEAD", `/v2/${repository}/manifests/${reference}`),
    put: (repository: string, reference: string, document: object, type = IMAGE) =>
      ask("PUT", `/v2/${repository}/manifests/${reference}`, {
        headers: { "content-type": type },
        body: JSON.stringify(document),
      }),
  };
}

export type Client = ReturnType<typeof clientOf>;

export async function startReplica(folder: string, port: number, engine: string, database: string) {
  const origin = `http://127.0.0.1:${port}`;
  const ports = ["--host", "127.0.0.1", "--port", String(port), "--status-host", "127.0.0.1", "--status-port", "0"];
  const words = ["--policy", "bulkhead.yaml", "--engine", engine, "--keys", "keys", "--accounts", "accounts.json"];
  const rest = ["--database-url-file", "database-url", "--db", database, "--url", origin, "--plain-http", "--no-log"];
  const child = spawn(process.execPath, [program, "registry", "serve", ...ports, ...words, ...rest, "--drain", "0"], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, TMPDIR: process.env.TMPDIR ?? "/tmp", ...compiled },
    stdio: ["ignore", "ignore", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    if (/ serves http/.test(line)) resolve();
  });
  child.once("exit", (code) => reject(new Error(`registry serve ended with ${code}:\n${said.join("\n")}`)));
  await promise;
  return { child, origin };
}
