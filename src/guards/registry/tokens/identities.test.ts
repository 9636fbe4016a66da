import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startIssuer, type TestIssuer } from "../../../engines/jose/issuer.fixture.ts";
import type { IdentityRule } from "../../../engines/oci/distribution/access-model.ts";
import type { Identity, Refusal } from "../model.ts";
import { attemptBounds } from "./bounds.ts";
import {
  after,
  basic,
  get,
  now,
  type OpenedTokens,
  opened,
  passwordOf,
  post,
  rules,
  SERVICE,
  temporary,
} from "./tokens.fixture.ts";

const seconds = now.getTime() / 1_000;
const times = { exp: seconds + 600, iat: seconds, nbf: seconds };

function rule(issuer: TestIssuer, more: Partial<IdentityRule> = {}): IdentityRule {
  return {
    provider: "github",
    issuer: issuer.issuer,
    audience: SERVICE,
    claims: { repository_owner: "shop", ref: "refs/heads/main" },
    name: "github:{repository}",
    asPod: false,
    ...more,
  };
}

async function withRules(t: TestContext, ...identities: IdentityRule[]): Promise<OpenedTokens> {
  const access = [
    ...rules.access,
    { who: ["github:shop/*", "kubernetes:shop/*"], repositories: ["shop/**"], actions: ["pull", "push"] as const },
  ];
  return await opened(t, { ...rules, access, identities, environments: { "kubernetes:shop/*": "production" } });
}

const github = { repository: "shop/api", repository_owner: "shop", ref: "refs/heads/main", aud: SERVICE, ...times };

/** As `docker login` hands it over: in the password's place, whatever the user name. */
async function loggedIn(tokens: OpenedTokens, token: string, name = "github", at = now) {
  return await get(tokens, "scope=repository:shop/api:pull,push&offline_token=true", basic(name, token), at);
}

const principalOf = (identity: Identity | Refusal) => ("principal" in identity ? identity.principal : identity.message);

test("a workflow's token in the password's place is who the policy says", async (t) => {
  const issuer = await startIssuer(t);
  const tokens = await withRules(t, rule(issuer));
  const token = issuer.token({ iss: issuer.issuer, ...github });
  const answer = await loggedIn(tokens, token);
  assert.deepEqual([answer.status, answer.document.refresh_token], [200, undefined]);
  const held = await tokens.authenticator.identify(
    `Bearer ${answer.document.token}`,
    [{ repository: "shop/api", actions: ["pull", "push"] }],
    now,
  );
  assert.deepEqual(principalOf(held), { name: "github:shop/api", kind: "workload", isExempt: false });
  const form = {
    grant_type: "password",
    username: "x",
    password: token,
    scope: "repository:shop/api:push",
    access_type: "offline",
  };
  const posted = await post(tokens, form);
  assert.deepEqual([posted.document.scope, posted.document.refresh_token], ["repository:shop/api:push", undefined]);
  // An account of that name changes nothing.
  assert.equal((await loggedIn(tokens, token, "alice")).status, 200);
});

test("a workload's token ends with its rule, and hardly outlives what it was given for", async (t) => {
  const issuer = await startIssuer(t);
  const tokens = await withRules(t, rule(issuer));
  const token = issuer.token({ iss: issuer.issuer, ...github, exp: seconds + 100 });
  const given = await loggedIn(tokens, token);
  assert.equal(given.document.expires_in, 100);
  tokens.state({ ...rules, identities: [rule(issuer, { claims: { repository_owner: "other" } })] });
  await tokens.look(now);
  const held = await tokens.authenticator.identify(`Bearer ${given.document.token}`, [], now);
  assert.match(String(principalOf(held)), /by a rule that is no longer in the policy/);
});

test("no other token counts", async (t) => {
  const issuer = await startIssuer(t);
  const stranger = await startIssuer(t);
  const tokens = await withRules(t, rule(issuer));
  const iss = issuer.issuer;
  const refused: [string, RegExp][] = [
    [stranger.token({ iss: stranger.issuer, ...github }), /issuer that registry.identities does not name/],
    [stranger.token({ iss, ...github }), /signature that is wrong/],
    [issuer.token({ ...github }), /issuer/],
    [issuer.token({ iss: `${iss}/`, ...github }), /issuer/],
    [issuer.token({ iss, ...github, aud: "sts.amazonaws.com" }), /another audience/],
    [issuer.token({ iss, ...github, aud: undefined }), /another audience/],
    [issuer.token({ iss, ...github, exp: seconds - 61 }), /expired/],
    [issuer.token({ iss, ...github, exp: undefined }), /does not say when it expires/],
    [issuer.token({ iss, ...github, nbf: seconds + 61 }), /not valid before/],
    [issuer.token({ iss, ...github, repository_owner: "evil" }), /claims that no rule/],
    [issuer.token({ iss, ...github, repository_owner: ["shop"] }), /claims that no rule/],
    [issuer.token({ iss, ...github, ref: "refs/heads/main/x" }), /claims that no rule/],
    [issuer.token({ iss, ...github, ref: undefined }), /claims that no rule/],
    [issuer.token({ iss, ...github, repository: "shop/api:x" }), /no principal can be named/],
    [issuer.token({ iss, ...github, repository: undefined }), /no principal can be named/],
    [issuer.token({ iss, ...github }, { alg: "none" }), /algorithm/],
    [issuer.token({ iss, ...github }, { kid: "other" }), /key that its issuer does not name/],
  ];
  for (const [index, [token, reason]] of refused.entries()) {
    const { status, document } = await get(tokens, "", basic("x", token), now, `192.0.2.${index}`);
    assert.equal(status, 401, String(reason));
    assert.match(String(document.error_description), reason);
  }
});

test("the first rule that all holds of names the principal", async (t) => {
  const issuer = await startIssuer(t);
  const release = rule(issuer, { claims: { repository: "shop/*", ref: "refs/tags/*" }, name: "release:{repository}" });
  const tokens = await withRules(t, release, rule(issuer, { claims: { repository_owner: "shop" } }));
  const nameOf = async (claims: object) => {
    const { document } = await get(tokens, "", basic("x", issuer.token({ iss: issuer.issuer, ...github, ...claims })));
    return principalOf(await tokens.authenticator.identify(`Bearer ${document.token}`, [], now));
  };
  assert.equal(((await nameOf({ ref: "refs/tags/v1" })) as { name: string }).name, "release:shop/api");
  assert.equal(((await nameOf({ ref: "refs/tags/v1/x" })) as { name: string }).name, "github:shop/api");
});

test("a service account is who its subject says, whatever else its token claims", async (t) => {
  const issuer = await startIssuer(t);
  const pod = join(temporary(t), "pod");
  mkdirSync(pod);
  writeFileSync(join(pod, "token"), "of-the-pod\n");
  writeFileSync(join(pod, "ca.crt"), "");
  const cluster = rule(issuer, {
    provider: "kubernetes",
    claims: { namespace: "shop" },
    name: "kubernetes:{namespace}/{serviceAccount}",
    keys: { url: `${issuer.issuer}/openid/v1/jwks` },
    asPod: true,
  });
  const access = [{ who: ["kubernetes:shop/*"], repositories: ["shop/**"], actions: ["pull" as const] }];
  const stated = { ...rules, access, identities: [cluster], environments: { "kubernetes:shop/*": "production" } };
  const tokens = await opened(t, stated, { podFolder: pod });
  const iss = issuer.issuer;
  const of = (claims: object) => issuer.token({ iss, aud: [SERVICE], ...times, ...claims });
  const sub = "system:serviceaccount:shop:api";
  const given = await loggedIn(tokens, of({ sub, "kubernetes.io": { namespace: "shop" } }));
  const held = await tokens.authenticator.identify(`Bearer ${given.document.token}`, [], now);
  assert.deepEqual(principalOf(held), {
    name: "kubernetes:shop/api",
    kind: "workload",
    isExempt: false,
    environment: "production",
  });
  assert.deepEqual(issuer.asked, [{ path: "/openid/v1/jwks", authorization: "Bearer of-the-pod" }]);
  for (const claims of [
    { sub: "system:serviceaccount:evil:api", namespace: "shop", serviceAccount: "api" },
    { sub: "system:node:one", namespace: "shop", serviceAccount: "api" },
    { sub: "system:serviceaccount:shop:api:x" },
    { namespace: "shop", serviceAccount: "api" },
  ]) {
    assert.equal((await loggedIn(tokens, of(claims))).status, 401, JSON.stringify(claims));
  }
});

test("an issuer that cannot be asked is no wrong password, and never a right one", async (t) => {
  const issuer = await startIssuer(t);
  const tokens = await withRules(t, rule(issuer));
  issuer.answer = { status: 500 };
  const token = issuer.token({ iss: issuer.issuer, ...github });
  for (let time = 0; time < attemptBounds.ofAddress + 1; time += 1) {
    const { status, headers } = await loggedIn(tokens, token);
    assert.deepEqual([status, headers["retry-after"]], [503, "15"]);
  }
  assert.match(tokens.outcomes.at(-1)?.reason ?? "", /^jose.issuer: .*unexpected status 500/);
  issuer.answer = undefined;
  assert.equal((await loggedIn(tokens, token, "github", after(20))).status, 200);
});

test("wrong tokens hold up nobody's log-in", async (t) => {
  const issuer = await startIssuer(t);
  const tokens = await withRules(t, rule(issuer));
  const wrong = issuer.token({ iss: issuer.issuer, ...github, aud: "other" });
  for (let time = 0; time < attemptBounds.ofName + 1; time += 1) {
    assert.equal((await loggedIn(tokens, wrong)).status, 401);
  }
  assert.equal((await loggedIn(tokens, issuer.token({ iss: issuer.issuer, ...github }))).status, 200);
  assert.equal((await loggedIn(tokens, passwordOf("alice"), "alice")).status, 200);
});

test("keys may stand in a file beside the policy", async (t) => {
  const issuer = await startIssuer(t);
  const file = join(temporary(t), "keys.json");
  writeFileSync(file, JSON.stringify(issuer.keySet()));
  const tokens = await withRules(t, rule(issuer, { keys: { file, written: "keys.json" } }));
  assert.equal((await loggedIn(tokens, issuer.token({ iss: issuer.issuer, ...github }))).status, 200);
  assert.deepEqual(issuer.asked, []);
});
