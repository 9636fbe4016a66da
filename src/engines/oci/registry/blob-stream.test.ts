import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { parseReference } from "../reference.ts";
import { openRegistry, type RegistryClient, type RegistryOptions } from "./client.ts";
import { fastLimits, instantClock, type Loopback, listen } from "./loopback.fixture.ts";

const digest = parseDigest(`sha256:${"0".repeat(64)}`) as Digest;
const content = randomBytes(300_000);

type Serve = (request: IncomingMessage, response: ServerResponse, number: number) => void;

async function open(
  t: TestContext,
  serve: Serve,
  options: RegistryOptions = {},
): Promise<{ readonly server: Loopback; readonly client: RegistryClient }> {
  let number = 0;
  const server = await listen(t, (request, response) => {
    number += 1;
    serve(request, response, number);
  });
  const client = openRegistry(parseReference(`${server.host}/shop/web`), {
    environment: { HOME: "/nonexistent" },
    clock: instantClock(),
    limits: fastLimits,
    ...options,
  });
  t.after(() => client.close());
  return { server, client };
}

function startOfRange(request: IncomingMessage): number {
  return Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
}

/** Answers the range that was asked for, with at most `length` bytes of it before the connection breaks. */
function serveRange(request: IncomingMessage, response: ServerResponse, length = content.length): void {
  const from = startOfRange(request);
  const rest = content.subarray(from);
  const head = { "content-length": rest.length };
  if (request.headers.range === undefined) response.writeHead(200, head);
  else {
    response.writeHead(206, { ...head, "content-range": `bytes ${from}-${content.length - 1}/${content.length}` });
  }
  if (length >= rest.length) response.end(rest);
  else response.write(rest.subarray(0, length), () => response.destroy());
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  assert.fail("it succeeded");
}

async function read(client: RegistryClient, from = 0): Promise<Buffer> {
  return await buffer(await client.blob(digest, content.length, { from }));
}

function ranges(server: Loopback): readonly (string | undefined)[] {
  return server.seen.map((seen) => seen.headers.range);
}

describe("blob", () => {
  it("streams all bytes", async (t) => {
    const { server, client } = await open(t, (request, response) => serveRange(request, response));
    assert.deepEqual(await read(client), content);
    assert.deepEqual(ranges(server), [undefined]);
    assert.equal(server.seen[0]?.url, `/v2/shop/web/blobs/${digest}`);
  });

  it("streams nothing where there is nothing", async (t) => {
    const { client } = await open(t, (_, response) => response.end());
    assert.equal((await buffer(await client.blob(digest, 0))).length, 0);
  });

  it("starts where it is told", async (t) => {
    const { server, client } = await open(t, (request, response) => serveRange(request, response));
    assert.deepEqual(await read(client, 1_000), content.subarray(1_000));
    assert.deepEqual(ranges(server), ["bytes=1000-"]);
  });

  it("goes on where connection lost", async (t) => {
    const { server, client } = await open(t, (request, response, number) =>
      serveRange(request, response, number < 4 ? 70_000 : undefined),
    );
    assert.deepEqual(await read(client), content);
    assert.deepEqual(ranges(server), [undefined, "bytes=70000-", "bytes=140000-", "bytes=210000-"]);
  });

  it("leaves out what it has where the server ignores ranges", async (t) => {
    const { client } = await open(t, (request, response, number) => {
      delete request.headers.range;
      serveRange(request, response, number < 3 ? 100_001 * number : undefined);
    });
    assert.deepEqual(await read(client), content);
  });

  it("goes on after an answer that is only a part of the range", async (t) => {
    const { server, client } = await open(t, (request, response) => {
      const from = startOfRange(request);
      const part = content.subarray(from, from + 100_000);
      const contentRange = `bytes ${from}-${from + part.length - 1}/*`;
      response.writeHead(206, { "content-length": part.length, "content-range": contentRange }).end(part);
    });
    assert.deepEqual(await read(client), content);
    assert.equal(server.seen.length, 3);
  });

  it("gives up after so many tries in all", async (t) => {
    const { server, client } = await open(t, (request, response) => serveRange(request, response, 10), {
      limits: { ...fastLimits, tries: 3 },
    });
    const problem = await problemOf(read(client));
    assert.equal(problem.code, "registry.broken");
    assert.equal(problem.message, "connection lost after 30 of 300000 bytes, on the last of 3 tries");
    assert.equal(server.seen.length, 3);
  });

  it("goes on after a stall", async (t) => {
    const { client } = await open(
      t,
      (request, response, number) => {
        if (number === 1) response.writeHead(200).write(content.subarray(0, 5_000));
        else serveRange(request, response);
      },
      { limits: { ...fastLimits, stallMilliseconds: 40 } },
    );
    assert.deepEqual(await read(client), content);
  });

  it("that stalls for good is a stall", async (t) => {
    const { client } = await open(t, (_, response) => response.writeHead(200).write("x"), {
      limits: { ...fastLimits, stallMilliseconds: 20, tries: 1 },
    });
    const problem = await problemOf(read(client));
    assert.equal(problem.code, "registry.stalled");
    assert.equal(problem.kind, "unavailable");
  });

  it("does not take a slow reader for a stall, and does not read ahead of it", async (t) => {
    const stallMilliseconds = 1_000;
    const large = Buffer.alloc(16 * 1024 * 1024, 7);
    let sent = 0;
    const { client, server } = await open(
      t,
      (_, response) => {
        response.writeHead(200, { "content-length": large.length });
        const more = () => {
          while (sent < large.length) {
            sent += 65_536;
            if (!response.write(large.subarray(sent - 65_536, sent))) return void response.once("drain", more);
          }
          response.end();
        };
        more();
      },
      { limits: { ...fastLimits, stallMilliseconds } },
    );
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const stream = await client.blob(digest, large.length);
    stream.read(0);
    while (stream.readableLength < stream.readableHighWaterMark) await nextTurn();
    t.mock.timers.tick(10 * stallMilliseconds);
    assert.ok(sent < large.length, "everything was sent to a reader that reads nothing");
    let size = 0;
    for await (const chunk of stream) size += (chunk as Buffer).length;
    assert.equal(size, large.length);
    assert.equal(server.seen.length, 1);
  });

  it("that is not there fails before it is a stream", async (t) => {
    const { client } = await open(t, (_, response) => response.writeHead(404).end());
    assert.equal((await problemOf(client.blob(digest, 5))).code, "registry.not-found");
  });

  it("is asked for again where the registry is busy", async (t) => {
    const { client } = await open(t, (request, response, number) => {
      if (number < 3) response.writeHead(number === 1 ? 429 : 503).end();
      else serveRange(request, response);
    });
    assert.deepEqual(await read(client), content);
  });

  it("comes from where the registry redirects to, each time anew", async (t) => {
    let number = 0;
    const storage = await listen(t, (request, response) => {
      number += 1;
      serveRange(request, response, number === 1 ? 100 : undefined);
    });
    const { client } = await open(t, (_, response, count) =>
      response.writeHead(307, { location: `${storage.origin}/blob?signature=${count}` }).end(),
    );
    assert.deepEqual(await read(client), content);
    assert.deepEqual(
      storage.seen.map((seen) => [seen.url, seen.headers.range]),
      [
        ["/blob?signature=1", undefined],
        ["/blob?signature=2", "bytes=100-"],
      ],
    );
  });

  it("ends the connection where the reader leaves", async (t) => {
    const gone = Promise.withResolvers<void>();
    const { client } = await open(t, (_, response) => {
      response.on("close", gone.resolve);
      response.writeHead(200).write("x");
    });
    const stream = await client.blob(digest, 10);
    stream.destroy();
    await gone.promise;
    assert.equal(stream.errored, null);
  });

  it("ends with the signal's reason", async (t) => {
    const controller = new AbortController();
    const { client } = await open(t, (_, response) => response.writeHead(200).write("x"), {
      signal: controller.signal,
    });
    const stream: Readable = await client.blob(digest, 10);
    const reason = new Error("enough");
    const ended = assert.rejects(buffer(stream), reason);
    controller.abort(reason);
    await ended;
  });
});

describe("a blob of a wrong size", () => {
  const cases: [string, Serve, RegExp][] = [
    ["by its length", (_, response) => response.end("too short"), /9 bytes, its descriptor says 300000/],
    [
      "with more bytes than said",
      (_, response) => {
        response.writeHead(200);
        response.write(content);
        response.end("more");
      },
      /more than 300000 bytes/,
    ],
    [
      "with fewer, ended on purpose",
      (_, response) => {
        response.writeHead(200);
        response.write("few");
        response.end();
      },
      /3 bytes, its descriptor says 300000/,
    ],
    [
      "by its range",
      (_, response) => response.writeHead(206, { "content-range": "bytes 0-299999/300001" }).end(),
      /another size/,
    ],
    [
      "by the end of its range",
      (_, response) => response.writeHead(206, { "content-range": "bytes 0-300000/*" }).end(),
      /another size/,
    ],
    [
      "in a part from elsewhere",
      (_, response) => response.writeHead(206, { "content-range": "bytes 5-9/300000" }).end(),
      /from 5/,
    ],
    ["in a part of no place", (_, response) => response.writeHead(206).end(), /without saying which/],
    [
      "in several parts",
      (_, response) => response.writeHead(206, { "content-range": "bytes */9" }).end(),
      /saying which/,
    ],
  ];
  for (const [what, serve, cause] of cases) {
    it(`${what} is refused`, async (t) => {
      const { server, client } = await open(t, serve);
      const problem = await problemOf(read(client));
      assert.equal(problem.code, "registry.blob-size");
      assert.equal(problem.kind, "input");
      assert.match(problem.message, cause);
      assert.equal(server.seen.length, 1);
    });
  }

  it("and one that is encoded on the way", async (t) => {
    const { client } = await open(t, (_, response) =>
      response.writeHead(200, { "content-encoding": "br" }).end(content),
    );
    assert.equal((await problemOf(read(client))).code, "registry.answer");
  });
});

describe("however a connection breaks", () => {
  it("the bytes are those of the blob", async (t) => {
    let breaks: readonly number[] = [];
    let ignoresRanges = false;
    let count = 0;
    const { client } = await open(
      t,
      (request, response) => {
        if (ignoresRanges) delete request.headers.range;
        serveRange(request, response, breaks[count]);
        count += 1;
      },
      { limits: { ...fastLimits, tries: 5 } },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(content.length), { maxLength: 4 }), fc.boolean(), async (lengths, ignores) => {
        breaks = lengths;
        ignoresRanges = ignores;
        count = 0;
        assert.ok(content.equals(await read(client)));
      }),
      runs(40),
    );
  });
});
