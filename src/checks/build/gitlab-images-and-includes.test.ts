import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, places, script } from "./gitlab/gitlab.fixture.ts";
import { gitlabComponentTyposquat } from "./gitlab-component-typosquat.ts";
import { gitlabHiddenCharacters } from "./gitlab-hidden-characters.ts";
import { gitlabImageFromVariable } from "./gitlab-image-from-variable.ts";
import { gitlabImageWithoutDigest } from "./gitlab-image-without-digest.ts";
import { gitlabIncludeNotAllowed } from "./gitlab-include-not-allowed.ts";
import { gitlabMutableImage } from "./gitlab-mutable-image.ts";
import { gitlabPlainHttp } from "./gitlab-plain-http.ts";
import { gitlabRegistryNotAllowed } from "./gitlab-registry-not-allowed.ts";
import { gitlabUnconstrainedInput } from "./gitlab-unconstrained-input.ts";
import { gitlabUnpinnedComponent } from "./gitlab-unpinned-component.ts";
import { gitlabUnpinnedInclude } from "./gitlab-unpinned-include.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const COMMIT = "0123456789".repeat(4);

test("images that move are found where they are written, once for all jobs that inherit them", () => {
  const text = `default:
  image: node:latest
  services: [postgres, "redis:7.2"]
a: {script: [make]}
b: {script: [make], image: {name: "registry.example.com:5000/tool"}}
`;
  assert.deepEqual(places(gitlabMutableImage, text), ["2:10", "3:14", "5:35"]);
  assert.equal(findings(gitlabMutableImage, text)[0]?.title, "node:latest has a tag that moves with each release");
  for (const image of [
    "node:24.4",
    `node@${DIGEST}`,
    `node:latest@${DIGEST}`,
    "$IMAGE",
    "$CI_REGISTRY_IMAGE/build$SUFFIX",
  ]) {
    assert.deepEqual(places(gitlabMutableImage, `image: ${JSON.stringify(image)}\n`), [], image);
  }
});

test("a place within what is included is of its own file", () => {
  const files = { "ci/base.yml": ".base:\n  image: alpine\n" };
  const text = "include: {local: /ci/base.yml}\njob: {extends: .base, script: [make]}\n";
  const [found] = findings(gitlabMutableImage, text, { files });
  assert.deepEqual(found?.locations, [{ kind: "file", path: "ci/base.yml", line: 2, column: 10 }]);
  assert.equal(found?.evidence.jobs, ".base");
});

test("a version without a digest is advice", () => {
  assert.deepEqual(places(gitlabImageWithoutDigest, "image: node:24.4\n"), ["1:8"]);
  for (const image of [`node:24.4@${DIGEST}`, "node", "$IMAGE:1"]) {
    assert.deepEqual(places(gitlabImageWithoutDigest, `image: ${JSON.stringify(image)}\n`), [], image);
  }
});

test("images that variables decide: by whoever pushes, by settings, by the file", () => {
  const severity = (text: string) => findings(gitlabImageFromVariable, text).map((finding) => finding.severity);
  assert.deepEqual(severity("image: registry.example.com/app:$CI_COMMIT_REF_NAME\n"), ["high"]);
  assert.deepEqual(severity('image: "${CI_COMMIT_REF_SLUG}"\n'), ["high"]);
  assert.deepEqual(severity("image: $IMAGE\n"), ["low"]);
  assert.deepEqual(severity("variables: {IMAGE: node:24}\nimage: $IMAGE\n"), ["negligible"]);
  assert.deepEqual(severity("image: registry.example.com/app:$CI_COMMIT_SHA\n"), []);
});

test("registries are those of the policy", () => {
  const registries = ["registry.example.com"];
  assert.deepEqual(places(gitlabRegistryNotAllowed, "image: node:24\n", { registries }), ["1:8"]);
  assert.deepEqual(places(gitlabRegistryNotAllowed, "image: registry.example.com/node:24\n", { registries }), []);
  assert.deepEqual(places(gitlabRegistryNotAllowed, "image: $REGISTRY/node:24\n", { registries }), []);
  assert.deepEqual(places(gitlabRegistryNotAllowed, "image: node:24\n"), []);
});

test("includes are pinned by a commit, a tag, or their integrity", () => {
  const include = (entry: string) => places(gitlabUnpinnedInclude, `include:\n  - ${entry}\n`);
  assert.deepEqual(include("{remote: 'https://example.com/ci.yml'}"), ["2:14"]);
  assert.deepEqual(include("'https://example.com/ci.yml'"), ["2:5"]);
  assert.deepEqual(include("{project: group/ci, file: /a.yml}"), ["2:15"]);
  assert.deepEqual(include("{project: group/ci, file: /a.yml, ref: main}"), ["2:44"]);
  for (const pinned of [
    `{project: group/ci, file: /a.yml, ref: ${COMMIT}}`,
    "{project: group/ci, file: /a.yml, ref: v1.2.3}",
    "{remote: 'https://example.com/ci.yml', integrity: 'sha256-abc='}",
    "{template: Jobs/SAST.gitlab-ci.yml}",
    "{local: /a.yml}",
  ]) {
    assert.deepEqual(include(pinned), [], pinned);
  }
});

test("includes are of places that the policy names", () => {
  const include = (entry: string, allow = ["Group", "gitlab.com/components"]) =>
    places(gitlabIncludeNotAllowed, `include:\n  - ${entry}\n`, { includes: allow });
  assert.deepEqual(include("{project: other/ci, file: /a.yml}"), ["2:15"]);
  assert.deepEqual(include("{remote: 'https://example.com/ci.yml'}"), ["2:14"]);
  assert.deepEqual(include("{component: gitlab.com/other/tool@1.0.0}"), ["2:17"]);
  for (const entry of [
    "{project: group/ci, file: /a.yml}",
    "{component: gitlab.com/components/sast@1.0.0}",
    "{component: $CI_SERVER_FQDN/group/tool@1.0.0}",
    "{local: a.yml}",
    "{template: Jobs/SAST.gitlab-ci.yml}",
  ]) {
    assert.deepEqual(include(entry), [], entry);
  }
  assert.deepEqual(include("{project: other/ci, file: /a.yml}", []), []);
});

test("components are pinned by a commit or a whole version", () => {
  const component = (version: string) =>
    places(gitlabUnpinnedComponent, `include:\n  - component: $CI_SERVER_FQDN/group/tool/lint${version}\n`);
  for (const version of ["", "@~latest", "@main", "@1"]) assert.deepEqual(component(version), ["2:16"], version);
  for (const version of ["@1.2.3", "@v1.0", `@${COMMIT}`, "@$CI_COMMIT_SHA"])
    assert.deepEqual(component(version), [], version);
});

test("a component under another group that differs by one character", () => {
  const component = (path: string) =>
    places(gitlabComponentTyposquat, `include:\n  - component: gitlab.com/${path}@1.0.0\n`);
  assert.deepEqual(component("component/sast/sast"), ["2:16"]);
  assert.deepEqual(component("components/sast/sast"), []);
  assert.deepEqual(component("group/tool/lint"), []);
});

test("addresses without TLS", () => {
  const severity = (text: string) => findings(gitlabPlainHttp, text).map((finding) => finding.severity);
  assert.deepEqual(severity("include: [{remote: 'http://example.com/ci.yml'}]\n"), ["high"]);
  assert.deepEqual(severity("variables: {MIRROR: 'http://mirror.example.com'}\n"), ["low"]);
  assert.deepEqual(severity(script("curl -O http://example.com/a.tgz")), ["medium"]);
  assert.deepEqual(severity(script("curl -O http://10.1.2.3/a.tgz")), ["low"]);
  assert.deepEqual(severity(script("lftp -c 'mirror ftp://example.com/'")), ["medium"]);
  for (const line of [
    "curl http://localhost:8080/",
    "echo http://example.com",
    "curl https://example.com",
    "curl --ssl-reqd ftp://example.com",
  ]) {
    assert.deepEqual(severity(script(line)), [], line);
  }
});

test("inputs without options or a pattern in scripts, images and environments", () => {
  const file = (input: string) => `spec:
  inputs:
    name: ${input}
---
job:
  image: tool:$[[ inputs.name ]]
  script: ["deploy $[[ inputs.name ]]"]
  environment: $[[inputs.name]]
`;
  assert.deepEqual(places(gitlabUnconstrainedInput, file("")), ["6:10", "7:12", "8:16"]);
  assert.deepEqual(places(gitlabUnconstrainedInput, file("{default: x}")), ["6:10", "7:12", "8:16"]);
  for (const input of ["{options: [a, b]}", "{regex: '^v'}", "{type: number}"]) {
    assert.deepEqual(places(gitlabUnconstrainedInput, file(input)), [], input);
  }
});

test("characters that are not shown", () => {
  const turn = String.fromCodePoint(0x202e);
  const nothing = String.fromCodePoint(0x200b);
  const text = `# a${turn}b\njob: {script: ["ma${nothing}ke"]}\n`;
  assert.deepEqual(
    findings(gitlabHiddenCharacters, text).map(({ severity, title }) => [severity, title]),
    [
      ["high", "U+202E turns the direction of text"],
      ["medium", "U+200B is not shown"],
    ],
  );
  assert.deepEqual(places(gitlabHiddenCharacters, `${String.fromCodePoint(0xfeff)}job: {script: [é]}\n`), []);
});
