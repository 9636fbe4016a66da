/** Servers on Unix sockets of this machine: HTTP, and gRPC over HTTP/2. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { bytesOf } from "./body.ts";
import { createHttpClient } from "./client.ts";
import { HttpFailure } from "./failure.ts";
import { type GrpcClient, openGrpc } from "./grpc.ts";

function folder(t: TestContext): string {
  const at = mkdtempSync(join(tmpdir(), "bulkhead-socket-"));
  t.after(() => rmSync(at, { recursive: true, force: true }));
  return at;
}

async function listening(
  t: TestContext,
  server: { listen(path: string, done: () => void): unknown; close(): unknown },
): Promise<string> {
  const path = join(folder(t), "s.sock");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => void server.close());
  return path;
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof HttpFailure, String(error));
    return `${error.reason}: ${error.message}`;
  }
  return "none";
}

describe("HTTP on a socket", () => {
  test("is spoken to it alone, whatever host and proxy are named", async (t) => {
    const socket = await listening(
      t,
      createServer((request, response) => response.end(`${request.headers.host} ${request.url}`)),
    );
    const environment = { HTTP_PROXY: "http://127.0.0.1:1" };
    const client = createHttpClient({ stallMilliseconds: 2_000, socket, environment });
    t.after(() => client.close());
    const answer = await client.send({ url: new URL("http://nobody.example/a?b"), method: "GET", headers: {} });
    assert.equal(String(await bytesOf(answer, { limit: 100, stallMilliseconds: 2_000 })), "nobody.example /a?b");
  });

  test("where there is none, or no socket, it cannot be reached", async (t) => {
    const at = folder(t);
    writeFileSync(join(at, "file"), "");
    for (const [name, says] of [
      ["none", "unreachable: no such socket (ENOENT)"],
      ["file", "unreachable: connection refused (ECONNREFUSED)"],
    ] as const) {
      const client = createHttpClient({ stallMilliseconds: 2_000, socket: join(at, name) });
      const sent = client.send({ url: new URL("http://localhost/"), method: "GET", headers: {} });
      assert.equal(await reasonOf(sent), says);
      assert.equal(await reasonOf(openGrpc(join(at, name), 2_000).call("/a/B", Buffer.alloc(0), { limit: 1 })), says);
    }
  });
});

function framed(...messages: readonly string[]): Buffer {
  return Buffer.concat(
    messages.map((message) => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(Buffer.byteLength(message), 1);
      return Buffer.concat([head, Buffer.from(message)]);
    }),
  );
}

async function grpc(t: TestContext, answer: (stream: ServerHttp2Stream, path: string) => void): Promise<GrpcClient> {
  const server = createHttp2Server();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    answer(stream, String(headers[":path"]));
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  const socket = await listening(t, server);
  t.after(() => {
    for (const session of sessions) session.destroy();
  });
  const client = openGrpc(socket, 500);
  t.after(() => client.close());
  return client;
}

/** Sends the bytes in pieces, then what the call came to. */
function say(stream: ServerHttp2Stream, pieces: readonly Buffer[], trailers: Record<string, string>): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  for (const piece of pieces) stream.write(piece);
  stream.end();
}

describe("gRPC", () => {
  const limit = 1_000;

  test("one message comes to one message, in however many pieces", async (t) => {
    const asked: Buffer[] = [];
    const client = await grpc(t, (stream) => {
      stream.on("data", (chunk: Buffer) => asked.push(chunk));
      stream.on("end", () =>
        say(
          stream,
          [...framed("answer")].map((byte) => Buffer.from([byte])),
          { "grpc-status": "0" },
        ),
      );
    });
    const { status, message } = await client.call("/a.B/C", Buffer.from("question"), { limit });
    assert.equal(status, 0);
    assert.equal(String(message), "answer");
    assert.deepEqual(Buffer.concat(asked), framed("question"));
  });

  test("a refusal has its status and words, with its headers or after a body", async (t) => {
    const client = await grpc(t, (stream, path) => {
      if (path === "/a/Late") say(stream, [], { "grpc-status": "12", "grpc-message": "no%20such%20method" });
      else stream.respond({ ":status": 200, "grpc-status": "5", "grpc-message": "100% gone" }, { endStream: true });
    });
    const late = await client.call("/a/Late", Buffer.alloc(0), { limit });
    assert.deepEqual([late.status, late.words], [12, "no such method"]);
    const head = await client.call("/a/Head", Buffer.alloc(0), { limit });
    assert.deepEqual([head.status, head.words], [5, "100% gone"]);
  });

  test("a stream comes message by message, and ends with the signal", async (t) => {
    const client = await grpc(t, (stream) => {
      stream.respond({ ":status": 200 });
      const all = framed("one", "two", "three");
      stream.write(all.subarray(0, 9));
      stream.write(all.subarray(9));
    });
    const ended = new AbortController();
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const message of client.stream("/a/S", Buffer.alloc(0), { limit, signal: ended.signal })) {
        seen.push(String(message));
        if (seen.length === 3) ended.abort(new Error("enough"));
      }
    }, /enough/);
    assert.deepEqual(seen, ["one", "two", "three"]);
  });

  test("what is over the limit, compressed, cut, silent or not gRPC is a failure", async (t) => {
    const client = await grpc(t, (stream, path) => {
      const head = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]);
      if (path === "/a/Large") say(stream, [head], { "grpc-status": "0" });
      if (path === "/a/Compressed") say(stream, [Buffer.from([1, 0, 0, 0, 0])], { "grpc-status": "0" });
      if (path === "/a/Cut") say(stream, [framed("whole").subarray(0, 7)], { "grpc-status": "0" });
      if (path === "/a/Other") stream.respond({ ":status": 200 }, { endStream: true });
      if (path === "/a/Broken") stream.close(2);
    });
    const call = (name: string) => reasonOf(client.call(`/a/${name}`, Buffer.alloc(0), { limit }));
    assert.match(await call("Large"), /^too-large/);
    assert.match(await call("Compressed"), /^answer: a compressed message/);
    assert.match(await call("Cut"), /^broken: ended within a message/);
    assert.match(await call("Other"), /^answer: not a gRPC answer/);
    assert.match(await call("Broken"), /^broken/);
    assert.match(await call("Silent"), /^stalled/);
  });

  test("a server that speaks something else is a failure, and the next call connects anew", async (t) => {
    let connections = 0;
    const server = createNetServer((connection) => {
      connections += 1;
      connection.on("error", () => undefined);
      connection.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const client = openGrpc(await listening(t, server), 2_000);
    t.after(() => client.close());
    for (let time = 0; time < 2; time++) {
      assert.match(await reasonOf(client.call("/a/B", Buffer.alloc(0), { limit })), /^broken/);
    }
    assert.equal(connections, 2);
  });
});
