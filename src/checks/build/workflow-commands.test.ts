import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withJob, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowAdhocPackages } from "./workflow-adhoc-packages.ts";
import { workflowTrustedPublishing } from "./workflow-trusted-publishing.ts";

const shell = (command: string, on = "ubuntu-latest") =>
  withJob(`runs-on: ${on}\npermissions: {}\nsteps:\n  - run: ${JSON.stringify(command)}`);

test("packages that are installed by name", () => {
  for (const command of [
    "npm install lodash",
    "npm i -g --no-fund oxlint@1.55.0",
    "npm --prefix web add a",
    "sudo npm install a",
    "cd web && yarn add a",
    "yarn global add a",
    "pnpm add -D a",
    "gem install rake -v 13.0.6",
    "gem i rake:1 rspec",
    "bundle add rake --group test",
    "if true; then npm install a; fi",
    "echo $(npm install a)",
  ]) {
    assert.equal(findingsOf(workflowAdhocPackages, shell(command)).length, 1, command);
  }
  for (const command of [
    "npm ci",
    "npm install",
    "npm install --no-fund",
    "npm install ./a.tgz",
    "npm install .",
    "npm install $PACKAGES",
    "npm run install a",
    "yarn install --immutable",
    "gem install --help",
    "gem build a.gemspec",
    "bundle install",
    "echo npm install a",
    "# npm install a",
  ]) {
    assert.deepEqual(told(findingsOf(workflowAdhocPackages, shell(command))), [], command);
  }
});

test("packages that PowerShell installs, by the line", () => {
  const text = withJob(`
runs-on: windows-latest
steps:
  - run: |
      Write-Host "npm install b"
      npm install \`
        lodash@1.2.3
      npm.cmd ci; gem install 'foo' # npm install c
`);
  assert.deepEqual(told(findingsOf(workflowAdhocPackages, text)), [
    "low 8: Package lodash@1.2.3 is installed outside a lockfile",
    "low 10: Package foo is installed outside a lockfile",
  ]);
});

test("commands that publish with a token", () => {
  for (const command of [
    "npm publish --access public",
    "yarn npm publish",
    "pnpm publish -r",
    "bunx npm@11 publish",
    "cargo +nightly publish",
    "twine upload dist/*",
    "python3.12 -m twine upload dist/*",
    "pipx run twine==6.1.0 upload dist/*",
    "uv publish",
    "uvx twine upload dist/*",
    "poetry publish",
    "gem push a.gem",
    "bundle exec gem push a.gem",
    "dotnet nuget push a.nupkg --source https://api.nuget.org/v3/index.json",
  ]) {
    assert.equal(findingsOf(workflowTrustedPublishing, shell(command)).length, 1, command);
  }
  for (const command of [
    "npm publish --dry-run",
    "cargo publish -n",
    "npm run publish",
    "npm publish --registry https://npm.example",
    "twine upload --repository-url=https://pypi.example/legacy/ dist/*",
    "uv build",
    "git push",
  ]) {
    assert.deepEqual(told(findingsOf(workflowTrustedPublishing, shell(command))), [], command);
  }
  assert.equal(findingsOf(workflowTrustedPublishing, shell("cargo publish", "windows-latest")).length, 1);
});

test("jobs with an identity may publish", () => {
  const job = (permissions: string) =>
    withJob(`runs-on: ubuntu-latest\npermissions: ${permissions}\nsteps:\n  - run: npm publish`);
  assert.deepEqual(told(findingsOf(workflowTrustedPublishing, job("{ id-token: write }"))), []);
  assert.deepEqual(told(findingsOf(workflowTrustedPublishing, job("write-all"))), []);
  assert.deepEqual(told(findingsOf(workflowTrustedPublishing, job("{ id-token: read }"))), [
    "low 7: Job build publishes to npm with a token",
  ]);
});

test("actions that are given a token", () => {
  const found = (uses: string, inputs: string) =>
    findingsOf(workflowTrustedPublishing, withSteps(`- uses: ${uses}@v1\n  with: { ${inputs} }`)).length;
  const pypi = "pypa/gh-action-pypi-publish";
  assert.equal(found(pypi, "password: x"), 1);
  assert.equal(found(pypi, "password: x, repository-url: https://test.pypi.org/legacy/"), 1);
  assert.equal(found(pypi, "password: x, repository_url: https://pypi.example/legacy/"), 0);
  assert.equal(found(pypi, "packages-dir: dist"), 0);
  assert.equal(found("rubygems/release-gem", "setup-trusted-publisher: false"), 1);
  assert.equal(found("rubygems/release-gem", "setup-trusted-publisher: true"), 0);
  assert.equal(found("rubygems/configure-rubygems-credentials", "api-token: x"), 1);
  assert.equal(found("rubygems/configure-rubygems-credentials", "api-token: x, gem-server: https://gems.example"), 0);
  assert.equal(found("actions/setup-node", "always-auth: true, registry-url: https://registry.npmjs.org"), 1);
  assert.equal(found("actions/setup-node", "always-auth: true, registry-url: https://npm.example"), 0);
  assert.equal(found("actions/setup-node", "registry-url: https://registry.npmjs.org"), 0);
});
