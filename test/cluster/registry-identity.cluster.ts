/** Pods log in at the registry guard with tokens that the API server itself made for them, and that nobody else made. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { credentialsFor } from "../../src/cli/registry/credential-provider.ts";
import { readClock } from "../../src/core/clock.ts";
import type { AccessRules } from "../../src/engines/oci/distribution/access-model.ts";
import { basic, get, opened } from "../../src/guards/registry/tokens/tokens.fixture.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const AUDIENCE = "registry.example.com";

describe("service accounts at the registry guard", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster();
    const of = (namespace: string, name: string) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { namespace, name },
    });
    for (const name of ["shop", "bulkhead"]) {
      await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    await cluster.apply(of("shop", "api"), of("bulkhead", "registry"));
  });
  after(() => cluster?.stop());

  /** As a kubelet asks for one (TokenRequest API). */
  async function tokenFor(namespace: string, name: string, audience: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { audiences: [audience] } };
    const answer = await cluster.request<{ status: { token: string } }>(path, { method: "POST", body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.status.token;
  }

  /** The guard runs in a pod of its own account. */
  async function guard(t: TestContext) {
    const podFolder = join(cluster.folder, "pod");
    await mkdir(podFolder, { recursive: true });
    await writeFile(join(podFolder, "token"), await cluster.serviceAccountToken("bulkhead", "registry"));
    await writeFile(join(podFolder, "ca.crt"), cluster.certificates);
    const rules: AccessRules = {
      access: [{ who: ["kubernetes:shop/*"], repositories: ["shop/**"], actions: ["pull"] }],
      identities: [
        {
          provider: "kubernetes",
          issuer: "https://kubernetes.default.svc",
          audience: AUDIENCE,
          claims: { namespace: "shop" },
          name: "kubernetes:{namespace}/{serviceAccount}",
          keys: { url: `${cluster.server}/openid/v1/jwks` },
          asPod: true,
        },
      ],
      exempt: [],
      environments: {},
    };
    return await opened(t, rules, { podFolder });
  }

  test("a pod's token for the guard's audience is its service account, by way of the kubelet's credential provider", async (t) => {
    const tokens = await guard(t);
    const request = {
      apiVersion: "credentialprovider.kubelet.k8s.io/v1",
      kind: "CredentialProviderRequest",
      image: `${AUDIENCE}/shop/api:1`,
      serviceAccountToken: await tokenFor("shop", "api", AUDIENCE),
    };
    const { auth } = credentialsFor(JSON.stringify(request), readClock()) as {
      auth: Record<string, { username: string; password: string }>;
    };
    const { username = "", password = "" } = auth[AUDIENCE] ?? {};
    const now = readClock();
    const given = await get(tokens, "scope=repository:shop/api:pull", basic(username, password), now);
    assert.equal(given.status, 200, JSON.stringify([given.document, tokens.outcomes]));
    const wanted = [{ repository: "shop/api", actions: ["pull" as const] }];
    const held = await tokens.authenticator.identify(`Bearer ${given.document.token}`, wanted, now);
    assert.equal("principal" in held && held.principal.name, "kubernetes:shop/api");
  });

  test("tokens for the API server, and of other namespaces, are nobody's", async (t) => {
    const tokens = await guard(t);
    for (const [token, reason] of [
      [await cluster.serviceAccountToken("shop", "api"), /another audience/],
      [await tokenFor("bulkhead", "registry", AUDIENCE), /claims that no rule/],
      [`${(await tokenFor("shop", "api", AUDIENCE)).slice(0, -8)}AAAAAAAA`, /not a token|signature/],
    ] as const) {
      const { status, document } = await get(tokens, "", basic("kubernetes", token), readClock());
      assert.equal(status, 401);
      assert.match(String(document.error_description), reason);
    }
  });
});
