/** Whether a scan blocks, by the shell that runs it and by what is set beside its options. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scannerFilesOf, scanSteps } from "./gates.ts";
import type { GithubFile } from "./github/model.ts";
import { readGithubFile } from "./github/read.ts";
import { readGitlabPipeline } from "./gitlab/read.ts";
import { githubLifecycle } from "./lifecycle/github.ts";
import { gitlabLifecycle } from "./lifecycle/gitlab.ts";
import { readPipeline } from "./read.ts";
import type { ScannerFile, ScannerFiles } from "./scanner-settings.ts";

const TRIVY = "trivy image --exit-code 1 shop/web";
const none: ScannerFiles = () => ({ state: "absent" });

interface Around {
  readonly workflow?: string;
  readonly job?: string;
  readonly files?: ScannerFiles;
}

/** `blocks`, or why it does not; both ways of reading a workflow have to agree. */
function github(steps: string, { workflow = "", job = "", files = none }: Around = {}): string {
  const text = `on: push\n${workflow}\njobs:\n  scan:\n    runs-on: ubuntu-latest\n${job}\n    steps:\n${steps}\n`;
  const [gate] = scanSteps([readPipeline("ci.yml", text, "github")], files);
  const { steps: found } = githubLifecycle(readGithubFile(".github/workflows/ci.yml", text) as GithubFile, files);
  const scan = found.find(({ role }) => role === "scan");
  assert.equal(scan?.ignored, gate?.unknown === undefined ? gate?.ignored : undefined, text);
  return gate === undefined ? "no scan" : (gate.ignored ?? gate.unknown ?? "blocks");
}

const run = (script: string, more = "") =>
  `      - run: |\n${script
    .split("\n")
    .map((line) => `          ${line}`)
    .join("\n")}\n${more}`;

function gitlab(text: string, files = none): string {
  const [gate] = scanSteps([readPipeline(".gitlab-ci.yml", text, "gitlab")], files);
  const nothing = { read: () => undefined, match: () => [] };
  const { steps } = gitlabLifecycle(readGitlabPipeline(".gitlab-ci.yml", text, nothing), files);
  const scan = steps.find(({ role }) => role === "scan");
  assert.equal(scan?.ignored, gate?.unknown === undefined ? gate?.ignored : undefined, text);
  return gate?.ignored ?? gate?.unknown ?? "blocks";
}

const file =
  (path: string, values: Readonly<Record<string, string>>): ScannerFiles =>
  (asked): ScannerFile =>
    asked === path ? { state: "read", values: new Map(Object.entries(values)) } : { state: "absent" };

describe("a scan in a pipe", () => {
  const piped = `${TRIVY} | tee out.txt`;
  const LOST = /lost in a pipe: the shell runs without pipefail/;

  test("blocks where the shell has pipefail: with `shell: bash`, by its own options, by `set`", () => {
    for (const [steps, around] of [
      [run(piped, "        shell: bash")],
      [run(piped), { job: "    defaults: { run: { shell: bash } }" }],
      [run(piped), { workflow: "defaults: { run: { shell: bash } }" }],
      [run(piped, "        shell: bash -euo pipefail {0}")],
      [run(piped, "        shell: /usr/bin/bash --noprofile -e -o pipefail {0}")],
      [run(`set -euo pipefail\n${piped}`)],
      [run(`set -o pipefail; ${piped}`)],
      [run("cat names | xargs trivy image --exit-code 1")],
      [run('trivy image --exit-code 1 --skip-dirs "a|b" shop/web')],
      [run(`${piped}\nexit \${PIPESTATUS[0]}`)],
      [run(piped, "        shell: $" + "{{ matrix.shell }}")],
    ] as const) {
      assert.equal(github(steps, around), "blocks", steps);
    }
  });

  test("blocks nothing where it does not, which is what GitHub runs by default", () => {
    for (const [steps, around] of [
      [run(piped)],
      [run(`${TRIVY} |\n  tee out.txt`)],
      [run(`${TRIVY} |& tee out.txt`)],
      [run(piped, "        shell: sh")],
      [run(piped, "        shell: sh"), { workflow: "defaults: { run: { shell: bash } }" }],
      [run(piped), { workflow: "defaults: { run: { shell: bash } }", job: "    defaults: { run: { shell: sh } }" }],
      [run(piped), { job: "    container: aquasec/trivy" }],
      [run(`set -e -o pipefail\nset +o pipefail\n${piped}`)],
      [run("grype --fail-on critical shop/web | jq .")],
    ] as const) {
      assert.match(github(steps, around), LOST, steps);
    }
  });

  test("blocks in GitLab, whose runner sets pipefail itself", () => {
    assert.equal(gitlab(`scan:\n  script:\n    - ${piped}\n`), "blocks");
  });

  test("the same holds of whoever verifies", () => {
    const verified = (shell: string) =>
      githubLifecycle(
        readGithubFile(
          ".github/workflows/ci.yml",
          `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${run("cosign verify --key k.pub shop/web | jq .", shell)}\n`,
        ) as GithubFile,
      ).steps.map(({ role, ignored }) => `${role} ${ignored === undefined}`);
    assert.deepEqual([verified(""), verified("        shell: bash")], [["verify false"], ["verify true"]]);
  });
});

test("a script that goes on after failures ends with its last command alone, unless it looks at exit codes", () => {
  const GOES_ON = /goes on after a command that fails/;
  for (const steps of [
    run(`set +e\n${TRIVY}\necho done`),
    run(`${TRIVY}\necho done`, "        shell: bash {0}"),
    run(`${TRIVY}\necho done`, "        shell: bash -o pipefail {0}"),
  ]) {
    assert.match(github(steps), GOES_ON, steps);
  }
  for (const steps of [
    run(`echo scan\n${TRIVY}`, "        shell: bash {0}"),
    run(`set +e\n${TRIVY}\ncode=$?\nupload\nexit $code`),
    run(`set +e\necho\nset -e\n${TRIVY}\necho done`),
  ]) {
    assert.equal(github(steps), "blocks", steps);
  }
  assert.match(
    scanSteps([
      readPipeline("c", "scan:\n  script:\n    - set +e\n    - trivy image --exit-code 1 a\n    - ls\n", "gitlab"),
    ])[0]?.ignored ?? "",
    GOES_ON,
  );
});

describe("a scanner that is set by variables and files", () => {
  test("of the step, the job, the workflow, the command, earlier steps", () => {
    const scan = run("trivy image shop/web");
    for (const [steps, around] of [
      [run("trivy image shop/web", "        env: { TRIVY_EXIT_CODE: 1 }")],
      [scan, { job: "    env: { TRIVY_EXIT_CODE: '1' }" }],
      [scan, { workflow: "env: { TRIVY_EXIT_CODE: 2 }" }],
      [scan, { workflow: "env: { TRIVY_EXIT_CODE: '$" + "{{ vars.CODE }}' }" }],
      [run("TRIVY_EXIT_CODE=1 trivy image shop/web")],
      [run("export TRIVY_EXIT_CODE=1\ntrivy image shop/web")],
      [`${run('echo "TRIVY_EXIT_CODE=1" >> "$GITHUB_ENV"')}${scan}`],
      [run("docker run --rm -e TRIVY_EXIT_CODE=1 aquasec/trivy image shop/web")],
      [run("docker run -e TRIVY_EXIT_CODE aquasec/trivy image shop/web"), { job: "    env: { TRIVY_EXIT_CODE: 1 }" }],
      ["      - uses: aquasecurity/trivy-action@v0\n        env: { TRIVY_EXIT_CODE: 1 }"],
      [run("grype shop/web", "        env: { GRYPE_FAIL_ON_SEVERITY: high }")],
    ] as const) {
      assert.equal(github(steps, around), "blocks", steps);
    }
    assert.equal(gitlab("variables: { TRIVY_EXIT_CODE: 1 }\nscan: { script: [trivy image a] }\n"), "blocks");
    assert.equal(gitlab("scan: { variables: { GRYPE_FAIL_ON_SEVERITY: low }, script: [grype a] }\n"), "blocks");
    assert.equal(gitlab("scan:\n  before_script: [export TRIVY_EXIT_CODE=1]\n  script: [trivy image a]\n"), "blocks");
  });

  test("an option counts before a variable, a variable before a file; what is of another place counts for nothing", () => {
    for (const [steps, expected, around] of [
      [run("trivy image --exit-code 0 a", "        env: { TRIVY_EXIT_CODE: 1 }"), /--exit-code/],
      [
        run("trivy image a"),
        /--exit-code/,
        { job: "    env: { TRIVY_EXIT_CODE: '0' }", files: file("trivy.yaml", { "exit-code": "1" }) },
      ],
      [run("trivy image --exit-code 1 a", "        env: { TRIVY_SEVERITY: HIGH }"), /critical/],
      [run("trivy image --exit-code 1 a"), /critical/, { files: file("trivy.yaml", { severity: "LOW,HIGH" }) }],
      [run("docker run aquasec/trivy image a"), /--exit-code/, { job: "    env: { TRIVY_EXIT_CODE: 1 }" }],
      [run("docker run aquasec/trivy image a"), /--exit-code/, { files: file("trivy.yaml", { "exit-code": "1" }) }],
      [
        run("trivy image a", "        working-directory: app"),
        /--exit-code/,
        { files: file("trivy.yaml", { "exit-code": "1" }) },
      ],
      [run("trivy image --config= a"), /--exit-code/, { files: file("trivy.yaml", { "exit-code": "1" }) }],
      [run("grype a", "        env: { TRIVY_EXIT_CODE: 1 }"), /--fail-on/],
    ] as const) {
      assert.match(github(steps, around), expected, steps);
    }
  });

  test("of the repository's files, where it runs or where a step names them", () => {
    const gate = { "exit-code": "1", severity: "CRITICAL" };
    for (const [steps, files] of [
      [run("trivy image a"), file("trivy.yaml", gate)],
      [run("trivy image a", "        working-directory: app/"), file("app/trivy.yaml", gate)],
      [run("trivy --config ci/trivy.yaml image a"), file("ci/trivy.yaml", gate)],
      [run("trivy image -c ../ci.yaml a", "        working-directory: app"), file("ci.yaml", gate)],
      [run("TRIVY_CONFIG=ci.yaml trivy image a"), file("ci.yaml", gate)],
      ["      - uses: aquasecurity/trivy-action@v0\n        with: { trivy-config: ci.yaml }", file("ci.yaml", gate)],
      [run("grype a"), file(".grype.yaml", { "fail-on-severity": "critical" })],
      [run("grype a"), file(".grype/config.yaml", { "fail-on-severity": "low" })],
      [run("grype a -c own.yaml"), file("own.yaml", { "fail-on-severity": "high" })],
    ] as const) {
      assert.equal(github(steps, { files }), "blocks", steps);
    }
    assert.equal(gitlab("scan: { script: [trivy image a] }\n", file("trivy.yaml", gate)), "blocks");
  });

  test("of what was not read nobody knows", () => {
    const broken: ScannerFiles = () => ({ state: "unread", reason: "what trivy.yaml sets is not known: line 1: no" });
    for (const [steps, expected, files] of [
      [run("trivy image a"), /trivy\.yaml sets is not known: line 1/, broken],
      [run("trivy image --config $CONFIG a"), /put together when it runs/, none],
      [run("trivy image --config /etc/trivy.yaml a"), /outside the repository/, none],
      [run("trivy image --config ../trivy.yaml a"), /outside the repository/, none],
      [run("trivy image --config made.yaml a"), /not in the repository/, none],
      [run("docker run aquasec/trivy image --config ci.yaml a"), /where it runs is not known/, none],
    ] as const) {
      assert.match(github(steps, { files }), expected, steps);
    }
    // What it is told by an option holds all the same.
    assert.equal(github(run(`${TRIVY} --config $CONFIG`)), "blocks");
  });

  test("which files are asked for", () => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${run("trivy image -c ci/t.yaml a\ngrype b")}\n`;
    assert.deepEqual(scannerFilesOf([readPipeline("c", text, "github")]), [
      ".grype.yaml",
      ".grype/config.yaml",
      "ci/t.yaml",
    ]);
  });
});
