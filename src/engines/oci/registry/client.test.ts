import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { parseReference } from "../reference.ts";
import { openRegistry, type RegistryClient, type RegistryOptions } from "./client.ts";
import { fastLimits, instantClock, json, type Loopback, listen } from "./loopback.fixture.ts";

const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] }));

function digestOf(bytes: Buffer, algorithm = "sha256"): Digest {
  const digest = parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`);
  assert.ok(digest !== undefined);
  return digest;
}

interface Setup {
  readonly server: Loopback;
  readonly client: RegistryClient;
  readonly clock: ReturnType<typeof instantClock>;
}

async function open(t: TestContext, handler: RequestListener, options: RegistryOptions = {}): Promise<Setup> {
  const server = await listen(t, handler);
  const clock = instantClock();
  const environment = { HOME: "/nonexistent" };
  const limits = { ...fastLimits, ...options.limits };
  const client = openRegistry(parseReference(`${server.host}/shop/web`), { environment, clock, ...options, limits });
  t.after(() => client.close());
  return { server, client, clock };
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

const serveManifest: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": OCI_MANIFEST }).end(body);
};

describe("manifest", () => {
  it("comes by tag, with the digest of its bytes", async (t) => {
    const { server, client } = await open(t, serveManifest);
    assert.deepEqual(await client.manifest("v1"), { mediaType: OCI_MANIFEST, digest: digestOf(body), bytes: body });
    const [seen] = server.seen;
    assert.equal(seen?.url, "/v2/shop/web/manifests/v1");
    assert.match(
      seen?.headers.accept ?? "",
      /image\.index\.v1\+json.*image\.manifest.*manifest\.list\.v2.*manifest\.v2/,
    );
    assert.equal(seen?.headers["accept-encoding"], "identity");
    assert.equal(seen?.headers.authorization, undefined);
  });

  it("comes by digest, sha512 too", async (t) => {
    const { client } = await open(t, serveManifest);
    for (const algorithm of ["sha256", "sha512"]) {
      const digest = digestOf(body, algorithm);
      assert.equal((await client.manifest(digest)).digest, digest);
    }
  });

  it("of other bytes than asked for is refused, both digests named", async (t) => {
    const { client } = await open(t, serveManifest);
    const asked = digestOf(Buffer.from("another"));
    const problem = await problemOf(client.manifest(asked));
    assert.equal(problem.code, "oci.digest-mismatch");
    assert.ok(problem.message.includes(asked) && problem.message.includes(digestOf(body)));
  });

  it("does not have the digest that the registry says", async (t) => {
    const { client } = await open(t, (_, response) => {
      response.writeHead(200, { "content-type": OCI_MANIFEST, "docker-content-digest": digestOf(Buffer.from("lie")) });
      response.end(body);
    });
    assert.equal((await problemOf(client.manifest("v1"))).code, "oci.digest-mismatch");
    assert.equal((await client.manifest(digestOf(body))).digest, digestOf(body));
  });

  it("is refused over the bound, whether its length is told or not", async (t) => {
    const limits = { manifestBytes: 1_000 };
    const told = await open(t, (_, response) => response.writeHead(200, { "content-length": "1001" }).end(), {
      limits,
    });
    assert.match((await problemOf(told.client.manifest("v1"))).message, /more than 1000 bytes/);
    const endless = await open(
      t,
      (_, response) => {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(100)));
        };
        response.on("drain", more);
        more();
      },
      { limits },
    );
    const problem = await problemOf(endless.client.manifest("v1"));
    assert.match(problem.message, /more than 1000 bytes/);
    assert.equal(problem.code, "registry.answer");
    assert.equal(problem.kind, "input");
    assert.equal(problem.place, `${endless.server.origin}/v2/shop/web/manifests/v1`);
  });

  it("is refused where it is encoded on the way", async (t) => {
    const { client } = await open(t, (_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(body),
    );
    assert.match((await problemOf(client.manifest("v1"))).message, /encoded as "gzip"/);
  });

  it("is asked for by a tag or digest alone", async (t) => {
    const { server, client } = await open(t, serveManifest);
    for (const name of ["", "../../../secret", "a/b", "sha256:abc", "a?b"]) {
      assert.equal((await problemOf(client.manifest(name))).code, "oci.reference", name);
    }
    assert.equal(server.seen.length, 0);
  });
});

describe("document", () => {
  it("is read and verified", async (t) => {
    const { server, client } = await open(t, (_, response) => response.end("{}"));
    assert.equal((await client.document(digestOf(Buffer.from("{}")))).toString(), "{}");
    assert.equal(server.seen[0]?.url, `/v2/shop/web/blobs/${digestOf(Buffer.from("{}"))}`);
    assert.equal((await problemOf(client.document(digestOf(body)))).code, "oci.digest-mismatch");
    assert.match((await problemOf(client.document(digestOf(Buffer.from("{}")), 1))).message, /more than 1 bytes/);
  });

  it("is asked for again where connection lost in it", async (t) => {
    let count = 0;
    const { client } = await open(t, (_, response) => {
      count += 1;
      response.writeHead(200, { "content-length": "2" });
      if (count > 1) return response.end("{}");
      response.write("{", () => response.destroy());
    });
    assert.equal((await client.document(digestOf(Buffer.from("{}")))).toString(), "{}");
    assert.equal(count, 2);
  });

  it("is refused as a part", async (t) => {
    const { client } = await open(t, (_, response) =>
      response.writeHead(206, { "content-range": "bytes 0-1/9" }).end("{}"),
    );
    assert.match((await problemOf(client.document(digestOf(body)))).message, /206/);
  });
});

describe("a registry that refuses", () => {
  it("is told with its own words, made printable and short", async (t) => {
    const message = `manifest unknown\u001b[2J${"x".repeat(1_000)}`;
    const { client } = await open(t, (_, response) =>
      json(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN", message }] }),
    );
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.not-found");
    assert.equal(problem.kind, "unavailable");
    assert.match(problem.message, /^not found: MANIFEST_UNKNOWN manifest unknown\\u001b\[2Jx/);
    assert.ok(problem.message.length < 300);
  });

  it("without words, or with broken or endless ones, is told by its status", async (t) => {
    for (const end of ["", "<html>", '{"errors":7}', "null", '{"errors":[null]}', "x".repeat(100_000)]) {
      const { client } = await open(t, (_, response) => response.writeHead(418).end(end));
      assert.equal((await problemOf(client.manifest("v1"))).message, "it answered 418");
    }
  });

  it("with 403 is denied", async (t) => {
    const { client } = await open(t, (_, response) => json(response, 403, { errors: [{ code: "DENIED" }] }));
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.denied");
    assert.match(problem.message, /denied access, and no credentials were found: DENIED/);
  });
});

describe("a busy registry", () => {
  it("is asked again after what its Retry-After says", async (t) => {
    const answers = ["7", "Wed, 15 Nov 2023 00:00:00 GMT"];
    const { client, clock, server } = await open(t, (request, response) => {
      const wait = answers.shift();
      if (wait === undefined) serveManifest(request, response);
      else response.writeHead(429, { "retry-after": wait }).end();
    });
    clock.time = Date.parse("2023-11-14T23:59:50Z");
    await client.manifest("v1");
    assert.deepEqual(clock.slept, [7_000, 10_000]);
    assert.equal(server.seen.length, 3);
  });

  it("is asked again after 500, with growing pauses", async (t) => {
    let count = 0;
    const { client, clock } = await open(t, (request, response) => {
      count += 1;
      if (count < 4) response.writeHead(count === 2 ? 503 : 500).end("oops");
      else serveManifest(request, response);
    });
    await client.manifest("v1");
    assert.deepEqual(clock.slept, [250, 500, 1_000]);
  });

  it("is given up after the last try", async (t) => {
    const limits = { tries: 3, retryAfterSeconds: 5 };
    const throttled = await open(t, (_, response) => response.writeHead(429, { "retry-after": "86400" }).end(), {
      limits,
    });
    const problem = await problemOf(throttled.client.manifest("v1"));
    assert.equal(problem.code, "registry.throttled");
    assert.equal(
      problem.message,
      "it answered 429; it asks for 86400 s until the next try, and at most 5 s are waited",
    );
    assert.deepEqual(throttled.clock.slept, []);
    assert.equal(throttled.server.seen.length, 1);
    const failing = await open(t, (_, response) => response.writeHead(500).end(), { limits });
    assert.equal((await problemOf(failing.client.manifest("v1"))).code, "registry.unavailable");
    assert.equal(failing.server.seen.length, 3);
  });

  it("that breaks connections is asked again, then given up", async (t) => {
    const { client, server } = await open(t, (_, response) => response.destroy(), { limits: { tries: 2 } });
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.broken");
    assert.equal(server.seen.length, 2);
  });
});

describe("a registry that stalls", () => {
  const limits = { stallMilliseconds: 30, tries: 2 };
  /** No time passes but what a test says, so that nothing is late that was only on its way. */
  const stopTime = (t: TestContext) => t.mock.timers.enable({ apis: ["setTimeout"] });

  it("before its headers", async (t) => {
    stopTime(t);
    const { client, server } = await open(t, () => t.mock.timers.tick(limits.stallMilliseconds), { limits });
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.stalled");
    assert.equal(problem.kind, "unavailable");
    assert.equal(server.seen.length, 2);
  });

  it("in its answer", async (t) => {
    const { client } = await open(t, (_, response) => response.writeHead(200).write("{"), { limits });
    assert.equal((await problemOf(client.manifest("v1"))).code, "registry.stalled");
  });

  it("in its refusal does not hide the refusal", async (t) => {
    stopTime(t);
    const { client } = await open(t, (_, response) => response.writeHead(404).write("{"), { limits });
    assert.equal((await problemOf(client.manifest("v1"))).code, "registry.not-found");
  });

  it("by trickling is ended by the time for the whole document", async (t) => {
    const { client } = await open(
      t,
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write("x"), 5);
        response.on("close", () => clearInterval(timer));
      },
      { limits: { stallMilliseconds: 1_000, documentMilliseconds: 60 } },
    );
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.timeout");
    assert.match(problem.place, /^manifest v1 of 127\.0\.0\.1:\d+\/shop\/web$/);
  });
});

describe("a hostile registry", () => {
  it("with huge headers", async (t) => {
    const { client } = await open(t, (_, response) => response.writeHead(200, { "x-big": "x".repeat(100_000) }).end());
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.answer");
    assert.match(problem.message, /headers are over/);
  });

  it("that does not speak HTTP", async (t) => {
    const { client } = await open(t, (request) => request.socket.end("SSH-2.0-OpenSSH_9.9\r\n"));
    assert.match((await problemOf(client.manifest("v1"))).message, /not an HTTP answer \(HPE_/);
  });

  it("that switches protocols", async (t) => {
    const { client } = await open(
      t,
      (request) => request.socket.end("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
      { limits: { tries: 1 } },
    );
    assert.equal((await problemOf(client.manifest("v1"))).code, "registry.broken");
  });

  it("that contradicts itself on the length", async (t) => {
    const { client } = await open(t, (request) =>
      request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc"),
    );
    assert.equal((await problemOf(client.manifest("v1"))).code, "registry.answer");
  });
});

describe("a signal", () => {
  it("ends what is under way, with its reason", async (t) => {
    const controller = new AbortController();
    const reason = new Problem({ kind: "unavailable", code: "x.y", place: "here", cause: "enough" });
    const { client } = await open(t, () => controller.abort(reason), { signal: controller.signal });
    assert.equal(await problemOf(client.manifest("v1")), reason);
    assert.equal(await problemOf(client.manifest("v1")), reason);
  });
});

describe("an absent registry", () => {
  it("is unreachable at once", async () => {
    const client = openRegistry(parseReference("127.0.0.1:1/shop/web"), { environment: { HOME: "/nonexistent" } });
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.unreachable");
    assert.match(problem.line(), /registry\.unreachable: https:\/\/127\.0\.0\.1:1\/v2\/: connection refused/);
  });
});
