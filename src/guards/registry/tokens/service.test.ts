import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { parseCompact } from "../../../engines/jose/compact.ts";
import { attemptBounds } from "./bounds.ts";
import {
  type Answered,
  after,
  answered,
  basic,
  closed,
  get,
  now,
  opened,
  passwordOf,
  post,
  SERVICE,
} from "./tokens.fixture.ts";

const accessOf = ({ document }: Answered) => parseCompact(String(document.access_token))?.claims.access;

test("docker's way: GET with Basic, scopes repeated, a token of what is allowed of them", async (t) => {
  const tokens = await opened(t);
  const query = [
    `service=${SERVICE}&account=alice&client_id=docker`,
    "scope=repository:shop/api:pull,push,delete",
    "scope=repository:other/api:pull",
  ].join("&");
  const answer = await get(tokens, query, basic("alice"));
  assert.equal(answer.status, 200);
  const { token, access_token, expires_in, issued_at, refresh_token } = answer.document;
  assert.equal(token, access_token);
  assert.deepEqual([expires_in, issued_at, refresh_token], [300, "2026-11-28T10:00:00Z", undefined]);
  assert.deepEqual(accessOf(answer), [{ type: "repository", name: "shop/api", actions: ["pull", "push"] }]);
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.deepEqual(tokens.outcomes, [
    {
      outcome: "issued",
      address: "192.0.2.1",
      principal: "user:alice",
      grants: [{ repository: "shop/api", actions: ["pull", "push"] }],
    },
  ]);
});

test("containerd's way: POST of a form, scopes separated by blanks, access_token alone", async (t) => {
  const tokens = await opened(t);
  const answer = await post(tokens, {
    grant_type: "password",
    service: SERVICE,
    client_id: "containerd-client",
    username: "alice",
    password: passwordOf("alice"),
    scope: "repository:shop/api:pull repository:shop/web:pull,push",
  });
  assert.equal(answer.status, 200);
  const { token, token_type, scope, refresh_token } = answer.document;
  assert.deepEqual([token, token_type, refresh_token], [undefined, "Bearer", undefined]);
  assert.equal(scope, "repository:shop/api:pull repository:shop/web:pull,push");
  const both = accessOf(answer) as { name: string }[];
  assert.deepEqual(
    both.map(({ name }) => name),
    ["shop/api", "shop/web"],
  );
});

test("a refresh token stands for the password until that changes, and is of no use as a token", async (t) => {
  const tokens = await opened(t);
  const login = await get(tokens, `service=${SERVICE}&offline_token=true`, basic("alice"));
  const refresh = String(login.document.refresh_token);
  const form = { grant_type: "refresh_token", refresh_token: refresh, service: SERVICE, client_id: "docker" };
  const answer = await post(tokens, { ...form, scope: "repository:shop/api:pull" }, after(86_400));
  assert.deepEqual([answer.status, answer.document.refresh_token], [200, refresh]);
  assert.deepEqual(accessOf(answer), [{ type: "repository", name: "shop/api", actions: ["pull"] }]);
  const asToken = await tokens.authenticator.identify(`Bearer ${refresh}`, [], now);
  assert.equal("status" in asToken && asToken.status, 401);
  const asRefresh = await post(tokens, { ...form, refresh_token: String(login.document.token) });
  assert.equal(asRefresh.status, 401);
  assert.equal((await post(tokens, form, after(30 * 86_400 + 61))).status, 401);
});

test("posted offline access gives a refresh token", async (t) => {
  const tokens = await opened(t);
  const form = { grant_type: "password", username: "alice", password: passwordOf("alice"), access_type: "offline" };
  const { document } = await post(tokens, form);
  assert.equal(
    (await post(tokens, { grant_type: "refresh_token", refresh_token: String(document.refresh_token) })).status,
    200,
  );
});

test("a robot's tokens end with it", async (t) => {
  const tokens = await opened(t);
  const login = await get(tokens, "offline_token=true", basic("prod-1"), after(3_500));
  assert.equal(login.document.expires_in, 100);
  const refresh = { grant_type: "refresh_token", refresh_token: String(login.document.refresh_token) };
  assert.equal((await post(tokens, refresh, after(3_599))).status, 200);
  assert.equal((await post(tokens, refresh, after(3_601))).status, 401);
  const late = await get(tokens, "", basic("prod-1"), after(3_601));
  assert.deepEqual(late.document.error_description, "the account prod-1 expired on 2026-11-28T11:00:00.000Z");
});

describe("without credentials", () => {
  test("what is anybody's is granted, and nothing else", async (t) => {
    const tokens = await opened(t);
    const answer = await get(tokens, "scope=repository:public/x:pull,push&scope=repository:shop/api:pull");
    assert.deepEqual(accessOf(answer), [{ type: "repository", name: "public/x", actions: ["pull"] }]);
    const nothing = await get(tokens, "offline_token=true&scope=repository:shop/api:pull");
    assert.deepEqual([nothing.status, accessOf(nothing), nothing.document.refresh_token], [200, [], undefined]);
  });

  test("nothing is given where nothing is anybody's", async (t) => {
    const tokens = await opened(t, closed);
    const answer = await get(tokens, "scope=repository:public/x:pull");
    assert.equal(answer.status, 401);
    assert.equal(answer.headers["www-authenticate"], `Basic realm="${SERVICE}"`);
  });
});

test("the list of all repositories is granted to whom the policy names", async (t) => {
  const tokens = await opened(t);
  const scope = "scope=registry:catalog:*";
  assert.deepEqual(accessOf(await get(tokens, scope, basic("admin"))), [
    { type: "registry", name: "catalog", actions: ["*"] },
  ]);
  assert.deepEqual(accessOf(await get(tokens, scope, basic("alice"))), []);
});

test("wrong credentials have one answer, whether there is such an account or not", async (t) => {
  const tokens = await opened(t);
  const wrong = await get(tokens, "", basic("alice", "wrong"));
  const nobody = await get(tokens, "", basic("nobody", "wrong"));
  assert.deepEqual([wrong.status, wrong.document], [401, nobody.document]);
  assert.deepEqual(wrong.document, {
    error: "invalid_grant",
    error_description: "wrong user name or password",
    errors: [{ code: "UNAUTHORIZED", message: "wrong user name or password" }],
  });
  // containerd goes on with GET only after these.
  assert.equal((await post(tokens, { grant_type: "password", username: "alice", password: "wrong" })).status, 401);
});

test("whoever guesses is not looked at for a while, and locks nobody out who was right before", async (t) => {
  const tokens = await opened(t);
  const home = "198.51.100.7";
  assert.equal((await get(tokens, "", basic("alice"), now, home)).status, 200);
  for (let guess = 0; guess < attemptBounds.ofAddress; guess += 1) {
    // Another name each time: it is the address that counts.
    const { status } = await get(tokens, "", basic(`alice${guess}`, "wrong"), now, "203.0.113.9");
    assert.equal(status, 401);
  }
  const limited = await get(tokens, "", basic("alice"), now, "203.0.113.9");
  assert.deepEqual([limited.status, limited.headers["retry-after"]], [429, "300"]);
  assert.equal((await get(tokens, "", basic("alice"), now, home)).status, 200);
  assert.equal((await get(tokens, "", basic("alice"), after(301), "203.0.113.9")).status, 200);
});

test("what makes no sense is refused without a look at credentials", async (t) => {
  const tokens = await opened(t);
  const body = Buffer.from("grant_type=password&username=alice");
  const send = async (more: object) => {
    const request = { method: "POST", query: "", authorization: undefined, address: "192.0.2.1", body };
    const contentType = "application/x-www-form-urlencoded";
    return answered(await tokens.service.answer({ ...request, contentType, ...more }, now));
  };
  assert.equal((await send({})).status, 400);
  assert.equal((await send({ contentType: "application/json" })).status, 415);
  assert.equal((await send({ method: "DELETE" })).status, 405);
  assert.equal((await send({ body: Buffer.alloc(70_000) })).status, 413);
  assert.equal(
    (await send({ body: Buffer.from("grant_type=client_credentials") })).document.error,
    "unsupported_grant_type",
  );
  assert.equal((await get(tokens, "service=other.example.com", basic("alice"))).status, 400);
  assert.equal((await get(tokens, "", "Bearer abc")).status, 400);
  assert.equal((await get(tokens, "scope=a:b:c&".repeat(30), basic("alice"))).status, 400);
  assert.ok(tokens.outcomes.every(({ outcome }) => outcome === "malformed"));
});

test("whatever is sent, there is an answer in JSON, and no token for it", async (t) => {
  const tokens = await opened(t, closed);
  const text = fc.string({ maxLength: 200 });
  const form = fc.array(
    fc.tuple(fc.constantFrom("grant_type", "refresh_token", "scope", "service", "access_type", "x"), text),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PUT", ""),
      text,
      fc.option(text),
      form,
      async (method, query, authorization, fields) => {
        const answer = await tokens.service.answer(
          {
            method,
            query,
            authorization: authorization ?? undefined,
            contentType: "application/x-www-form-urlencoded",
            body: Buffer.from(new URLSearchParams(fields).toString()),
            address: "192.0.2.1",
          },
          now,
        );
        const { status, document } = answered(answer);
        assert.ok(status >= 400 && status < 500, String(status));
        assert.equal(document.access_token, undefined);
      },
    ),
    runs(200),
  );
});
