import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { Agent, type RequestOptions } from "node:https";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { TLSSocket } from "node:tls";
import type { Certificate } from "./loopback.fixture.ts";
import { ask, ca, certificates, held, rest, secured, serve, skip } from "./server.fixture.ts";

describe("a server over TLS", { skip }, () => {
  test("uses the memory of a body again once it is answered, and never before", async (t) => {
    const seen = new Set<ArrayBufferLike>();
    const server = await serve(t, {
      bodyBytes: 100_000,
      recyclesBodies: true,
      async handle({ body }) {
        seen.add(body.buffer);
        // Others come in between.
        await new Promise((resolve) => setImmediate(resolve));
        return { status: 200, body: hash("sha256", body) };
      },
    });
    const bodies = Array.from({ length: 60 }, (_, at) =>
      String(at)
        .padStart(2, "0")
        .repeat(15_000 + at),
    );
    for (const some of [bodies.slice(0, 20), bodies.slice(20, 40), bodies.slice(40)]) {
      const answers = await Promise.all(some.map((body) => ask(server, {}, body)));
      assert.deepEqual(
        answers.map(({ text }) => text),
        some.map((body) => hash("sha256", body)),
      );
    }
    assert.ok(seen.size < bodies.length, String(seen.size));
  });

  test("answers requests one after another on one connection", async (t) => {
    const server = await serve(t);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    assert.deepEqual(await ask(server, { agent }, "x".repeat(1_000)), {
      status: 200,
      text: "POST /validate timeout=10s 1000",
      connection: "keep-alive",
    });
    assert.equal((await ask(server, { agent, method: "GET", path: "/" })).text, "GET /  0");
    assert.equal(server.connections(), 1);
    assert.equal(server.underWay(), 0);
  });

  test("speaks no TLS before 1.2, and no other protocol", async (t) => {
    const server = await serve(t);
    for (const [version, spoken] of [
      ["TLSv1.2", "TLSv1.2"],
      ["TLSv1.3", "TLSv1.3"],
    ] as const) {
      const socket = await secured(server, { maxVersion: version, ALPNProtocols: ["h2", "http/1.1"] });
      assert.deepEqual([socket.getProtocol(), socket.alpnProtocol], [spoken, "http/1.1"]);
      socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
      assert.match(await rest(socket), /^HTTP\/1.1 200 /);
    }
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    await assert.rejects(ask(server, old as RequestOptions));
    assert.deepEqual(server.refused, ["handshake"]);
    assert.equal((await ask(server)).status, 200);
  });

  test("shows another certificate without a connection lost", async (t) => {
    const { requests, came, answer, handle } = held();
    const server = await serve(t, { handle });
    const shown = (socket: TLSSocket) => socket.getPeerX509Certificate()?.serialNumber;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const before = await secured(server);
    const waiting = ask(server, { agent });
    await came;
    const { cert: certificate, key } = certificates[1] as Certificate;
    server.show({ certificate, key });
    const after = await secured(server);
    assert.notEqual(shown(before), shown(after));
    answer();
    assert.equal((await waiting).text, "late");
    assert.equal((await ask(server, { agent })).text, "late");
    before.write("GET /old HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert.match(await rest(before), /late$/);
    assert.equal(requests.length, 3);
    after.destroy();
  });

  test("keeps its certificate where the next one and its key are not of one another", async (t) => {
    const server = await serve(t);
    const certificate = (certificates[0] as Certificate).cert;
    for (const key of [(certificates[1] as Certificate).key, "nothing"]) {
      assert.throws(() => server.show({ certificate, key }), { code: "server.certificate" });
    }
    assert.equal((await ask(server)).status, 200);
  });

  test("refuses plaintext and what is no TLS, and goes on", async (t) => {
    const server = await serve(t);
    for (const bytes of ["POST /validate HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}", "\0".repeat(600)]) {
      const socket = connect(server.port, "127.0.0.1");
      socket.write(bytes);
      assert.doesNotMatch(await rest(socket), /HTTP/);
    }
    assert.deepEqual(server.refused, ["not-tls", "not-tls"]);
    assert.equal((await ask(server)).status, 200);
  });

  test("asks for a client's certificate where authorities for it are named", async (t) => {
    const server = await serve(t, { clientAuthorities: ca?.ca as string });
    await assert.rejects(ask(server));
    const { cert, key } = certificates[1] as Certificate;
    assert.equal((await ask(server, { cert, key })).status, 200);
    server.show({ certificate: cert, key });
    await assert.rejects(ask(server));
  });

  test("gives up handshakes that come to nothing", async (t) => {
    const server = await serve(t, { limits: { handshakeMilliseconds: 30 } });
    const socket = connect(server.port, "127.0.0.1");
    assert.equal(await rest(socket), "");
    assert.deepEqual(server.refused, ["handshake"]);
  });
});
