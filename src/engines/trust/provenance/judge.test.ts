import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signer, Statement } from "../model.ts";
import { knownBuilders } from "./builders.ts";
import { type JudgedProvenance, judgeProvenance, type ProvenanceRule } from "./judge.ts";
import {
  COMMIT,
  type claims,
  GENERATOR,
  GITHUB,
  generatorStatement,
  githubSigner,
  githubStatement,
  WORKFLOW,
} from "./provenance.fixture.ts";

const rule: ProvenanceRule = { source: "github.com/shop/api" };

function judge(statement: Statement, signer: Signer, own: ProvenanceRule = rule): JudgedProvenance {
  return judgeProvenance(statement, signer, own, knownBuilders);
}

function said(judged: JudgedProvenance): string {
  return judged.outcome === "holds" ? `level ${judged.level}` : `${judged.code}: ${judged.reason}`;
}

test("a build of the stated source by its own workflow holds, at level 2", () => {
  const strict: ProvenanceRule = {
    source: "github.com/shop/api",
    sourceId: "123",
    ref: "refs/tags/*",
    triggers: ["push"],
    workflow: ".github/workflows/release.yml",
    commit: COMMIT,
    level: 2,
  };
  const judged = judge(githubStatement(), githubSigner(), strict);
  assert.equal(said(judged), "level 2");
  assert.ok(judged.outcome === "holds");
  assert.deepEqual(judged.source, {
    repository: "github.com/shop/api",
    repositoryId: "123",
    ref: "refs/tags/v1",
    commit: COMMIT,
    workflow: ".github/workflows/release.yml",
  });
  assert.deepEqual(judged.provenance.dependencies, [
    { uri: "git+https://github.com/shop/api@refs/tags/v1", digest: { gitCommit: COMMIT } },
  ]);
});

test("the generator's signer says nothing of the source: the rule must, and its certificate's claims count", () => {
  const signer = githubSigner({}, GENERATOR);
  assert.equal(said(judge(generatorStatement(), signer, { ...rule, level: 3, ref: "refs/tags/*" })), "level 3");
  assert.match(
    said(judge(generatorStatement(), signer, { signedBy: ["builder"] })),
    /^trust\.source: anybody may build/,
  );
  const branch = GENERATOR.replace("refs/tags/v2.1.0", "refs/heads/main");
  assert.equal(said(judge(generatorStatement(branch), githubSigner({}, branch))), "level 2");
  for (const ref of ["refs/tags/v2", "refs/tags/v2.1.0-rc.1", "refs/tags/v2.1.0/x"]) {
    const other = GENERATOR.replace("refs/tags/v2.1.0", ref);
    assert.equal(
      said(judge(generatorStatement(other), githubSigner({}, other), { ...rule, level: 3 })).slice(0, 11),
      "trust.level",
    );
  }
});

test("who a signer may not speak for is refused, whatever it claims to be", () => {
  const cases: readonly [Statement, Signer][] = [
    [githubStatement({ builder: GENERATOR }), githubSigner()],
    [githubStatement({ builder: `${WORKFLOW}x` }), githubSigner()],
    [githubStatement({ builder: WORKFLOW.toUpperCase() }), githubSigner()],
    [githubStatement(), githubSigner({ buildSignerUri: GENERATOR })],
    [
      githubStatement({ builder: "https://github.com/actions/runner/github-hosted" }),
      githubSigner({ runner: "self-hosted" }),
    ],
    [githubStatement({ runner: "github-hosted" }), githubSigner({ runner: "self-hosted" })],
    [generatorStatement(WORKFLOW), githubSigner({}, GENERATOR)],
    [githubStatement(), { kind: "key", name: "k.pub", fingerprint: `sha256:${"1".repeat(64)}` as never }],
    [githubStatement(), { ...githubSigner(), issuer: `${GITHUB}/` } as Signer],
    [githubStatement(), { ...githubSigner(), issuer: "https://issuer.example.com" } as Signer],
  ];
  for (const [statement, signer] of cases) assert.match(said(judge(statement, signer)), /^trust\.builder: /);
  const npm = githubStatement({ builder: "https://github.com/actions/runner/github-hosted" });
  assert.equal(said(judge(npm, githubSigner())), "level 2");
});

test("delegated builders are the generator's own", () => {
  const delegator = GENERATOR.replace("generator_container", "delegator_lowperms-generic");
  const maven = GENERATOR.replace("generator_container", "builder_maven");
  const statement = (builder: string): Statement => ({
    ...githubStatement(),
    predicate: {
      buildDefinition: {
        buildType: "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0",
        externalParameters: { inputs: { directory: "." }, vars: {} },
        internalParameters: { GITHUB_EVENT_NAME: "push", GITHUB_REPOSITORY: "shop/api", GITHUB_REF: "refs/tags/v1" },
        resolvedDependencies: [{ uri: "git+https://github.com/shop/api@refs/tags/v1", digest: { gitCommit: COMMIT } }],
      },
      runDetails: { builder: { id: builder } },
    },
  });
  assert.equal(said(judge(statement(maven), githubSigner({}, delegator))), "level 3");
  const foreign = "https://github.com/evil/trw/.github/workflows/builder_maven_slsa3.yml@refs/tags/v2.1.0";
  assert.match(said(judge(statement(foreign), githubSigner({}, delegator))), /^trust\.builder/);
});

test("a lower level, a foreign source, another ref, trigger, workflow or commit is refused, each for its reason", () => {
  const cases: readonly [ProvenanceRule, Partial<typeof claims>, RegExp][] = [
    [{ ...rule, level: 3 }, {}, /^trust\.level: level 2 by .*release\.yml@refs\/tags\/v1, not 3$/],
    [{ ...rule, level: 2 }, { runner: "self-hosted" }, /^trust\.(level|builder)/],
    [rule, { sourceRepository: "https://github.com/evil/api" }, /^trust\.source: the predicate's repository is/],
    [
      { source: "github.com/shop/ap" },
      {},
      /^trust\.source: source differs: github\.com\/shop\/api, not github\.com\/shop\/ap$/,
    ],
    [{ source: "github.com/Shop/api" }, {}, /^trust\.source: source differs/],
    [{ sourceId: "124" }, {}, /^trust\.source: source's number differs: 123, not 124$/],
    [rule, { sourceRepositoryId: "9" }, /^trust\.source: the predicate's repository's number is 123/],
    [{ ...rule, ref: "refs/heads/*" }, {}, /^trust\.ref: ref differs: refs\/tags\/v1, not refs\/heads\/\*$/],
    [{ ...rule, ref: "refs/tags/v" }, {}, /^trust\.ref/],
    [
      rule,
      { trigger: "pull_request_target" },
      /^trust\.trigger: the predicate's trigger is push, the certificate's pull_/,
    ],
    [{ ...rule, triggers: ["release"] }, {}, /^trust\.trigger: trigger differs: push, not release$/],
    [{ ...rule, workflow: ".github/workflows/other.yml" }, {}, /^trust\.workflow: workflow differs/],
    [rule, { buildConfigUri: WORKFLOW.replace("release", "other") }, /^trust\.workflow: the predicate's workflow is/],
    [rule, { buildConfigUri: "https://github.com/evil/api/x.yml@refs/tags/v1" }, /^trust\.workflow: .*unreadable$/],
    [{ ...rule, commit: "b".repeat(40) }, {}, /^trust\.commit: commit differs/],
    [rule, { sourceDigest: "b".repeat(40) }, /^trust\.commit: the predicate's commit/],
  ];
  for (const [own, certified, expected] of cases) {
    assert.match(said(judge(githubStatement(), githubSigner(certified), own)), expected);
  }
});

test("what strangers can start is refused unless the rule allows it", () => {
  for (const trigger of [
    "pull_request_target",
    "pull_request",
    "issue_comment",
    "workflow_run",
    "fork",
    "unheard_of",
  ]) {
    const statement = githubStatement({ trigger });
    assert.match(said(judge(statement, githubSigner({ trigger }))), /^trust\.trigger: started by /);
    assert.equal(said(judge(statement, githubSigner({ trigger }), { ...rule, triggers: [trigger] })), "level 2");
  }
});

test("parameters and build types that nobody here knows are judged by an expression or refused", () => {
  const parameter = githubStatement({ external: { remoteSource: "https://evil.example.com" } });
  assert.match(said(judge(parameter, githubSigner())), /^trust\.predicate: the parameter remoteSource/);
  assert.equal(said(judge(parameter, githubSigner(), { ...rule, where: "true" })), "level 2");
  assert.equal(said(judge(githubStatement({ external: { inputs: {}, other: [] } }), githubSigner())), "level 2");
  const type = githubStatement({ buildType: "https://example.com/build/v1" });
  assert.match(said(judge(type, githubSigner())), /^trust\.predicate: what https:\/\/example\.com\/build\/v1 means/);
});

test("a signer that a rule names has said whose build it is, where its identity does", () => {
  assert.equal(said(judge(githubStatement(), githubSigner(), { signedBy: ["release"] })), "level 2");
  assert.match(said(judge(githubStatement(), githubSigner(), {})), /^trust\.source: anybody may build/);
});

test("GitLab's jobs and runners speak for their own project alone", () => {
  const identity = "https://gitlab.com/shop/api//.gitlab-ci.yml@refs/heads/main";
  const gitlab = (own: object = {}): Signer => ({
    kind: "identity",
    identity,
    issuer: "https://gitlab.com",
    root: "public-good",
    claims: {
      buildSignerUri: identity,
      sourceRepository: "https://gitlab.com/shop/api",
      sourceRef: "refs/heads/main",
      sourceDigest: COMMIT,
      runner: "gitlab-hosted",
      trigger: "push",
      ...own,
    },
  });
  const statement = (builder: string): Statement => ({
    ...githubStatement(),
    predicate: {
      buildDefinition: {
        buildType: "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/2147fb44/PROVENANCE.md",
        externalParameters: { source: "https://gitlab.com/shop/api", entryPoint: "build", CI: "", anything: "1" },
        internalParameters: {},
        resolvedDependencies: [{ uri: "https://gitlab.com/shop/api", digest: { sha256: COMMIT } }],
      },
      runDetails: { builder: { id: builder } },
    },
  });
  const own: ProvenanceRule = { source: "gitlab.com/shop/api", ref: "refs/heads/main" };
  assert.equal(said(judge(statement("https://gitlab.com/shop/api/-/runners/12"), gitlab(), own)), "level 2");
  assert.equal(said(judge(statement(identity), gitlab(), own)), "level 2");
  assert.match(said(judge(statement("https://gitlab.com/evil/api/-/runners/12"), gitlab(), own)), /^trust\.builder/);
  assert.match(said(judge(statement("https://gitlab.com/shop/api/-/runners/12/x"), gitlab(), own)), /^trust\.builder/);
  assert.match(said(judge(statement(identity), gitlab({ sourceDigest: "c".repeat(40) }), own)), /^trust\.commit/);
});
