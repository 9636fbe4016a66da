import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import type { GitlabJob, GitlabPipeline } from "./model.ts";
import { readGitlabPipeline } from "./read.ts";

type Files = Readonly<Record<string, string>>;

function read(text: string, files: Files = {}): GitlabPipeline {
  return readGitlabPipeline(".gitlab-ci.yml", text, {
    read: (path) => files[path],
    match: (pattern) => Object.keys(files).filter((path) => path.startsWith(pattern.slice(0, pattern.indexOf("*")))),
  });
}

function job(pipeline: GitlabPipeline, name: string): GitlabJob {
  const found = pipeline.jobs.find((one) => one.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

const script = ({ script: lines }: GitlabJob): string[] => lines.map(({ text }) => text.value);
const reasons = ({ unread }: GitlabPipeline): string[] => unread.map(({ place, reason }) => `${place.line}: ${reason}`);

const PIPELINE = `spec:
  inputs:
    stage: {default: test}
    image: {regex: '^node:'}
---
include:
  - local: /ci/base.yml
  - {project: group/ci, ref: main, file: [/a.yml]}
stages: [build, test]
variables:
  A: one
  B: {value: two, description: d, options: [two, three], expand: false}
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      variables: {C: x}
default:
  image: node:24
  tags: [docker]
.base: &base
  before_script: [one]
  cache: {key: {files: [a.lock], prefix: p}, paths: [x], policy: pull}
build:
  <<: *base
  extends: .included
  stage: $[[ inputs.stage ]]
  script:
    - !reference [.included, script]
    - [nested, [deep]]
  id_tokens: {T: {aud: [a, b]}}
  secrets: {DB: {vault: a/b@c, file: false}}
  environment: {name: eu, deployment_tier: production, action: start}
  needs: [x, {job: y, optional: true}, {project: g/p, job: z, ref: main, artifacts: true}]
  artifacts: {paths: [dist], reports: {dotenv: a.env}, expire_in: 1 day, access: none}
  parallel: {matrix: [{OS: [a, b]}]}
  retry: {max: 2}
child:
  trigger: {include: [{artifact: a.yml, job: build}, {local: b.yml}], strategy: depend, forward: {pipeline_variables: true}}
  inherit: {default: false, variables: [A]}
`;
const BASE = `.included:
  script: [make]
  variables: {V: included}
  rules: [{if: $A, when: manual}]
`;

test("every part of a pipeline, with the place in its own file", () => {
  const pipeline = read(PIPELINE, { "ci/base.yml": BASE });
  assert.deepEqual(reasons(pipeline), []);
  assert.deepEqual(
    pipeline.inputs.map(({ name, default: standard, regex }) => [name, standard?.value, regex?.value]),
    [
      ["stage", "test", undefined],
      ["image", undefined, "^node:"],
    ],
  );
  assert.deepEqual(
    pipeline.includes.map(({ kind, place }) => [kind, place.line]),
    [
      ["local", 7],
      ["project", 8],
    ],
  );
  assert.deepEqual(
    pipeline.files.map(({ path }) => path),
    [".gitlab-ci.yml", "ci/base.yml"],
  );
  assert.deepEqual(
    pipeline.variables.map(({ name, value, expand }) => [name, value?.value, expand?.value]),
    [
      ["A", "one", undefined],
      ["B", "two", "false"],
    ],
  );
  const build = job(pipeline, "build");
  assert.deepEqual(script(build), ["make", "nested", "deep"]);
  assert.equal(build.script[0]?.text.place.path, "ci/base.yml");
  assert.equal(build.stage?.value, "test");
  assert.equal(build.stage?.written, "$[[ inputs.stage ]]");
  assert.equal(build.image?.name.value, "node:24");
  assert.deepEqual(
    build.tags.map(({ value }) => value),
    ["docker"],
  );
  assert.deepEqual(
    build.beforeScript.map(({ text }) => text.place.line),
    [21],
  );
  assert.equal(build.variables[0]?.value?.place.path, "ci/base.yml");
  assert.equal(build.rules?.[0]?.condition?.kind, "value");
  assert.deepEqual(
    build.cache.map(({ prefix, keyFiles, policy }) => [prefix?.value, keyFiles.length, policy?.value]),
    [["p", 1, "pull"]],
  );
  assert.deepEqual(
    build.idTokens.map(({ name, audiences }) => [name, audiences.length]),
    [["T", 2]],
  );
  assert.deepEqual(
    build.secrets.map(({ name, provider, file }) => [name, provider, file?.value]),
    [["DB", "vault", "false"]],
  );
  assert.deepEqual(
    build.needs?.map(({ kind }) => kind),
    ["job", "job", "project"],
  );
  assert.deepEqual(
    build.artifacts?.reports.map(({ name, paths }) => [name.value, paths[0]?.value]),
    [["dotenv", "a.env"]],
  );
  assert.deepEqual(
    [build.environment?.deploymentTier?.value, build.retry?.value, build.matrix[0]?.name],
    ["production", "2", "OS"],
  );
  const child = job(pipeline, "child");
  assert.deepEqual(
    child.trigger?.includes.map(({ kind }) => kind),
    ["artifact", "local"],
  );
  assert.equal(child.trigger?.strategy?.value, "depend");
  assert.equal(child.image, undefined, "inherit:default is false");
  assert.ok(Array.isArray(child.inheritVariables));
});

test("extends merges mappings key by key, the later parent over the earlier, the job over all; lists are replaced", () => {
  const pipeline = read(`.a: {variables: {A: a, B: a}, script: [a], tags: [a]}
.b: {extends: .a, variables: {B: b}, script: [b]}
.c: {variables: {A: c}}
job: {extends: [.b, .c], variables: {D: d}}
`);
  const found = job(pipeline, "job");
  assert.deepEqual(found.variables.map(({ name, value }) => `${name}=${value?.value}`).sort(), ["A=c", "B=b", "D=d"]);
  assert.deepEqual(script(found), ["b"]);
  assert.deepEqual(
    found.tags.map(({ value }) => value),
    ["a"],
  );
  assert.deepEqual(
    found.extends.map(({ value }) => value),
    [".b", ".c"],
  );
});

test("what the file states wins over what it includes, and a later include over an earlier", () => {
  const files = { "a.yml": "job: {script: [a], stage: a}\n", "b.yml": "job: {stage: b, when: manual}\n" };
  const found = job(read("include: [a.yml, b.yml]\njob: {when: always}\n", files), "job");
  assert.deepEqual([script(found), found.stage?.value, found.when?.value], [["a"], "b", "always"]);
});

test("a merge key replaces what stands before it, and is replaced by what stands behind it, as in Ruby", () => {
  const text = ".m: &m {stage: merged, when: manual}\njob:\n  stage: own\n  <<: *m\n  when: always\n  script: [x]\n";
  const found = job(read(text), "job");
  assert.deepEqual([found.stage?.value, found.when?.value], ["merged", "always"]);
});

test("includes of the tree alone are read: nested, by pattern, with inputs; others are named", () => {
  const files = {
    "ci/one.yml": "include: /ci/two.yml\none: {script: [1]}\n",
    "ci/two.yml":
      "spec: {inputs: {name: {default: two}}}\n---\n'$[[ inputs.name ]]': {script: ['echo $[[ inputs.name ]]']}\n",
  };
  const all = read("include: {local: 'ci/*.yml'}\n", files);
  assert.deepEqual(all.jobs.map(({ name }) => name).sort(), ["one", "two"]);
  const given = read("include: [{local: ci/two.yml, inputs: {name: mine}}]\n", files);
  assert.deepEqual(
    given.jobs.map(({ name, script: [line] }) => [name, line?.text.value]),
    [["mine", "echo mine"]],
  );
  const outside = read("include: [{local: ../../etc/passwd}, {local: $WHERE}, {local: missing.yml}]\n");
  assert.deepEqual(reasons(outside), [
    '1: the included file "../../etc/passwd" is named by a variable, or is outside of the tree',
    '1: the included file "$WHERE" is named by a variable, or is outside of the tree',
    '1: the included file "missing.yml" is not in the tree',
  ]);
  const kinds =
    "include: ['https://example.com/a.yml', {remote: 'https://example.com/b.yml', integrity: s}, {template: T}, {component: c@1}]\n";
  assert.deepEqual(
    read(kinds).includes.map(({ kind }) => kind),
    ["remote", "remote", "template", "component"],
  );
});

test("a pipeline of a folder below the root includes what is below its own folder", () => {
  const asked: string[] = [];
  const tree = { read: (path: string) => void asked.push(path), match: () => [] };
  readGitlabPipeline("sub/.gitlab-ci.yml", "include: [a/b.yml, /c.yml, ../d.yml]\n", tree as never);
  assert.deepEqual(asked, ["sub/a/b.yml", "sub/c.yml"]);
});

test("what is not understood is told with its place", () => {
  const pipeline = read("job: {script: [x], surprise: 1, rules: [{if: '$A ==='}]}\nnothing: 5\n.anchors: [a]\n");
  assert.deepEqual(reasons(pipeline), [
    "1: surprise is no keyword of a job that is known",
    '1: the condition does not go on with "="',
    "2: nothing is no keyword of a pipeline that is known, and no job",
  ]);
  const scripts = read("job: {script: ['echo \"open']}\n");
  assert.equal(scripts.unread.length, 0);
  assert.match(scripts.unreadScripts[0]?.reason ?? "", /double quote/);
  assert.deepEqual(reasons(read("a: {script: [x]}\n---\nb: {script: [x]}\n")), [
    "3: a document that GitLab does not read",
  ]);
});

test("in which pipelines jobs run", () => {
  const runs = (text: string) => Object.values(job(read(`${text}\n`), "job").runs);
  const DEFAULT = "rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]";
  const cases: readonly (readonly [text: string, mergeRequest: string, branch: string])[] = [
    ["job: {script: [x]}", "never", "always"],
    [`job: {script: [x], ${DEFAULT}}`, "never", "never"],
    ['job: {script: [x], rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]}', "always", "never"],
    ["job: {script: [x], rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_BRANCH}]}", "always", "always"],
    ["job: {script: [x], rules: [{if: $MINE}]}", "maybe", "maybe"],
    ["job: {script: [x], rules: [{if: $MINE, when: never}, {when: on_success}]}", "maybe", "maybe"],
    ["job: {script: [x], rules: [{changes: [a]}]}", "maybe", "maybe"],
    ['job: {script: [x], rules: [{if: "!$CI_COMMIT_TAG", when: never}, {when: always}]}', "never", "never"],
    ["job: {script: [x], rules: [{if: $CI_COMMIT_BRANCH =~ /^main$/}]}", "never", "never"],
    ["job: {script: [x], rules: [{if: $CI_COMMIT_BRANCH =~ /^feature/}]}", "never", "maybe"],
    ["job: {script: [x], only: [merge_requests]}", "always", "never"],
    ["job: {script: [x], only: [main]}", "never", "never"],
    ["job: {script: [x], except: [branches]}", "never", "never"],
    ["job: {script: [x], when: never}", "never", "never"],
    [`workflow: {${DEFAULT}}\njob: {script: [x]}`, "never", "never"],
    ['workflow: {rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]}\njob: {script: [x]}', "always", "never"],
  ];
  for (const [text, mergeRequest, branch] of cases) assert.deepEqual(runs(text), [mergeRequest, branch], text);
});

suite("hostile pipelines", () => {
  const refused = (text: string, files: Files = {}): string => {
    try {
      read(text, files);
    } catch (error) {
      assert.ok(error instanceof Problem && isEvidenceProblem(error), String(error));
      return error.code;
    }
    return "read";
  };

  test("aliases, merge keys and references that double are refused at their bound", () => {
    const doubled = (line: (level: number) => string): string =>
      Array.from({ length: 30 }, (_, level) => line(level)).join("");
    assert.equal(
      refused(`.a0: &a0 [x, x]\n${doubled((at) => `.a${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`)}`),
      "pipelines.broken",
    );
    const references = `.r0: {script: [x, x]}\n${doubled((at) => `.r${at + 1}: {script: [!reference [.r${at}, script], !reference [.r${at}, script]]}\n`)}`;
    assert.ok(read(references).unread.some(({ reason }) => /references deep/.test(reason)));
    const wide = Array.from({ length: 2_000 }, (_, at) => `    K${at}: x\n`).join("");
    const many = Array.from({ length: 2_000 }, (_, at) => `j${at}: {extends: .wide, variables: {A: x}}\n`).join("");
    assert.equal(refused(`.wide:\n  variables:\n${wide}${many}`), "pipelines.broken");
  });

  test("cycles of extends, references and includes end, and are told", () => {
    const cycle = read(".a: {extends: .b}\n.b: {extends: .a}\njob: {extends: .a, script: [x]}\n");
    assert.ok(cycle.unread.some(({ reason }) => /extends itself/.test(reason)));
    assert.deepEqual(script(job(cycle, "job")), ["x"]);
    const references = read("a: {script: [!reference [b, script]]}\nb: {script: [!reference [a, script]]}\n");
    assert.ok(references.unread.length > 0);
    const own = read("a: {script: !reference [a, script]}\n");
    assert.match(own.unread[0]?.reason ?? "", /leads to itself/);
    const includes = read("include: a.yml\n", {
      "a.yml": "include: b.yml\n",
      "b.yml": "include: a.yml\njob: {script: [x]}\n",
    });
    assert.match(includes.unread[0]?.reason ?? "", /includes itself/);
    assert.deepEqual(
      includes.jobs.map(({ name }) => name),
      ["job"],
    );
  });

  test("over the bounds of includes, extends and depth nothing is read silently", () => {
    const files = Object.fromEntries(
      Array.from({ length: bounds.gitlabIncludes + 5 }, (_, at) => [`f${at}.yml`, `j${at}: {script: [x]}\n`]),
    );
    const many = read(`include: [${Object.keys(files).join(", ")}]\n`, files);
    assert.equal(many.jobs.length, bounds.gitlabIncludes);
    assert.match(many.unread[0]?.reason ?? "", /more than 150/);
    const chain = Array.from({ length: 20 }, (_, at) => `.e${20 - at}: {extends: .e${19 - at}}\n`).join("");
    assert.ok(
      read(`job: {extends: .e20}\n${chain}.e0: {script: [x]}\n`).unread.some(({ reason }) => /jobs deep/.test(reason)),
    );
    assert.equal(refused(`a: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`), "pipelines.broken");
    assert.equal(refused(`a: "${"x".repeat(bounds.pipelineBytes)}"\n`), "pipelines.broken");
    const deep = read(`job: {script: [x], rules: [{if: '${"(".repeat(200)}$A${")".repeat(200)}'}]}\n`);
    assert.match(deep.unread[0]?.reason ?? "", /nested more than/);
  });

  test("__proto__ and constructor are names like others", () => {
    const pipeline = read(
      "variables: {__proto__: a, constructor: b}\n__proto__: {script: [x]}\njob: {extends: __proto__}\n",
    );
    assert.deepEqual(
      pipeline.variables.map(({ name }) => name),
      ["__proto__", "constructor"],
    );
    assert.deepEqual(script(job(pipeline, "job")), ["x"]);
    assert.equal(({} as { script?: unknown }).script, undefined);
  });

  test("whatever the bytes are, there is a pipeline or a Problem, and each place is within its file", () => {
    fc.assert(
      fc.property(
        fc.nat(PIPELINE.length),
        fc.nat(60),
        fc.string({ unit: codePoint, maxLength: 12 }),
        (at, cut, put) => {
          const text = PIPELINE.slice(0, at) + put + PIPELINE.slice(at + cut);
          try {
            const pipeline = read(text, { "ci/base.yml": BASE });
            for (const { place } of pipeline.unread) {
              const whole = place.path === ".gitlab-ci.yml" ? text : BASE;
              assert.ok(place.start <= place.end && place.end <= whole.length && place.line >= 1 && place.column >= 1);
            }
            for (const one of pipeline.jobs) {
              for (const { text: line, commands } of one.script) {
                const whole = line.place.path === ".gitlab-ci.yml" ? text : BASE;
                for (const { range } of commands) {
                  assert.ok(range.start <= range.end && range.end <= whole.length, "a command is within its file");
                }
              }
            }
          } catch (error) {
            assert.ok(isEvidenceProblem(error), String(error));
          }
        },
      ),
      runs(400),
    );
  });
});
