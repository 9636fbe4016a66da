/** The client, its authorizer and its token client together, against registries that ask who is there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { parseReference } from "../reference.ts";
import { openRegistry, type RegistryClient, type RegistryOptions } from "./client.ts";
import type { Credentials } from "./credentials.ts";
import { fastLimits, instantClock, json, type Loopback, listen } from "./loopback.fixture.ts";
import { isAcceptableRealm } from "./token.ts";

const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [] };
const ann: Credentials = { kind: "password", username: "ann", password: "hunter2", source: "the test" };
const basicOfAnn = `Basic ${Buffer.from("ann:hunter2").toString("base64")}`;

interface TokenRegistry {
  readonly registry: Loopback;
  readonly service: Loopback;
  readonly client: RegistryClient;
  readonly clock: ReturnType<typeof instantClock>;
}

interface TokenRegistryOptions {
  readonly client?: RegistryOptions;
  readonly scope?: string;
  /** The token service; default: gives `token-1`, `token-2`… to everybody. */
  issue?(request: IncomingMessage, response: ServerResponse, number: number): void;
  /** Whether the registry takes the header; default: any token of the service. */
  takes?(authorization: string): boolean;
}

/** A registry that wants tokens, and their service on another port. */
async function tokenRegistry(t: TestContext, options: TokenRegistryOptions = {}): Promise<TokenRegistry> {
  let number = 0;
  const issue =
    options.issue ?? ((_, response, count) => json(response, 200, { token: `token-${count}`, expires_in: 300 }));
  const takes = options.takes ?? ((authorization) => authorization.startsWith("Bearer token-"));
  const service = await listen(t, (request, response) => {
    number += 1;
    issue(request, response, number);
  });
  const scope = options.scope ?? "repository:shop/web:pull";
  const challenge = `Bearer realm="${service.origin}/token?fixed=1",service="the registry",scope="${scope}"`;
  const registry = await listen(t, (request, response) => {
    if (takes(request.headers.authorization ?? "")) return json(response, 200, manifest);
    const errors = [{ code: "UNAUTHORIZED", message: "authentication required" }];
    json(response, 401, { errors }, { "www-authenticate": challenge });
  });
  const clock = instantClock();
  const client = openRegistry(parseReference(`${registry.host}/shop/web`), {
    environment: { HOME: "/nonexistent" },
    limits: fastLimits,
    clock,
    ...options.client,
  });
  t.after(() => client.close());
  return { registry, service, client, clock };
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.doesNotMatch(`${error.line()}${JSON.stringify(error)}`, /hunter2/);
    return error;
  }
  assert.fail("it succeeded");
}

function authorizations(server: Loopback): readonly (string | undefined)[] {
  return server.seen.map((seen) => seen.headers.authorization);
}

describe("token authentication", () => {
  it("gets one anonymous token and keeps it", async (t) => {
    const { registry, service, client } = await tokenRegistry(t);
    await client.manifest("v1");
    await client.manifest("v2");
    assert.deepEqual(authorizations(registry), [undefined, "Bearer token-1", "Bearer token-1"]);
    const [asked] = service.seen;
    const parameters = new URL(asked?.url ?? "", service.origin).searchParams;
    assert.deepEqual(Object.fromEntries(parameters), {
      fixed: "1",
      service: "the registry",
      scope: "repository:shop/web:pull",
    });
    assert.equal(asked?.headers.authorization, undefined);
    assert.equal(service.seen.length, 1);
  });

  it("sends user and password to the token service alone", async (t) => {
    const { registry, service, client } = await tokenRegistry(t, { client: { credentials: ann } });
    await client.manifest("v1");
    assert.deepEqual(authorizations(service), [basicOfAnn]);
    assert.match(service.seen[0]?.url ?? "", /account=ann/);
    assert.deepEqual(authorizations(registry), [undefined, "Bearer token-1"]);
  });

  it("shares one token between requests at the same time", async (t) => {
    const { service, client } = await tokenRegistry(t);
    await Promise.all(["a", "b", "c", "d"].map((tag) => client.manifest(tag)));
    assert.equal(service.seen.length, 1);
  });

  it("gets a new token once the old one is about to expire", async (t) => {
    const { registry, service, client, clock } = await tokenRegistry(t);
    await client.manifest("v1");
    clock.time += 294_000;
    await client.manifest("v2");
    assert.equal(service.seen.length, 1);
    clock.time += 2_000;
    await client.manifest("v3");
    assert.deepEqual(authorizations(registry).at(-1), "Bearer token-2");
    assert.equal(registry.seen.length, 4);
  });

  it("gets a new token where the registry does not take the old one any more", async (t) => {
    let revoked = "";
    const { registry, client } = await tokenRegistry(t, {
      takes: (authorization) => authorization.startsWith("Bearer token-") && authorization !== revoked,
    });
    await client.manifest("v1");
    revoked = "Bearer token-1";
    await client.manifest("v2");
    assert.deepEqual(authorizations(registry).slice(2), ["Bearer token-1", "Bearer token-2"]);
  });

  it("exchanges an identity token by POST", async (t) => {
    let form = "";
    const credentials: Credentials = { kind: "identity-token", token: "hunter2", source: "the test" };
    const { registry, service, client } = await tokenRegistry(t, {
      client: { credentials },
      issue(request, response) {
        text(request).then((body) => {
          form = body;
          json(response, 200, { access_token: "token-x" });
        });
      },
    });
    await client.manifest("v1");
    assert.equal(service.seen[0]?.method, "POST");
    assert.deepEqual(Object.fromEntries(new URLSearchParams(form)), {
      grant_type: "refresh_token",
      client_id: "bulkhead",
      service: "the registry",
      scope: "repository:shop/web:pull",
      refresh_token: "hunter2",
    });
    assert.deepEqual(authorizations(registry), [undefined, "Bearer token-x"]);
  });

  it("does not carry an identity token along a redirect", async (t) => {
    const elsewhere = await listen(t, (_, response) => response.end());
    const { client } = await tokenRegistry(t, {
      client: { credentials: { kind: "identity-token", token: "hunter2", source: "the test" } },
      issue: (_, response) => response.writeHead(307, { location: elsewhere.origin }).end(),
    });
    assert.match((await problemOf(client.manifest("v1"))).message, /answered 307/);
    assert.equal(elsewhere.seen.length, 0);
  });

  it("sends a registry token as it is", async (t) => {
    const credentials: Credentials = { kind: "registry-token", token: "token-given", source: "the test" };
    const { registry, service, client } = await tokenRegistry(t, { client: { credentials } });
    await client.manifest("v1");
    assert.deepEqual(authorizations(registry), ["Bearer token-given"]);
    const refused = await tokenRegistry(t, { client: { credentials }, takes: () => false });
    const problem = await problemOf(refused.client.manifest("v1"));
    assert.equal(problem.code, "registry.denied");
    assert.match(problem.message, /refused the registry token from the test: UNAUTHORIZED authentication required/);
    assert.equal(service.seen.length + refused.service.seen.length, 0);
  });

  it("asks for no more than reading, whatever scope the registry wants", async (t) => {
    const scopes: [string, string][] = [
      ["repository:proxy/shop/web:pull", "repository:proxy/shop/web:pull"],
      ["repository:shop/web:pull,push", "repository:shop/web:pull"],
      ["registry:catalog:*", "repository:shop/web:pull"],
      ["repository:a:pull repository:b:pull", "repository:shop/web:pull"],
    ];
    for (const [scope, asked] of scopes) {
      const { service, client } = await tokenRegistry(t, { scope });
      await client.manifest("v1");
      assert.equal(new URL(service.seen[0]?.url ?? "", service.origin).searchParams.get("scope"), asked);
    }
  });

  it("is tried again where the token service is busy", async (t) => {
    const { client, clock } = await tokenRegistry(t, {
      issue(_, response, number) {
        if (number === 1) response.writeHead(429, { "retry-after": "2" }).end();
        else json(response, 200, { token: "token-1" });
      },
    });
    await client.manifest("v1");
    assert.deepEqual(clock.slept, [2_000]);
  });

  const nonsense: [string, unknown][] = [
    ["no token", {}],
    ["no object", []],
    ["null", null],
    ["a token that would break its header", { token: "a\r\nX-Evil: 1" }],
    ["a token that is not a string", { token: 7 }],
  ];
  for (const [what, answer] of nonsense) {
    it(`refuses ${what}`, async (t) => {
      const { client } = await tokenRegistry(t, { issue: (_, response) => json(response, 200, answer) });
      assert.equal((await problemOf(client.manifest("v1"))).code, "registry.token");
    });
  }

  it("refuses an answer that is too long, or no JSON", async (t) => {
    const limits = { ...fastLimits, manifestBytes: 100 };
    const long = await tokenRegistry(t, {
      client: { limits },
      issue: (_, response) => json(response, 200, { token: "x".repeat(100) }),
    });
    assert.match((await problemOf(long.client.manifest("v1"))).message, /more than 100 bytes/);
    const broken = await tokenRegistry(t, { issue: (_, response) => response.end("<html>") });
    assert.match((await problemOf(broken.client.manifest("v1"))).message, /not JSON/);
  });
});

describe("a denial", () => {
  it("by the token service says whose credentials were refused, and why", async (t) => {
    const { client, service } = await tokenRegistry(t, {
      client: { credentials: ann },
      issue: (_, response) => json(response, 401, { details: "incorrect username or password" }),
    });
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.denied");
    assert.equal(problem.kind, "unavailable");
    assert.equal(problem.place, `${service.origin}/token`);
    assert.equal(problem.message, 'the token service refused user "ann" from the test: incorrect username or password');
  });

  it("gives the same advice by the token service as by a registry with basic authentication", async (t) => {
    const token = await tokenRegistry(t, { issue: (_, response) => json(response, 401, {}) });
    const advice = `run \`docker login ${token.registry.host}\` and check the image name`;
    assert.equal((await problemOf(token.client.manifest("v1"))).remedy, advice);
    const basic = await listen(t, (_, response) =>
      response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end(),
    );
    const client = openRegistry(parseReference(`${basic.host}/shop/web`), { environment: { HOME: "/nonexistent" } });
    t.after(() => client.close());
    assert.equal(
      (await problemOf(client.manifest("v1"))).remedy,
      `run \`docker login ${basic.host}\` and check the image name`,
    );
  });

  it("of a fresh token is final", async (t) => {
    const { client, registry, service } = await tokenRegistry(t, { client: { credentials: ann }, takes: () => false });
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.denied");
    assert.match(problem.message, /refused user "ann" from the test: UNAUTHORIZED authentication required/);
    assert.equal(registry.seen.length, 2);
    assert.equal(service.seen.length, 1);
  });

  it("of an anonymous reader says how to log in", async (t) => {
    const { client, registry } = await tokenRegistry(t, { takes: () => false });
    const problem = await problemOf(client.manifest("v1"));
    assert.match(problem.message, /denied access, and no credentials were found/);
    assert.equal(problem.remedy, `run \`docker login ${registry.host}\` and check the image name`);
  });
});

describe("a denial where a credential helper could have helped", () => {
  it("says why it did not", async (t) => {
    const home = mkdtempSync(join(tmpdir(), "bulkhead-helper-"));
    t.after(() => rmSync(home, { recursive: true }));
    writeFileSync(join(home, "config.json"), JSON.stringify({ credsStore: "desktop" }));
    const environment = { HOME: home, DOCKER_CONFIG: home };
    const { client } = await tokenRegistry(t, { client: { environment }, takes: () => false });
    assert.match(
      (await problemOf(client.manifest("v1"))).remedy ?? "",
      /names a credential helper: docker-credential-desktop failed \(ENOENT\)$/,
    );
  });
});

describe("basic authentication", () => {
  async function basicRegistry(t: TestContext, options: RegistryOptions) {
    const registry = await listen(t, (request, response) => {
      if (request.headers.authorization === basicOfAnn) json(response, 200, manifest);
      else response.writeHead(401, { "www-authenticate": 'Negotiate, Basic realm="the registry"' }).end();
    });
    const client = openRegistry(parseReference(`${registry.host}/shop/web`), {
      environment: { HOME: "/nonexistent" },
      limits: fastLimits,
      ...options,
    });
    t.after(() => client.close());
    return { registry, client };
  }

  it("sends the password once asked, and from then on", async (t) => {
    const { registry, client } = await basicRegistry(t, { credentials: ann });
    await client.manifest("v1");
    await client.manifest("v2");
    assert.deepEqual(authorizations(registry), [undefined, basicOfAnn, basicOfAnn]);
  });

  it("is denied without a password, or with a wrong one, at once", async (t) => {
    const anonymous = await basicRegistry(t, {});
    assert.equal((await problemOf(anonymous.client.manifest("v1"))).code, "registry.denied");
    assert.equal(anonymous.registry.seen.length, 1);
    const wrong = await basicRegistry(t, { credentials: { ...ann, username: "bob" } });
    assert.match((await problemOf(wrong.client.manifest("v1"))).message, /refused user "bob" from the test/);
    assert.equal(wrong.registry.seen.length, 2);
    await problemOf(wrong.client.manifest("v1"));
    assert.equal(wrong.registry.seen.length, 3);
  });
});

describe("a challenge", () => {
  const cases: [string, string | undefined, RegExp][] = [
    ["is missing", undefined, /neither a token/],
    ["asks for something else", "Digest realm=x", /neither a token/],
    ["has no realm", "Bearer service=x", /neither a token/],
    ["cannot be read", 'Bearer realm="', /cannot be read/],
    ["names no URL", 'Bearer realm="/token"', /not a URL/],
    [
      "names a realm on plain http",
      'Bearer realm="http://auth.example/token?secret"',
      /auth\.example\/token is not on https/,
    ],
    ["names a realm in a file", 'Bearer realm="file:///etc/passwd"', /is not on https/],
  ];
  for (const [what, header, cause] of cases) {
    it(`that ${what} is refused`, async (t) => {
      const registry = await listen(t, (_, response) =>
        response.writeHead(401, header === undefined ? {} : { "www-authenticate": header }).end(),
      );
      const options: RegistryOptions = { credentials: ann, limits: fastLimits };
      const client = openRegistry(parseReference(`${registry.host}/shop/web`), options);
      t.after(() => client.close());
      const problem = await problemOf(client.manifest("v1"));
      assert.equal(problem.code, "registry.challenge");
      assert.equal(problem.kind, "input");
      assert.match(problem.message, cause);
      assert.deepEqual(authorizations(registry), [undefined]);
    });
  }

  it("of another host is not answered", async (t) => {
    const storage = await listen(t, (_, response) => response.writeHead(401, { "www-authenticate": "Basic" }).end());
    const registry = await listen(t, (_, response) =>
      response.writeHead(307, { location: `${storage.origin}/x` }).end(),
    );
    const options: RegistryOptions = { credentials: ann, limits: fastLimits };
    const client = openRegistry(parseReference(`${registry.host}/shop/web`), options);
    t.after(() => client.close());
    const problem = await problemOf(client.manifest("v1"));
    assert.equal(problem.code, "registry.denied");
    assert.equal(problem.place, `${storage.origin}/x`);
    assert.deepEqual(authorizations(storage), [undefined]);
  });
});

describe("isAcceptableRealm", () => {
  const cases: [string, string, boolean][] = [
    ["https://auth.example/token", "https://r.example/v2/", true],
    ["https://auth.example/token", "http://r.example/v2/", true],
    ["http://localhost:5001/token", "https://r.example/v2/", true],
    ["http://auth.example/token", "https://r.example/v2/", false],
    ["http://auth.example/token", "http://r.example/v2/", false],
    ["http://r.example/token", "http://r.example/v2/", true],
    ["http://r.example/token", "https://r.example/v2/", false],
    ["http://r.example:81/token", "http://r.example/v2/", false],
    ["ftp://localhost/token", "https://r.example/v2/", false],
  ];
  for (const [realm, registry, expected] of cases) {
    it(`${expected ? "takes" : "refuses"} ${realm} for ${registry}`, () => {
      assert.equal(isAcceptableRealm(new URL(realm), new URL(registry)), expected);
    });
  }
});
