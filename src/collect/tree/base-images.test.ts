import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findDockerfiles } from "./base-images.ts";

const root = mkdtempSync(join(tmpdir(), "dockerfiles-"));
after(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}

test("Dockerfiles and what they build on, stages and scratch left out", () => {
  write("Dockerfile", "ARG V=13\nFROM debian:$V AS build\nFROM build AS test\nFROM scratch\nFROM debian:13\n");
  write("web/Containerfile.slim", "FROM docker.io/library/node:24@sha256:1\n");
  write("api/api.dockerfile", "FROM $BASE\n");
  write("node_modules/x/Dockerfile", "FROM a\n");
  write("Dockerfile.dockerignore", "*\n");
  symlinkSync(join(root, "Dockerfile"), join(root, "web", "Dockerfile"));
  assert.deepEqual(findDockerfiles(root), [
    { path: "Dockerfile", images: ["debian:13"] },
    { path: "api/api.dockerfile", images: [], problem: "1 FROM instruction has a variable" },
    { path: "web/Containerfile.slim", images: ["docker.io/library/node:24@sha256:1"] },
  ]);
});

test("a folder that is not there is refused", () => {
  assert.throws(() => findDockerfiles(join(root, "nowhere")), { code: "collect.folder" });
});
