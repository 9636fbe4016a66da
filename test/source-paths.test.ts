/** Paths of reports and patches, from the root of the repository whichever directory was scanned. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { git, skipWithoutGit } from "../src/engines/git/repository.fixture.ts";
import { inProcess } from "./in-process.ts";

const DOCKERFILE = "FROM debian:12\nRUN apt-get update && apt-get install curl\n";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-source-paths-"));
  for (const path of ["home", "repository/services/web", "loose/web"])
    mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["repository/services/web", "loose/web"])
    writeFileSync(join(folder, path, "Dockerfile"), DOCKERFILE);
  // What gitrepository-layout asks for: git itself is not needed.
  for (const path of ["objects", "refs"]) mkdirSync(join(folder, "repository/.git", path), { recursive: true });
  writeFileSync(join(folder, "repository/.git/HEAD"), "ref: refs/heads/main\n");
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (cwd: string, ...written: readonly string[]) =>
  inProcess(written, { cwd: join(folder, cwd), home: join(folder, "home") });

interface Log {
  readonly runs: readonly {
    readonly results: readonly {
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string } };
      }[];
    }[];
  }[];
}

function uris(sarif: string): Set<string> {
  const { runs } = JSON.parse(sarif) as Log;
  const places = runs.flatMap(({ results }) => results.flatMap(({ locations }) => locations));
  return new Set(
    places.flatMap(({ physicalLocation: { artifactLocation } }) =>
      artifactLocation.uriBaseId === "%SRCROOT%" ? [artifactLocation.uri] : [],
    ),
  );
}

test("annotations and SARIF name a file the same from every directory", async () => {
  for (const [cwd, dir] of [
    ["repository", "."],
    ["repository", "services"],
    ["repository/services", "web"],
    ["repository/services/web", "."],
  ] as const) {
    const sarif = await run(cwd, "check", dir, "--format", "sarif", "--no-cache");
    assert.deepEqual([...uris(sarif.stdout)], ["services/web/Dockerfile"], `${cwd}: ${dir}`);
    const github = await run(cwd, "check", dir, "--format", "github", "--no-cache");
    assert.match(github.stdout, /^::notice file=services\/web\/Dockerfile,line=2,/m);
  }
  const loose = await run("loose", "check", ".", "--format", "sarif", "--no-cache");
  assert.deepEqual([...uris(loose.stdout)], ["web/Dockerfile"]);
});

test("git applies a patch in any directory of the repository", { skip: skipWithoutGit }, async () => {
  for (const cwd of ["repository", "repository/services/web"]) {
    const dir = cwd === "repository" ? "services" : ".";
    const { stdout } = await run(cwd, "build", "lint", dir, "--diff", "--offline", "--quiet", "--no-cache");
    assert.match(stdout, /^diff --git a\/services\/web\/Dockerfile b\/services\/web\/Dockerfile\n--- a\/services/);
    for (const place of ["repository", "repository/services", "repository/services/web"]) {
      git(join(folder, place), ["apply", "--check", "-"], stdout);
    }
  }
  const loose = await run("loose", "build", "lint", ".", "--diff", "--offline", "--quiet", "--no-cache");
  assert.match(loose.stdout, /^--- a\/web\/Dockerfile\n/);
});
