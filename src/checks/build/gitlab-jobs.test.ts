import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, places } from "./gitlab/gitlab.fixture.ts";
import { gitlabAlwaysTrueRule } from "./gitlab-always-true-rule.ts";
import { gitlabArtifactWithoutExpiry } from "./gitlab-artifact-without-expiry.ts";
import { gitlabBroadIdTokenAudience } from "./gitlab-broad-id-token-audience.ts";
import { gitlabCacheKeyFromBranch } from "./gitlab-cache-key-from-branch.ts";
import { gitlabConcurrentDeploy } from "./gitlab-concurrent-deploy.ts";
import { gitlabDeployAlways } from "./gitlab-deploy-always.ts";
import { gitlabDeployInMergeRequests } from "./gitlab-deploy-in-merge-requests.ts";
import { gitlabDeployRunnerNotChosen } from "./gitlab-deploy-runner-not-chosen.ts";
import { gitlabDynamicChildPipeline } from "./gitlab-dynamic-child-pipeline.ts";
import { gitlabEnvironmentFromBranch } from "./gitlab-environment-from-branch.ts";
import { gitlabForwardedPipelineVariables } from "./gitlab-forwarded-pipeline-variables.ts";
import { gitlabInterruptibleDeploy } from "./gitlab-interruptible-deploy.ts";
import { gitlabMergeRequestCheckout } from "./gitlab-merge-request-checkout.ts";
import { gitlabNeedsMutableRef } from "./gitlab-needs-mutable-ref.ts";
import { gitlabOptionalApproval } from "./gitlab-optional-approval.ts";
import { gitlabPublicArtifacts } from "./gitlab-public-artifacts.ts";
import { gitlabSecretsInMergeRequests } from "./gitlab-secrets-in-merge-requests.ts";
import { gitlabSecretsInheritedDownstream } from "./gitlab-secrets-inherited-downstream.ts";
import { gitlabSecurityJobMayFail } from "./gitlab-security-job-may-fail.ts";
import { gitlabSensitiveArtifact } from "./gitlab-sensitive-artifact.ts";
import { gitlabSharedCache } from "./gitlab-shared-cache.ts";
import { gitlabTriggerNotAwaited } from "./gitlab-trigger-not-awaited.ts";
import { gitlabUnanchoredRule } from "./gitlab-unanchored-rule.ts";
import { gitlabUnguardedDeploy } from "./gitlab-unguarded-deploy.ts";
import { gitlabUnrestrictedProductionDeploy } from "./gitlab-unrestricted-production-deploy.ts";
import { gitlabUnsignedRelease } from "./gitlab-unsigned-release.ts";
import { gitlabUntrackedArtifacts } from "./gitlab-untracked-artifacts.ts";
import { gitlabWorkflowRulesMissing } from "./gitlab-workflow-rules-missing.ts";

const job = (fields: string, name = "job"): string => `${name}: {script: [make], ${fields}}\n`;
const DEFAULT_BRANCH = "rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]";
const MERGE_REQUESTS = 'rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]';

test("deployments to production from any branch", () => {
  const severity = (text: string) => findings(gitlabUnrestrictedProductionDeploy, text).map((found) => found.severity);
  assert.deepEqual(severity(job("environment: production")), ["high"]);
  assert.deepEqual(severity(job("environment: {name: eu, deployment_tier: production}")), ["high"]);
  assert.deepEqual(severity(job("environment: production, when: manual")), ["medium"]);
  assert.deepEqual(severity(job("environment: staging")), ["medium"]);
  assert.deepEqual(severity(`workflow: {${DEFAULT_BRANCH}}\n${job("environment: production")}`), ["medium"]);
  for (const fields of [
    `environment: production, ${DEFAULT_BRANCH}`,
    "environment: production, only: [main]",
    "environment: review/x",
    "environment: {name: production, action: stop}",
  ]) {
    assert.deepEqual(severity(job(fields)), [], fields);
  }
});

test("what extends and default give a job counts", () => {
  const text = `.main: {${DEFAULT_BRANCH}}\ndeploy: {extends: .main, script: [make], environment: production}\n`;
  assert.deepEqual(places(gitlabUnrestrictedProductionDeploy, text), []);
  assert.deepEqual(places(gitlabDeployRunnerNotChosen, `default: {tags: [deploy]}\n${job("environment: x")}`), []);
});

test("deployments and publications in every pipeline", () => {
  assert.deepEqual(places(gitlabUnguardedDeploy, job("stage: deploy")), ["1:1"]);
  assert.deepEqual(places(gitlabUnguardedDeploy, job("stage: deploy, rules: [{when: always}]")), ["1:1"]);
  for (const text of [
    job(`stage: deploy, ${DEFAULT_BRANCH}`),
    job("stage: deploy, only: [main]"),
    job("stage: test"),
    job("stage: build", "release-build"),
    `workflow: {${DEFAULT_BRANCH}}\n${job("stage: deploy")}`,
    job("stage: deploy", ".template"),
  ]) {
    assert.deepEqual(places(gitlabUnguardedDeploy, text), [], text);
  }
});

test("deployments: on any runner, twice at a time, cut off, after failures", () => {
  for (const [check, found, clean] of [
    [gitlabDeployRunnerNotChosen, "stage: deploy", "stage: deploy, tags: [deploy]"],
    [gitlabConcurrentDeploy, "environment: x", "environment: x, resource_group: x"],
    [gitlabInterruptibleDeploy, "stage: deploy, interruptible: true", "stage: deploy, interruptible: false"],
    [gitlabDeployAlways, "stage: deploy, when: always", "stage: deploy, when: on_success"],
  ] as const) {
    assert.equal(places(check, job(found)).length, 1, check.id);
    assert.deepEqual(places(check, job(clean)), [], check.id);
    assert.deepEqual(places(check, job("stage: test, when: always, interruptible: true")), [], check.id);
  }
});

test("approvals that a deployment does not wait for", () => {
  const text = (fields: string) =>
    `stages: [approve, deploy]\n${job(`stage: approve, when: manual${fields}`, "approve")}${job("stage: deploy, environment: production", "go")}`;
  assert.deepEqual(places(gitlabOptionalApproval, text("")), ["2:49"]);
  assert.deepEqual(places(gitlabOptionalApproval, text(", allow_failure: false")), []);
  assert.deepEqual(places(gitlabOptionalApproval, job("stage: test, when: manual")), []);
});

test("security scans that may fail", () => {
  assert.deepEqual(places(gitlabSecurityJobMayFail, "semgrep-sast: {allow_failure: true}\n"), ["1:31"]);
  assert.deepEqual(places(gitlabSecurityJobMayFail, "scan: {script: [trivy image x], allow_failure: true}\n"), [
    "1:48",
  ]);
  assert.deepEqual(
    places(gitlabSecurityJobMayFail, "scan: {script: [trivy image x], allow_failure: {exit_codes: 7}}\n"),
    [],
  );
  assert.deepEqual(places(gitlabSecurityJobMayFail, job("allow_failure: true")), []);
});

test("audiences of ID tokens", () => {
  const token = (aud: string) => places(gitlabBroadIdTokenAudience, job(`id_tokens: {T: {aud: ${aud}}}`));
  assert.equal(token("https://gitlab.com").length, 1);
  assert.equal(token("[sigstore, 'https://gitlab.example.com']").length, 1);
  assert.equal(token("'*'").length, 1);
  for (const aud of ["sigstore", "https://vault.example.com", "https://registry.gitlab.com"])
    assert.deepEqual(token(aud), [], aud);
});

test("what other pipelines are given", () => {
  const trigger = (more: string) => `variables: {API_TOKEN: x}\ngo: {trigger: {project: a/b${more}}}\n`;
  assert.equal(places(gitlabForwardedPipelineVariables, trigger(", forward: {pipeline_variables: true}")).length, 1);
  assert.deepEqual(places(gitlabForwardedPipelineVariables, trigger("")), []);
  assert.deepEqual(places(gitlabSecretsInheritedDownstream, trigger("")), ["2:1"]);
  assert.deepEqual(places(gitlabSecretsInheritedDownstream, trigger(", forward: {yaml_variables: false}")), []);
  assert.deepEqual(
    places(
      gitlabSecretsInheritedDownstream,
      "variables: {API_TOKEN: x}\ngo: {trigger: a/b, inherit: {variables: false}}\n",
    ),
    [],
  );
  assert.deepEqual(places(gitlabTriggerNotAwaited, trigger("")), ["2:15"]);
  assert.deepEqual(places(gitlabTriggerNotAwaited, "go: {trigger: a/b}\n"), ["1:15"]);
  assert.deepEqual(places(gitlabTriggerNotAwaited, trigger(", strategy: depend")), []);
});

test("child pipelines that a job writes", () => {
  const text = (rules: string) =>
    `make: {script: [gen], ${rules}}\ngo: {trigger: {include: [{artifact: a.yml, job: make}]}}\n`;
  assert.equal(findings(gitlabDynamicChildPipeline, text(MERGE_REQUESTS))[0]?.severity, "medium");
  assert.equal(findings(gitlabDynamicChildPipeline, text(DEFAULT_BRANCH))[0]?.severity, "low");
  assert.deepEqual(places(gitlabDynamicChildPipeline, "go: {trigger: {include: [{local: a.yml}]}}\n"), []);
});

test("conditions that always hold", () => {
  const rule = (condition: string) => places(gitlabAlwaysTrueRule, job(`rules: [{if: '${condition}'}]`));
  for (const condition of ['"a" == "a"', '"a" != "b"', '$A == "x" || $A != "x"', "true", '$A || ("x" == "x")']) {
    assert.equal(rule(condition).length, 1, condition);
  }
  for (const condition of ["$A", '$A == "x"', '$A == "x" || $B != "x"', '"a" == "b"', '$A && ("x" == "x")']) {
    assert.deepEqual(rule(condition), [], condition);
  }
});

test("patterns that take more than they name", () => {
  const rule = (condition: string, fields = "") =>
    findings(gitlabUnanchoredRule, job(`${fields}rules: [{if: '${condition}'}]`));
  assert.equal(rule("$CI_COMMIT_BRANCH =~ /^release/").length, 1);
  assert.equal(rule("$CI_COMMIT_REF_NAME =~ /main/", "stage: deploy, ")[0]?.severity, "medium");
  assert.equal(rule("$CI_COMMIT_BRANCH =~ /^release$/").length, 0);
  assert.equal(rule("$CI_COMMIT_TAG =~ /^v/").length, 0);
  assert.equal(rule("$CI_COMMIT_BRANCH !~ /^draft/").length, 0);
});

test("what starts a pipeline", () => {
  assert.deepEqual(places(gitlabWorkflowRulesMissing, job("stage: test")), ["1:1"]);
  assert.deepEqual(places(gitlabWorkflowRulesMissing, `workflow: {name: x}\n${job("stage: test")}`), ["1:1"]);
  assert.deepEqual(places(gitlabWorkflowRulesMissing, `workflow: {${DEFAULT_BRANCH}}\n${job("stage: test")}`), []);
});

test("sources of merge requests in jobs", () => {
  const text = (rules: string, line = "git checkout $CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") =>
    `job: {script: ["${line}"], ${rules}}\n`;
  assert.equal(places(gitlabMergeRequestCheckout, text(MERGE_REQUESTS)).length, 1);
  assert.equal(places(gitlabMergeRequestCheckout, text("only: [merge_requests]")).length, 1);
  assert.deepEqual(places(gitlabMergeRequestCheckout, text(DEFAULT_BRANCH)), []);
  assert.deepEqual(places(gitlabMergeRequestCheckout, text(MERGE_REQUESTS, "make")), []);
});

test("environments that branches name", () => {
  const severity = (name: string) =>
    findings(gitlabEnvironmentFromBranch, job(`environment: ${name}`)).map((found) => found.severity);
  assert.deepEqual(severity("$CI_COMMIT_REF_NAME"), ["medium"]);
  assert.deepEqual(severity("review/$CI_COMMIT_REF_SLUG"), ["negligible"]);
  assert.deepEqual(severity("production"), []);
  assert.deepEqual(severity("eu/$CI_COMMIT_SHA"), []);
});

test("secrets and production within reach of merge requests", () => {
  const token = "id_tokens: {VAULT: {aud: 'https://vault.example.com'}}, secrets: {DB: {vault: a/b@c}}";
  const severity = (text: string) => findings(gitlabSecretsInMergeRequests, text).map((found) => found.severity);
  assert.deepEqual(severity(job(`${token}, ${MERGE_REQUESTS}`)), ["medium", "medium"]);
  assert.deepEqual(severity(job(`${token}, rules: [{if: $SOME}]`)), ["low", "low"]);
  assert.deepEqual(severity(job(`id_tokens: {S: {aud: sigstore}}, ${MERGE_REQUESTS}`)), ["low"]);
  assert.deepEqual(severity(job(`${token}, ${DEFAULT_BRANCH}`)), []);
  assert.deepEqual(severity(job(token)), [], "without rules a job is of branches and tags");
  assert.deepEqual(severity(`workflow: {${MERGE_REQUESTS}}\n${job(token)}`), ["medium", "medium"]);
  const deploys = (fields: string) => places(gitlabDeployInMergeRequests, job(`environment: production, ${fields}`));
  assert.equal(deploys(MERGE_REQUESTS).length, 1);
  assert.equal(deploys("only: [merge_requests]").length, 1);
  assert.deepEqual(deploys(DEFAULT_BRANCH), []);
  assert.deepEqual(deploys(`${MERGE_REQUESTS}, when: manual`), []);
});

test("artifacts: secrets, everything, for everyone, for ever", () => {
  const artifacts = (text: string) => job(`artifacts: {${text}}`);
  const severity = (path: string) =>
    findings(gitlabSensitiveArtifact, artifacts(`paths: ['${path}']`)).map((found) => found.severity);
  assert.deepEqual(severity("deploy/id_rsa"), ["high"]);
  assert.deepEqual(severity("*.tfstate"), ["high"]);
  assert.deepEqual(severity(".env"), ["medium"]);
  assert.deepEqual(severity("/etc/passwd"), ["medium"]);
  assert.deepEqual(severity("../other"), ["medium"]);
  assert.deepEqual(severity("."), ["low"]);
  for (const path of ["dist/", "gl-secret-detection-report.json", "target/*.jar"])
    assert.deepEqual(severity(path), [], path);
  assert.equal(places(gitlabArtifactWithoutExpiry, artifacts("paths: [dist]")).length, 1);
  assert.deepEqual(places(gitlabArtifactWithoutExpiry, artifacts("paths: [dist], expire_in: 1 day")), []);
  assert.equal(places(gitlabUntrackedArtifacts, artifacts("untracked: true")).length, 1);
  assert.deepEqual(places(gitlabUntrackedArtifacts, artifacts("untracked: true, paths: [dist]")), []);
  assert.equal(findings(gitlabPublicArtifacts, artifacts("public: true, paths: [dist]"))[0]?.severity, "medium");
  assert.equal(findings(gitlabPublicArtifacts, artifacts("access: all, paths: [.env]"))[0]?.severity, "high");
  assert.deepEqual(places(gitlabPublicArtifacts, artifacts("access: developer")), []);
});

test("caches: keys that branches choose, and caches that all share", () => {
  const cache = (text: string, more = "") => job(`cache: {${text}}${more}`);
  assert.equal(findings(gitlabCacheKeyFromBranch, cache("key: $CI_COMMIT_REF_NAME"))[0]?.severity, "low");
  assert.equal(
    findings(gitlabCacheKeyFromBranch, cache("key: {files: [a], prefix: $CI_COMMIT_REF_SLUG}"))[0]?.severity,
    "negligible",
  );
  assert.deepEqual(places(gitlabCacheKeyFromBranch, cache("key: {files: [package-lock.json]}")), []);
  assert.equal(findings(gitlabSharedCache, cache("key: a, unprotect: true"))[0]?.severity, "medium");
  assert.equal(
    findings(gitlabSharedCache, cache("key: a, unprotect: true", ", environment: production"))[0]?.severity,
    "high",
  );
  assert.deepEqual(places(gitlabSharedCache, cache("key: a, unprotect: true, policy: push")), []);
  assert.deepEqual(places(gitlabSharedCache, cache("key: a")), []);
});

test("artifacts of other projects", () => {
  const need = (text: string) => places(gitlabNeedsMutableRef, job(`needs: [{project: a/b, job: c, ${text}}]`));
  assert.equal(need("ref: main").length, 1);
  assert.equal(need("ref: $REF").length, 1);
  assert.deepEqual(need("ref: v1.2.3"), []);
  assert.deepEqual(need("ref: main, artifacts: false"), []);
});

test("releases that nothing signs", () => {
  const release = (...lines: string[]) =>
    places(gitlabUnsignedRelease, `release: {stage: deploy, script: ${JSON.stringify(lines)}}\n`);
  assert.equal(release("docker push app").length, 1);
  assert.deepEqual(release("docker push app", "cosign sign app"), []);
  assert.deepEqual(release("npm publish --provenance"), []);
  assert.deepEqual(release("make"), []);
});
