import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitImageName } from "../../../core/image-name.ts";
import type { KnownBase } from "../base/model.ts";
import { lifecycleByName } from "../lifecycle/named.ts";
import { contentsByName } from "./contents.ts";

function told(name: string): string {
  const { kind, releases } = contentsByName(splitImageName(name));
  return [kind ?? "unknown", ...releases.map(({ product, version }) => `${product.name} ${version}`)].join(", ");
}

test("a publisher's tag tells the kind and the releases", () => {
  const expected: Readonly<Record<string, string>> = {
    "debian:12": "full, Debian 12",
    "docker.io/library/debian:buster-20240612": "full, Debian 10",
    "debian:bookworm-slim": "slim, Debian 12",
    "ubuntu:18.04": "slim, Ubuntu 18.04",
    "ubuntu:noble": "slim, Ubuntu 24.04",
    "alpine:3.10.2": "alpine, Alpine 3.10.2",
    "node:14": "full, Node.js 14",
    "node:iron-bookworm": "full, Node.js 20, Debian 12",
    "public.ecr.aws/docker/library/node:14-alpine3.10": "alpine, Node.js 14, Alpine 3.10",
    "arm64v8/python:3.7.4-slim-buster": "slim, Python 3.7.4, Debian 10",
    "golang:1.26rc1-bullseye": "full, Go 1.26, Debian 11",
    "eclipse-temurin:8u392-jdk-jammy": "slim, Java 8, Ubuntu 22.04",
    "eclipse-temurin:21-jdk-alpine-3.22": "alpine, Java 21, Alpine 3.22",
    "eclipse-temurin:21-jre-ubi9-minimal": "slim, Java 21, Red Hat Enterprise Linux 9",
    "node:lts-iron": "full, Node.js 20",
    "buildpack-deps:24.04-scm": "slim, Ubuntu 24.04",
    "buildpack-deps:noble-scm": "slim, Ubuntu 24.04",
    "ubuntu:stonking": "slim, Ubuntu 26.10",
    "postgres:12": "slim, PostgreSQL 12",
    "mcr.microsoft.com/dotnet/aspnet:6.0-alpine3.18": "alpine, .NET 6.0, Alpine 3.18",
    "mcr.microsoft.com/dotnet/runtime:8.0-noble-chiseled": "distroless, .NET 8.0, Ubuntu 24.04",
    "quay.io/centos/centos:stream8": "full, CentOS Stream 8",
    "amazonlinux:1": "full, Amazon Linux 2018.03",
    "registry.access.redhat.com/ubi8/ubi-minimal:8.10": "slim, Red Hat Enterprise Linux 8",
    "redhat/ubi9": "full, Red Hat Enterprise Linux 9",
    "gcr.io/distroless/static": "static",
    "gcr.io/distroless/nodejs14-debian11:nonroot": "distroless, Node.js 14, Debian 11",
    "gcr.io/distroless/base-debian10:debug": "slim, Debian 10",
    "cgr.dev/chainguard/static:latest": "static",
    "cgr.dev/chainguard/node:latest-dev": "wolfi",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, told(name)])), expected);
});

test("what a name does not tell is unknown: others' images, digests alone, tags that move, Windows", () => {
  for (const name of ["registry.example.com/debian:12", "shop/debian:12", "quay.io/library/debian:12", "openjdk:17"]) {
    assert.match(told(name), /^unknown/, name);
  }
  assert.equal(told(`debian@sha256:${"a".repeat(64)}`), "unknown");
  assert.equal(told(`gcr.io/distroless/base-debian10@sha256:${"a".repeat(64)}`), "unknown, Debian 10");
  assert.equal(told("python:3"), "full");
  assert.equal(told("node:lts"), "full");
  assert.equal(told("debian"), "full");
  assert.equal(told("ubuntu:14.04"), "unknown, Ubuntu 14.04");
  assert.equal(told("golang:1.22-windowsservercore"), "unknown, Go 1.22");
});

test("a base that was learnt by this name tells its kind, and one with a digest by that digest alone", () => {
  const digest = `sha256:${"b".repeat(64)}` as const;
  const base = {
    name: "registry.example.com/base/web:1",
    digest,
    chainId: digest,
    layers: 1,
    kind: "full",
  } as KnownBase;
  const kind = (name: string) => contentsByName(splitImageName(name), [base]).kind;
  assert.equal(kind("registry.example.com/base/web:1"), "full");
  assert.equal(kind("registry.example.com/base/web:2"), undefined);
  assert.equal(kind(`registry.example.com/base/web:2@${digest}`), "full");
  assert.equal(kind(`registry.example.com/base/web:1@sha256:${"c".repeat(64)}`), undefined);
});

test("releases are held against the dated table; one that it does not have is a gap", () => {
  const now = new Date("2026-11-28T00:00:00Z");
  const of = (name: string) => lifecycleByName(contentsByName(splitImageName(name)).releases, now);
  const old = of("python:3.7-buster");
  assert.ok(old?.state === "present");
  assert.deepEqual(
    old.facts.releases.map(({ product, release, ends }) => [product, release, ends]),
    [
      ["Python", "3.7", "2023-06-27"],
      ["Debian", "10", "2024-06-30"],
    ],
  );
  assert.deepEqual(
    of("node:99")?.gaps.map(({ code }) => code),
    ["lifecycle.unknown"],
  );
  assert.equal(of("registry.example.com/x:1"), undefined);
});

test("any name is told apart without an error", () => {
  const part = fc.constantFrom(
    "debian",
    "node",
    "gcr.io/distroless/",
    "cgr.dev/chainguard/",
    "redhat/ubi",
    "alpine",
    "-",
    "v",
    "3.",
    ":",
    "@",
    "/",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 8 }), (parts) => {
      const { why, releases } = contentsByName(splitImageName(parts.join("")));
      assert.notEqual(why, "");
      for (const { version } of releases) assert.match(version, /^\d[\d.]*$/);
    }),
  );
});
