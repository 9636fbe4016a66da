import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manifestReader } from "../manifests.ts";
import { locationOf } from "../model.ts";

function read(text: string, others: Readonly<Record<string, string>> = {}) {
  const reader = manifestReader();
  reader.file("compose.yaml", text, new Map(), (path) => (Object.hasOwn(others, path) ? others[path] : undefined));
  return reader.manifests();
}

function service(name: string, text: string, others?: Readonly<Record<string, string>>) {
  const { workloads, gaps } = read(text, others);
  const found = workloads.find(({ object }) => object.name === name);
  assert.ok(found);
  const at = (...path: (string | number)[]) => {
    const place = locationOf(found.object, ["spec", ...path]);
    return place.kind === "file" ? `${place.line}:${place.column}` : "";
  };
  return { ...found, gaps: gaps.map(({ reason }) => reason), at };
}

describe("extends", () => {
  test("of the same file: maps are merged, lists put together, and its own word counts", () => {
    const { pod, compose, at, gaps } = service(
      "web",
      "services:\n  base:\n    image: a\n    privileged: true\n    user: '1'\n    command: [x]\n    volumes: ['/etc:/a']\n    environment: [A=1, B=2]\n  web:\n    extends: base\n    user: '2'\n    command: [y]\n    volumes: ['/srv:/b']\n    environment: { B: '3' }\n",
    );
    assert.deepEqual(gaps, []);
    const [container] = pod.containers;
    assert.deepEqual([container?.image, compose?.user, container?.args], ["a", "2", ["y"]]);
    assert.equal(container?.securityContext?.privileged, true);
    assert.deepEqual(container?.env, [
      { name: "A", value: "1" },
      { name: "B", value: "3" },
    ]);
    assert.deepEqual(
      pod.volumes.map(({ hostPath }) => hostPath?.path),
      ["/etc", "/srv"],
    );
    assert.deepEqual(
      [
        at("containers", 0, "securityContext", "privileged"),
        at("volumes", 0, "hostPath"),
        at("volumes", 1, "hostPath"),
        at("containers", 0, "securityContext", "runAsUser"),
      ],
      ["4:5", "7:15", "13:15", "11:5"],
    );
  });

  test("of another file of the tree, and on from there; its place is where it is extended", () => {
    const { pod, at, gaps } = service("web", "services:\n  web:\n    extends: { file: common.yaml, service: base }\n", {
      "common.yaml":
        "services:\n  base:\n    extends: { file: sub/more.yaml, service: root }\n    cap_add: [NET_ADMIN]\n",
      "sub/more.yaml":
        "services:\n  root:\n    extends: same\n  same:\n    privileged: true\n    cap_add: [SYS_ADMIN]\n",
    });
    assert.deepEqual(gaps, []);
    assert.deepEqual(pod.containers[0]?.securityContext?.capabilities?.add, ["SYS_ADMIN", "NET_ADMIN"]);
    assert.equal(pod.containers[0]?.securityContext?.privileged, true);
    assert.equal(at("containers", 0, "securityContext", "privileged"), "3:5");
  });

  test("what cannot be followed is told", () => {
    const told = (extended: string, others?: Readonly<Record<string, string>>) =>
      service("web", `services:\n  web:\n    extends: ${extended}\n`, others).gaps;
    const at = "services.web.extends: extends was not resolved: ";
    assert.deepEqual(told("web"), [`${at}it leads in a circle, or too far`]);
    assert.deepEqual(told("gone"), [`${at}no service gone is found`]);
    assert.deepEqual(told("{ file: gone.yaml, service: a }"), [`${at}no service a is found`]);
    assert.deepEqual(told("{ file: a.yaml, service: a }", { "a.yaml": "[" }), [`${at}no service a is found`]);
    assert.deepEqual(told("{ file: a.yaml }"), [`${at}names no service`]);
    const circle = { "a.yaml": "services: { a: { extends: { file: a.yaml, service: a } } }" };
    assert.equal(told("{ file: a.yaml, service: a }", circle).length, 1);
    assert.match(
      told("{ file: a.yaml, service: a }", { "a.yaml": `services: { a: { user: '$${"{U}"}' } }` })[0] ?? "",
      /^services\.web\.extends: no value found for U$/,
    );
    assert.match(
      told("{ file: sub/a.yaml, service: a }", { "sub/a.yaml": "services: { a: { volumes: ['../..:/a'] } }" })[0] ?? "",
      /relative to sub are not resolved$/,
    );
  });

  test("many services that extend a large one are read up to a bound", () => {
    const large = Array.from({ length: 2_000 }, (_, index) => `'/a${index}:/b${index}'`).join(", ");
    const many = Array.from({ length: 60 }, (_, index) => `  s${index}: { extends: base }\n`).join("");
    const { gaps, workloads } = read(`services:\n  base: { volumes: [${large}] }\n${many}`);
    assert.equal(workloads.length, 61);
    assert.ok(gaps.some(({ reason }) => reason.includes("extend too much")));
  });
});

describe("volumes_from", () => {
  const TEXT =
    "services:\n  base:\n    volumes: ['/etc:/a', '/srv:/b']\n  middle:\n    volumes_from: [base]\n  web:\n    volumes: ['data:/b']\n    volumes_from: ['middle:ro']\n";

  test("what others mount is mounted, but where it has something itself", () => {
    const { pod, at, gaps } = service("web", TEXT);
    assert.deepEqual(gaps, []);
    assert.deepEqual(
      pod.volumes.map(({ hostPath, persistentVolumeClaim }) => hostPath?.path ?? persistentVolumeClaim?.claimName),
      ["data", "/etc"],
    );
    assert.deepEqual(
      pod.containers[0]?.volumeMounts.map(({ mountPath, readOnly }) => [mountPath, readOnly]),
      [
        ["/b", undefined],
        ["/a", true],
      ],
    );
    assert.equal(at("volumes", 1, "hostPath"), "3:15");
  });

  test("what is no service of the file is told, and a circle ends", () => {
    const told = (from: string) =>
      service("web", `services:\n  web: { volumes_from: ${from} }\n  a: { volumes_from: [web] }\n`).gaps;
    assert.deepEqual(told("['container:x']"), ["services.web.volumes_from[0]: mounts from container x are unknown"]);
    assert.match(told("[gone]")[0] ?? "", /not a service of this file$/);
    assert.deepEqual(told("[a]"), []);
  });

  test("one that takes from very many is told", () => {
    const chain = Array.from({ length: 300 }, (_, index) => `  s${index + 1}: { volumes_from: [s${index}] }\n`).join(
      "",
    );
    const { gaps } = read(`services:\n  s0: { volumes: ['/etc:/a'] }\n${chain}`);
    assert.ok(gaps.some(({ reason }) => reason.includes("mounts from more than 100 services")));
  });
});
