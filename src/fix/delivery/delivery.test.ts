import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { runs } from "../../core/runs.fixture.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { readGitlabPipeline } from "../../engines/pipelines/gitlab/read.ts";
import { RENOVATE_FILES } from "../../engines/pipelines/lifecycle/renovate.ts";
import { planFiles } from "./delivery.ts";
import type { DockerfileFacts, PolicyFacts, RepositoryFacts } from "./model.ts";
import { planDelivery } from "./plan.ts";

const dockerfile = (path: string, more: Partial<DockerfileFacts> = {}): DockerfileFacts => ({
  path,
  context: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".",
  isContextCertain: true,
  secretIds: [],
  ...more,
});

const facts = (more: Partial<RepositoryFacts> = {}): RepositoryFacts => ({
  remote: "github.com/shop/shop",
  name: "shop",
  below: "",
  branch: "main",
  dockerfiles: [dockerfile("api/Dockerfile")],
  images: [],
  rendered: [],
  lockfiles: [],
  isTaken: () => false,
  cooldownDays: 7,
  ...more,
});

const policy = (more: Partial<PolicyFacts> = {}): PolicyFacts => ({
  path: "bulkhead.yaml",
  registries: [],
  trust: { signers: {}, images: [], builders: [] },
  identities: [],
  environments: [],
  ...more,
});

const plan = (more: Partial<RepositoryFacts>) => planDelivery("github", facts(more), "0.1.0");
const text = (provider: "github" | "gitlab", more: Partial<RepositoryFacts>, path: string) =>
  planFiles(provider, facts(more), "0.1.0").files.find((file) => file.path === path)?.text ?? "";

test("images are called as manifests call them, else as the policy's patterns allow, else as the provider does", () => {
  const repositories = (more: Partial<RepositoryFacts>) => plan(more).plan.images.map(({ repository }) => repository);
  const named = [{ reference: "r.example.com/shop/api:1@sha256:00", path: "k.yaml" }];
  assert.deepEqual(repositories({ images: named }), ["r.example.com/shop/api"]);
  assert.deepEqual(repositories({ images: named, policy: policy({ registries: ["ghcr.io/shop"] }) }), [
    "ghcr.io/shop/api",
  ]);
  assert.deepEqual(repositories({ policy: policy({ registries: ["r.example.com/a/**"] }) }), ["r.example.com/a/api"]);
  assert.deepEqual(repositories({ policy: policy({ registries: ["*.example.com"] }) }), [undefined]);
  assert.deepEqual(repositories({ dockerfiles: [dockerfile("a/Dockerfile", { image: "ghcr.io/x/y:2" })] }), [
    "ghcr.io/x/y",
  ]);
});

test("two Dockerfiles of one name are told apart, and none takes another job's key", () => {
  const names = (...paths: string[]) =>
    plan({ dockerfiles: paths.map((path) => dockerfile(path)) }).plan.images.map(({ name }) => name);
  assert.deepEqual(names("Dockerfile", "a/api/Dockerfile", "b/api/Dockerfile"), ["shop", "api", "b-api-dockerfile"]);
  assert.deepEqual(names("Dockerfile.worker", "web.Dockerfile"), ["worker", "web"]);
  assert.deepEqual(names("deploy/Dockerfile", "on/Dockerfile", "1/Dockerfile"), [
    "deploy-dockerfile",
    "on-dockerfile",
    "image-1",
  ]);
});

test("a path that a pipeline would read as more than a path is left out, and said", () => {
  for (const path of [
    "a b/Dockerfile",
    "${{ secrets.X }}/Dockerfile",
    "$HOME/Dockerfile",
    "a\n/Dockerfile",
    "`id`/Dockerfile",
    '"/Dockerfile',
  ]) {
    const { plan: made, told } = plan({ dockerfiles: [dockerfile(path)] });
    assert.equal(made.images.length, 0, path);
    assert.match(told.join("\n"), /not built: its path has characters/);
    assert.deepEqual(planFiles("github", facts({ dockerfiles: [dockerfile(path)] }), "0.1.0").files, []);
  }
});

test("whatever a directory is called, its pipelines are read whole, and say the same names", () => {
  const word = fc.string({ minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), word, (folders, branch) => {
      const dockerfiles = [...new Set(folders)].map((folder) => dockerfile(`${folder}/Dockerfile`));
      for (const provider of ["github", "gitlab"] as const) {
        const { plan: made } = planDelivery(provider, facts({ dockerfiles, branch }), "0.1.0");
        for (const { path, text: written } of planFiles(provider, facts({ dockerfiles, branch }), "0.1.0").files) {
          if (path.endsWith(".json")) JSON.parse(written);
          else if (path.endsWith("gitlab-ci.yml")) {
            const read = readGitlabPipeline(path, written, { read: () => undefined, match: () => [] });
            assert.deepEqual(read.unread, []);
            assert.equal(read.jobs.filter(({ name }) => name.startsWith("build ")).length, made.images.length);
          } else if (path.includes("workflows/")) assert.deepEqual(readGithubFile(path, written).unread, []);
          else parse(written);
        }
      }
    }),
    runs(60),
  );
});

const identity = (of: string) =>
  ({ kind: "identity", identity: of, issuer: "https://token.actions.githubusercontent.com" }) as const;
const rule = {
  match: "r.example.com/shop/*",
  signedBy: { of: ["release"], atLeast: 1 },
  attestations: [],
  eachImage: false,
};
const signedBy = (release: PolicyFacts["trust"]["signers"][string], more: Partial<RepositoryFacts> = {}) =>
  facts({
    policy: policy({
      registries: ["r.example.com/shop"],
      trust: { signers: { release }, images: [rule], builders: [] },
    }),
    ...more,
  });

test("the called workflow has the name and the tags that the policy's signer states", () => {
  const own = identity("https://github.com/shop/shop/.github/workflows/release.yml@refs/tags/v*");
  const { files, told } = planFiles("github", signedBy(own), "0.1.0");
  assert.deepEqual(files.map(({ path }) => path).slice(0, 2), [
    ".github/workflows/bulkhead-delivery.yml",
    ".github/workflows/release.yml",
  ]);
  assert.match(files[0]?.text ?? "", /^ {4}tags: \["v\*"\]$/m);
  assert.match(told.join("\n"), /refs\/tags\/v\* alone/);
  const taken = planFiles("github", signedBy(own, { isTaken: (path) => path.endsWith("/release.yml") }), "0.1.0");
  assert.equal(taken.files[1]?.path, ".github/workflows/bulkhead-image.yml");
  assert.match(taken.told.join("\n"), /release\.yml, which is there and is left as it is/);
});

test("a signer that a pipeline here cannot be is left out, and said", () => {
  const { told } = planFiles(
    "github",
    signedBy(identity("https://github.com/other/x/.github/workflows/a.yml@refs/heads/main")),
    "0.1.0",
  );
  assert.match(told.join("\n"), /signer release of the policy is left out: .* is not of github\.com\/shop\/shop/);
  const gitlab = planFiles(
    "gitlab",
    signedBy(identity("https://github.com/shop/shop/.github/workflows/a.yml@refs/heads/main")),
    "0.1.0",
  );
  assert.match(gitlab.told.join("\n"), /its identities are of https:\/\/token\.actions/);
});

test("level 3 is never claimed: what builds is in the repository that it builds", () => {
  const keyless = text("github", {}, ".github/workflows/bulkhead-image.yml");
  assert.match(keyless, /^# SLSA Build: level 2\./m);
  assert.match(keyless, /Not level 3/);
  assert.match(text("gitlab", {}, ".gitlab-ci.yml"), /^# SLSA Build: level 2 on GitLab\.com's hosted runners/m);
  const keyed = planFiles("gitlab", signedBy({ kind: "key", file: "keys/release.pub" }), "0.1.0");
  assert.match(keyed.files[0]?.text ?? "", /^# SLSA Build: level 1\./m);
});

test("the registry takes a token in the place of a password where the policy says so", () => {
  const identities = [
    {
      provider: "github",
      issuer: "https://token.actions.githubusercontent.com",
      audience: "r.example.com",
      claims: {},
      name: "",
      asPod: false,
    },
  ] as const;
  const more = { policy: policy({ registries: ["r.example.com/shop"], identities }) };
  const written = text("github", more, ".github/workflows/bulkhead-image.yml");
  assert.ok(written.includes("audience=r.example.com") && !written.includes("REGISTRY_PASSWORD }}"));
  const without = text(
    "github",
    { policy: policy({ registries: ["r.example.com/shop"] }) },
    ".github/workflows/bulkhead-image.yml",
  );
  assert.ok(without.includes("${{ secrets.REGISTRY_PASSWORD }}"));
});

test("what is there is left alone: another updater, another pipeline", () => {
  const renovated = planFiles("github", facts({ isTaken: (path) => path === "renovate.json" }), "0.1.0");
  assert.ok(!renovated.files.some(({ path }) => path.endsWith("dependabot.yml")));
  assert.match(renovated.told.join("\n"), /renovate\.json is there: have it wait 7 days/);
  for (const updater of [".github/dependabot.yaml", ...RENOVATE_FILES]) {
    for (const provider of ["github", "gitlab"] as const) {
      const { files, told } = planFiles(provider, facts({ isTaken: (path) => path === updater }), "0.1.0");
      assert.ok(!files.some(({ path }) => /dependabot|renovate/.test(path)), updater);
      assert.ok(told.join("\n").includes(`${updater} is there`), updater);
    }
  }
  const included = planFiles("gitlab", facts({ isTaken: (path) => path === ".gitlab-ci.yml" }), "0.1.0");
  assert.equal(included.files[0]?.path, ".gitlab/bulkhead.gitlab-ci.yml");
  assert.ok(!(included.files[0]?.text ?? "").includes("\nstages:"));
});

test("each ecosystem waits as the policy says", () => {
  const lockfiles = ["web/package-lock.json", "go.sum", "docs/requirements.txt"];
  const options = parse(text("github", { lockfiles }, ".github/dependabot.yml")) as {
    updates: { "package-ecosystem": string; cooldown: object }[];
  };
  assert.deepEqual(
    options.updates.map((one) => one["package-ecosystem"]),
    ["docker", "gomod", "npm", "pip", "github-actions"],
  );
  assert.ok(options.updates.every(({ cooldown }) => JSON.stringify(cooldown) === '{"default-days":7}'));
  assert.match(text("gitlab", { cooldownDays: 3 }, "renovate.json"), /"minimumReleaseAge": "3 days"/);
});
