import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { readGithubFile } from "../github/read.ts";
import { readGitlabPipeline } from "../gitlab/read.ts";
import { NO_SCANNER_SETTINGS } from "../scanner-settings.ts";
import { actsOf } from "./commands.ts";
import { githubLifecycle } from "./github.ts";
import { gitlabLifecycle } from "./gitlab.ts";
import { namedImage, sameRepository } from "./image.ts";
import { stepRoles } from "./model.ts";
import { opaqueOf } from "./opaque.ts";
import { renovateConfiguration } from "./renovate.ts";

const words = fc.array(
  fc.oneof(
    fc.constantFrom(
      "build",
      "push",
      "sign",
      "verify",
      "image",
      "--exit-code",
      "0",
      "-t",
      "a/b:1",
      "sbom:x",
      "--fail-on",
      "detect",
      "$X@$Y",
      "oci://a",
      "__proto__",
    ),
    fc.string(),
  ),
  { maxLength: 8 },
);
const programs = fc.constantFrom(
  "docker",
  "podman",
  "trivy",
  "grype",
  "syft",
  "cosign",
  "notation",
  "bulkhead",
  "gitleaks",
  "kubectl",
  "skopeo",
  "make",
  "constructor",
  "__proto__",
  "toString",
);

test("any words of any program are read, and what they do has a role", () => {
  fc.assert(
    fc.property(programs, words, (program, own) => {
      for (const { role } of actsOf(program, own, NO_SCANNER_SETTINGS)) assert.ok(stepRoles.includes(role));
      opaqueOf(program, own, program);
    }),
  );
});

test("any reference is read, and is of its own repository", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom("a/b@$D", "$R/a:1", "${{ env.X }}/a", "localhost:5000/a:1")),
      (text) => {
        const image = namedImage(text, new Map([["R", "registry.example.com"]]));
        if (image !== undefined) assert.notEqual(sameRepository(image, image), false);
      },
    ),
  );
  assert.equal(namedImage("$R/a:1", new Map([["R", "r.example.com"]]))?.repository, "r.example.com/a");
  assert.equal(namedImage("--push", new Map()), undefined);
  assert.equal(namedImage("image.tar", new Map()), undefined);
});

test("references of one repository by other names", () => {
  const same = (one: string, other: string) => {
    const [a, b] = [namedImage(one, new Map()), namedImage(other, new Map())];
    return a === undefined || b === undefined ? undefined : sameRepository(a, b);
  };
  assert.equal(same("nginx:1", "docker.io/library/nginx@sha256:a"), true);
  assert.equal(same("r.example.com/a:1", "r.example.com/b:1"), false);
  assert.equal(same("$R/shop/api", "r.example.com/shop/api:1"), true);
  assert.equal(same("$R/shop/api", "r.example.com/shop/web:1"), false);
  assert.equal(same("$IMAGE", "nginx"), undefined);
});

/** Valid ones, with pieces exchanged. */
function mutated(seed: string) {
  return fc
    .array(
      fc.tuple(
        fc.nat(seed.length),
        fc.nat(12),
        fc.oneof(fc.constantFrom("", "\n", ":", "[", "${{", "- ", "|", "&& "), fc.string({ maxLength: 5 })),
      ),
      { maxLength: 4 },
    )
    .map((cuts) => cuts.reduce((text, [at, length, by]) => text.slice(0, at) + by + text.slice(at + length), seed));
}

const WORKFLOW = `on: { schedule: [{ cron: "0 3 * * 1" }] }
env: { IMAGE: r.example.com/shop/api }
jobs:
  build:
    runs-on: x
    steps:
      - uses: docker/build-push-action@v6
        with: { push: true, tags: "r.example.com/shop/api:1", cache-from: type=gha }
      - run: |
          syft $IMAGE -o cyclonedx-json=sbom.json && trivy image --exit-code 1 $IMAGE || true
          cosign sign "$IMAGE@$DIGEST"
  deploy:
    needs: build
    uses: ./.github/workflows/deploy.yml
`;
const GITLAB = `stages: [build, release]
include: [{ template: Jobs/Secret-Detection.gitlab-ci.yml }]
build:
  stage: build
  script: [docker build -t $CI_REGISTRY_IMAGE ., docker push $CI_REGISTRY_IMAGE]
  artifacts: { paths: [sbom.json], reports: { cyclonedx: gl-sbom.json } }
release:
  stage: release
  needs: [build]
  allow_failure: true
  script: ["grype $CI_REGISTRY_IMAGE --fail-on high"]
`;

test("broken pipelines are read as far as they are, and never end the run", () => {
  fc.assert(
    fc.property(mutated(WORKFLOW), (text) => {
      const file = readSafely(() => readGithubFile(".github/workflows/a.yml", text));
      if (file !== undefined && file.kind !== "dependabot") githubLifecycle(file);
    }),
    runs(300),
  );
  fc.assert(
    fc.property(mutated(GITLAB), (text) => {
      const pipeline = readSafely(() =>
        readGitlabPipeline(".gitlab-ci.yml", text, { read: () => undefined, match: () => [] }),
      );
      if (pipeline !== undefined) gitlabLifecycle(pipeline);
    }),
    runs(300),
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), mutated('{"packageRules":[{"enabled":false,"matchPackageNames":["*"]}]}')),
      (text) => {
        readSafely(() => renovateConfiguration("renovate.json", text));
      },
    ),
  );
});

/** What the readers themselves refuse is theirs to tell. */
function readSafely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.equal((error as { code?: string }).code?.startsWith("pipelines."), true, String(error));
    return undefined;
  }
}

test("needs in a circle end", () => {
  const text = "on: push\njobs:\n  a: { needs: b, runs-on: x, steps: [] }\n  b: { needs: a, runs-on: x, steps: [] }\n";
  const file = readGithubFile(".github/workflows/a.yml", text);
  assert.ok(file.kind === "workflow");
  assert.deepEqual([...(githubLifecycle(file).before.get("a") ?? [])].sort(), ["a", "b"]);
});
