import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../manifests.ts";

const read = (text: string) => readManifests([{ path: "compose.yaml", text }]);

/** The services' privileged, pid and user, or the first gap. */
function shown(body: string, head = ""): unknown {
  const { workloads, gaps } = read(`${head}services:\n  a:\n    image: x\n${body.replace(/^/gm, "    ")}\n`);
  const [gap] = gaps;
  if (gap !== undefined) return gap.reason;
  return workloads.map(({ pod, compose }) => [
    pod.containers[0]?.securityContext?.privileged ?? false,
    compose?.pid ?? "",
    compose?.user ?? "",
  ]);
}

const BASE = "x-b: &b { privileged: true, pid: host }\n";

test("keys merge as Compose merges them, however the merge is written", () => {
  for (const merge of ["<<: *b", "! <<: *b", "<<: [*b]", "<<: { privileged: true, pid: host }"]) {
    assert.deepEqual(shown(merge, BASE), [[true, "host", ""]], merge);
  }
  // What the service states counts, before the merge and after it.
  assert.deepEqual(shown("pid: private\n<<: *b", BASE), [[true, "private", ""]]);
  assert.deepEqual(shown("<<: *b\npid: private", BASE), [[true, "private", ""]]);
  assert.deepEqual(shown("<<: [*c, *b]", `${BASE}x-c: &c { pid: shared }\n`), [[true, "shared", ""]]);
  // Quoted it is a field that there is none of.
  assert.deepEqual(shown('"<<": { privileged: true }'), [[false, "", ""]]);
  assert.match(String(shown("!!merge <<: *b", BASE)), /tag/);
  assert.match(String(shown("<<: *b\n<<: *b", BASE)), /there twice/);
});

test("an alias means the anchor before it, also within what is aliased", () => {
  const anchors = "x-1: &p private\nx-2: &s { pid: *p }\nx-3: &p host\n";
  assert.deepEqual(shown("<<: *s", anchors), [[false, "private", ""]]);
  assert.deepEqual(shown("pid: *p", anchors), [[false, "host", ""]]);
  assert.match(String(shown("x-c: &c [*c]")), /leads to nothing/);
});

test("tags do what they do to Compose", () => {
  assert.deepEqual(shown("privileged: !override true"), [[true, "", ""]]);
  assert.deepEqual(shown("privileged: ! true"), [[true, "", ""]]);
  assert.deepEqual(shown("privileged: !!bool true\npid: !!str host"), [[true, "host", ""]]);
  assert.deepEqual(shown("privileged: true\nprivileged: !reset null"), [[true, "", ""]]);
  assert.deepEqual(shown("privileged: !reset true"), [[false, "", ""]]);
  assert.deepEqual(shown("!!str pid: host"), [[false, "host", ""]]);
  assert.match(String(shown("pid: !!binary aG9zdA==")), /tag/);
  assert.match(String(shown("x-a: &a { b: !reset null }\n<<: *a")), /below an anchor/);
});

test("words that are true elsewhere are so where Compose makes them so", () => {
  for (const word of ["true", "yes", "'on'", "Y", "TRUE"]) {
    assert.deepEqual(shown(`privileged: ${word}`), [[true, "", ""]], word);
  }
  assert.match(String(shown("privileged: maybe")), /expected true or false/);
});

test("keys by escape, in quotes, before other spaces; numbers and doubled ones are refused", () => {
  assert.deepEqual(shown("\"\\x70rivileged\" : true\n'pid':   host"), [[true, "host", ""]]);
  for (const body of ["1: a", "null: a", "pid: a\npid: host", 'pid: a\n"pid": host', "? pid\n: host"]) {
    assert.equal(typeof shown(body), "string", body);
  }
  for (const body of ["build: {?network: host}", "x-a: &a 1\nbuild: { args: [ # b\n  ?c] }"]) {
    assert.match(String(shown(body)), /not all readers of YAML take alike/, body);
  }
});

test("several documents are one to Compose, which is told", () => {
  const { workloads, gaps } = read(
    "services: { a: { image: x } }\n---\nservices: { a: { privileged: true } }\n---\nx-a: 1\n",
  );
  assert.equal(workloads.length, 2);
  assert.deepEqual(
    gaps.map(({ code, line }) => [code, line]),
    [["kubernetes.compose-documents", 2]],
  );
});

test("a Compose file by its name is read as one, whatever it holds", () => {
  assert.equal(read('"\\x73ervices": { a: { privileged: true } }\n').workloads.length, 1);
  assert.match(read("services: [a]\n").gaps[0]?.reason ?? "", /expected a map/);
  assert.match(read("services: { a: &b.c {} }\n").gaps[0]?.reason ?? "", /anchor/);
  assert.deepEqual(read("# nothing\n").gaps, []);
});

test("what is of the host and used by no service of the file may be another file's, and is told", () => {
  const options = "driver_opts: { type: none, o: bind, device: / }";
  const reasons = (text: string) => read(text).gaps.map(({ reason, line }) => [line, reason]);
  assert.deepEqual(
    reasons(`volumes: { data: { ${options} } }\nsecrets: { s: { file: /etc/shadow }, own: { file: ./s } }\n`),
    [
      [1, "volumes.data: of the host, and used by no service of this file"],
      [2, "secrets.s: of the host, and used by no service of this file"],
    ],
  );
  assert.deepEqual(
    reasons(`services: { a: { image: x, volumes: ["data:/d"] } }\nvolumes: { data: { ${options} } }\n`),
    [],
  );
});
