/** Pushes an OCI layout folder to a registry behind token authentication (OCI distribution specification, "Push"). */
import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TokenService } from "./token-service.ts";

export interface PushTarget {
  /** `127.0.0.1:PORT`, spoken to by plain http. */
  readonly host: string;
  readonly repository: string;
  /** For the one entry of the layout's index. */
  readonly tag: string;
  readonly tokens: TokenService;
  readonly username: string;
  readonly password: string;
}

interface LayoutDescriptor {
  readonly mediaType: string;
  readonly digest: string;
}

interface LayoutDocument {
  readonly manifests?: readonly LayoutDescriptor[];
  readonly config?: LayoutDescriptor;
  readonly layers?: readonly LayoutDescriptor[];
}

/** Everything that the layout's index.json leads to, the innermost first. */
export async function pushLayout(layout: string, target: PushTarget): Promise<void> {
  const base = `http://${target.host}/v2/${target.repository}`;
  const authorization = `Bearer ${await pushToken(target)}`;

  async function pushBlob({ digest }: LayoutDescriptor): Promise<void> {
    const started = await request(`${base}/blobs/uploads/`, { method: "POST", headers: { authorization } });
    const upload = new URL(started.headers.get("location") ?? "", base);
    upload.searchParams.set("digest", digest);
    const headers = { authorization, "content-type": "application/octet-stream" };
    await request(upload, { method: "PUT", headers, body: await openAsBlob(blobPath(layout, digest)) });
  }

  async function pushManifest({ mediaType, digest }: LayoutDescriptor, name: string): Promise<void> {
    const bytes = await readFile(blobPath(layout, digest));
    const document: LayoutDocument = JSON.parse(bytes.toString());
    for (const blob of [...(document.layers ?? []), ...(document.config === undefined ? [] : [document.config])]) {
      await pushBlob(blob);
    }
    for (const child of document.manifests ?? []) await pushManifest(child, child.digest);
    const headers = { authorization, "content-type": mediaType };
    await request(`${base}/manifests/${name}`, { method: "PUT", headers, body: new Uint8Array(bytes) });
  }

  const index: LayoutDocument = JSON.parse(await readFile(join(layout, "index.json"), "utf8"));
  const [entry, ...others] = index.manifests ?? [];
  if (entry === undefined || others.length > 0) throw new Error(`${layout} does not have one entry in its index`);
  await pushManifest(entry, target.tag);
}

async function pushToken({ repository, tokens, username, password }: PushTarget): Promise<string> {
  const url = new URL(tokens.realm);
  url.searchParams.set("service", tokens.service);
  url.searchParams.set("scope", `repository:${repository}:pull,push`);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const answer = (await (await request(url, { headers: { authorization } })).json()) as { readonly token: string };
  return answer.token;
}

async function request(url: string | URL, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  if (response.ok) return response;
  throw new Error(`${options.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
}

function blobPath(layout: string, digest: string): string {
  return join(layout, "blobs", ...digest.split(":", 2));
}
