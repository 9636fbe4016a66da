import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignPipeline } from "./foreign.ts";

const system = (path: string) => foreignPipeline(path)?.system;

test("a pipeline of another system is known by its path", () => {
  for (const [path, name] of [
    [".circleci/config.yml", "CircleCI"],
    [".travis.yml", "Travis CI"],
    ["azure-pipelines.yml", "Azure Pipelines"],
    ["azure-pipelines-release.yaml", "Azure Pipelines"],
    [".azure-pipelines/jobs/test.yml", "Azure Pipelines"],
    ["bitbucket-pipelines.yml", "Bitbucket Pipelines"],
    [".buildkite/pipeline.release.yml", "Buildkite"],
    ["cloudbuild.yaml", "Google Cloud Build"],
    ["src/api/cloudbuild.release.yaml", "Google Cloud Build"],
    ["buildspec.yml", "AWS CodeBuild"],
    ["Jenkinsfile", "Jenkins"],
    ["ci/Jenkinsfile.release", "Jenkins"],
    ["ci/web.jenkinsfile", "Jenkins"],
    [".drone.yml", "Drone"],
    [".woodpecker/build.yaml", "Woodpecker"],
    [".forgejo/workflows/ci.yaml", "Forgejo Actions"],
    [".gitea/workflows/ci.yaml", "Gitea Actions"],
    [".tekton/push.yaml", "Tekton"],
    [".cirrus.yml", "Cirrus CI"],
    ["appveyor.yml", "AppVeyor"],
    [".semaphore/semaphore.yml", "Semaphore"],
    [".teamcity/settings.kts", "TeamCity"],
    [".prow.yaml", "Prow"],
    ["codefresh.yml", "Codefresh"],
  ] as const) {
    assert.equal(system(path), name, path);
  }
});

test("what only looks like one, or belongs to the sources of others, is none", () => {
  for (const path of [
    "lib/.travis.yml",
    "docs/.circleci/config.yml",
    ".circleci/README.md",
    "vendor/github.com/a/b/Jenkinsfile",
    "third_party/a/cloudbuild.yaml",
    "src/testdata/Jenkinsfile",
    "Jenkinsfiles/README.md",
    "tests/jenkinsfile.bats",
    "docs/Jenkinsfile.md",
    "cloudbuilder.yaml",
    ".github/workflows/ci.yml",
    ".gitlab-ci.yml",
  ]) {
    assert.equal(system(path), undefined, path);
  }
});
