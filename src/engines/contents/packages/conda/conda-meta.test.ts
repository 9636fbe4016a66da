import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { condaMeta } from "./conda-meta.ts";

const PATH = "opt/conda/conda-meta/openssl-1.1.1k-h27cfd23_0.json";
const META = JSON.stringify({
  name: "openssl",
  version: "1.1.1k",
  subdir: "linux-64",
  license: "OpenSSL",
  files: ["a"],
});

describe("conda-meta", () => {
  test("a package that conda installed", () => {
    assert.deepEqual(packagesOf(factsOf(condaMeta, PATH, META)), [
      { type: "conda", name: "openssl", version: "1.1.1k", architecture: "linux-64", licenses: ["OpenSSL"] },
    ]);
    for (const path of ["conda-meta/history", "app/conda-meta.json"]) assert.equal(condaMeta.wants(path), false, path);
  });

  test("what states none is unreadable", () => {
    for (const text of ["", "[]", "{}", '{"name":"a"}'])
      assert.equal(factsOf(condaMeta, PATH, text)?.kind, "unreadable");
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(condaMeta, PATH, META));
});
