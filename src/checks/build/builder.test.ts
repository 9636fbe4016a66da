import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenExecForm } from "./broken-exec-form.ts";
import { builderBaseShipped } from "./builder-base-shipped.ts";
import { detected, fixed } from "./dockerfile/lint.fixture.ts";
import { invalidInstruction } from "./invalid-instruction.ts";
import { networkHost } from "./network-host.ts";
import { onbuild } from "./onbuild.ts";
import { securityInsecure } from "./security-insecure.ts";
import { unpinnedFrontend } from "./unpinned-frontend.ts";

test("a frontend needs a version, and one of others a digest", () => {
  for (const [value, count] of [
    ["docker/dockerfile", 1],
    ["docker/dockerfile:latest", 1],
    ["docker.io/docker/dockerfile-upstream:master", 1],
    ["ghcr.io/acme/frontend:v1", 1],
    [`ghcr.io/acme/frontend:v1@sha256:${"0".repeat(64)}`, 0],
    ["docker/dockerfile:1", 0],
    ["docker/dockerfile:1.7-labs", 0],
    ["mirror.example.com/docker/dockerfile:1.4", 0],
  ] as const) {
    assert.equal(detected(unpinnedFrontend, `# syntax=${value}\nFROM a:1\n`).length, count, value);
  }
  assert.deepEqual(detected(unpinnedFrontend, "FROM a:1\n# syntax=docker/dockerfile\n"), []);
});

test("RUN in the builder's network or with its privileges is found", () => {
  assert.deepEqual(detected(networkHost, "FROM a:1\nRUN --network=host id\nRUN --network=none id\nRUN id\n"), [
    "2:5 RUN uses the network of the build host",
  ]);
  assert.deepEqual(detected(securityInsecure, "FROM a:1\nRUN --security=insecure id\nRUN --security=sandbox id\n"), [
    "2:5 RUN has full privileges on the build host",
  ]);
  assert.deepEqual(detected(networkHost, "FROM a:1\nRUN curl --network=host\n"), []);
});

test("ONBUILD is found", () => {
  assert.deepEqual(detected(onbuild, "FROM a:1\nONBUILD COPY . /a\nRUN id\n"), [
    "2:1 COPY runs in builds based on this image",
  ]);
});

test("what Docker refuses is found where it stands", () => {
  assert.deepEqual(detected(invalidInstruction, "RUN id\nFROM a:1\nBOGUS x\nCOPY a\nRUN --bogus=1 id\n"), [
    "1:1 Invalid Dockerfile syntax: RUN stands before the first FROM",
    "3:1 Invalid Dockerfile syntax: unknown instruction BOGUS",
    "4:1 Invalid Dockerfile syntax: COPY takes at least one source, and where it goes to",
    "5:5 Invalid Dockerfile syntax: RUN knows no --bogus",
  ]);
  assert.deepEqual(detected(invalidInstruction, `FROM a:1\n${"BOGUS\n".repeat(11)}`), [
    "2:1 Invalid Dockerfile syntax here and in 10 more places, may not be a Dockerfile: unknown instruction BOGUS",
  ]);
  const template = "{{ if }}\nFROM a:1\n{{- end }}\n{% if %}\n<%= a %>\nRUN a\n";
  assert.deepEqual(detected(invalidInstruction, template), []);
  assert.equal(detected(invalidInstruction, `${template}BOGUS\n`).length, 1);
  // A shell that is not known is no fault.
  assert.deepEqual(detected(invalidInstruction, 'FROM a:1\nSHELL ["pwsh", "-c"]\nRUN Get-Item x\n'), []);
});

test("arrays that are no JSON are found, and single quotes become double ones", () => {
  const text = "FROM a:1\nCMD ['node', 'a.js']\n";
  assert.deepEqual(detected(brokenExecForm, text), ["2:5 CMD has invalid JSON and runs in a shell, brackets included"]);
  assert.equal(fixed(brokenExecForm, text), 'FROM a:1\nCMD ["node", "a.js"]\n');
  for (const cmd of [
    'CMD ["node", "a.js",]',
    "HEALTHCHECK CMD ['a']",
    "ENTRYPOINT ['it is \"so\"']",
    'RUN ["a" "b"]',
  ]) {
    assert.equal(detected(brokenExecForm, `FROM a:1\n${cmd}\n`).length, 1, cmd);
  }
  for (const cmd of [
    'CMD ["node"]',
    "RUN [ -f x ] && [ -n y ]",
    'RUN ["$x" = "y"] || true',
    "RUN [[ a = b ]]",
    "CMD node",
  ]) {
    assert.deepEqual(detected(brokenExecForm, `FROM a:1\n${cmd}\n`), [], cmd);
  }
});

test("a base for building under what ships is found", () => {
  const title = (image: string, what: string) => [`1:6 Base image ${image} brings ${what} into the final image`];
  assert.deepEqual(
    detected(builderBaseShipped, "FROM golang:1.25\nRUN go build\nCMD /app\n"),
    title("golang:1.25", "a compiler"),
  );
  assert.equal(
    detected(builderBaseShipped, "FROM node:22 AS build\nFROM node:22\nCOPY --from=build /a /a\nCMD a\n").length,
    1,
  );
  assert.equal(detected(builderBaseShipped, "FROM maven:3 AS base\nFROM base\nCMD a\n").length, 1);
  for (const text of [
    "FROM golang:1.25 AS build\nFROM scratch\nCOPY --from=build /a /a\nCMD a\n",
    "FROM golang:1.25\nRUN go vet\n",
    "FROM node:22\nCMD a\n",
    "FROM node:22 AS build\nFROM node:22-slim\nCOPY --from=build /a /a\nCMD a\n",
    "FROM maven:3 AS build\nFROM eclipse-temurin:21-jre\nCOPY --from=build /a /a\nCMD a\n",
    "FROM buildpack-deps:trixie-curl\nCMD a\n",
  ]) {
    assert.deepEqual(detected(builderBaseShipped, text), [], text);
  }
});
