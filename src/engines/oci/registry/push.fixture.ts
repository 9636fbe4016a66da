/** A registry in this process that takes what is pushed, for tests. */
import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { json, type Loopback, listen } from "./loopback.fixture.ts";

export interface PushRegistry extends Loopback {
  /** By digest. */
  readonly blobs: Map<string, Buffer>;
  /** By tag and by digest. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
}

export interface PushRegistryOptions {
  /** It lists referrers itself, and says so. */
  readonly referrers?: boolean;
  /** Answers in place of the registry where it returns true. */
  readonly instead?: (...asked: Parameters<Parameters<typeof listen>[1]>) => boolean;
}

/** Of any repository: what is pushed into one is there in all. */
export async function pushRegistry(t: TestContext, options: PushRegistryOptions = {}): Promise<PushRegistry> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { readonly mediaType: string; readonly bytes: Buffer }>();
  const loopback = await listen(t, async (request, response) => {
    if (options.instead?.(request, response) === true) return;
    const { pathname, searchParams } = new URL(request.url ?? "", "http://registry.invalid");
    const [, name = "", kind = "", id = ""] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs)\/([^/]*)$/.exec(pathname) ?? [];
    const bytes = await buffer(request);
    if (request.method === "POST") {
      return response.writeHead(202, { location: `/v2/${name}/blobs/uploads/one?state=1` }).end();
    }
    if (request.method === "PUT" && kind === "blobs/uploads") {
      if (digestOf(bytes) !== searchParams.get("digest"))
        return json(response, 400, { errors: [{ code: "DIGEST_INVALID" }] });
      blobs.set(digestOf(bytes), bytes);
      return response.writeHead(201).end();
    }
    if (request.method === "PUT") {
      const stored = { mediaType: request.headers["content-type"] ?? "", bytes };
      manifests.set(id, stored).set(digestOf(bytes), stored);
      const subject = JSON.parse(String(bytes)).subject?.digest;
      const listed = options.referrers === true && subject !== undefined ? { "oci-subject": subject } : {};
      return response.writeHead(201, { "docker-content-digest": digestOf(bytes), ...listed }).end();
    }
    if (pathname === "/v2/") return json(response, 200, {});
    const found = kind === "manifests" ? manifests.get(id) : undefined;
    const content = found?.bytes ?? blobs.get(id);
    if (content === undefined) return json(response, 404, { errors: [{ code: "NOT_FOUND" }] });
    const type = found?.mediaType ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-length": content.length });
    response.end(request.method === "HEAD" ? undefined : content);
  });
  return { ...loopback, blobs, manifests };
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
