import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, type TestContext, test } from "node:test";
import { Problem } from "../core/problem.ts";
import { bytesOf, linesOf } from "./body.ts";
import { bounds } from "./bounds.ts";
import { createHttpClient, type HttpClient, type HttpOptions, type HttpRequest } from "./client.ts";
import { HttpFailure } from "./failure.ts";
import { authority, raw, serve } from "./loopback.fixture.ts";
import { follow } from "./redirect.ts";

const STALL = 400;
const reading = { limit: 1_000, stallMilliseconds: STALL };

function clientOf(t: TestContext, options: Partial<HttpOptions> = {}): HttpClient {
  const client = createHttpClient({ stallMilliseconds: STALL, environment: {}, ...options });
  t.after(() => client.close());
  return client;
}

function get(url: string | URL, headers: HttpRequest["headers"] = {}) {
  return { url: new URL(url), method: "GET", headers } as const;
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof HttpFailure, String(error));
    return error.reason;
  }
  return "none";
}

describe("a request", () => {
  test("of every method, with a body that is there or comes as a stream", async (t) => {
    const server = await serve(t, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      response.writeHead(request.method === "DELETE" ? 202 : 200, { said: request.method ?? "" });
      response.end(Buffer.concat(chunks));
    });
    const client = clientOf(t);
    for (const method of ["POST", "PUT", "PATCH"] as const) {
      const whole = await client.send({ url: new URL(server.origin), method, headers: {}, body: "wörds" });
      assert.equal((await bytesOf(whole, reading)).toString(), "wörds");
      const body = Readable.from([Buffer.from("some"), Buffer.from(" bytes")]);
      const streamed = await client.send({ url: new URL(server.origin), method, headers: {}, body });
      assert.equal((await bytesOf(streamed, reading)).toString(), "some bytes");
    }
    assert.deepEqual(
      server.seen.map(({ headers }) => headers["content-length"] ?? headers["transfer-encoding"]),
      ["6", "chunked", "6", "chunked", "6", "chunked"],
    );
    const gone = await client.send({ url: new URL(server.origin), method: "DELETE", headers: {} });
    assert.equal(gone.status, 202);
    const head = await client.send({ url: new URL(server.origin), method: "HEAD", headers: {} });
    assert.equal(head.headers.said, "HEAD");
  });

  test("whose stream breaks ends the connection, so that the server has no half for a whole", async (t) => {
    let ended = false;
    const server = await serve(t, (request) => {
      request
        .on("error", () => undefined)
        .on("end", () => {
          ended = true;
        });
      request.resume();
    });
    async function* half(): AsyncGenerator<Buffer> {
      yield Buffer.from("half");
      throw new Problem({ kind: "input", code: "disk.broken", place: "disk", cause: "the disk broke" });
    }
    const sent = clientOf(t).send({
      url: new URL(server.origin),
      method: "PUT",
      headers: {},
      body: Readable.from(half()),
    });
    await assert.rejects(sent, { code: "disk.broken" });
    assert.equal(ended, false);
  });

  test("with a line end in a header is not sent", async (t) => {
    const server = await serve(t, (_, response) => response.end());
    const client = clientOf(t);
    assert.equal(await reasonOf(client.send(get(server.origin, { accept: "a\r\nX-Other: b" }))), "request");
    assert.equal(await reasonOf(client.send(get(server.origin, { "a\r\nb": "c" }))), "request");
    assert.equal(server.seen.length, 0);
  });

  test("of a URL that is none of HTTP is not sent, and a user and password in one are not", async (t) => {
    const client = clientOf(t);
    assert.equal(await reasonOf(client.send(get("file:///etc/passwd"))), "request");
    const server = await serve(t, (_, response) => response.end());
    await client.send(get(server.origin.replace("//", "//user:password@")));
    assert.equal(server.seen[0]?.headers.authorization, undefined);
    assert.equal(server.seen[0]?.headers.host, `127.0.0.1:${server.port}`);
  });

  test("ends when its signal does, before, while it waits and while its body comes", async (t) => {
    const server = await serve(t, (request, response) => {
      if (request.url === "/head") return;
      response.write("some");
    });
    const client = clientOf(t, { stallMilliseconds: 20_000 });
    const reason = new Error("enough");
    await assert.rejects(client.send(get(server.origin), AbortSignal.abort(reason)), reason);
    const waiting = new AbortController();
    const head = client.send(get(`${server.origin}/head`), waiting.signal);
    waiting.abort(reason);
    await assert.rejects(head, reason);
    const within = new AbortController();
    const body = bytesOf(await client.send(get(server.origin)), {
      ...reading,
      stallMilliseconds: 20_000,
      signal: within.signal,
    });
    within.abort(reason);
    await assert.rejects(body, reason);
  });
});

describe("a hostile server", () => {
  const answers: readonly [name: string, bytes: string | Buffer, reason: string][] = [
    ["that speaks no HTTP", "SSH-2.0-OpenSSH\r\n", "answer"],
    ["that says two lengths", "HTTP/1.1 200 ok\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "answer"],
    [
      "that says a length and chunks",
      "HTTP/1.1 200 ok\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "answer",
    ],
    ["whose header is folded or has a NUL", "HTTP/1.1 200 ok\r\na: b\0c\r\n\r\n", "answer"],
    ["whose line ends are bare", "HTTP/1.1 200 ok\ncontent-length: 0\n\n", "answer"],
    ["with headers without an end", `HTTP/1.1 200 ok\r\na: ${"x".repeat(bounds.headerBytes + 1)}\r\n\r\n`, "answer"],
    ["that closes at once", "", "broken"],
    ["that says less than it announced", "HTTP/1.1 200 ok\r\ncontent-length: 100\r\n\r\nshort", "broken"],
    ["that breaks off a chunk", "HTTP/1.1 200 ok\r\ntransfer-encoding: chunked\r\n\r\n5\r\nsho", "broken"],
    ["with a chunk of no size", "HTTP/1.1 200 ok\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", "broken"],
    ["that announces more than the limit", "HTTP/1.1 200 ok\r\ncontent-length: 99999\r\n\r\n", "too-large"],
    ["that sends more than the limit", `HTTP/1.1 200 ok\r\n\r\n${"x".repeat(2_000)}`, "too-large"],
    [
      "that encodes what was not asked for",
      "HTTP/1.1 200 ok\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx",
      "answer",
    ],
    ["that changes the protocol", "HTTP/1.1 101 go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "broken"],
  ];
  for (const [name, bytes, reason] of answers) {
    test(name, async (t) => {
      const server = await raw(t, (socket) => socket.end(bytes));
      const client = clientOf(t);
      assert.equal(await reasonOf(client.send(get(server.origin)).then((answer) => bytesOf(answer, reading))), reason);
    });
  }

  test("that sends a second answer behind the first is heard once", async (t) => {
    const answer = (text: string) => `HTTP/1.1 200 ok\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    let connections = 0;
    const server = await raw(t, (socket) => {
      connections += 1;
      socket.write(answer("first") + answer("other"));
    });
    const client = clientOf(t);
    for (let times = 0; times < 2; times++) {
      assert.equal((await bytesOf(await client.send(get(server.origin)), reading)).toString(), "first");
    }
    assert.equal(connections, 2);
  });

  const silences: readonly [name: string, bytes: string][] = [
    ["says nothing at all", ""],
    ["ends no header", "HTTP/1.1 200 ok\r\na: b\r\n"],
    ["sends one informational answer after the other", "HTTP/1.1 103 early\r\n\r\n".repeat(50)],
    ["ends no body", "HTTP/1.1 200 ok\r\n\r\nsome"],
  ];
  for (const [name, bytes] of silences) {
    test(`that ${name} is a stalled one`, async (t) => {
      const server = await raw(t, (socket) => socket.write(bytes));
      const client = clientOf(t);
      assert.equal(
        await reasonOf(client.send(get(server.origin)).then((answer) => bytesOf(answer, reading))),
        "stalled",
      );
    });
  }

  test("that sends a byte now and then is not waited for without an end", async (t) => {
    const server = await serve(t, (_, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    const answer = await clientOf(t, { stallMilliseconds: 20_000 }).send(get(server.origin));
    assert.equal(
      await reasonOf(bytesOf(answer, { limit: 1e6, stallMilliseconds: 20_000, milliseconds: 100 })),
      "stalled",
    );
  });

  test("a reader that takes its time is no stall", async (t) => {
    const server = await serve(t, (_, response) => response.end("x".repeat(500)));
    const answer = await clientOf(t).send(get(server.origin));
    const pieces: string[] = [];
    for await (const line of linesOf(answer, { ...reading, stallMilliseconds: 20, lineLimit: 1_000 }))
      pieces.push(line);
    assert.equal(pieces.join("").length, 500);
  });
});

describe("lines", () => {
  test("come as they come, over the borders of chunks, and each has its bound", async (t) => {
    const server = await serve(t, async (request, response) => {
      if (request.url === "/long") return response.end("x".repeat(300));
      for (const piece of ['{"a":', "1}\n\r\n{", '"ä":2}\r', "\nlast"]) {
        response.write(piece);
        await new Promise(setImmediate);
      }
      response.end();
    });
    const client = clientOf(t);
    const lines: string[] = [];
    const options = { ...reading, lineLimit: 200 };
    for await (const line of linesOf(await client.send(get(server.origin)), options)) lines.push(line);
    assert.deepEqual(lines, ['{"a":1}', '{"ä":2}', "last"]);
    const long = linesOf(await client.send(get(`${server.origin}/long`)), options).next();
    assert.equal(await reasonOf(long), "too-large");
  });
});

describe("redirects", () => {
  const secret = { authorization: "Bearer secret", cookie: "a=b", "x-api-key": "secret", "impersonate-user": "admin" };

  test("take no credentials to another origin, and none back", async (t) => {
    const other = await serve(t, (_, response) => response.writeHead(302, { location: `${server.origin}/back` }).end());
    const server = await serve(t, (request, response) => {
      if (request.url === "/back") response.end("here");
      else if (request.url === "/same") response.writeHead(307, { location: "/away" }).end();
      else response.writeHead(307, { location: `${other.origin}/` }).end();
    });
    const answer = await follow(clientOf(t), get(`${server.origin}/same`, { ...secret, accept: "text/plain" }));
    assert.equal((await bytesOf(answer, reading)).toString(), "here");
    const sent = [...server.seen, ...other.seen].map(({ url, headers }) => [
      url,
      headers["x-api-key"],
      headers.authorization,
    ]);
    assert.deepEqual(sent, [
      ["/same", "secret", "Bearer secret"],
      ["/away", "secret", "Bearer secret"],
      ["/back", undefined, undefined],
      ["/", undefined, undefined],
    ]);
    const away = other.seen[0]?.headers ?? {};
    assert.deepEqual([away.cookie, away["impersonate-user"], away.accept], [undefined, undefined, "text/plain"]);
  });

  test("without an end, a goal or a reason are refused", async (t) => {
    const locations: readonly (string | undefined)[] = [
      ...["/again", "file:///etc/passwd", "ftp://127.0.0.1/", "http://[::1", "javascript:alert(1)", undefined],
    ];
    for (const location of locations) {
      const server = await serve(t, (_, response) => {
        response.writeHead(302, location === undefined ? {} : { location }).end();
      });
      const followed = follow(clientOf(t), get(server.origin), { redirects: 3 });
      assert.equal(await reasonOf(followed), "redirect", location);
      assert.equal(server.seen.length, location === "/again" ? 4 : 1);
    }
  });

  test("that name a user and password send neither", async (t) => {
    const server = await serve(t, (request, response) => {
      if (request.url === "/x") response.end();
      else response.writeHead(302, { location: `http://user:secret@127.0.0.1:${server.port}/x` }).end();
    });
    const answer = await follow(clientOf(t), get(server.origin));
    assert.equal(server.seen[1]?.headers.authorization, undefined);
    assert.equal(answer.url.href, `${server.origin}/x`);
  });

  test("to an address that is not permitted are refused, as is a name that leads to one", async (t) => {
    const server = await serve(t, (_, response) => response.end());
    const permits = (address: string) => address !== "127.0.0.1" && address !== "::1";
    const client = clientOf(t, { permits });
    for (const host of ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"]) {
      const url = new URL(`http://${host}:${server.port}/`);
      const refuses = host.startsWith("[") ? (address: string) => !address.startsWith("::ffff:7f") : permits;
      const asked = host.startsWith("[") ? clientOf(t, { permits: refuses }) : client;
      assert.equal(await reasonOf(asked.send(get(url))), "address", host);
    }
    assert.equal(server.seen.length, 0);
  });
});

const trust = authority();

describe("TLS", { skip: trust === undefined && "openssl is not installed" }, () => {
  const { ca = "", issue } = trust ?? { issue: () => ({ key: "", cert: "" }) };
  const here = trust === undefined ? { key: "", cert: "" } : issue("IP:127.0.0.1");

  test("counts the authorities that are named, and no others", async (t) => {
    const server = await serve(t, (_, response) => response.end(), here);
    assert.equal(await reasonOf(clientOf(t).send(get(server.origin))), "certificate");
    assert.equal(await reasonOf(clientOf(t, { moreAuthorities: ca }).send(get(server.origin))), "none");
    const named = { origin: server.origin, authorities: ca };
    assert.equal(await reasonOf(clientOf(t, { server: named }).send(get(server.origin))), "none");
    const another = await serve(t, (_, response) => response.end(), here);
    assert.equal(await reasonOf(clientOf(t, { server: named }).send(get(another.origin))), "certificate");
  });

  test("of a name that is not the server's is refused, unless it is said", async (t) => {
    const server = await serve(t, (_, response) => response.end(), issue("DNS:cluster.example"));
    assert.equal(await reasonOf(clientOf(t, { moreAuthorities: ca }).send(get(server.origin))), "certificate");
    const named = { origin: server.origin, authorities: ca, serverName: "cluster.example" };
    assert.equal(await reasonOf(clientOf(t, { server: named }).send(get(server.origin))), "none");
  });

  test("a client certificate is shown to its own server, and to none that it redirects to", async (t) => {
    const other = await serve(t, (_, response) => response.end("other"), here);
    const server = await serve(t, (_, response) => response.writeHead(307, { location: other.origin }).end(), here);
    const identity = issue("DNS:client");
    const client = clientOf(t, {
      moreAuthorities: ca,
      server: { origin: server.origin, certificate: identity.cert, key: identity.key },
    });
    await follow(client, get(server.origin));
    assert.match(server.seen[0]?.client ?? "", /^leaf/);
    assert.equal(other.seen[0]?.client, undefined);
  });

  test("is not left for plain http", async (t) => {
    const plain = await serve(t, (_, response) => response.end());
    const server = await serve(t, (_, response) => response.writeHead(301, { location: plain.origin }).end(), here);
    assert.equal(await reasonOf(follow(clientOf(t, { moreAuthorities: ca }), get(server.origin))), "redirect");
    assert.equal(plain.seen.length, 0);
  });

  test("with a server that speaks none", async (t) => {
    const plain = await raw(t, (socket) => socket.end("HTTP/1.1 400 no\r\n\r\n"));
    assert.equal(await reasonOf(clientOf(t).send(get(plain.origin.replace("http:", "https:")))), "tls");
  });
});
