import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../contents/mutated-bytes.fixture.ts";
import { bounds } from "./bounds.ts";
import { scanSteps } from "./gates.ts";
import { readPipeline } from "./read.ts";
import { pipelineSystem } from "./system.ts";

const WORKFLOW = `name: build
on:
  push:
    branches: [main]
  schedule: [{ cron: "0 3 * * 1" }]
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: scan
        uses: aquasecurity/trivy-action@0.28.0
        with: { image-ref: shop/web, exit-code: "1", severity: CRITICAL }
      - run: |
          docker build -t shop/web .
          npx bulkhead check . \\
            --format sarif=out.sarif
  reused:
    uses: ./.github/workflows/other.yml
    with: { level: 3 }
`;

function github(text: string) {
  return readPipeline("ci.yml", text, "github");
}

test("which files are pipelines", () => {
  const seen = [".github/workflows/a.yml", "x/.github/workflows/b.yaml", ".gitlab-ci.yml", ".github/a.yml", "ci.yml"];
  assert.deepEqual(seen.map(pipelineSystem), ["github", "github", "gitlab", undefined, undefined]);
});

test("a workflow's triggers, jobs and steps, with their places", () => {
  const { name, triggers, jobs } = github(WORKFLOW);
  assert.equal(name, "build");
  assert.deepEqual(triggers, ["push", "schedule"]);
  assert.deepEqual(
    jobs.map((job) => [job.name, job.line, job.steps.map(({ line, uses }) => [line, uses])]),
    [
      [
        "image",
        7,
        [
          [10, "actions/checkout@v4"],
          [11, "aquasecurity/trivy-action@0.28.0"],
          [14, undefined],
        ],
      ],
      ["reused", 18, [[19, "./.github/workflows/other.yml"]]],
    ],
  );
  assert.deepEqual(jobs[0]?.steps[1]?.with, { "image-ref": "shop/web", "exit-code": "1", severity: "CRITICAL" });
});

test("a GitLab pipeline's jobs are what is no global key", () => {
  const text = `stages: [scan]
default: { image: debian }
.hidden: { script: [trivy image --exit-code 1 x] }
scan:
  stage: scan
  before_script: echo
  script:
    - [grype --fail-on critical shop/web, ls]
  allow_failure: { exit_codes: 2 }
never: { when: never, script: [bulkhead check] }
`;
  const { jobs } = readPipeline(".gitlab-ci.yml", text, "gitlab");
  assert.deepEqual(
    jobs.map(({ name, disabled, mayFail }) => [name, disabled, mayFail]),
    [
      [".hidden", true, false],
      ["scan", false, true],
      ["never", true, false],
    ],
  );
  assert.deepEqual(scanSteps([{ ...readPipeline("x", text, "gitlab"), path: "x" }]), [
    { pipeline: "x", job: "scan", line: 8, column: 8, scanner: "grype", ignored: "its job may fail" },
  ]);
});

test("what GitLab runs behind a job changes no result", () => {
  const text = "scan:\n  script: [make]\n  after_script: [trivy image --exit-code 1 a]\n";
  assert.deepEqual(scanSteps([{ ...readPipeline("x", text, "gitlab"), path: "x" }]), [
    { pipeline: "x", job: "scan", line: 3, column: 18, scanner: "trivy", ignored: "the step may fail" },
  ]);
});

describe("scans", () => {
  const cases: readonly [step: string, scanner: string | undefined, ignored?: RegExp][] = [
    ["run: npx bulkhead check .", "bulkhead"],
    ["run: npx --yes bulkhead image scan shop/web", "bulkhead"],
    ["run: npx --yes bulkhead@0.1.0 check .", "bulkhead"],
    ['run: npx --yes "bulkhead@$VERSION" check .', "bulkhead"],
    ["run: npx --yes not-bulkhead@1 check .", undefined],
    ["run: bulkhead check . || true", "bulkhead", /exit code is thrown away/],
    ["run: echo run bulkhead and check it", undefined],
    ['run: "# bulkhead check ."', undefined],
    ["run: trivy image shop/web", "trivy", /--exit-code/],
    ["run: trivy image --exit-code 1 shop/web", "trivy"],
    ["run: trivy --quiet image --exit-code=1 --severity HIGH,CRITICAL shop/web", "trivy"],
    ["run: trivy image --exit-code 1 --severity HIGH shop/web", "trivy", /critical/],
    ["run: trivy image --exit-code 0 shop/web", "trivy", /--exit-code/],
    ["run: grype shop/web", "grype", /--fail-on/],
    ["run: grype shop/web --fail-on high", "grype"],
    ["run: grype db update", undefined],
    ["uses: anchore/scan-action@v6", "grype"],
    ['{ uses: anchore/scan-action@v6, with: { fail-build: "false" } }', "grype", /fail-build/],
    ["uses: aquasecurity/trivy-action@master", "trivy", /--exit-code/],
    ["{ uses: aquasecurity/trivy-action@v1, with: { exit-code: 1 } }", "trivy"],
    [
      "{ uses: aquasecurity/trivy-action@v1, with: { exit-code: 1 }, continue-on-error: true }",
      "trivy",
      /step may fail/,
    ],
    ["{ run: bulkhead check, if: false }", undefined],
    ["run: docker scout cves shop/web", "docker scout", /--exit-code/],
    ["run: docker scout cves -e --only-severity critical shop/web", "docker scout"],
    ["run: snyk container test shop/web", "snyk"],
    ["run: make test && trivy image --exit-code 1 a; echo", "trivy"],
    ["run: docker run --rm aquasec/trivy:0.65.0 image --exit-code 1 a", "trivy"],
    // What looks for something else, or writes an SBOM, looks for no vulnerabilities.
    ["run: trivy fs --scanners secret --exit-code 1 .", undefined],
    ["run: trivy image --format cyclonedx a", undefined],
    ["run: trivy image --scanners secret,vuln --exit-code 1 a", "trivy"],
    ["{ uses: aquasecurity/trivy-action@v1, with: { scan-type: config, exit-code: 1 } }", undefined],
    ["{ uses: aquasecurity/trivy-action@v1, with: { scanners: secret, exit-code: 1 } }", undefined],
    ["{ uses: aquasecurity/trivy-action@v1, with: { exit-code: '' } }", "trivy", /--exit-code/],
    ["{ uses: aquasecurity/trivy-action@v1, with: { Exit-Code: 1 } }", "trivy"],
    ["run: echo trivy image --exit-code 1 a", undefined],
    ["run: bulkhead check . --fail-on never", "bulkhead", /--fail-on never/],
    ["uses: shop/bulkhead@v1", "bulkhead"],
    ["{ uses: shop/bulkhead@v1, with: { diff: origin/main } }", undefined],
    ["run: snyk test --docker a", "snyk"],
    ["{ uses: snyk/actions/docker@v1, with: { command: monitor } }", undefined],
  ];
  for (const [step, scanner, ignored] of cases) {
    test(step, () => {
      const [found, ...more] = scanSteps([github(`jobs:\n  a:\n    steps:\n      - ${step}\n`)]);
      assert.deepEqual(more, []);
      assert.equal(found?.scanner, scanner);
      if (ignored === undefined) assert.equal(found?.ignored, undefined);
      else assert.match(found?.ignored ?? "", ignored);
    });
  }

  test("an action whose inputs are an alias, and a job that may fail", () => {
    const text = `x: &i { exit-code: "1" }\njobs:\n  a:\n    continue-on-error: true\n    steps: [{ uses: aquasecurity/trivy-action@v1, with: *i }]\n`;
    assert.equal(scanSteps([github(text)])[0]?.ignored, "its job may fail");
  });
});

describe("broken pipelines", () => {
  const broken = { code: "pipelines.broken", kind: "input" };
  for (const [title, text] of [
    ["a list", "- a"],
    ["no YAML", "a: [b"],
    ["nothing", ""],
    ["too long", "#".repeat(bounds.pipelineBytes + 1)],
    ["too deep", "[".repeat(100_000)],
  ] as const) {
    test(title, () => assert.throws(() => github(text), broken));
  }

  test("an alias that leads around in a circle, or to nothing", () => {
    for (const text of ["jobs: &a { b: *a }", "jobs: *nothing", "jobs: &a { x: { steps: [*a] } }"]) {
      try {
        assert.ok(github(text).jobs.length <= 1);
      } catch (error) {
        assert.ok(isEvidenceProblem(error), String(error));
      }
    }
  });

  test("whatever the bytes, a pipeline or a Problem", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(WORKFLOW)), fc.constantFrom("github", "gitlab"), (bytes, system) => {
        try {
          scanSteps([readPipeline("ci.yml", bytes.toString("utf8"), system as "github")]);
        } catch (error) {
          assert.ok(isEvidenceProblem(error), String(error));
        }
      }),
      runs(300),
    );
  });
});
