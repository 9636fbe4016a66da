/**
 * Suite `oci-distribution`: the conformance program of the OCI distribution specification against an engine alone and through
 * the registry guard (`registry serve`, with tokens on both sides), in one run. Through the guard nothing may fail that passes without it, and what an engine without the
 * referrers API lacks must pass. It is built here, of the specification's own source, from Debian's Go libraries alone.
 *
 * `--data DIR` names a folder with `distribution-spec/conformance` and `distribution-spec/specs-go`.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findDockerRegistry, startDockerRegistry } from "../test/registry/docker-registry.ts";
import { findPostgres, startPostgres } from "../test/registry/postgres.ts";
import { makeAccount, makeKeys, serveGuard } from "../test/registry/served-guard.ts";
import type { Suite } from "./suite.ts";

const run = promisify(execFile);

const SOURCE = "distribution-spec";
const PACKAGE = "github.com/opencontainers/distribution-spec";
const GO_SOURCES = process.env.GO_SOURCES ?? "/usr/share/gocode/src";
/** An older specification than this has the program know less than it tests. */
const VERSION = "1.1";

/** What docker-registry lacks and the guard brings. */
const BROUGHT = /\/referrers$|^OCI Conformance Test\/(?:artifacts-with|index-with|missing)-subject\//;

type Status = "passed" | "failure" | "skipped" | "disabled" | "error";
type Results = ReadonlyMap<string, Status>;

export const ociDistribution: Suite = {
  about: "the OCI conformance program against an engine alone and through the guard (needs go, docker-registry)",
  needs: [SOURCE],
  async *cases({ data, temporary }) {
    let alone: Results = new Map();
    let guarded: Results = new Map();
    yield {
      name: "both runs come to results",
      async run() {
        const program = await built(join(data, SOURCE), temporary);
        const registry = findDockerRegistry();
        assert.ok(registry !== undefined, "docker-registry is not installed (scripts/setup-tests)");
        const engine = await startDockerRegistry(registry, made(temporary, "engine"));
        try {
          alone = await results(program, engine.host, made(temporary, "alone"), {});
        } finally {
          await engine.stop();
        }
        guarded = await throughTheGuard(program, registry, temporary);
        assert.ok(alone.size > 200, `${alone.size} tests of the engine alone: the program has not run to its end`);
        process.stdout.write(`alone: ${counted(alone)}; through the guard: ${counted(guarded)}\n`);
      },
    };
    for (const [name, status] of guarded) {
      yield {
        name,
        run() {
          const without = alone.get(name) ?? "absent";
          assert.ok(!isFailure(status) || isFailure(without), `${status} through the guard, ${without} without it`);
          if (BROUGHT.test(name)) assert.ok(!isFailure(status), "a failure that the guard is there to take away");
        },
      };
    }
    yield {
      name: "every test of the engine alone was run through the guard",
      run() {
        const missing = [...alone.keys()].filter((name) => !guarded.has(name));
        assert.deepEqual(missing, []);
      },
    };
  },
};

/** Everything is judged, recorded, and let through. */
const POLICY = {
  apiVersion: "bulkhead/v1",
  enforcement: { registry: "audit" },
  registry: {
    access: [{ who: ["user:conformance"], repositories: ["**"], actions: ["pull", "push", "delete", "catalog"] }],
    // A manifest of the largest size takes its time.
    pull: { deadlineSeconds: 30 },
  },
};

async function throughTheGuard(program: string, registry: string, temporary: string): Promise<Results> {
  const folder = made(temporary, "guard");
  const password = randomBytes(16).toString("hex");
  const keys = makeKeys(folder);
  const accounts = makeAccount(folder, "conformance", password);
  const programs = findPostgres();
  const database = programs === undefined ? undefined : await startPostgres(programs);
  const engine = await startDockerRegistry(registry, made(folder, "engine"), {
    realm: "http://127.0.0.1/token",
    service: "engine",
    issuer: "bulkhead",
    certificateFile: join(keys, "engine.crt"),
    close: async () => undefined,
  });
  try {
    const words = ["--accounts", accounts];
    const guard = await serveGuard({ folder, policy: POLICY, engine: engine.host, database: database?.url, words });
    try {
      const credentials = { OCI_USERNAME: "conformance", OCI_PASSWORD: password };
      return await results(program, guard.host, made(temporary, "guarded"), credentials);
    } finally {
      await guard.stop();
    }
  } finally {
    await engine.stop();
    await database?.stop();
  }
}

function made(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** @returns the program's path */
async function built(source: string, temporary: string): Promise<string> {
  const needed = [
    "github.com/goccy/go-yaml",
    "github.com/opencontainers/go-digest",
    "github.com/opencontainers/image-spec",
  ];
  const missing = needed.filter((path) => !existsSync(join(GO_SOURCES, path)));
  assert.deepEqual(missing, [], "Go libraries are not installed (scripts/setup-tests)");
  const root = join(temporary, "go");
  const folder = join(root, "src", PACKAGE);
  mkdirSync(folder, { recursive: true });
  for (const part of ["conformance", "specs-go"]) cpSync(join(source, part), join(folder, part), { recursive: true });
  const program = join(temporary, "conformance");
  await run("go", ["build", "-o", program, "."], {
    cwd: join(folder, "conformance"),
    env: {
      ...process.env,
      GO111MODULE: "off",
      GOFLAGS: "",
      GOPATH: `${root}:${join(GO_SOURCES, "..")}`,
      GOCACHE: join(temporary, "go-cache"),
    },
  });
  return program;
}

async function results(
  program: string,
  host: string,
  folder: string,
  credentials: Readonly<Record<string, string>>,
): Promise<Results> {
  const ended = run(program, [], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      OCI_REGISTRY: host,
      OCI_TLS: "disabled",
      OCI_VERSION: VERSION,
      OCI_REPO1: `${lastOf(folder)}/one`,
      OCI_REPO2: `${lastOf(folder)}/two`,
      OCI_RESULTS_DIR: folder,
      ...credentials,
    },
  });
  // It ends with 1 where something failed, which some of an engine's own always does.
  await ended.catch((error: Error & { code?: unknown }) => {
    if (error.code !== 1) throw error;
  });
  return parseResults(readFileSync(join(folder, "junit.xml"), "utf8"));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Of its report name and status alone are read. */
function parseResults(junit: string): Results {
  const found = new Map<string, Status>();
  for (const [, name = "", status = ""] of junit.matchAll(/<testcase name="([^"]*)"[^>]* status="([^"]*)"/g)) {
    found.set(name, status as Status);
  }
  return found;
}

function isFailure(status: string): boolean {
  return status === "failure" || status === "error";
}

function counted(all: Results): string {
  const counts = new Map<Status, number>();
  for (const status of all.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(", ");
}
