/** An engine on loopback, for tests: manifests and blobs in memory, tags in no order, no list of referrers. */
import type { ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { type Loopback, serve } from "../../../net/loopback.fixture.ts";
import { digestOf } from "./engine.ts";

export interface MadeEngine extends Loopback {
  /** By `REPOSITORY/TAG` and `REPOSITORY/DIGEST`. */
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  /** By `REPOSITORY/DIGEST`. */
  readonly blobs: Map<string, Buffer>;
  /** Status that a push of a manifest is refused with. */
  fails?: number;
  /** The connection ends where a push of a manifest should be answered: before it is stored, or after. */
  breaks?: "before" | "after";
}

export async function madeEngine(t: TestContext): Promise<MadeEngine> {
  const manifests: MadeEngine["manifests"] = new Map();
  const blobs: MadeEngine["blobs"] = new Map();
  const loopback = await serve(t, (request, response) => {
    const { method = "", url = "" } = request;
    const [, repository = "", kind = "", name = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/?]+)(?:[/?].*)?$/.exec(url) ?? [];
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const key = `${repository}/${name}`;
      if (kind === "manifests" && method === "PUT")
        return putManifest(repository, name, request.headers["content-type"] ?? "", Buffer.concat(pieces), response);
      if (kind === "manifests" && method === "DELETE") return send(response, manifests.delete(key) ? 202 : 404);
      if (kind === "manifests") {
        const found = manifests.get(key);
        if (found === undefined) return unknown(response, "MANIFEST_UNKNOWN");
        return send(response, 200, found.bytes, {
          "content-type": found.type,
          "docker-content-digest": digestOf(found.bytes),
        });
      }
      if (kind === "tags") {
        const names = [...manifests.keys()].filter((each) => each.startsWith(`${repository}/`) && !each.includes(":"));
        const tags = names.map((each) => each.slice(repository.length + 1));
        return send(response, 200, Buffer.from(JSON.stringify({ name: repository, tags })));
      }
      if (kind === "blobs" && method === "POST")
        return send(response, 202, undefined, { location: `/v2/${repository}/blobs/uploads/u` });
      if (kind === "blobs" && method === "PUT") return send(response, 201);
      const blob = kind === "blobs" ? blobs.get(key) : undefined;
      return blob === undefined ? unknown(response, "BLOB_UNKNOWN") : send(response, 200, blob);
    });
  });
  const engine: MadeEngine = { ...loopback, manifests, blobs };

  function putManifest(repository: string, name: string, type: string, bytes: Buffer, response: ServerResponse): void {
    if (engine.fails !== undefined) return void unknown(response, "MANIFEST_INVALID", engine.fails);
    if (engine.breaks === "before") return void response.socket?.destroy();
    for (const each of [name, digestOf(bytes)]) manifests.set(`${repository}/${each}`, { type, bytes });
    if (engine.breaks === "after") return void response.socket?.destroy();
    send(response, 201, undefined, {
      "docker-content-digest": digestOf(bytes),
      location: `/v2/${repository}/manifests/${name}`,
    });
  }

  return engine;
}

function send(response: ServerResponse, status: number, body?: Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-length": body?.length ?? 0, ...headers });
  response.end(body);
}

function unknown(response: ServerResponse, code: string, status = 404): void {
  const body = Buffer.from(JSON.stringify({ errors: [{ code }] }));
  send(response, status, body, { "content-type": "application/json" });
}
