import assert from "node:assert/strict";
import { test } from "node:test";
import { baseNotAccepted } from "../../checks/image/base-not-accepted.ts";
import { endOfLife } from "../../checks/image/end-of-life.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { present } from "../../core/evidence.ts";
import type { LifecycleStepResult } from "../../core/lifecycle.ts";
import { runCheck } from "../../core/runner.ts";
import { kindOf } from "../../engines/contents/base/kind.ts";
import { lifecycleOf } from "../../engines/contents/lifecycle/lifecycle.ts";
import type { Inventory, Package, Tool } from "../../engines/contents/model.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { evaluateNamedImage, imageOfDockerfile } from "./named-images.ts";

const now = new Date("2026-11-28T00:00:00Z");
const context = { policy: defaultPolicy, now };

function evaluated(text: string, more: Partial<typeof context> = {}): Evaluation[] {
  const image = imageOfDockerfile(parseDockerfile("app/Dockerfile", text));
  return image === undefined ? [] : evaluateNamedImage(image, { ...context, ...more });
}

function verdicts(text: string, more?: Partial<typeof context>): Record<string, string> {
  return Object.fromEntries(evaluated(text, more).map(({ check, verdict }) => [check, verdict]));
}

const unlooked = { "image/known-vulnerabilities": "unknown", "image/pending-updates": "unknown" };

test("a bad base fails, a good one never passes", () => {
  assert.deepEqual(verdicts("FROM debian:12\n"), {
    "build/named-image-end-of-life": "pass",
    "build/named-image-kind": "fail",
    ...unlooked,
  });
  for (const base of ["scratch", "gcr.io/distroless/static", "registry.example.com/base/web:1"]) {
    assert.deepEqual(verdicts(`FROM ${base}\n`), { "build/named-image-kind": "unknown", ...unlooked }, base);
  }
  const [, kind] = evaluated("FROM debian:12\n");
  assert.deepEqual(kind?.findings[0]?.locations, [{ kind: "file", path: "app/Dockerfile", line: 1, column: 6 }]);
  assert.equal(evaluated("FROM scratch\n")[0]?.reason, "the image was not built: its content was not looked at");
});

test("the last stage counts, through names of stages and defaults of variables, and other targets are said", () => {
  const text = [
    "ARG VERSION=14",
    "FROM node:22-alpine AS dev",
    "FROM node:${VERSION}-buster AS base",
    "RUN true",
    "FROM base",
    "",
  ].join("\n");
  const [release, kind] = evaluated(text);
  assert.deepEqual(
    release?.findings.map(({ title }) => title),
    [
      "node:14-buster: Debian 10 has had no security support since 2024-06-30",
      "node:14-buster: Node.js 14 has had no security support since 2023-04-30",
    ],
  );
  assert.deepEqual([kind?.verdict, kind?.evidence["targets not looked at"]], ["fail", "dev"]);
});

test("what pipelines do to rebuild it is said, and is no pass", () => {
  const dockerfile = parseDockerfile("Dockerfile", "FROM debian:13-slim\n");
  const said = (rebuild?: Partial<LifecycleStepResult>) => {
    const given = rebuild === undefined ? undefined : { step: "rebuild", reason: "", places: [], ...rebuild };
    const image = imageOfDockerfile(dockerfile, given as LifecycleStepResult | undefined);
    const own = image === undefined ? [] : evaluateNamedImage(image, context);
    const age = own.find(({ check }) => check === "image/pending-updates");
    return `${age?.verdict}: ${age?.reason}`;
  };
  const unbuilt = "unknown: the image was not built: its content was not looked at";
  const places = [{ kind: "file", path: "rebuild.yml" }] as const;
  assert.equal(said(), unbuilt);
  assert.equal(said({ state: "unknown" }), unbuilt);
  assert.equal(said({ state: "absent" }), `${unbuilt}, and no scheduled rebuild found`);
  assert.equal(
    said({ state: "exists", places }),
    `${unbuilt}, and whether its scheduled rebuild (rebuild.yml) brings newer packages was not seen`,
  );
  assert.equal(
    said({ state: "theatre", places }),
    `${unbuilt}, and its scheduled rebuild (rebuild.yml) is without effect`,
  );
});

test("what a variable without a default decides is unknown", () => {
  const [kind] = evaluated("ARG BASE\nFROM ${BASE}\n");
  assert.equal(kind?.verdict, "unknown");
  assert.match(kind?.gaps.at(-1)?.reason ?? "", /variable/);
});

test("a policy that accepts less fails what its name proves", () => {
  const policy = { ...defaultPolicy, bases: { accept: ["static", "distroless"] as const } };
  const kind = (base: string) =>
    verdicts(`FROM ${base}\n`, { policy: policy as typeof defaultPolicy })["build/named-image-kind"];
  assert.deepEqual(["alpine:3.22", "python:3.13-slim", "gcr.io/distroless/cc"].map(kind), ["fail", "fail", "unknown"]);
});

/** What is in an image as its publisher builds it, as far as the kind and the support are read from it. */
function inventory(
  id: string,
  versionId: string,
  packages: readonly string[],
  more: Partial<Inventory> = {},
): Inventory {
  const type = id === "alpine" || id === "wolfi" ? "apk" : id === "debian" || id === "ubuntu" ? "deb" : "rpm";
  const made = packages.map(
    (name): Package => ({ type, name, version: "1", licenses: [], purl: `pkg:${type}/${name}`, path: "x" }) as Package,
  );
  return { distribution: { id, versionId, idLike: [] }, packages: made, ...more } as Inventory;
}

const shell: Tool = { kind: "shell", path: "bin/sh" };
const pairs: readonly (readonly [string, Inventory])[] = [
  ["debian:12", inventory("debian", "12", ["bash", "apt", "libc6"])],
  ["debian:10", inventory("debian", "10", ["bash", "apt", "libc6"])],
  ["debian:13-slim", inventory("debian", "13", ["bash", "apt", "libc6"], { slimmed: true })],
  ["ubuntu:20.04", inventory("ubuntu", "20.04", ["bash", "apt", "libc6"], { slimmed: true })],
  ["alpine:3.10", inventory("alpine", "3.10.9", ["busybox", "apk-tools", "musl"])],
  ["almalinux:9", inventory("almalinux", "9.6", ["bash", "dnf", "glibc"])],
  ["registry.access.redhat.com/ubi9/ubi-minimal:9.6", inventory("rhel", "9.6", ["bash", "microdnf", "glibc"])],
  ["amazonlinux:2", inventory("amzn", "2", ["bash", "yum", "glibc"])],
  ["gcr.io/distroless/base-debian12", inventory("debian", "12", ["libc6", "base-files"])],
  ["gcr.io/distroless/static-debian12", inventory("debian", "12", ["base-files"])],
  ["gcr.io/distroless/base-debian12:debug", inventory("debian", "12", ["libc6"], { tools: [shell] })],
  ["cgr.dev/chainguard/wolfi-base", inventory("wolfi", "20230201", ["busybox", "apk-tools", "glibc"])],
];

test("the image's checks and the Dockerfile's agree over the same bases", () => {
  for (const [name, contents] of pairs) {
    const kind = kindOf(contents);
    assert.ok(kind !== undefined, name);
    const base = { kind: kind.kind, layers: 1, by: "contents", confidence: "likely", why: kind.why } as const;
    const asset = fileAsset("image");
    const ofKind = runCheck(baseNotAccepted, { base: present(base, now.toISOString()) }, { asset, ...context });
    const [byName] = evaluated(`FROM ${name}\n`).filter(({ check }) => check === "build/named-image-kind");
    assert.equal(byName?.evidence.kind, kind.kind, name);
    assert.equal(byName?.verdict === "fail", ofKind.verdict === "fail", name);
    const lifecycle = lifecycleOf(contents, now);
    const [release] = evaluated(`FROM ${name}\n`).filter(({ check }) => check === "build/named-image-end-of-life");
    // A name that states no release leaves it open.
    if (lifecycle === undefined || release === undefined) continue;
    const layers = present([], now.toISOString());
    const ofImage = runCheck(endOfLife, { lifecycle, layers }, { asset, ...context });
    const about = (one: Evaluation) => one.findings.map(({ subject, severity, fix }) => [subject, severity, fix?.text]);
    assert.deepEqual(about(release), about(ofImage), name);
  }
});
