import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pipelineIsolation } from "./pipeline-isolation.ts";
import { linesOf, runsOf } from "./pipelines/across/runs.fixture.ts";

const NOW = new Date(0);

function found(files: Readonly<Record<string, string>>) {
  return [...pipelineIsolation.evaluate({ runs: runsOf(files) }, NOW)];
}

function release(steps: string, { runner = "ubuntu-24.04", more = "" } = {}): Record<string, string> {
  return {
    ".github/workflows/release.yml": `on: release
jobs:
  publish:
    runs-on: ${runner}
    steps:
${steps}${more}`,
  };
}

const BUILD = "      - run: npm run build\n";
const PUSH = "      - run: docker push ghcr.io/shop/web\n";
const ATTEST = "      - uses: actions/attest-build-provenance@v3\n";

describe("what keeps a build from SLSA's levels", () => {
  it("names what L2 lacks first, then L3", () => {
    const [none] = found(release(BUILD + PUSH));
    assert.equal(none?.severity, "medium");
    assert.match(none?.title ?? "", /stays below SLSA Build L2: no provenance that the platform signs$/);
    const [own] = found(release(BUILD + ATTEST + PUSH, { runner: "[self-hosted, linux]" }));
    assert.match(own?.title ?? "", /L2: job publish of release\.yml runs on self-hosted/);
    assert.match(own?.detail ?? "", /^1\. L2: .* 2\. L3: /);
    assert.equal(own === undefined ? "" : linesOf(own), "release.yml:4 release.yml:7");
  });

  it("counts provenance that a command signs by the identity of the job, and none by a key", () => {
    const attest = (more: string) =>
      `      - run: |\n          bulkhead attest \\\n            --type slsa${more} "$IMAGE"\n`;
    assert.equal(found(release(BUILD + PUSH + attest("")))[0]?.severity, "low");
    assert.equal(found(release(BUILD + PUSH + attest(" --key env://KEY")))[0]?.severity, "medium");
    assert.equal(found(release(BUILD + PUSH + attest("").replace("bulkhead", "npx bulkhead")))[0]?.severity, "low");
    assert.equal(found(release(BUILD + PUSH + attest("").replace("bulkhead", "echo; bulkhead")))[0]?.severity, "low");
    assert.equal(found(release(BUILD + PUSH + attest("").replace("bulkhead", "echo bulkhead")))[0]?.severity, "medium");
    assert.equal(
      found(release(`${BUILD}${PUSH}      - run: bulkhead attest --type sbom "$IMAGE"\n`))[0]?.severity,
      "medium",
    );
  });

  it("is at most L2 where provenance is signed beside the build, keys lie there or caches are restored", () => {
    const cache = "      - uses: actions/cache@v4\n        with: { path: dist, key: k }\n";
    const sign = '      - run: cosign sign web\n        env: { KEY: "${' + '{ secrets.COSIGN_PRIVATE_KEY }}" }\n';
    const [beside] = found(release(BUILD + ATTEST + PUSH));
    assert.equal(beside?.severity, "low");
    assert.match(beside?.title ?? "", /L3: job publish of release\.yml signs provenance beside its own build steps$/);
    const [all] = found(release(cache + BUILD + sign + ATTEST + PUSH));
    assert.equal(all?.evidence.missing, "3");
    assert.match(all?.detail ?? "", /restores a cache.*signing key COSIGN_PRIVATE_KEY/);
    assert.equal(found(release("      - run: npm publish --provenance\n"))[0]?.severity, "low");
  });

  it("lacks nothing where a reusable workflow builds and attests", () => {
    const files = {
      ".github/workflows/release.yml": `on: release
jobs:
  build:
    uses: ./.github/workflows/build.yml
    permissions: { id-token: write, attestations: write, packages: write }
`,
      ".github/workflows/build.yml": `on: workflow_call
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
${BUILD}${PUSH}${ATTEST}`,
    };
    assert.deepEqual(found(files), []);
  });

  it("says nothing of what publishes nothing", () => {
    assert.deepEqual(found(release(BUILD)), []);
  });
});
