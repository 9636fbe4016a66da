/** `trust update` and `trust status`: a repository on loopback, by the command line. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { carriedRoot } from "../../src/engines/trust/roots/carried/carried.ts";
import { signer, TestRepository } from "../../src/engines/trust/roots/tuf/repository.fixture.ts";
import { serve } from "../../src/net/loopback.fixture.ts";
import { inProcess } from "../in-process.ts";

/** The program's clock is the machine's. */
const FAR = "2999-01-01T00:00:00Z";

async function privateInstance(context: TestContext) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-roots-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = new TestRepository();
  const document = carriedRoot("public-good").document;
  const publish = (content: object) => {
    for (const role of ["root", "timestamp", "snapshot", "targets"] as const) repository[role].expires = FAR;
    repository.addTarget("trusted_root.json", JSON.stringify(content));
    repository.publishRoot();
    repository.publish();
  };
  publish(document);
  writeFileSync(join(folder, "root.json"), repository.files.get("1.root.json") ?? "");
  const server = await serve(context, (request, response) => {
    const bytes = repository.files.get(decodeURIComponent(request.url ?? "").slice(1));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  const run = (...words: readonly string[]) => inProcess(["trust", ...words], { cwd: folder, home: folder });
  const update = () => run("update", "--repository", server.origin, "--root", "root.json", "--output", "trusted.json");
  return { folder, repository, publish, server, run, update, document };
}

test("the trusted root of a private instance is downloaded, verified and written", async (context) => {
  const { folder, update, document, publish } = await privateInstance(context);
  const { code, stdout, stderr } = await update();
  assert.equal(
    stdout,
    "trusted.json: up to date (2 certificate authorities, 2 logs, 1 timestamp authority); TUF root version 2, next update due by 2999-01-01\n",
  );
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, "trusted.json"), "utf8")), document);
  publish({ ...document, tlogs: [] });
  assert.match((await update()).stdout, /0 logs.*TUF root version 3/);
});

test("what is attacked is not written, and the run is incomplete", async (context) => {
  const { folder, update, publish, document, repository } = await privateInstance(context);
  await update();
  const before = readFileSync(join(folder, "trusted.json"), "utf8");
  repository.roles.targets.signers = [{ ...signer(), id: repository.roles.targets.signers[0]?.id ?? "" }];
  publish({ ...document, tlogs: [] });
  repository.files.delete("3.root.json");
  const { code, stdout, stderr } = await update();
  assert.deepEqual([code, stdout], [3, ""]);
  assert.match(
    stderr,
    /^bulkhead: trusted.json not updated: tuf\.signature: http.*3\.targets\.json: signed by 0 of the 1 keys/,
  );
  assert.equal(readFileSync(join(folder, "trusted.json"), "utf8"), before);
});

test("a mirror with another's keys is not the public-good instance", async (context) => {
  const { run, server } = await privateInstance(context);
  const { code, stdout, stderr } = await run("update", "public-good", "--mirror", server.origin);
  assert.deepEqual([code, stdout], [3, ""]);
  assert.match(
    stderr,
    /^bulkhead: public-good not updated: tuf\.missing: http.*\/15\.root\.json: not in the repository\n$/,
  );
});

test("the status says where the roots are from and how old they are", async (context) => {
  const { folder, run } = await privateInstance(context);
  const { code, stdout } = await run("status", "--now", "2026-09-01T00:00:00Z");
  assert.equal(code, 0);
  assert.deepEqual(stdout.split("\n").slice(0, 3), [
    "public-good: as of 2026-08-21 (10 days ago), included in this program",
    "  2 certificate authorities, 2 logs, 1 timestamp authority",
    "  run `bulkhead trust update` to check for a newer one",
  ]);
  writeFileSync(join(folder, "public-good.json"), "{}");
  const broken = await run("status", "--roots", folder, "--json");
  const [publicGood, github] = JSON.parse(broken.stdout).roots;
  assert.deepEqual([publicGood.from, publicGood.asOf], ["carried", "2026-08-21T19:25:56Z"]);
  assert.match(publicGood.discarded, /^tuf\.cache: .*public-good\.json: not of this program's form/);
  assert.deepEqual(github.document, carriedRoot("github").document);
});

test("words that make no sense are told", async (context) => {
  const { run } = await privateInstance(context);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["update", "staging"], /unknown Sigstore instance \(use public-good or github\)/],
    [["update", "--mirror", "https://tuf.example.com"], /a mirror is of one instance/],
    [["update", "github", "--mirror", "ftp://x"], /not an HTTP URL/],
    [["update", "--repository", "https://tuf.example.com"], /needs --repository, --root and --output/],
    [
      ["update", "github", "--repository", "https://a.example", "--root", "root.json", "--output", "o"],
      /cannot be combined/,
    ],
    [
      ["update", "--repository", "https://a.example", "--root", "none.json", "--output", "o"],
      /no such file or directory/,
    ],
    [["status", "--now", "soon"], /not a valid time/],
  ];
  for (const [words, message] of cases) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, message);
  }
});
