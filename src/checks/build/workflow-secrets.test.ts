import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withJob, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowAllSecrets } from "./workflow-all-secrets.ts";
import { workflowCheckoutCredentials } from "./workflow-checkout-credentials.ts";
import { workflowContainerCredentials } from "./workflow-container-credentials.ts";
import { workflowSecretOutsideEnvironment } from "./workflow-secret-outside-environment.ts";
import { workflowSecretsInherited } from "./workflow-secrets-inherited.ts";
import { workflowUnredactedSecret } from "./workflow-unredacted-secret.ts";

test("expressions that take all secrets", () => {
  const text = withSteps(`
- run: ./deploy
  env:
    ALL: \${{ format('{0}', toJSON(secrets)) }}
    ONE: \${{ secrets[inputs.name] }}
    NAMED: \${{ secrets['TOKEN'] }}
    JSON: \${{ toJSON(secrets.TOKEN) }}
    ANY: \${{ contains(secrets.*, 'x') }}
    PLAIN: \${{ secrets.TOKEN }}
`);
  assert.deepEqual(told(findingsOf(workflowAllSecrets, text)), [
    "medium 8: env.ALL takes all secrets",
    "medium 9: env.ONE takes a secret whose name is computed, so the job has all of them",
  ]);
});

test("secrets that are handed on to another workflow", () => {
  const other = withJob("uses: acme/shared/.github/workflows/a.yml@main\nsecrets: inherit");
  assert.deepEqual(told(findingsOf(workflowSecretsInherited, other)), [
    "medium 4,5: Job build passes every secret to acme/shared/.github/workflows/a.yml",
  ]);
  const own = withJob("uses: ./.github/workflows/a.yml\nsecrets: inherit");
  assert.equal(findingsOf(workflowSecretsInherited, own)[0]?.severity, "low");
  for (const secrets of ["", "secrets: {}", "secrets: { token: '${{ secrets.TOKEN }}' }"]) {
    const text = withJob(`uses: acme/shared/.github/workflows/a.yml@main\n${secrets}`);
    assert.deepEqual(told(findingsOf(workflowSecretsInherited, text)), [], secrets);
  }
});

test("secrets without an environment", () => {
  const step =
    "steps:\n  - run: ./deploy\n    env: { A: '${{ secrets.A }}', B: '${{ secrets.b || secrets.GITHUB_TOKEN }}' }";
  const text = withJob(`runs-on: ubuntu-latest\n${step}`);
  assert.deepEqual(told(findingsOf(workflowSecretOutsideEnvironment, text)), [
    "low 7,7: Job build uses 2 secrets without an environment",
  ]);
  const inside = withJob(`runs-on: ubuntu-latest\nenvironment: production\n${step}`);
  assert.deepEqual(told(findingsOf(workflowSecretOutsideEnvironment, inside)), []);
  const called = withJob(`runs-on: ubuntu-latest\n${step}`, "workflow_call");
  assert.deepEqual(told(findingsOf(workflowSecretOutsideEnvironment, called)), []);
  const token = withSteps("- run: ./deploy\n  env: { T: '${{ secrets.GITHUB_TOKEN }}' }");
  assert.deepEqual(told(findingsOf(workflowSecretOutsideEnvironment, token)), []);
});

test("parts of secrets", () => {
  const text = withSteps(`
- run: ./deploy
  env:
    A: \${{ fromJSON(secrets.ALL).password }}
    B: \${{ inputs.x || fromJson(secrets.ALL) }}
    C: \${{ fromJSON(toJSON(secrets)).A }}
    D: \${{ fromJSON(inputs.all).a }}
    E: \${{ secrets.A }}
`);
  assert.deepEqual(told(findingsOf(workflowUnredactedSecret, text)), [
    "medium 8: env.A takes a secret apart, and logs do not mask its parts",
    "medium 9: env.B takes a secret apart, and logs do not mask its parts",
    "medium 10: env.C takes secrets apart, and logs do not mask its parts",
  ]);
});

test("passwords of registries", () => {
  const text = withJob(`
runs-on: ubuntu-latest
container:
  image: registry.example/app
  credentials: { username: ci, password: ${["not", "a", "secret"].join("-")} }
services:
  db:
    image: registry.example/db
    credentials:
      username: ci
      password: \${{ secrets.REGISTRY }}
  cache:
    image: registry.example/cache
    credentials:
      password: ${["not", "one"].join("-")}
steps: [{ run: "true" }]
`);
  const findings = findingsOf(workflowContainerCredentials, text);
  assert.deepEqual(told(findings), [
    "high 7: The registry password of container in job build is hard-coded",
    "high 17: The registry password of service cache in job build is hard-coded",
  ]);
  assert.ok(!JSON.stringify(findings).includes("not-a"), "the password is not shown");
});

test("checkouts that leave the token", () => {
  const checkout = (inputs: string, ref = "v4") => withSteps(`- uses: actions/checkout@${ref}\n${inputs}`);
  const found = (text: string) => told(findingsOf(workflowCheckoutCredentials, text));
  assert.deepEqual(found(checkout("")), ["medium 6: The token stays on disk after the checkout"]);
  assert.deepEqual(found(checkout("", "v6")), ["low 6: The token stays on disk after the checkout"]);
  assert.deepEqual(found(checkout("  with: { persist-credentials: true }")), [
    "low 6: The token stays on disk after a checkout with persist-credentials: true",
  ]);
  assert.deepEqual(found(checkout("  with: { Persist-Credentials: 'false' }")), []);
  assert.deepEqual(found(checkout("  with: ${{ fromJSON(inputs.all) }}")), [
    "low 7: An expression decides whether the token stays on disk after a checkout",
  ]);
});

test("checkouts whose token an artifact has", () => {
  const upload = (path: string, more = "") =>
    withSteps(`
- uses: actions/checkout@v4
- uses: actions/upload-artifact@v4
  with:
    name: all
    path: ${path}
    ${more}
`);
  const leak = "high 6,7: The token of a checkout may be uploaded with an artifact";
  const hidden = "include-hidden-files: true";
  const found = (text: string) => told(findingsOf(workflowCheckoutCredentials, text));
  for (const path of [".", "./", "'**'", "${{ github.workspace }}", "${{ github.workspace }}/**", ".git"]) {
    assert.deepEqual(found(upload(path, hidden)), [leak], path);
  }
  assert.equal(found(upload("."))[0]?.startsWith("medium 6:"), true, "hidden files are left out");
  assert.equal(found(upload("dist", hidden))[0]?.startsWith("medium 6:"), true);
  const before = withSteps(`
- uses: actions/upload-artifact@v4
  with: { path: ., ${hidden} }
- uses: actions/checkout@v4
`);
  assert.deepEqual(found(before), ["medium 8: The token stays on disk after the checkout"]);
});
