import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { echo, gateway, get, listening, until } from "./gateway.fixture.ts";
import { raw } from "./loopback.fixture.ts";
import { ask as askSecurely, certificates, skip } from "./server.fixture.ts";

describe("a gateway", () => {
  it("streams both ways, and keeps what is repeated", async (t) => {
    const upstream = await listening(t, echo);
    const { port, passed } = await gateway(t, upstream);
    const body = Buffer.alloc(3_000_000, "a body ");
    for (const headers of [{ "content-length": body.length }, { "transfer-encoding": "chunked" }]) {
      const got = await get(port, { method: "PUT", headers: { accept: ["x/y", "x/z"], ...headers } }, body);
      assert.equal(got.status, 201);
      assert.ok(got.body.equals(body));
      assert.equal(got.headers.filter((each) => each === "X-One").length, 2);
      const seen = upstream.seen.at(-1);
      assert.deepEqual([seen?.method, seen?.url, seen?.headers.accept], ["PUT", "/a?b=c", "x/y, x/z"]);
    }
    assert.deepEqual(
      passed.map((each) => each.outcome),
      ["passed", "passed"],
    );
  });

  it("sends a body of known length straight on", async (t) => {
    const body = Buffer.alloc(5_000_000, "blob");
    const upstream = await listening(t, (_, response) => {
      response.writeHead(200, { "content-length": body.length });
      response.end(body);
    });
    const { port, passed } = await gateway(t, upstream);
    const agent = { agent: undefined };
    for (let at = 0; at < 3; at += 1) {
      const got = await get(port, agent);
      assert.ok(got.body.equals(body));
    }
    assert.deepEqual(passed.at(-1), { outcome: "passed", status: 200, bytes: body.length });
    const head = await get(port, { method: "HEAD" });
    assert.equal(head.body.length, 0);
    assert.ok(head.headers.includes(String(body.length)));
  });

  it("keeps what is about the connection to itself", async (t) => {
    const upstream = await listening(t, (_, response) => {
      response.writeHead(200, {
        connection: "x-own",
        "x-own": "1",
        "x-other": "2",
        "proxy-authenticate": "Basic",
        "content-length": 0,
      });
      response.end();
    });
    const { port } = await gateway(t, upstream);
    const headers = {
      connection: "close, x-mine",
      "x-mine": "1",
      te: "trailers",
      "proxy-authorization": "x",
      "x-yours": "2",
    };
    const got = await get(port, { headers });
    const seen = upstream.seen[0]?.headers ?? {};
    for (const name of ["x-mine", "te", "proxy-authorization"]) assert.equal(seen[name], undefined, name);
    assert.equal(seen["x-yours"], "2");
    const names = got.headers.map((each) => each.toLowerCase());
    assert.ok(!names.includes("x-own") && !names.includes("proxy-authenticate") && names.includes("x-other"));
  });

  it("asks a client that waits for its body only where the body is wanted", async (t) => {
    const upstream = await listening(t, echo);
    const { port } = await gateway(t, upstream);
    const refusing = await gateway(t, upstream, {
      handle: async (request) => request.answer({ status: 403, body: "no" }),
    });
    for (const [its, status, isAsked] of [
      [port, 201, true],
      [refusing.port, 403, false],
    ] as const) {
      const asked = httpRequest({
        host: "127.0.0.1",
        port: its,
        method: "PUT",
        agent: false,
        headers: { expect: "100-continue", "content-length": 2 },
      });
      let continued = false;
      asked.on("continue", () => {
        continued = true;
        asked.end("ok");
      });
      asked.flushHeaders();
      const [answer] = (await once(asked, "response")) as [IncomingMessage];
      answer.resume();
      assert.deepEqual([answer.statusCode, continued], [status, isAsked]);
      asked.destroy();
    }
  });

  it("ends the request behind it when the client goes", async (t) => {
    const closed = Promise.withResolvers<void>();
    const upstream = await listening(t, (_, response) => {
      response.on("close", () => closed.resolve());
      response.writeHead(200, { "content-length": 1_000_000 });
      response.write("beginning");
    });
    const { port, passed } = await gateway(t, upstream);
    const asked = httpRequest({ host: "127.0.0.1", port, agent: false });
    asked.on("error", () => undefined);
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    await once(answer, "data");
    asked.destroy();
    await closed.promise;
    await until(() => passed.length > 0);
    assert.equal(passed[0]?.outcome, "cut");
  });

  it("does not let an upload that breaks off pass for whole", async (t) => {
    const ends: string[] = [];
    const upstream = await listening(t, (request) => {
      request.on("error", () => undefined);
      request.on("aborted", () => ends.push("aborted"));
      request.on("end", () => ends.push("end"));
      request.resume();
    });
    const { port } = await gateway(t, upstream);
    for (const headers of [{ "content-length": 100 }, { "transfer-encoding": "chunked" }]) {
      const asked = httpRequest({ host: "127.0.0.1", port, method: "PUT", agent: false, headers });
      asked.on("error", () => undefined);
      asked.write("a part");
      await until(() => upstream.seen.length > ends.length);
      asked.destroy();
      await until(() => ends.length === upstream.seen.length);
    }
    assert.deepEqual(ends, ["aborted", "aborted"]);
  });

  it("does not let an answer that breaks off pass for whole", async (t) => {
    const upstream = await raw(t, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
      setImmediate(() => socket.destroy());
    });
    const { port, passed } = await gateway(t, upstream);
    await assert.rejects(get(port));
    await until(() => passed.length > 0);
    assert.equal(passed[0]?.outcome, "cut");
  });

  it("answers for an upstream that does not, that says no HTTP, or that says nothing", async (t) => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await once(nobody, "listening");
    const { port: free } = nobody.address() as { port: number };
    nobody.close();
    const noise = await raw(t, (socket) => socket.end("SSH-2.0-x\r\n\r\n"));
    const silence = await raw(t, () => undefined);
    const upstreamLimits = { silenceMilliseconds: 200 };
    const cases = [
      [{ origin: `http://127.0.0.1:${free}` }, /connection refused/],
      [noise, /not HTTP/],
      [silence, /no data for 200 ms/],
    ] as const;
    for (const [upstream, expected] of cases) {
      const { port } = await gateway(t, upstream, { upstreamLimits });
      const { status, body } = await get(port);
      assert.equal(status, 502);
      assert.match(String(body), expected);
    }
  });

  it("asks again over a new connection where the server has just closed the old one", async (t) => {
    let connections = 0;
    const upstream = await raw(t, (socket) => {
      connections += 1;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      // As a server that ends idle connections: with the next request on its way.
      socket.once("data", () => socket.destroy());
    });
    const { port, passed } = await gateway(t, upstream);
    for (let at = 0; at < 3; at += 1) assert.equal((await get(port)).status, 200);
    assert.equal(connections, 3);
    assert.equal(passed.length, 3);
  });

  it("reads from the upstream no faster than the client does", async (t) => {
    let written = 0;
    const upstream = await listening(t, (_, response) => {
      response.writeHead(200, { "content-length": 64 * 1024 * 1024 });
      const piece = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        if (written === 64) return void response.end();
        written += 1;
        response.write(piece, more);
      };
      more();
    });
    const { port } = await gateway(t, upstream);
    const asked = httpRequest({ host: "127.0.0.1", port, agent: false });
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    let before = -1;
    // What the kernel's buffers on the way take; then nothing moves.
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(written < 40, `${written} MiB were read for a client that reads nothing`);
    let size = 0;
    for await (const piece of answer) size += (piece as Buffer).length;
    assert.equal(size, 64 * 1024 * 1024);
  });

  it("cuts off a body over what may be sent, however it is sent", async (t) => {
    const whole: string[] = [];
    const upstream = await listening(t, (request, response) => {
      request.on("error", () => undefined);
      request.on("end", () => {
        whole.push("end");
        response.end();
      });
      request.resume();
    });
    const { port } = await gateway(t, upstream, { how: { mostBytes: 1_000 } });
    const body = Buffer.alloc(5_000);
    for (const headers of [{ "content-length": body.length }, { "transfer-encoding": "chunked" }]) {
      assert.equal((await get(port, { method: "PUT", headers }, body)).status, 413);
    }
    assert.equal((await get(port, { method: "PUT" }, Buffer.alloc(1_000))).status, 200);
    assert.deepEqual(whole, ["end"]);
  });

  it("passes on an answer that comes before the body is sent", async (t) => {
    const upstream = await raw(t, (socket) => {
      socket.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
    });
    const { port } = await gateway(t, upstream);
    const { status, body } = await get(port, { method: "PUT" }, Buffer.alloc(8_000_000));
    assert.deepEqual([status, String(body)], [401, "no"]);
  });

  it("reads a body whole where it is asked to, and no more of it than its bound", async (t) => {
    const upstream = await listening(t, echo);
    const { port } = await gateway(t, upstream, {
      async handle(request) {
        const body = await request.receive(10);
        request.answer({
          status: 200,
          headers: ["X-A", "1"],
          body: typeof body === "string" ? body : `${body.length} bytes`,
        });
      },
    });
    for (const headers of [{ "content-length": 10 }, { "transfer-encoding": "chunked" }]) {
      assert.equal(String((await get(port, { method: "PUT", headers }, "x".repeat(10))).body), "10 bytes");
    }
    for (const headers of [{ "content-length": 11 }, { "transfer-encoding": "chunked" }]) {
      assert.equal(String((await get(port, { method: "PUT", headers }, "x".repeat(11))).body), "too-large");
    }
  });

  it("answers requests that were sent at once one after the other", async (t) => {
    const upstream = await listening(t, (request, response) => {
      const body = `for ${request.url}`;
      response.writeHead(200, { "content-length": body.length });
      response.end(body);
    });
    const { port } = await gateway(t, upstream);
    const socket: Socket = connect(port, "127.0.0.1");
    socket.write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let text = "";
    for await (const piece of socket) text += piece;
    assert.ok(text.indexOf("for /1") > 0 && text.indexOf("for /2") > text.indexOf("for /1"), text);
  });

  it("says 500 where nobody answers, and tells why", async (t) => {
    const upstream = await listening(t, echo);
    const { port, errors } = await gateway(t, upstream, { handle: async () => undefined });
    assert.equal((await get(port)).status, 500);
    assert.equal(errors.length, 1);
  });

  it("shows another certificate to who comes, and cuts nobody off", { skip }, async (t) => {
    const upstream = await listening(t, echo);
    const [one, two] = certificates;
    assert.ok(one !== undefined && two !== undefined);
    const server = await gateway(t, upstream, { certificate: { certificate: one.cert, key: one.key } });
    assert.equal((await askSecurely(server, {}, "x")).status, 201);
    server.show({ certificate: two.cert, key: two.key });
    assert.equal((await askSecurely(server, {}, "x")).text, "x");
    assert.throws(() => server.show({ certificate: one.cert, key: two.key }), { code: "server.certificate" });
  });
});
