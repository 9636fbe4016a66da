import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../core/problem.ts";
import { runs } from "../core/runs.fixture.ts";
import { bytesOf } from "./body.ts";
import { createHttpClient, type HttpClient, type HttpOptions } from "./client.ts";
import { HttpFailure } from "./failure.ts";
import { authority, proxy, raw, serve } from "./loopback.fixture.ts";
import { parseNoProxy } from "./no-proxy.ts";
import { type Environment, proxiesOf } from "./proxy.ts";

const reading = { limit: 1_000, stallMilliseconds: 2_000 };

const trust = authority();

function clientOf(t: TestContext, environment: Environment, options: Partial<HttpOptions> = {}): HttpClient {
  const client = createHttpClient({ stallMilliseconds: 2_000, environment, ...options });
  t.after(() => client.close());
  return client;
}

const get = (url: string, headers: Record<string, string> = {}) =>
  ({ url: new URL(url), method: "GET", headers }) as const;

function through(environment: Environment, url: string): string | undefined {
  return proxiesOf(environment)(new URL(url))?.url.href;
}

describe("which proxy", () => {
  const both = { HTTPS_PROXY: "http://secure.example:1", HTTP_PROXY: "plain.example:2" };

  test("follows the scheme, in capitals first, and ALL_PROXY is not looked at", () => {
    assert.equal(through(both, "https://example.org/"), "http://secure.example:1/");
    assert.equal(through(both, "http://example.org/"), "http://plain.example:2/");
    assert.equal(through({ https_proxy: "x:3", HTTPS_PROXY: "y:4" }, "https://example.org/"), "http://y:4/");
    assert.equal(through({ https_proxy: "x:3", HTTPS_PROXY: "" }, "https://example.org/"), "http://x:3/");
    assert.equal(through({ ALL_PROXY: "x:3", all_proxy: "x:3" }, "https://example.org/"), undefined);
    assert.equal(through({ HTTP_PROXY: "x:3" }, "https://example.org/"), undefined);
  });

  test("is none for this machine, and for what NO_PROXY names", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"]) {
      assert.equal(through(both, `https://${host}:6443/`), undefined, host);
    }
    const exempt = {
      ...both,
      NO_PROXY: "10.0.0.0/8, .internal.example,registry.example:5000,*.a.example,[2001:db8::1]:443",
    };
    for (const url of [
      ...["https://10.1.2.3/", "https://x.internal.example/", "https://registry.example:5000/", "https://b.a.example/"],
      "https://[2001:db8::1]/",
    ]) {
      assert.equal(through(exempt, url), undefined, url);
    }
    for (const url of [
      "https://11.1.2.3/",
      "https://internal.example/",
      "https://registry.example/",
      "https://a.example/",
    ]) {
      assert.notEqual(through(exempt, url), undefined, url);
    }
    assert.equal(through({ ...both, no_proxy: "*" }, "https://example.org/"), undefined);
  });

  test("cannot be something else than a proxy of HTTP; its password is in no message", () => {
    const secret = ["hunter", "2"].join("");
    for (const value of [
      `socks5://user:${secret}@p:1`,
      `http://user:${secret}@`,
      `http://u:%${secret}@p:1`,
      "http://a b",
      "://",
    ]) {
      const asked = () => through({ HTTPS_PROXY: value }, "https://example.org/");
      assert.throws(
        asked,
        (error) => error instanceof Problem && error.code === "net.proxy" && !error.line().includes(secret),
        value,
      );
    }
    // To a CGI program HTTP_PROXY is a header of whoever asks.
    assert.throws(() => through({ HTTP_PROXY: "p:1", REQUEST_METHOD: "GET" }, "http://example.org/"), {
      code: "net.proxy",
    });
    assert.equal(through({ HTTP_PROXY: "p:1", REQUEST_METHOD: "GET" }, "https://example.org/"), undefined);
  });

  test("whatever NO_PROXY holds: it is read, and exempts this name only by one of its own parts", () => {
    const piece = fc.constantFrom(..."abc.:*/[]0123, -%@".split(""), "example", "org", "::", "10.0.0.0/8", "é");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join("");
        const exempts = parseNoProxy(text)("zzz.test", "443");
        const names = text.split(",").map((each) => each.trim().toLowerCase());
        assert.equal(exempts, names.includes("*"), text);
      }),
      runs(500),
    );
  });
});

describe("plain http through a proxy", () => {
  test("sends the whole URL, and the proxy's credentials to the proxy alone", async (t) => {
    const stand = await proxy(t);
    const direct = await serve(t, (_, response) => response.end("direct"));
    const environment = { HTTP_PROXY: `http://user:p%40ss@127.0.0.1:${stand.port}` };
    const client = clientOf(t, environment);
    const answer = await client.send(get("http://registry.example:5000/v2/?a=b#c", { authorization: "Bearer x" }));
    assert.equal(
      (await bytesOf(answer, reading)).toString(),
      "through the proxy: http://registry.example:5000/v2/?a=b",
    );
    const headers = stand.seen[0]?.headers;
    assert.equal(headers?.host, "registry.example:5000");
    assert.equal(headers?.["proxy-authorization"], `Basic ${Buffer.from("user:p@ss").toString("base64")}`);
    await client.send(get(direct.origin));
    assert.equal(direct.seen[0]?.headers["proxy-authorization"], undefined);
  });

  test("is told a proxy of https in TLS, under the proxy's own name", { skip: trust === undefined }, async (t) => {
    const stand = await proxy(t, trust?.issue("IP:127.0.0.1"));
    const client = clientOf(t, { HTTP_PROXY: stand.origin }, { moreAuthorities: trust?.ca ?? "" });
    const answer = await client.send(get("http://registry.example/x"));
    assert.match((await bytesOf(answer, reading)).toString(), /^through the proxy/);
    const other = await proxy(t, trust?.issue("DNS:registry.example"));
    const misled = clientOf(t, { HTTP_PROXY: other.origin }, { moreAuthorities: trust?.ca ?? "" });
    await assert.rejects(misled.send(get("http://registry.example/x")), { reason: "proxy" });
  });
});

describe("https through a proxy", { skip: trust === undefined && "openssl is not installed" }, () => {
  const { ca = "", issue } = trust ?? { issue: () => ({ key: "", cert: "" }) };
  const [named, atHome] =
    trust === undefined
      ? [
          { key: "", cert: "" },
          { key: "", cert: "" },
        ]
      : [issue("DNS:registry.example"), issue("IP:127.0.0.1")];
  const url = "https://registry.example/v2/";

  for (const secure of [false, true]) {
    test(`is a tunnel that the proxy sees nothing of (${secure ? "https" : "http"})`, async (t) => {
      const server = await serve(t, (_, response) => response.end("hello"), named);
      const stand = await proxy(t, secure ? atHome : undefined);
      stand.routes.set("registry.example:443", server.port);
      const identity = issue("DNS:client");
      const client = clientOf(
        t,
        { HTTPS_PROXY: `${secure ? "https" : "http"}://user:secret@127.0.0.1:${stand.port}` },
        {
          moreAuthorities: ca,
          server: { origin: "https://registry.example", certificate: identity.cert, key: identity.key },
        },
      );
      for (let times = 0; times < 2; times++) {
        const answer = await client.send(get(url, { authorization: "Bearer x" }));
        assert.equal((await bytesOf(answer, reading)).toString(), "hello");
      }
      assert.equal(server.seen[0]?.headers.authorization, "Bearer x");
      assert.equal(server.seen[0]?.headers["proxy-authorization"], undefined);
      assert.match(server.seen[0]?.client ?? "", /^leaf/);
      // One tunnel for both, and of who we are the proxy hears what is its own alone.
      assert.equal(stand.seen.length, 1);
      assert.deepEqual([stand.seen[0]?.method, stand.seen[0]?.url], ["CONNECT", "registry.example:443"]);
      assert.equal(stand.seen[0]?.headers.authorization, undefined);
      assert.equal(stand.seen[0]?.client, undefined);
      assert.match(stand.seen[0]?.headers["proxy-authorization"] ?? "", /^Basic /);
    });
  }

  test("holds the server to its name: a proxy that leads elsewhere is found out", async (t) => {
    const server = await serve(t, (_, response) => response.end("hello"), issue("DNS:other.example"));
    const stand = await proxy(t);
    stand.routes.set("registry.example:443", server.port);
    const client = clientOf(t, { HTTPS_PROXY: stand.origin }, { moreAuthorities: ca });
    await assert.rejects(client.send(get(url)), { reason: "certificate" });
    assert.equal(server.seen.length, 0);
  });

  const hostile: readonly [name: string, answer: string, said: RegExp][] = [
    ["refuses", "HTTP/1.1 403 no\r\ncontent-length: 0\r\n\r\n", /answered 403/],
    ["asks for a password", "HTTP/1.1 407 who\r\ncontent-length: 0\r\n\r\n", /authentication \(407\)/],
    ["answers in the server's place", "HTTP/1.1 200 ok\r\n\r\nHTTP/1.1 200 ok\r\n\r\nfake", /sent something/],
    ["redirects", "HTTP/1.1 302 there\r\nlocation: http://127.0.0.1:1/\r\n\r\n", /answered 302/],
    ["speaks no HTTP", "hello\r\n\r\n", /does not connect/],
    ["sends headers without an end", `HTTP/1.1 200 ok\r\na: ${"x".repeat(40_000)}\r\n\r\n`, /does not connect/],
  ];
  for (const [name, answer, said] of hostile) {
    test(`a proxy that ${name} is named as what failed`, async (t) => {
      const stand = await raw(t, (socket) => socket.end(answer));
      const client = clientOf(t, { HTTPS_PROXY: stand.origin });
      await assert.rejects(client.send(get(url, { authorization: "Bearer x" })), (error) => {
        assert.ok(error instanceof HttpFailure);
        assert.equal(error.reason, "proxy");
        assert.match(error.message, said);
        return true;
      });
    });
  }

  test("a proxy that says nothing, and one that is not there", async (t) => {
    const silent = await raw(t, () => undefined);
    const client = clientOf(t, { HTTPS_PROXY: silent.origin }, { stallMilliseconds: 100 });
    await assert.rejects(
      client.send(get(url)),
      (error) => error instanceof HttpFailure && /proxy|stalled/.test(error.reason),
    );
    const absent = clientOf(t, { HTTPS_PROXY: "http://127.0.0.1:1" });
    await assert.rejects(absent.send(get(url)), { reason: "proxy" });
  });

  test("what an input names is not asked of a proxy where it is the own network's", async (t) => {
    const stand = await proxy(t);
    const environment = { HTTPS_PROXY: stand.origin, HTTP_PROXY: stand.origin };
    const client = clientOf(t, environment, { permits: (address) => address.startsWith("8.") });
    for (const host of [
      "10.0.0.1",
      "metadata",
      "metadata.google.internal",
      "printer.local",
      "printer.local.",
      "[fd00::1]",
    ]) {
      await assert.rejects(client.send(get(`http://${host}/`)), { reason: "address" }, host);
    }
    assert.equal(stand.seen.length, 0);
  });
});
