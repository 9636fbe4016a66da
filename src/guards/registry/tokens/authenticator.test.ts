import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Grant, Identity, Refusal } from "../model.ts";
import { writeAccounts } from "./accounts.ts";
import { makeKeys, readKeys, rotateKeys, writtenKeys } from "./keys.ts";
import {
  account,
  after,
  basic,
  bearer,
  closed,
  ENGINE,
  get,
  now,
  opened,
  post,
  REALM,
  rules,
  SERVICE,
} from "./tokens.fixture.ts";
import { keyFiles, openTokens } from "./tokens.ts";

const pull = (repository: string): Grant[] => [{ repository, actions: ["pull"] }];
const push = (repository: string): Grant[] => [{ repository, actions: ["pull", "push"] }];

function refused(answer: Identity | Refusal): Refusal {
  assert.ok("status" in answer, `let in as ${JSON.stringify(answer)}`);
  return answer;
}

function letIn(answer: Identity | Refusal): Identity {
  assert.ok("principal" in answer, `refused: ${JSON.stringify(answer)}`);
  return answer;
}

test("who shows nothing is told where to get a token, and for what", async (t) => {
  const { authenticator } = await opened(t);
  const ping = refused(await authenticator.identify(undefined, [], now));
  assert.deepEqual([ping.status, ping.code], [401, "UNAUTHORIZED"]);
  assert.deepEqual(ping.headers, {
    "www-authenticate": `Bearer realm="${REALM}",service="${SERVICE}"`,
    "docker-distribution-api-version": "registry/2.0",
  });
  const one = refused(await authenticator.identify(undefined, push("shop/api"), now));
  assert.equal(
    one.headers?.["www-authenticate"],
    `Bearer realm="${REALM}",service="${SERVICE}",scope="repository:shop/api:pull,push"`,
  );
  const catalog = refused(await authenticator.identify(undefined, [], now, true));
  assert.match(catalog.headers?.["www-authenticate"] ?? "", /scope="registry:catalog:\*"$/);
});

test("what is anybody's is served without a token; a password is no token", async (t) => {
  const tokens = await opened(t);
  const { authenticator } = tokens;
  assert.deepEqual(letIn(await authenticator.identify(undefined, pull("public/x"), now)), {
    principal: { name: "anonymous", kind: "anonymous", isExempt: false },
    grants: pull("public/x"),
    mayListCatalog: false,
  });
  assert.equal(refused(await authenticator.identify(basic("alice"), pull("public/x"), now)).status, 401);
  tokens.state(closed);
  await tokens.look(now);
  assert.equal(refused(await authenticator.identify(undefined, pull("public/x"), now)).status, 401);
});

test("a token of nobody ends where nothing is anybody's any more", async (t) => {
  const tokens = await opened(t);
  const { document } = await get(tokens, "scope=repository:public/x:pull");
  const token = `Bearer ${document.token}`;
  assert.equal(letIn(await tokens.authenticator.identify(token, pull("public/x"), now)).principal.name, "anonymous");
  // Credentials may help.
  const other = refused(await tokens.authenticator.identify(token, pull("shop/api"), now));
  assert.match(other.headers?.["www-authenticate"] ?? "", /error="insufficient_scope"$/);
  tokens.state(closed);
  await tokens.look(now);
  assert.equal(refused(await tokens.authenticator.identify(token, pull("public/x"), now)).status, 401);
});

test("a token counts for what it grants; what it could have granted is asked for again, the rest is denied", async (t) => {
  const tokens = await opened(t);
  const token = await bearer(tokens, "alice", "repository:shop/api:pull");
  const { authenticator } = tokens;
  const identity = letIn(await authenticator.identify(token, pull("shop/api"), now));
  assert.deepEqual(identity.grants, pull("shop/api"));
  assert.deepEqual(identity.principal, { name: "user:alice", kind: "user", isExempt: false });
  letIn(await authenticator.identify(token, [], now));
  const more = refused(await authenticator.identify(token, push("shop/api"), now));
  assert.equal(
    more.headers?.["www-authenticate"],
    `Bearer realm="${REALM}",service="${SERVICE}",scope="repository:shop/api:pull,push",error="insufficient_scope"`,
  );
  const never = refused(await authenticator.identify(token, push("other/api"), now));
  assert.deepEqual(
    [never.status, never.code, never.message],
    [403, "DENIED", "user:alice is not allowed: pull and push of other/api (no rule of registry.access grants it)"],
  );
  const catalog = refused(await authenticator.identify(token, [], now, true));
  assert.match(catalog.message, /the list of all repositories/);
});

test("exempt principals and environments are the policy's lists", async (t) => {
  const tokens = await opened(t);
  const scanner = letIn(
    await tokens.authenticator.identify(await bearer(tokens, "scanner", "repository:shop/api:pull"), [], now),
  );
  assert.deepEqual(scanner.principal, { name: "robot:scanner", kind: "robot", isExempt: true });
  const prod = letIn(await tokens.authenticator.identify(await bearer(tokens, "prod-1", ""), [], now));
  assert.equal(prod.principal.environment, "production");
});

test("a token ends by its time, with its account, its password and its rule", async (t) => {
  const tokens = await opened(t);
  const token = await bearer(tokens, "alice", "repository:shop/api:pull");
  const ask = (at = now) => tokens.authenticator.identify(token, pull("shop/api"), at);
  letIn(await ask(after(359)));
  assert.match(refused(await ask(after(361))).message, /the token expired/);
  assert.match(refused(await ask(after(-61))).message, /not valid before/);

  tokens.state({ ...rules, access: [] });
  await tokens.look(now);
  assert.equal(refused(await ask()).status, 403);
  tokens.state(rules);
  await tokens.look(now);
  letIn(await ask());

  writeAccounts(tokens.accounts, [{ ...(await account("admin")), name: "alice" }]);
  assert.deepEqual(await tokens.look(now), []);
  assert.match(refused(await ask()).message, /before the password was changed/);
  writeAccounts(tokens.accounts, [await account("alice", { kind: "robot" })]);
  await tokens.look(now);
  assert.match(refused(await ask()).message, /no longer there/);
});

test("a file of accounts that is broken leaves in force what was", async (t) => {
  const tokens = await opened(t);
  const token = await bearer(tokens, "alice", "repository:shop/api:pull");
  writeFileSync(tokens.accounts, "{");
  const [problem, ...more] = await tokens.look(now);
  assert.deepEqual([problem?.code, more.length], ["registry.accounts", 0]);
  assert.equal((await tokens.look(now)).length, 1);
  letIn(await tokens.authenticator.identify(token, pull("shop/api"), now));
});

test("tokens of others, forged and cut ones are none", async (t) => {
  const tokens = await opened(t);
  const other = await opened(t);
  const own = (await bearer(tokens, "alice", "repository:shop/api:pull")).slice("Bearer ".length);
  const foreign = (await bearer(other, "alice", "repository:shop/api:pull")).slice("Bearer ".length);
  const [head = "", body = "", mark = ""] = own.split(".");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  const { kid } = JSON.parse(Buffer.from(head, "base64url").toString());
  const forged = [
    foreign,
    `${part({ alg: "none", kid })}.${body}.`,
    `${part({ alg: "HS256", kid })}.${body}.${mark}`,
    `${head}.${part({ ...claims, sub: "user:admin" })}.${mark}`,
    `${head}.${body}`,
    `${head}.${body}.${mark}.${mark}`,
    `${head}.${body}.`,
    `${own}=`,
    // The last character has bits that no byte needs: another text for the same signature.
    `${own.slice(0, -1)}${own.endsWith("A") ? "B" : "A"}`,
    "x",
  ];
  for (const token of forged) {
    const { status, headers } = refused(await tokens.authenticator.identify(`Bearer ${token}`, pull("shop/api"), now));
    assert.equal(status, 401, token);
    assert.match(headers?.["www-authenticate"] ?? "", /error="invalid_token"|scope="[^"]*"$/, token);
  }
  letIn(await tokens.authenticator.identify(`bearer  ${own}`, pull("shop/api"), now));
});

test("what one replica gives, another takes, and what one takes away is gone at both", async (t) => {
  const one = await opened(t);
  const two = await openTokens({
    realm: REALM,
    service: SERVICE,
    root: one.folder,
    keys: join(one.folder, "keys"),
    accounts: one.accounts,
    engine: ENGINE,
    rules: () => rules,
  });
  const token = await bearer(one, "alice", "repository:shop/api:pull");
  letIn(await two.authenticator.identify(token, pull("shop/api"), now));
  const login = await get(one, "offline_token=true", basic("alice"));
  const form = { grant_type: "refresh_token", refresh_token: String(login.document.refresh_token) };
  assert.equal((await post(two, form)).status, 200);
  writeAccounts(one.accounts, [await account("admin")]);
  for (const each of [one, two]) {
    await each.look(now);
    assert.match(refused(await each.authenticator.identify(token, pull("shop/api"), now)).message, /no longer there/);
    assert.equal((await post(each, form)).status, 401);
  }
});

test("keys are changed with an overlap, and one that is taken away verifies nothing", async (t) => {
  const tokens = await opened(t);
  const path = join(tokens.folder, "keys", keyFiles.keys);
  const before = await bearer(tokens, "alice", "repository:shop/api:pull");
  const root = readKeys(path).authority.certificate;
  writeFileSync(path, writtenKeys(rotateKeys(readKeys(path), now)));
  assert.deepEqual(await tokens.look(now), []);
  letIn(await tokens.authenticator.identify(before, pull("shop/api"), now));
  const kidOf = (token: string) =>
    JSON.parse(Buffer.from(token.slice(7).split(".")[0] ?? "", "base64url").toString()).kid;
  // Other replicas may not have read it yet.
  assert.equal(kidOf(await bearer(tokens, "alice", "", after(60))), kidOf(before));
  const next = await bearer(tokens, "alice", "repository:shop/api:pull", after(130));
  assert.notEqual(kidOf(next), kidOf(before));
  letIn(await tokens.authenticator.identify(next, pull("shop/api"), after(130)));
  assert.equal(readKeys(path).authority.certificate, root);

  const much = rotateKeys(readKeys(path), after(40 * 86_400));
  assert.equal(much.generations.length, 2);
  writeFileSync(path, writtenKeys({ ...much, generations: much.generations.slice(1) }));
  await tokens.look(now);
  assert.match(refused(await tokens.authenticator.identify(before, [], now)).message, /not signed by a key/);
  writeFileSync(path, writtenKeys(makeKeys(after(-725 * 86_400))));
  const [problem] = await tokens.look(now);
  assert.match(problem?.message ?? "", /takes no more tokens from 2026-12-0/);
});
