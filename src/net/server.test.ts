import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { Problem } from "../core/problem.ts";
import { held, rest, serve } from "./server.fixture.ts";
import type { RunningServer } from "./server-model.ts";

async function plain(server: RunningServer, text: string): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  socket.write(text);
  return await rest(socket);
}

const POST = "POST / HTTP/1.1\r\nhost: a\r\n";
const LAST = `${POST}connection: close\r\n`;

describe("a server", () => {
  test("says what its client can do nothing about in one line", async (t) => {
    const server = await serve(t, {
      tls: "none",
      handle: () => {
        throw new Error("a secret");
      },
    });
    const said = await plain(server, `${LAST}content-length: 0\r\n\r\n`);
    assert.match(said, /^HTTP\/1.1 500 /);
    assert.doesNotMatch(said, /secret/);
    assert.equal(String(server.errors[0]), "Error: a secret");
    assert.equal(server.underWay(), 0);
  });

  test("takes no body over its bound, announced or not", async (t) => {
    const server = await serve(t, { tls: "none" });
    const large = "x".repeat(2_000);
    const chunk = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
    assert.match(await plain(server, `${LAST}content-length: 2000\r\n\r\n${large}`), /^HTTP\/1.1 413 .*1000 bytes\n$/s);
    assert.match(await plain(server, `${LAST}transfer-encoding: chunked\r\n\r\n${chunk}`), /^HTTP\/1.1 413 /);
    const expecting = `${LAST}expect: 100-continue\r\n`;
    assert.match(await plain(server, `${expecting}content-length: 2\r\n\r\n{}`), /100 Continue\r\n\r\nHTTP\/1.1 200 /);
    assert.deepEqual(server.refused, ["too-large", "too-large"]);
  });

  test("may answer a body over its bound by its beginning", async (t) => {
    const server = await serve(t, {
      tls: "none",
      limits: { unwantedMilliseconds: 20 },
      tooLarge: ({ path }, beginning) =>
        path === "/" ? { status: 200, body: beginning.toString().slice(0, 3) } : undefined,
    });
    const large = `abc${"x".repeat(2_000)}`;
    assert.match(await plain(server, `${LAST}content-length: ${large.length}\r\n\r\n${large}`), /\r\n\r\nabc$/);
    assert.match(await plain(server, `${LAST}content-length: 5000\r\n\r\nabc`), /\r\n\r\nabc$/);
    assert.deepEqual(server.refused, ["too-large", "too-large"]);
  });

  test("reads no more of an unwanted body than lets its client read why", async (t) => {
    const server = await serve(t, { tls: "none", limits: { unwantedBytes: 100_000 } });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`${POST}content-length: 1000000000\r\n\r\n`);
    let sent = 0;
    const push = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(64_000))) sent += 64_000;
    };
    socket.on("drain", push);
    push();
    assert.match(await rest(socket), /^HTTP\/1.1 413 /);
    assert.ok(sent < 20_000_000, String(sent));
  });

  test("may answer before the body is there", async (t) => {
    const server = await serve(t, {
      tls: "none",
      limits: { unwantedMilliseconds: 20 },
      admit: ({ path }) =>
        path === "/full" ? { status: 503, headers: { "retry-after": "1" }, body: "full\n" } : undefined,
    });
    const refused = await plain(
      server,
      "POST /full HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9\r\n\r\n",
    );
    assert.match(refused, /^HTTP\/1.1 503 .*retry-after: 1\r\n.*\r\n\r\nfull\n$/s);
  });

  test("refuses what is not HTTP, or has headers without end", async (t) => {
    const server = await serve(t, { tls: "none" });
    assert.match(await plain(server, "hello\r\n\r\n"), /^HTTP\/1.1 400 /);
    assert.match(await plain(server, `${POST}a: ${"x".repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 /);
    assert.match(
      await plain(server, `${POST}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n`),
      /^HTTP\/1.1 400 /,
    );
    assert.match(
      await plain(server, `GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n`),
      /400/,
    );
    assert.match(await plain(server, "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n"), /400/);
    assert.deepEqual(
      server.refused,
      Array.from({ length: 5 }, () => "malformed"),
    );
  });

  test("waits for no headers and no body longer than its bounds", async (t) => {
    const limits = { headersMilliseconds: 40, requestMilliseconds: 60, checkMilliseconds: 10 };
    const server = await serve(t, { tls: "none", limits });
    for (const begun of ["POST / HT", `${POST}content-length: 10\r\n\r\nhalf`]) {
      assert.match(await plain(server, begun), /^HTTP\/1.1 408 /);
    }
    const dripping = connect(server.port, "127.0.0.1");
    dripping.write(`${POST}content-length: 1000\r\n\r\n`);
    const drip = setInterval(() => dripping.write("."), 5);
    t.after(() => clearInterval(drip));
    assert.match(await rest(dripping), /^HTTP\/1.1 408 /);
    assert.equal(server.refused.filter((why) => why === "slow").length, 3);
  });

  test("closes who says nothing to make room for who asks", async (t) => {
    const { came, answer, handle } = held();
    const server = await serve(t, { tls: "none", handle, limits: { connections: 3 } });
    const busy = connect(server.port, "127.0.0.1");
    busy.write(`${LAST}content-length: 0\r\n\r\n`);
    await came;
    const said = rest(busy);
    const silent = [0, 1].map(() => connect(server.port, "127.0.0.1"));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const asking = connect(server.port, "127.0.0.1");
    asking.write(`${LAST}content-length: 0\r\n\r\n`);
    assert.equal(await rest(silent[0] as Socket), "");
    assert.deepEqual(server.refused, ["connections"]);
    const answers = [said, rest(asking)];
    answer();
    for (const each of answers) assert.match(await each, /late$/);
    silent[1]?.destroy();
  });

  test("with nothing but requests under way, who comes is one too many", async (t) => {
    const { came, answer, handle } = held();
    const server = await serve(t, { tls: "none", handle, limits: { connections: 1 } });
    const said = plain(server, `${LAST}content-length: 0\r\n\r\n`);
    await came;
    assert.equal(await plain(server, `${LAST}content-length: 0\r\n\r\n`), "");
    assert.deepEqual(server.refused, ["connections"]);
    answer();
    assert.match(await said, /late$/);
  });

  test("gives up the body that has taken the longest where bodies need more room than there is", async (t) => {
    const server = await serve(t, { tls: "none", limits: { receivingBytes: 1_500 } });
    const slow = connect(server.port, "127.0.0.1");
    slow.write(`${LAST}content-length: 1000\r\n\r\n${"x".repeat(900)}`);
    const given = rest(slow);
    const ended = Promise.withResolvers<void>();
    const quick = (): void => {
      plain(server, `${LAST}content-length: 900\r\n\r\n${"x".repeat(900)}`)
        .then((text) => {
          assert.match(text, /^HTTP\/1.1 200 /);
          if (server.refused.length > 0) ended.resolve();
          else quick();
        })
        .catch(ended.reject);
    };
    quick();
    await ended.promise;
    assert.deepEqual(server.refused, ["no-room"]);
    slow.end("x".repeat(100));
    assert.match(await given, /^HTTP\/1.1 503 /);
  });

  test("tells that a client went away, whatever is done for it", async (t) => {
    const { requests, came, handle } = held();
    const server = await serve(t, { tls: "none", handle });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`${POST}content-length: 0\r\n\r\n`);
    await came;
    socket.destroy();
    await new Promise<void>((resolve) => requests[0]?.whenGone(resolve));
    assert.deepEqual(server.refused, ["gone"]);
    assert.equal(server.underWay(), 0);
    await new Promise<void>((resolve) => requests[0]?.whenGone(resolve));
  });

  test("asks its clients to leave, and ends after what is under way", async (t) => {
    const { came, answer, handle } = held();
    const server = await serve(t, { tls: "none", handle });
    const idle = connect(server.port, "127.0.0.1");
    await once(idle, "connect");
    const waiting = connect(server.port, "127.0.0.1");
    waiting.write(`${POST}content-length: 0\r\n\r\n`);
    await came;
    server.leave();
    const closing = server.close(10_000);
    assert.equal(await rest(idle), "");
    answer();
    assert.match(await rest(waiting), /connection: close\r\n.*late$/is);
    assert.equal(await closing, 0);
    assert.match(await connecting(server), /ECONNREFUSED/);
  });

  test("cuts off what has not ended in time, and says how many", async (t) => {
    const { came, handle } = held();
    const server = await serve(t, { tls: "none", handle });
    const waiting = connect(server.port, "127.0.0.1");
    waiting.write(`${POST}content-length: 0\r\n\r\n`);
    await came;
    const said = rest(waiting);
    assert.equal(await server.close(1), 1);
    assert.equal(await said, "");
  });

  test("says why it cannot listen", async (t) => {
    const { port } = await serve(t, { tls: "none" });
    await assert.rejects(serve(t, { tls: "none", port }), (error) => {
      return error instanceof Problem && error.line() === `server.listen: 127.0.0.1:${port}: the port is in use`;
    });
    const nothing = { cert: "nothing", key: "nothing" };
    await assert.rejects(serve(t, { tls: nothing }), { code: "server.certificate" });
  });
});

async function connecting({ port }: RunningServer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const [error] = await once(socket, "error");
  return String(error);
}
