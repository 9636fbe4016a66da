import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, places, script } from "./gitlab/gitlab.fixture.ts";
import { gitlabAnalyzerReplaced } from "./gitlab-analyzer-replaced.ts";
import { gitlabDebugTrace } from "./gitlab-debug-trace.ts";
import { gitlabDockerInDocker } from "./gitlab-docker-in-docker.ts";
import { gitlabDockerSocket } from "./gitlab-docker-socket.ts";
import { gitlabDockerTlsOff } from "./gitlab-docker-tls-off.ts";
import { gitlabScannerDisabled } from "./gitlab-scanner-disabled.ts";
import { gitlabSecretForAllJobs } from "./gitlab-secret-for-all-jobs.ts";
import { gitlabSecretInVariables } from "./gitlab-secret-in-variables.ts";
import { gitlabTlsVerificationOff } from "./gitlab-tls-verification-off.ts";
import { gitlabUnmaskedVariable } from "./gitlab-unmasked-variable.ts";

const variables = (text: string): string => `variables:\n  ${text}\n`;

test("secrets in variables, by their forms; no placeholder, no reference", () => {
  const secret = (value: string, name = "VALUE") =>
    findings(gitlabSecretInVariables, variables(`${name}: ${JSON.stringify(value)}`)).map(({ severity }) => severity);
  const token = ["glpat", "a8Z0Qm3rT7xKp2Lw9VbN"].join("-");
  assert.deepEqual(secret(token), ["high"]);
  assert.deepEqual(secret(["AKIA", "Q3EGZ5B7N4K2M6XT"].join("")), ["high"]);
  assert.deepEqual(secret(["-----BEGIN RSA", "PRIVATE KEY-----"].join(" ")), ["high"]);
  assert.deepEqual(secret('{"auths":{"r.example.com":{"auth":"eA=="}}}', "DOCKER_AUTH_CONFIG"), ["high"]);
  assert.deepEqual(secret(["https://deploy", "hunter2@git.example.com/a"].join(":")), ["medium"]);
  assert.deepEqual(secret(["postgres://app", "app@postgres/shop"].join(":")), ["low"]);
  for (const value of [
    "",
    "$TOKEN",
    "postgres://app:$PASSWORD@db.example.com/shop",
    `glpat-EXAMPLE${"a".repeat(20)}`,
    "https://example.com",
  ]) {
    assert.deepEqual(secret(value), [], value);
  }
  const [found] = findings(gitlabSecretInVariables, variables(`T: {value: ${token}}`));
  assert.ok(!JSON.stringify(found).includes(token), "the secret is not shown");
});

test("a secret of the form of a new pipeline", () => {
  assert.deepEqual(places(gitlabUnmaskedVariable, variables('DEPLOY_TOKEN: {value: "", description: x}')), ["2:3"]);
  assert.deepEqual(places(gitlabUnmaskedVariable, variables("REGION: {value: eu, description: x}")), []);
  assert.deepEqual(places(gitlabUnmaskedVariable, variables("DEPLOY_TOKEN: $OTHER")), []);
});

test("a secret that every job gets", () => {
  assert.deepEqual(places(gitlabSecretForAllJobs, variables("NPM_TOKEN: $PROJECT_NPM_TOKEN")), ["2:3"]);
  assert.deepEqual(places(gitlabSecretForAllJobs, "job: {script: [x], variables: {NPM_TOKEN: $T}}\n"), []);
  assert.deepEqual(places(gitlabSecretForAllJobs, variables("CACHE_KEY: $CI_COMMIT_SHA")), []);
});

test("debug tracing, of all and in a rule", () => {
  assert.deepEqual(places(gitlabDebugTrace, variables('CI_DEBUG_TRACE: "true"')), ["2:3"]);
  const rule = "job:\n  script: [x]\n  rules:\n    - if: $A\n      variables: {CI_DEBUG_SERVICES: yes}\n";
  assert.deepEqual(findings(gitlabDebugTrace, rule)[0]?.severity, "medium");
  assert.deepEqual(places(gitlabDebugTrace, variables('CI_DEBUG_TRACE: "false"')), []);
});

test("a daemon without TLS", () => {
  assert.deepEqual(places(gitlabDockerTlsOff, variables('DOCKER_TLS_CERTDIR: ""')), ["2:3"]);
  assert.deepEqual(places(gitlabDockerTlsOff, variables("DOCKER_HOST: tcp://docker:2375")), ["2:3"]);
  assert.deepEqual(places(gitlabDockerTlsOff, variables("DOCKER_TLS_CERTDIR: /certs")), []);
});

test("the runner's socket in a variable and in a command", () => {
  assert.deepEqual(places(gitlabDockerSocket, variables("DOCKER_HOST: unix:///var/run/docker.sock")), ["2:3"]);
  const socket = "docker run -v /var/run/docker.sock:/var/run/docker.sock tool";
  assert.deepEqual(places(gitlabDockerSocket, script(socket)), ["3:22"]);
  assert.deepEqual(places(gitlabDockerSocket, script("docker run -v data:/data tool")), []);
});

test("docker-in-docker needs a privileged runner", () => {
  assert.deepEqual(places(gitlabDockerInDocker, "job:\n  services: [docker:28-dind]\n  script: [x]\n"), ["2:14"]);
  assert.deepEqual(places(gitlabDockerInDocker, variables("DOCKER_HOST: tcp://docker:2376")), ["2:3"]);
  assert.deepEqual(places(gitlabDockerInDocker, "services: [docker:28-dind-rootless, postgres:17]\n"), []);
});

test("scanners from elsewhere, and scanners that are off", () => {
  assert.deepEqual(places(gitlabAnalyzerReplaced, variables("SECURE_ANALYZERS_PREFIX: registry.example.com/scan")), [
    "2:28",
  ]);
  assert.deepEqual(
    places(gitlabAnalyzerReplaced, variables("SECURE_ANALYZERS_PREFIX: $CI_TEMPLATE_REGISTRY_HOST/x")),
    [],
  );
  assert.deepEqual(places(gitlabScannerDisabled, variables('SAST_DISABLED: "1"')), ["2:3"]);
  assert.deepEqual(places(gitlabScannerDisabled, variables('SAST_DISABLED: "false"')), []);
});

test("verification of certificates that is off", () => {
  assert.deepEqual(places(gitlabTlsVerificationOff, variables('GIT_SSL_NO_VERIFY: "1"')), ["2:3"]);
  for (const line of [
    "curl -k https://example.com",
    "git -c http.sslVerify=false clone x",
    "pip install --trusted-host example.com a",
  ]) {
    assert.deepEqual(places(gitlabTlsVerificationOff, script(line)), ["3:8"], line);
  }
  for (const line of ["curl https://example.com", "curl -k https://localhost/", "ssh -o StrictHostKeyChecking=no a"]) {
    assert.deepEqual(places(gitlabTlsVerificationOff, script(line)), [], line);
  }
});
