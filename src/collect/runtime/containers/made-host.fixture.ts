/** A host's files below a directory, and servers on sockets in it; for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

export interface MadeHost {
  readonly root: string;
  /** Writes a file; anything but text and bytes as JSON. */
  write(path: string, content: unknown): void;
}

export function madeHost(t: TestContext): MadeHost {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-host-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    write(path, content) {
      const at = join(root, path);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    },
  };
}

/** An engine's API on a socket. */
export async function serveEngine(
  t: TestContext,
  host: MadeHost,
  path: string,
  answer: RequestListener,
): Promise<void> {
  const at = join(host.root, path);
  mkdirSync(dirname(at), { recursive: true });
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(at, resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** What a runtime answers: a message, or a status of gRPC. */
export type CriAnswer = Buffer | number;

/** A runtime of Kubernetes on a socket. Streams of events are answered with one message each, and stay open. */
export async function serveCri(
  t: TestContext,
  host: MadeHost,
  path: string,
  answer: (method: string, message: Buffer) => CriAnswer,
): Promise<void> {
  const at = join(host.root, path);
  mkdirSync(dirname(at), { recursive: true });
  const server = createHttp2Server();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      const method = String(headers[":path"]).replace("/runtime.v1.RuntimeService/", "");
      const said = answer(method, Buffer.concat(chunks).subarray(5));
      if (typeof said === "number") {
        stream.respond({ ":status": 200, "grpc-status": String(said) }, { endStream: true });
        return;
      }
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(said.length, 1);
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.write(Buffer.concat([prefix, said]));
      if (method !== "GetContainerEvents") stream.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(at, resolve));
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
}
