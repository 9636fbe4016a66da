import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { credentialsIn } from "./credentials.ts";

const hub = { domain: "docker.io", path: "library/nginx" };

test("credentials are those of the file that has their name, read when they are needed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-credentials-"));
  const find = credentialsIn(folder);
  const write = (password: string) => {
    const auth = Buffer.from(`robot:${password}`).toString("base64");
    return writeFile(join(folder, "hub"), JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth } } }));
  };
  const password = ["for", "tests", "only"].join("-");
  await write(password);
  assert.deepEqual(await find("hub", hub), {
    kind: "password",
    username: "robot",
    password,
    source: join(folder, "hub"),
  });
  await write(`${password}-2`);
  const renewed = await find("hub", hub);
  assert.ok(!(renewed instanceof Problem) && renewed.kind === "password" && renewed.password === `${password}-2`);
});

test("what is not there, is of another registry or is no such file is a problem, and nothing of it is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-credentials-"));
  const find = credentialsIn(folder);
  const secret = ["not", "for", "anybody"].join("-");
  await writeFile(join(folder, "broken"), `{"auths": "${secret}`);
  await writeFile(join(folder, "other"), JSON.stringify({ auths: { "ghcr.io": { username: "a", password: secret } } }));
  const causes: string[] = [];
  for (const name of ["absent", "broken", "other"]) {
    const found = await find(name, hub);
    assert.ok(found instanceof Problem, name);
    assert.doesNotMatch(found.line(), new RegExp(secret));
    causes.push(found.message);
  }
  assert.deepEqual(causes, ["no such file or directory", "not JSON", "no credentials for docker.io"]);
  const nowhere = await credentialsIn(undefined)("hub", hub);
  assert.ok(nowhere instanceof Problem);
  assert.match(nowhere.line(), /--upstream-credentials/);
});
