import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { automations, type Build, configurationOf, isPlainPath } from "./automation.ts";

const builds: Build[] = [
  { dockerfile: "Dockerfile", images: ["debian:13-slim"] },
  { dockerfile: "services/web/Dockerfile", images: ["node:24\nrun: evil"] },
  { dockerfile: "services/web/Dockerfile.worker", images: [] },
];

function only(automation: (typeof automations)[number], of: readonly Build[] = builds) {
  const [file, ...others] = configurationOf(automation, of);
  assert.ok(file !== undefined && others.length === 0);
  return file;
}

test("GitHub: weekly, with no rights but those that the push needs, on a pinned action", () => {
  const { path, text } = only("github");
  assert.equal(path, ".github/workflows/rebuild.yml");
  const workflow = parse(text);
  assert.deepEqual(workflow.on.schedule, [{ cron: "17 4 * * 1" }]);
  assert.deepEqual(workflow.permissions, {});
  const { permissions, strategy, steps } = workflow.jobs.rebuild;
  assert.deepEqual(permissions, { contents: "read", packages: "write" });
  assert.deepEqual(strategy.matrix.include, [
    { dockerfile: "Dockerfile", context: ".", image: "app" },
    { dockerfile: "services/web/Dockerfile", context: "services/web", image: "services-web" },
    { dockerfile: "services/web/Dockerfile.worker", context: "services/web", image: "services-web-worker" },
  ]);
  assert.match(steps[0].uses, /@[0-9a-f]{40}$/);
  assert.equal(steps[0].with["persist-credentials"], false);
  // What a service fills in reaches the shell as a variable, never as a part of the script.
  assert.doesNotMatch(steps[1].run, /\$\{\{/);
  assert.match(steps[1].run, /docker build --pull --no-cache/);
});

test("GitLab: a job for schedules alone", () => {
  const { text } = only("gitlab");
  const job = parse(text)["weekly-rebuild"];
  assert.match(job.rules[0].if, /^\$CI_PIPELINE_SOURCE == "schedule" && /);
  assert.equal(job.parallel.matrix.length, 3);
  assert.equal(job.script.length, 3);
  assert.ok(job.script.every((line: unknown) => typeof line === "string"));
});

test("Renovate: pins digests and raises them weekly", () => {
  const configuration = JSON.parse(only("renovate").text);
  assert.ok(configuration.extends.includes("docker:pinDigests"));
  assert.ok(configuration.packageRules[0].matchUpdateTypes.includes("digest"));
});

test("Dependabot: each folder once", () => {
  const { version, updates } = parse(only("dependabot").text);
  assert.equal(version, 2);
  assert.deepEqual(updates[0].directories, ["/", "/services/web"]);
  assert.equal(updates[0].schedule.interval, "weekly");
});

test("text of a Dockerfile that is no name of an image does not get in", () => {
  for (const automation of automations) assert.doesNotMatch(only(automation).text, /evil/);
  assert.match(only("github").text, /# on debian:13-slim\n/);
});

test("paths that a service may read as an instruction are not plain", () => {
  for (const path of [
    "$" + "{{ x }}/Dockerfile",
    "a b/Dockerfile",
    "../Dockerfile",
    "a\nb",
    "-x",
    "a'b",
    'a"b',
    "$A",
    "",
  ]) {
    assert.ok(!isPlainPath(path), path);
  }
  for (const path of ["Dockerfile", "a/b-c_d.e/Dockerfile", "Dockerfile.web"]) assert.ok(isPlainPath(path), path);
});

test("property: whatever plain paths there are, the documents hold them as they are", () => {
  const path = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_./@+-]{0,20}$/).filter(isPlainPath);
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 5 }), (paths) => {
      const some = paths.map((dockerfile): Build => ({ dockerfile, images: [] }));
      const { include } = parse(only("github", some).text).jobs.rebuild.strategy.matrix;
      assert.deepEqual(
        include.map(({ dockerfile }: { dockerfile: string }) => dockerfile),
        paths,
      );
      for (const { image } of include) assert.match(image, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      const { matrix } = parse(only("gitlab", some).text)["weekly-rebuild"].parallel;
      assert.deepEqual(
        matrix.map(({ DOCKERFILE }: { DOCKERFILE: string }) => DOCKERFILE),
        paths,
      );
      parse(only("dependabot", some).text);
    }),
  );
});
