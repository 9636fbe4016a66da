/** `attest --type slsa`: what it says of a build, on whose word, and what it refuses. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { withoutCosign } from "../cosign.ts";
import { openWorkshop, type Workshop } from "./signing.fixture.ts";
import { gitHubClaims } from "./sigstore.ts";

const BASE = `sha256:${"ab".repeat(32)}`;
const COMMIT = gitHubClaims.sha;

const gitLabClaims = {
  project_path: "shop/api",
  project_id: "12",
  namespace_id: "3",
  ref_path: "refs/tags/v2.0.1",
  ref_protected: "true",
  sha: COMMIT,
  pipeline_source: "push",
  job_id: "99",
  runner_environment: "gitlab-hosted",
};

interface Made {
  readonly slsa: { readonly level: number; readonly reason: string };
  readonly signed: readonly [{ readonly content: { readonly predicate: Predicate } }];
}

interface Predicate {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: Readonly<Record<string, unknown>>;
    readonly internalParameters?: Readonly<Record<string, unknown>>;
    readonly resolvedDependencies: readonly object[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string };
    readonly metadata: { readonly invocationId?: string };
  };
}

describe("provenance", { skip: withoutCosign }, () => {
  let shop: Workshop;
  let reference: string;
  let digest: string;
  let source: string;
  let head: string;
  before(async () => {
    shop = await openWorkshop();
    await shop.cosign.keyPair("cosign");
    digest = await shop.registry.image("shop/api", "built");
    reference = `${shop.registry.host}/shop/api@${digest}`;
    source = join(shop.folder, "source");
    mkdirSync(join(source, "web"), { recursive: true });
    shop.file("source/package-lock.json", JSON.stringify({ name: "api", lockfileVersion: 3, packages: {} }));
    shop.file("source/web/yarn.lock", "# yarn lockfile v1\n");
    shop.file("source/Dockerfile", `FROM docker.io/library/node:22@${BASE} AS build\nFROM alpine:3.22\n`);
    const git = (...words: string[]) =>
      execFileSync("git", ["-C", source, "-c", "user.name=a test", "-c", "user.email=test@example.com", ...words], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: shop.folder },
      }).trim();
    git("init", "--quiet");
    git("remote", "add", "origin", "https://github.com/shop/api.git");
    git("add", ".");
    git("commit", "--quiet", "--message", "one");
    head = git("rev-parse", "HEAD");
  });
  after(async () => await shop.close());

  const words = () => [
    "attest",
    reference,
    "--type",
    "slsa",
    "--source",
    source,
    "--dockerfile",
    join(source, "Dockerfile"),
  ];
  const made = async (more: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await shop.run(
      [...words(), "--dry-run", "--format", "json", ...more],
      environment,
    );
    assert.equal(code, 0, stderr);
    const { slsa, signed } = JSON.parse(stdout) as Made;
    return { slsa, stderr, predicate: signed[0].content.predicate };
  };
  const enterprise = () => `${shop.sigstore.url}/_services/token`;
  const key = ["--key", "cosign.key"];

  it("without a token it is level 1 by nobody, whatever the environment says", async () => {
    const { slsa, predicate, stderr } = await made(key, {
      GITHUB_ACTIONS: "true",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "somebody/else",
      GITHUB_WORKFLOW_REF: "somebody/else/.github/workflows/release.yml@refs/heads/main",
      GITHUB_SHA: "2e".repeat(20),
      GITLAB_CI: "true",
      CI_PROJECT_URL: "https://gitlab.com/somebody/else",
    });
    assert.deepEqual(slsa, { level: 1, reason: "no identity token: the builder is not verified" });
    assert.equal(predicate.runDetails.builder.id, "urn:bulkhead:builder:unverified");
    assert.ok(!JSON.stringify(predicate).includes("somebody"));
    assert.deepEqual(predicate.buildDefinition.externalParameters, { source: "https://github.com/shop/api" });
    assert.match(stderr, /base image alpine:3\.22 is not pinned by digest and not listed/);
  });

  it("what Bulkhead knows of the source is listed: commit, pinned bases, lockfiles", async () => {
    const { predicate } = await made(key);
    const [commit, base, ...locks] = predicate.buildDefinition.resolvedDependencies;
    assert.deepEqual(commit, { uri: "git+https://github.com/shop/api", digest: { gitCommit: head } });
    assert.deepEqual(base, { uri: "oci://docker.io/library/node:22", digest: { sha256: "ab".repeat(32) } });
    assert.deepEqual(
      locks.map((lock) => (lock as { name: string }).name),
      ["package-lock.json", "web/yarn.lock"],
    );
  });

  it("a verified token of GitHub Actions says who built what; signed by a key it is level 1 all the same", async () => {
    const token = { SIGSTORE_ID_TOKEN: shop.sigstore.token({ ...gitHubClaims, iss: enterprise() }) };
    const { slsa, predicate, stderr } = await made([...key, "--oidc-issuer", enterprise()], token);
    assert.equal(slsa.level, 1);
    assert.match(slsa.reason, /signed by a key/);
    const { url } = shop.sigstore;
    assert.equal(predicate.runDetails.builder.id, `${url}/${gitHubClaims.job_workflow_ref}`);
    assert.equal(predicate.runDetails.metadata.invocationId, `${url}/shop/api/actions/runs/777/attempts/2`);
    assert.deepEqual(predicate.buildDefinition.externalParameters, {
      workflow: { ref: "refs/tags/v2.0.1", repository: `${url}/shop/api`, path: ".github/workflows/release.yml" },
    });
    assert.deepEqual(predicate.buildDefinition.internalParameters, {
      github: {
        event_name: "push",
        repository_id: "1234",
        repository_owner_id: "56",
        runner_environment: "github-hosted",
      },
    });
    const [built, checkout] = predicate.buildDefinition.resolvedDependencies;
    assert.deepEqual(built, { uri: `git+${url}/shop/api@refs/tags/v2.0.1`, digest: { gitCommit: COMMIT } });
    assert.deepEqual(checkout, { uri: "git+https://github.com/shop/api", digest: { gitCommit: head } });
    assert.match(stderr, new RegExp(`the checkout is at ${head}, and the token is for ${COMMIT}`));
  });

  it("signed by the identity of GitLab's job it is level 2, and cosign and Bulkhead verify it", async () => {
    const { host } = new URL(shop.sigstore.url);
    const config = `${host}/shop/api//.gitlab-ci.yml@refs/tags/v2.0.1`;
    const token = {
      SIGSTORE_ID_TOKEN: shop.sigstore.token({ ...gitLabClaims, ci_config_ref_uri: config, san: `https://${config}` }),
    };
    const services = ["--fulcio", shop.sigstore.url, "--rekor", shop.sigstore.url];
    const issuer = ["--oidc-issuer", shop.sigstore.url];
    const { code, stdout, stderr } = await shop.run([...words(), ...services, ...issuer], token);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^SLSA build level 2: level 3 takes a builder that is isolated from the build$/m);
    const named = ["--certificate-identity", `https://${config}`, "--certificate-oidc-issuer", shop.sigstore.url];
    assert.ok(await shop.holds(["verify-attestation", ...named, "--type", "slsaprovenance1", reference]));
    const [verified] = await shop.verified("shop/api", digest, shop.root());
    assert.ok(verified?.outcome === "verified" && verified.content.kind === "statement", JSON.stringify(verified));
    assert.equal(verified.content.predicateType, "https://slsa.dev/provenance/v1");
    const { buildDefinition, runDetails } = verified.content.predicate as Predicate;
    assert.equal(buildDefinition.buildType, "urn:bulkhead:build:gitlab-ci:v1");
    assert.equal(runDetails.builder.id, `http://${config}`);
    assert.deepEqual(buildDefinition.externalParameters, {
      source: `${shop.sigstore.url}/shop/api`,
      ref: "refs/tags/v2.0.1",
      config: `http://${config}`,
    });
  });

  it("a token that is not an accepted issuer's own makes nothing", async () => {
    const refused = async (token: string, said: RegExp, issuers: readonly string[] = [shop.sigstore.url]) => {
      const more = [...key, ...issuers.flatMap((issuer) => ["--oidc-issuer", issuer])];
      const { code, stderr, stdout } = await shop.run([...words(), ...more], { SIGSTORE_ID_TOKEN: token });
      assert.equal(code, 2, `${stdout}${stderr}`);
      assert.match(stderr, said);
    };
    await refused(shop.sigstore.token(gitHubClaims), /issuer http:\/\/127\.0\.0\.1:\d+ is not trusted \(name it/, []);
    await refused(`${shop.sigstore.token(gitHubClaims).slice(0, -8)}AAAAAAAA`, /not signed by a key that .* publishes/);
    const elsewhere = {
      ...gitHubClaims,
      iss: enterprise(),
      workflow_ref: "other/repo/.github/workflows/x.yml@refs/heads/a",
    };
    await refused(shop.sigstore.token(elsewhere), /workflow_ref is not a workflow of the repository/, [enterprise()]);
    const foreign = { ...gitLabClaims, ci_config_ref_uri: "gitlab.com/shop/api//.gitlab-ci.yml@refs/heads/main" };
    await refused(shop.sigstore.token(foreign), /ci_config_ref_uri is not of its issuer/);
  });

  it("a certificate for another builder than the token's makes nothing", async () => {
    const other = await shop.registry.image("shop/other", "other");
    const token = { SIGSTORE_ID_TOKEN: shop.sigstore.token({ ...gitHubClaims, iss: enterprise() }) };
    const services = ["--fulcio", shop.sigstore.url, "--rekor", shop.sigstore.url, "--oidc-issuer", enterprise()];
    const place = `${shop.registry.host}/shop/other@${other}`;
    const { code, stderr } = await shop.run(
      ["attest", place, "--type", "slsa", "--source", source, ...services],
      token,
    );
    assert.equal(code, 2);
    assert.match(stderr, /the certificate is for the builder https:\/\/github\.com\/shop\/api.*, the token for http:/);
    assert.deepEqual(await shop.verified("shop/other", other, shop.root()), []);
  });

  it("what attest made is verified by a policy: builder, level and trigger decide", async () => {
    const built = await shop.registry.image("shop/judged", "judged");
    const judged = `${shop.registry.host}/shop/judged@${built}`;
    const strangers = `${shop.registry.host}/shop/strangers@${await shop.registry.image("shop/strangers", "strangers")}`;
    const attest = async (event: string, place: string) => {
      const token = {
        SIGSTORE_ID_TOKEN: shop.sigstore.token({ ...gitHubClaims, iss: enterprise(), event_name: event }),
      };
      const more = ["--source", source, ...key, "--oidc-issuer", enterprise()];
      const { code, stderr } = await shop.run(["attest", place, "--type", "slsa", ...more], token);
      assert.equal(code, 0, stderr);
    };
    const verify = async (ids: string, level: number, place: string) => {
      const policy = shop.file(
        "policy.yaml",
        `apiVersion: bulkhead/v1
trust:
  signers:
    release: { key: cosign.pub }
  builders:
    - { signer: release, ids: ["${ids}"], level: 2 }
  images:
    - match: "${shop.registry.host}/shop/**"
      attestations:
        - { type: slsa, level: ${level}, signedBy: [release] }
`,
      );
      return await shop.run(["verify", place, "--policy", policy, "--offline"]);
    };
    const own = `${shop.sigstore.url}/shop/api/.github/workflows/release.yml@refs/tags/*`;
    await attest("push", judged);
    const accepted = await verify(own, 2, judged);
    assert.equal(accepted.code, 0, `${accepted.stdout}${accepted.stderr}`);
    const builder = await verify(
      `${shop.sigstore.url}/shop/other/.github/workflows/release.yml@refs/tags/*`,
      2,
      judged,
    );
    assert.equal(builder.code, 1, builder.stdout);
    assert.match(builder.stdout, /builder/);
    const level = await verify(own, 3, judged);
    assert.equal(level.code, 1, level.stdout);
    assert.match(level.stdout, /level/);
    await attest("pull_request_target", strangers);
    const trigger = await verify(own, 2, strangers);
    assert.equal(trigger.code, 1, trigger.stdout);
    assert.match(trigger.stdout, /pull_request_target/);
  });
});
