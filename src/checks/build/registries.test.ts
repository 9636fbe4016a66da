import assert from "node:assert/strict";
import { test } from "node:test";
import { detected } from "./dockerfile/lint.fixture.ts";
import { implicitRegistry } from "./implicit-registry.ts";
import { registryNotAllowed } from "./registry-not-allowed.ts";

const text = "FROM quay.io/a/b:1 AS build\nFROM registry.example.com/team/base:1\nCOPY --from=ghcr.io/x/y:1 /a /a\n";

test("images from registries that the policy does not name are found", () => {
  assert.deepEqual(detected(registryNotAllowed, text, { registries: ["registry.example.com"] }), [
    "1:6 quay.io/a/b is from a registry the policy does not allow",
    "3:13 ghcr.io/x/y is from a registry the policy does not allow",
  ]);
  assert.deepEqual(
    detected(registryNotAllowed, text, { registries: ["registry.example.com", "quay.io/a", "ghcr.io/x/*"] }),
    [],
  );
  assert.equal(detected(registryNotAllowed, text, { registries: ["registry.example.com/other"] }).length, 3);
  assert.deepEqual(detected(registryNotAllowed, text), []);
});

test("an entry is no prefix of another registry's name", () => {
  const around = { registries: ["quay.io", "registry.example.com/team"] };
  assert.equal(detected(registryNotAllowed, "FROM quay.io.example.com/a:1\n", around).length, 1);
  assert.equal(detected(registryNotAllowed, "FROM registry.example.com/teamwork/a:1\n", around).length, 1);
});

test("an image without a registry is found where the policy does not allow Docker Hub's", () => {
  const around = { registries: ["registry.example.com"] };
  const title = "has no registry and defaults to Docker Hub, which the policy does not allow";
  assert.deepEqual(detected(implicitRegistry, "FROM debian:13\nFROM acme/base:1\n", around), [
    `1:6 debian:13 ${title}`,
    `2:6 acme/base:1 ${title}`,
  ]);
  for (const registries of [["docker.io"], ["docker.io/library/*", "docker.io/acme/base"], []]) {
    assert.deepEqual(detected(implicitRegistry, "FROM debian:13\nFROM acme/base:1\n", { registries }), []);
  }
  assert.deepEqual(detected(implicitRegistry, "FROM docker.io/library/debian:13\n", around), []);
  assert.deepEqual(detected(registryNotAllowed, "FROM debian:13\n", around), []);
  assert.deepEqual(
    detected(implicitRegistry, "FROM scratch\nFROM registry.example.com/a:1 AS b\nFROM b\n", around),
    [],
  );
});
