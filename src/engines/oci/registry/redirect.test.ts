import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { Problem } from "../../../core/problem.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { registryLimits } from "./limits.ts";
import { fastLimits, type Loopback, listen } from "./loopback.fixture.ts";
import { follow } from "./redirect.ts";
import type { Transport } from "./transport.ts";
import { createTransport } from "./transport.ts";

const limits = registryLimits(fastLimits);
const headers = { authorization: "Bearer secret", accept: "text/plain" };

function transportFor(t: TestContext): Transport {
  const transport = createTransport({ stallMilliseconds: limits.stallMilliseconds });
  t.after(() => transport.close());
  return transport;
}

async function go(t: TestContext, url: string): Promise<HttpAnswer> {
  const answer = await follow(transportFor(t), { url: new URL(url), method: "GET", headers }, limits, undefined);
  answer.body.resume();
  return answer;
}

async function refusalOf(t: TestContext, url: string): Promise<string> {
  try {
    await go(t, url);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, "registry.redirect");
    assert.equal(error.kind, "input");
    return error.line();
  }
  assert.fail("it was followed");
}

/** Redirects `/to?LOCATION` there and answers everything else. */
const redirector: RequestListener = (request, response) => {
  const [path, location] = (request.url ?? "").split("?", 2);
  if (path !== "/to") return response.end("here");
  response.writeHead(307, { location: decodeURIComponent(location ?? "") }).end("moved");
};

function to(server: Loopback, location: string): string {
  return `${server.origin}/to?${encodeURIComponent(location)}`;
}

describe("follow", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows ${status}, with credentials on the same origin`, async (t) => {
      const server = await listen(t, (request, response) => {
        if (request.url === "/a") response.writeHead(status, { location: "b" }).end();
        else response.end();
      });
      assert.equal((await go(t, `${server.origin}/a`)).url.href, `${server.origin}/b`);
      assert.deepEqual(
        server.seen.map((seen) => [seen.method, seen.url, seen.headers.authorization]),
        [
          ["GET", "/a", "Bearer secret"],
          ["GET", "/b", "Bearer secret"],
        ],
      );
    });
  }

  it("takes credentials to no other port, and the other headers along", async (t) => {
    const registry = await listen(t, redirector);
    const storage = await listen(t, redirector);
    await go(t, to(registry, `${storage.origin}/blob?Signature=x`));
    const [seen] = storage.seen;
    assert.equal(seen?.url, "/blob?Signature=x");
    assert.equal(seen?.headers.authorization, undefined);
    assert.equal(seen?.headers.accept, "text/plain");
    assert.equal(seen?.headers.host, storage.host);
  });

  it("takes credentials to no other host on the same port", async (t) => {
    const registry = await listen(t, redirector);
    await go(t, to(registry, `http://localhost:${new URL(registry.origin).port}/blob`));
    assert.equal(registry.seen[0]?.headers.authorization, "Bearer secret");
    assert.equal(registry.seen[1]?.url, "/blob");
    assert.equal(registry.seen[1]?.headers.authorization, undefined);
  });

  it("takes credentials nowhere once the origin was left, not even back", async (t) => {
    const registry = await listen(t, redirector);
    const elsewhere = await listen(t, redirector);
    await go(t, to(registry, to(elsewhere, `${registry.origin}/admin`)));
    assert.equal(registry.seen[1]?.url, "/admin");
    assert.equal(registry.seen[1]?.headers.authorization, undefined);
  });

  it("makes no credentials of a user in the location", async (t) => {
    const registry = await listen(t, redirector);
    const elsewhere = await listen(t, redirector);
    await go(t, to(registry, `http://user:password@${elsewhere.host}/blob`));
    assert.equal(elsewhere.seen[0]?.headers.authorization, undefined);
  });

  it("ends a loop", async (t) => {
    const server = await listen(t, (_, response) => response.writeHead(302, { location: "/again" }).end());
    assert.match(await refusalOf(t, `${server.origin}/a`), /more than 5/);
    assert.equal(server.seen.length, 6);
  });

  it("is not held up by an endless body", async (t) => {
    const server = await listen(t, (request, response) => {
      if (request.url === "/b") return response.end();
      response.writeHead(302, { location: "/b" }).write("x".repeat(100_000));
    });
    assert.equal((await go(t, `${server.origin}/a`)).status, 200);
  });

  it("never goes from https to http", async (t) => {
    const asked: string[] = [];
    const server = await listen(t, redirector);
    const plain = transportFor(t);
    const transport: Transport = {
      ...plain,
      async send(request, signal) {
        asked.push(request.url.href);
        const answer = await plain.send(
          { ...request, url: new URL(to(server, "http://cdn.example/a?secret")) },
          signal,
        );
        return { ...answer, url: request.url };
      },
    };
    await assert.rejects(
      follow(transport, { url: new URL("https://r.example/v2/"), method: "GET", headers }, limits, undefined),
      (error) => error instanceof Problem && error.message.endsWith("to plain http, to http://cdn.example/a"),
    );
    assert.deepEqual(asked, ["https://r.example/v2/"]);
  });

  for (const [location, cause] of [
    ["http://[", /invalid URL/],
    ["file:///etc/passwd", /file:, which is neither/],
    ["data:,x", /data:, which is neither/],
  ] as const) {
    it(`refuses to go to ${location}`, async (t) => {
      const server = await listen(t, redirector);
      assert.match(await refusalOf(t, to(server, location)), cause);
    });
  }

  it("refuses to go nowhere", async (t) => {
    const server = await listen(t, (_, response) => response.writeHead(302).end());
    assert.match(await refusalOf(t, `${server.origin}/a?secret`), /\/a: redirect without a location$/);
  });
});
