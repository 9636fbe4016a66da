import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { echo, gateway, get, listening, until } from "./gateway.fixture.ts";
import { serve as serveUpstream } from "./loopback.fixture.ts";
import { ca, certificates, skip } from "./server.fixture.ts";

describe("a gateway's patience and trust", () => {
  it("does not wait for a client that has begun to send and says nothing more, and does for an upstream that stores", async (t) => {
    const slow = Promise.withResolvers<void>();
    const upstream = await listening(t, (request, response) => {
      request.on("error", () => undefined);
      request.on("end", () => slow.promise.then(() => response.end("stored")));
      request.resume();
    });
    const { port, passed } = await gateway(t, upstream, { limits: { silenceMilliseconds: 150 } });
    const stored = get(port, { method: "PUT" }, "all of it");
    const silent = httpRequest({
      host: "127.0.0.1",
      port,
      method: "PUT",
      agent: false,
      headers: { "content-length": 9 },
    });
    silent.on("error", () => undefined);
    silent.write("a part");
    await new Promise((resolve) => silent.once("close", resolve));
    await until(() => passed.length > 0);
    assert.deepEqual(
      passed.map((each) => each.outcome),
      ["cut"],
    );
    slow.resolve();
    assert.equal(String((await stored).body), "stored");
  });

  it("asks an upstream over TLS that one of its authorities has signed for, and no other", { skip }, async (t) => {
    const upstream = await serveUpstream(t, echo, certificates[0]);
    const body = Buffer.alloc(1_000_000, "x");
    const trusting = await gateway(t, upstream, { authorities: ca?.ca as string });
    for (let at = 0; at < 2; at += 1) assert.ok((await get(trusting.port, { method: "PUT" }, body)).body.equals(body));
    const { port } = await gateway(t, upstream);
    const { status, body: said } = await get(port);
    assert.deepEqual([status, /not trusted/.test(String(said))], [502, true], String(said));
  });

  it("passes on no request that readers would part over", async (t) => {
    const upstream = await listening(t, echo);
    const { port } = await gateway(t, upstream);
    const heads = [
      "Content-Length: 5\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 5",
      "Transfer-Encoding: xchunked",
      "Transfer-Encoding: chunked, identity",
      "Content-Length: 5\r\nContent-Length: 6",
      "Content-Length: +5",
      "Content-Length: 0x5",
      "Content-Length : 5",
      "Name: a\r\n\tfolded: b\r\nContent-Length: -1",
      "Name: a\u0000b",
      "Connection: upgrade\r\nUpgrade: h2c",
    ];
    for (const head of heads) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(`PUT /first HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n`);
      let text = "";
      for await (const piece of socket) text += piece;
      assert.match(text, /^HTTP\/1\.1 400 /, head);
    }
    assert.deepEqual(upstream.seen, []);
  });
});
