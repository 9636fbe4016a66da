import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
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
});
