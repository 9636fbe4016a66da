import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { parseReference } from "../reference.ts";
import { askHelper } from "./credential-helper.ts";
import { findCredentials } from "./docker-config.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-helpers-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(folder, "bin");
mkdirSync(bin);
const environment = { HOME: folder, PATH: `${bin}${delimiter}${process.env.PATH}`, DOCKER_CONFIG: folder };

/** A helper that keeps what it was asked and says `answer`. */
function helper(name: string, answer: string, exitCode = 0): void {
  const path = join(bin, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\ncat > ${folder}/asked-$1\ncat <<'END'\n${answer}\nEND\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
}

test("asks the helper by the server's name and takes its answer", async () => {
  helper("good", '{"ServerURL":"r.example","Username":"ann","Secret":"s"}');
  assert.deepEqual(await askHelper("good", "r.example", environment), {
    kind: "found",
    credentials: { kind: "password", username: "ann", password: "s", source: "docker-credential-good" },
  });
  assert.equal(readFileSync(join(folder, "asked-get"), "utf8"), "r.example\n");
});

test("the user name <token> marks an identity token", async () => {
  helper("token", '{"Username":"<token>","Secret":"t"}');
  const answer = await askHelper("token", "r.example", environment);
  assert.equal(answer.kind === "found" && answer.credentials.kind, "identity-token");
});

test("tells none from failed, and a failure tells no secret", async () => {
  helper("none", "credentials not found in native keychain", 1);
  assert.deepEqual(await askHelper("none", "r.example", environment), { kind: "none" });
  for (const [name, answer, exitCode] of [
    ["broken", "the secret is hunter2", 0],
    ["failing", "the secret is hunter2", 3],
    ["empty", '{"Username":"hunter2"}', 0],
    ["null", "null", 0],
  ] as const) {
    helper(name, answer, exitCode);
    const failed = await askHelper(name, "r.example", environment);
    assert.equal(failed.kind, "failed");
    assert.doesNotMatch(JSON.stringify(failed), /hunter2/);
  }
  for (const name of ["not-installed", "../bin/docker-credential-good", "", "-x", "a b", "a;b"]) {
    assert.equal((await askHelper(name, "r.example", environment)).kind, "failed");
  }
});

test("a helper for the host counts before the file, the store for all hosts after it", async () => {
  helper("host", '{"Username":"host","Secret":"s"}');
  helper("store", '{"Username":"store","Secret":"s"}');
  const auth = Buffer.from("file:s").toString("base64");
  writeFileSync(
    join(folder, "config.json"),
    JSON.stringify({
      credHelpers: { "r.example": "host" },
      credsStore: "store",
      auths: { "r.example": { auth }, "f.example": { auth }, "https://index.docker.io/v1/": {} },
    }),
  );
  const userFor = async (reference: string) => {
    const { credentials } = await findCredentials(parseReference(reference), environment);
    return credentials?.kind === "password" ? credentials.username : credentials?.kind;
  };
  assert.equal(await userFor("r.example/web"), "host");
  assert.equal(await userFor("f.example/web"), "file");
  assert.equal(await userFor("alpine"), "store");
  assert.equal(readFileSync(join(folder, "asked-get"), "utf8"), "https://index.docker.io/v1/\n");
});
