import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, dockerfile, findings, fixed } from "./dockerfile/lint.fixture.ts";
import { duplicateStageName } from "./duplicate-stage-name.ts";
import { instructionCasing } from "./instruction-casing.ts";
import { overriddenInstruction } from "./overridden-instruction.ts";
import { platformConstant } from "./platform-constant.ts";
import { redundantPlatform } from "./redundant-platform.ts";
import { relativeDestination } from "./relative-destination.ts";
import { relativeWorkdir } from "./relative-workdir.ts";
import { reservedStageName } from "./reserved-stage-name.ts";
import { stageNameCasing } from "./stage-name-casing.ts";
import { unknownStage } from "./unknown-stage.ts";

test("two stages of one name are found, whatever their case", () => {
  const text = "FROM a:1 AS build\nFROM b:1 AS Build\nFROM c:1\n";
  assert.deepEqual(detected(duplicateStageName, text), ["2:13 Stage name build is used by an earlier stage"]);
  assert.deepEqual(detected(duplicateStageName, "FROM a:1 AS x\nFROM b:1 AS y\nFROM c:1\nFROM d:1\n"), []);
});

test("stages are found where they are used before they are there", () => {
  const text = dockerfile`
    FROM later
    FROM a:1 AS own
    COPY --from=own /a /a
    COPY --from=1 /a /a
    COPY --from=7 /a /a
    RUN --mount=from=later,target=/x id
    FROM b:1 AS later
  `;
  assert.deepEqual(detected(unknownStage, text), [
    "1:6 later is a stage that comes later, so an image of that name is pulled",
    "3:13 own is the stage itself",
    "4:13 1 is the stage itself",
    "5:13 7 is the number of no stage before it",
  ]);
});

test("earlier stages, their numbers, images and names that variables decide are left", () => {
  const text = dockerfile`
    FROM nginx AS nginx
    FROM a:1 AS build
    FROM build
    COPY --from=build /a /a
    COPY --from=0 /a /a
    COPY --from=busybox:1 /bin/sh /bin/
    ARG WHO
    COPY --from=$WHO /b /b
  `;
  assert.deepEqual(detected(unknownStage, text), []);
});

test("reserved names of stages are found", () => {
  assert.deepEqual(detected(reservedStageName, "FROM a:1 AS Scratch\nFROM b:1 AS context\n"), [
    "1:13 Stage name scratch is reserved by the builder",
    "2:13 Stage name context is reserved by the builder",
  ]);
  assert.deepEqual(detected(reservedStageName, "FROM scratch AS build\n"), []);
});

test("a stage's name is written in lower case, and so it is where it is named", () => {
  const text = "FROM a:1 AS Build\nFROM BUILD\nCOPY --from=Build /a /a\nCOPY --from=0 /b /b\n";
  assert.deepEqual(detected(stageNameCasing, text), ["1:13 Stage name Build has uppercase letters"]);
  assert.equal(
    fixed(stageNameCasing, text),
    "FROM a:1 AS build\nFROM build\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n",
  );
  assert.deepEqual(detected(stageNameCasing, "FROM a:1 AS build-2\n"), []);
});

test("keywords get the case that most of them have", () => {
  assert.equal(fixed(instructionCasing, "FROM a:1\nrun id\nRun id\nCMD id\n"), "FROM a:1\nRUN id\nRUN id\nCMD id\n");
  assert.equal(fixed(instructionCasing, "from a:1\nRUN id\ncmd id\n"), "from a:1\nrun id\ncmd id\n");
  assert.deepEqual(detected(instructionCasing, "FROM a:1\nrun id\n"), [
    "2:1 Instruction run differs in case from the other instructions",
  ]);
  assert.deepEqual(detected(instructionCasing, "from a:1\nrun id\n"), []);
});

test("of several CMD, ENTRYPOINT and HEALTHCHECK in a stage all but the last are found", () => {
  const text = "FROM a:1\nCMD a\nCMD b\nHEALTHCHECK NONE\nHEALTHCHECK CMD c\nCMD d\n";
  const later = (keyword: string) => `${keyword} is overridden by a later ${keyword} of the stage`;
  assert.deepEqual(detected(overriddenInstruction, text), [
    `2:1 ${later("CMD")}`,
    `3:1 ${later("CMD")}`,
    `4:1 ${later("HEALTHCHECK")}`,
  ]);
  assert.deepEqual(detected(overriddenInstruction, "FROM a:1 AS x\nCMD a\nFROM x\nENTRYPOINT b\nCMD c\n"), []);
});

test("a constant platform is found, unless the stage's name says it", () => {
  assert.deepEqual(detected(platformConstant, "FROM --platform=linux/amd64 a:1\n"), [
    "1:17 FROM is fixed to the platform linux/amd64",
  ]);
  for (const from of [
    "--platform=$BUILDPLATFORM a:1",
    "--platform=linux/arm64 a:1 AS build-arm64",
    "--platform=windows/amd64 a:1",
    "a:1",
  ]) {
    assert.deepEqual(detected(platformConstant, `FROM ${from}\n`), [], from);
  }
});

test("the platform that a stage has anyway is left out", () => {
  assert.equal(fixed(redundantPlatform, "FROM --platform=$TARGETPLATFORM  a:1 AS x\n"), "FROM a:1 AS x\n");
  assert.equal(fixed(redundantPlatform, `FROM --platform=\${TARGETPLATFORM} a:1\n`), "FROM a:1\n");
  for (const text of [
    "FROM --platform=$BUILDPLATFORM a:1\n",
    "ARG TARGETPLATFORM=linux/arm64\nFROM --platform=$TARGETPLATFORM a:1\n",
  ]) {
    assert.deepEqual(findings(redundantPlatform, text), []);
  }
});

test("a relative WORKDIR counts where nothing has set an absolute one", () => {
  assert.deepEqual(detected(relativeWorkdir, "FROM a:1\nWORKDIR app\nWORKDIR src\n"), [
    "2:9 WORKDIR app is relative to the working directory of the base image",
  ]);
  for (const text of [
    "FROM a:1\nWORKDIR /app\nWORKDIR src\n",
    "FROM a:1 AS x\nWORKDIR /app\nFROM x AS y\nFROM y\nWORKDIR src\n",
    "FROM a:1\nWORKDIR $HOME/x\n",
    "FROM a:1\nWORKDIR C:\\\\app\n",
  ]) {
    assert.deepEqual(detected(relativeWorkdir, text), [], text);
  }
  assert.equal(detected(relativeWorkdir, "FROM a:1 AS x\nWORKDIR /app\nFROM b:1\nWORKDIR src\n").length, 1);
});

test("a relative destination counts where nothing has set a WORKDIR", () => {
  assert.deepEqual(detected(relativeDestination, "FROM a:1\nCOPY x .\nWORKDIR /a\nCOPY y .\n"), [
    "2:8 Destination . depends on the working directory of the base image",
  ]);
  for (const text of [
    "FROM a:1\nCOPY x /x\n",
    "FROM scratch\nCOPY x x\n",
    "FROM a:1\nCOPY x $WHERE\n",
    "FROM a:1 AS base\nWORKDIR /a\nFROM base\nCOPY x .\n",
  ]) {
    assert.deepEqual(detected(relativeDestination, text), [], text);
  }
});
