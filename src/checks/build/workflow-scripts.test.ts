import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findingsOf, linesOf, told, withJob, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowExpressionInScript } from "./workflow-expression-in-script.ts";
import { workflowGithubEnv } from "./workflow-github-env.ts";
import { workflowTemplateInjection } from "./workflow-template-injection.ts";

const injected = (text: string, path?: string): string[] =>
  findingsOf(workflowTemplateInjection, text, path === undefined ? {} : { path }).map(
    ({ severity, subject }) => `${severity} ${subject}`,
  );

const run = (expression: string, trigger: string): string[] =>
  injected(withSteps(`- run: echo "\${{ ${expression} }}"`, trigger));

test("who can set a value, and in what run, decides", () => {
  const title = "github.event.issue.title";
  assert.deepEqual(run(title, "issues"), [`critical job build: ${title} in run`]);
  assert.deepEqual(run(title, "[push, issue_comment]"), [`critical job build: ${title} in run`]);
  assert.deepEqual(run("github.head_ref", "pull_request"), ["high job build: github.head_ref in run"]);
  assert.deepEqual(
    run("github.base_ref", "pull_request"),
    ["medium job build: github.base_ref in run"],
    "a branch that is there",
  );
  for (const name of [
    "github.event.label.name",
    "github.event.issue.labels.*.name",
    "github.event.issue.milestone.title",
    "github.event.discussion.labels",
  ]) {
    assert.deepEqual(run(`toJSON(${name})`, "[issues, pull_request_target]"), [`medium job build: ${name} in run`]);
  }
  assert.deepEqual(run("toJSON(github.event.issue.assignees)", "issues"), [
    "medium job build: github.event.issue.assignees in run",
  ]);
  assert.deepEqual(run("toJSON(github.event.issue)", "issues"), ["critical job build: github.event.issue in run"]);
  assert.deepEqual(run("github.ref_name", "push"), ["medium job build: github.ref_name in run"]);
  assert.deepEqual(run(title, "push"), [`low job build: ${title} in run`], "nothing fills it in");
  assert.deepEqual(run("github.event.sender.login", "issues"), ["low job build: github.event.sender.login in run"]);
  assert.deepEqual(run("github.event.pull_request.head.repo.html_url", "pull_request_target"), [
    "medium job build: github.event.pull_request.head.repo.html_url in run",
  ]);
});

test("a token that reads alone, without secrets, makes it high", () => {
  const steps = '- run: echo "${{ github.event.issue.title }}"';
  assert.deepEqual(injected(`permissions: {}\n${withSteps(steps, "issues")}`), [
    "high job build: github.event.issue.title in run",
  ]);
  const secret = `${steps}\n  env:\n    A: \${{ secrets.DEPLOY }}`;
  assert.deepEqual(injected(`permissions: {}\n${withSteps(secret, "issues")}`), [
    "critical job build: github.event.issue.title in run",
  ]);
});

test("what GitHub makes, compares or negates is no text of an attacker", () => {
  for (const fixed of [
    "github.sha",
    "github.event.number",
    "github.event.pull_request.head.sha",
    "github.event.pull_request.merged",
    "github.event.pull_request.title == 'a'",
    "contains(github.event.pull_request.title, 'a')",
    "github.event.pull_request.title && 'a' || 'b'",
    "!github.head_ref",
    "needs.a.result",
    "steps.a.outcome",
    "hashFiles('a')",
    "secrets.TOKEN",
    "case(github.head_ref == 'a', 'b', 'c')",
  ]) {
    assert.deepEqual(run(fixed, "pull_request_target"), [], fixed);
  }
});

test("it is found in whatever hands it on", () => {
  const subject = "critical job build: github.event.issue.title in run";
  for (const expression of [
    "GitHub.Event['issue'].title",
    "format('{0}', github.event.issue.title)",
    "toJSON(github.event.issue.title)",
    "'a' && github.event.issue.title || 'b'",
    "github.event.issue.title || 'b'",
    "fromJSON(toJSON(github.event.issue.title)).a",
    "case(true, github.event.issue.title, 'c')",
  ]) {
    assert.deepEqual(run(expression, "issues"), [subject], expression);
  }
  assert.deepEqual(run("github.event.commits[0].message", "push"), [
    "medium job build: github.event.commits.0.message in run",
  ]);
  assert.deepEqual(run("github.event.commits.*.message", "push"), [
    "medium job build: github.event.commits.*.message in run",
  ]);
});

test("values are followed through env, matrix, outputs and inputs", () => {
  const through = (job: string, trigger = "issues", before = ""): string[] => injected(before + withJob(job, trigger));
  const title = "${{ github.event.issue.title }}";
  assert.deepEqual(
    through(`runs-on: a\nenv:\n  T: ${title}\nsteps:\n  - run: echo \${{ env.T }}\n  - run: echo \${{ env.U }}`),
    ["critical job build: github.event.issue.title in run", "low job build: env.u in run"],
  );
  assert.deepEqual(through("runs-on: a\nenv:\n  T: fixed\nsteps:\n  - run: echo ${{ env.T }}"), []);
  assert.deepEqual(
    through("runs-on: a\nstrategy:\n  matrix:\n    v: [1, 2]\nsteps:\n  - run: echo ${{ matrix.v }}"),
    [],
  );
  assert.deepEqual(
    through("runs-on: a\nstrategy:\n  matrix:\n    v: [{n: 1}, {n: 2}]\nsteps:\n  - run: echo ${{ matrix.v.n }}"),
    [],
    "mappings that stand in the file",
  );
  assert.deepEqual(
    through(
      "runs-on: a\nstrategy:\n  matrix:\n    v: ${{ fromJSON(github.event.issue.body) }}\nsteps:\n  - run: echo ${{ matrix.v }}",
    ),
    ["critical job build: github.event.issue.body in run"],
  );
  assert.deepEqual(
    through(
      `runs-on: a\nsteps:\n  - id: o\n    run: echo "t=${title}" >> "$GITHUB_OUTPUT"\n  - run: echo \${{ steps.o.outputs.t }}`,
    ),
    ["critical job build: github.event.issue.title in run"],
  );
  assert.deepEqual(through("runs-on: a\nsteps:\n  - id: o\n    uses: a/b@v1\n  - run: echo ${{ steps.o.outputs.t }}"), [
    "low job build: steps.o.outputs.t in run",
  ]);
  const other = `on: issues\njobs:\n  first:\n    runs-on: a\n    outputs:\n      t: ${title}\n    steps: []\n  second:\n    needs: first\n    runs-on: a\n    steps:\n      - run: echo \${{ needs.first.outputs.t }}\n`;
  assert.deepEqual(injected(other), ["critical job second: github.event.issue.title in run"]);
});

test("inputs count by their type and by who sets them", () => {
  const inputs = (event: string, type: string): string =>
    `on:\n  ${event}:\n    inputs:\n      a:\n        type: ${type}\njobs:\n  b:\n    runs-on: a\n    steps:\n      - run: echo \${{ inputs.a }} \${{ github.event.inputs.a }}\n`;
  assert.deepEqual(injected(inputs("workflow_dispatch", "boolean")), []);
  assert.deepEqual(injected(inputs("workflow_dispatch", "choice")), []);
  assert.deepEqual(injected(inputs("workflow_call", "number")), []);
  assert.deepEqual(injected(inputs("workflow_dispatch", "string")), [
    "medium job b: github.event.inputs.a in run",
    "medium job b: inputs.a in run",
  ]);
  assert.deepEqual(injected(inputs("workflow_call", "string")).length, 2);
  const action =
    "name: a\ninputs:\n  a:\n    description: b\nruns:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.a }}\n      shell: bash\n";
  assert.deepEqual(injected(action, "action.yml"), ["medium action: inputs.a in run"]);
});

test("inputs of actions that are code are sinks, others are not", () => {
  const script = "- uses: actions/github-script@v7\n  with:\n    script: return '${{ github.event.issue.title }}'";
  assert.deepEqual(injected(withSteps(script, "issues")), [
    "critical job build: github.event.issue.title in script of actions/github-script",
  ]);
  const other =
    "- uses: a/b@v7\n  with:\n    script: ${{ github.event.issue.title }}\n  env:\n    A: ${{ github.event.issue.title }}";
  assert.deepEqual(injected(withSteps(other, "issues")), []);
});

test("places of one value are one finding, with the lines of parts of an expression", () => {
  const steps =
    '- run: |\n    echo "${{ github.head_ref }}"\n    echo "${{\n      github.head_ref }}"\n- run: echo ${{ github.head_ref }}';
  const [only, ...more] = findingsOf(workflowTemplateInjection, withSteps(steps, "pull_request"));
  assert.deepEqual(more, []);
  assert.ok(only !== undefined);
  assert.match(only.title, /\(3 places\)$/);
  assert.deepEqual(linesOf(only), [7, 8, 10, 1, 9]);
});

test("files that lead nowhere, in circles or without end, are answered", () => {
  const circle = "runs-on: a\nenv:\n  A: ${{ env.B }}\n  B: ${{ env.A }}\nsteps:\n  - run: echo ${{ env.A }}";
  assert.deepEqual(injected(withJob(circle, "issues")), ["low job build: env.a in run"]);
  const wide = Array.from(
    { length: 30 },
    (_, at) => `  A${at}: ${"${{ env.A0 }} ${{ env.A1 }} ${{ env.A2 }} ".repeat(9)}`,
  );
  assert.ok(
    injected(withJob(`runs-on: a\nenv:\n${wide.join("\n")}\nsteps:\n  - run: echo \${{ env.A9 }}`, "issues")).length >
      0,
  );
});

test("whatever the expression, the checks answer, and one of the two has each place", () => {
  const parts = fc.constantFrom(
    "github.head_ref",
    "'a'",
    "1",
    "inputs.a",
    "env.A",
    "matrix.b",
    "steps.c.outputs.d",
    "needs.e.f",
  );
  const expressions = fc.letrec<{ one: string }>((tie) => ({
    one: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      parts,
      fc.tuple(tie("one"), fc.constantFrom("&&", "||", "==", "!="), tie("one")).map((words) => words.join(" ")),
      tie("one").map((one) => `format('{0}', ${one})`),
      tie("one").map((one) => `!(${one})`),
      tie("one").map((one) => `github[${one}]`),
    ),
  })).one;
  fc.assert(
    fc.property(expressions, (expression) => {
      const text = withSteps(
        `- run: echo \${{ ${expression.replaceAll("'", "''").replaceAll("''", "'")} }}`,
        "pull_request",
      );
      const both = [...findingsOf(workflowTemplateInjection, text), ...findingsOf(workflowExpressionInScript, text)];
      assert.ok(both.length > 0, expression);
    }),
  );
});

test("expressions that are fixed are one habit of a job", () => {
  const steps = "- run: echo ${{ github.sha }}\n- run: echo ${{ github.run_id }} ${{ github.head_ref }}";
  assert.deepEqual(told(findingsOf(workflowExpressionInScript, withSteps(steps, "pull_request"))), [
    "negligible 6,7: Scripts of job build have expressions in them, such as github.sha (2 places)",
  ]);
  assert.deepEqual(findingsOf(workflowExpressionInScript, withSteps("- run: echo $GITHUB_SHA")), []);
});

const writes = (script: string, shell = "bash", trigger = "pull_request_target"): boolean =>
  findingsOf(workflowGithubEnv, withSteps(`- shell: ${shell}\n  run: |\n${script.replace(/^/gm, "    ")}`, trigger))
    .length > 0;

test("writes to the files that set variables, in every shell", () => {
  for (const [shell, script] of [
    ["bash", 'echo "A=$B" >> $GITHUB_ENV'],
    ["bash", "echo A=$(cat b)>>${GITHUB_ENV}"],
    ["bash", 'echo A=`cat b` > "$GITHUB_PATH"'],
    ["bash", "make env >> $GITHUB_ENV"],
    ["bash", "echo A=$B >> \\\n  $GITHUB_ENV"],
    ["sh", "cat b | tee -a $GITHUB_ENV"],
    ["bash", "cat <<EOF >> $GITHUB_ENV"],
    ["bash", "echo 'A=${{ github.head_ref }}' >> $GITHUB_ENV"],
    ["bash", "{ echo A; cat b; } >> $GITHUB_ENV"],
    ["pwsh", '"A=$env:B" >> $env:GITHUB_ENV'],
    ["pwsh", "cat b | Out-File -FilePath ${Env:GITHUB_ENV} -Append"],
    ["powershell", "Add-Content -Path $env:GITHUB_PATH -Value $b"],
    ["cmd", "echo A=%B% >> %GITHUB_ENV%"],
    ["cmd", 'echo>>"%GITHUB_ENV%" %%a=%%b'],
    ["python", "open(os.environ['GITHUB_ENV'], 'a').write(b)"],
  ] as const) {
    assert.ok(writes(script, shell), `${shell}: ${script}`);
  }
});

test("fixed words, other files and comments are no writes", () => {
  for (const [shell, script] of [
    ["bash", "echo A=b >> $GITHUB_ENV"],
    ["bash", "echo 'A=$b' >> \"$GITHUB_ENV\""],
    ["bash", "echo 'A=${{ github.sha }}-${{ hashFiles('a') }}' >> $GITHUB_ENV"],
    ["bash", 'printf "A=b" | tee -a $GITHUB_ENV'],
    ["bash", "echo A=$B >> $GITHUB_ENVX"],
    ["bash", "echo A=$B >> GITHUB_ENV"],
    ["bash", "echo A=$B >> $GITHUB_OUTPUT # not $GITHUB_ENV"],
    ["bash", "cat $GITHUB_ENV"],
    ["pwsh", '"A=b" >> $env:GITHUB_ENV'],
    ["pwsh", "Get-Content $env:GITHUB_ENV"],
    ["cmd", "echo A=b >> %GITHUB_ENV%"],
    ["cmd", "type %GITHUB_ENV%"],
    ["perl {0}", "print $ENV{GITHUB_ENV}"],
  ] as const) {
    assert.ok(!writes(script, shell), `${shell}: ${script}`);
  }
  assert.ok(!writes("echo A=$B >> $GITHUB_ENV", "bash", "pull_request"), "another trigger");
});

test("a value of the event makes it high, and the write's line is told", () => {
  const steps =
    '- env:\n    T: ${{ github.event.pull_request.title }}\n  run: |\n    make\n    echo "T=$T" >> $GITHUB_ENV';
  const [only] = findingsOf(workflowGithubEnv, withSteps(steps, "pull_request_target"));
  assert.equal(only?.severity, "high");
  assert.deepEqual(linesOf(only), [10, 8, 1]);
  assert.equal(
    findingsOf(workflowGithubEnv, withSteps("- run: cat a >> $GITHUB_ENV", "workflow_run"))[0]?.severity,
    "medium",
  );
});
