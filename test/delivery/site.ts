/**
 * What a delivery pipeline is run against, all on this machine: a repository with a bare remote, a registry on loopback with a signed
 * advisory database, keys, and a PATH. buildah, skopeo, git, npm and bulkhead are the real ones; npm's `pack` of a published name and
 * GitHub's `gh` are stand-ins that hold to what those print and write.
 */
import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readClock } from "../../src/core/clock.ts";
import { jsonLines, recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { bulkhead, program } from "../bulkhead.ts";
import { clock, compiled } from "../environment.ts";
import { findProgram } from "../registry/client-programs.ts";
import { findDockerRegistry, startDockerRegistry } from "../registry/docker-registry.ts";
import type { Sigstore } from "../trust/signing/sigstore.ts";

/** Which of the programs is missing; undefined where all are there. */
export function missingProgram(): string | undefined {
  return (
    ["buildah", "skopeo", "git", "npm"].find((name) => findProgram(name) === undefined) ??
    (findDockerRegistry() === undefined ? "docker-registry" : undefined)
  );
}

export interface Site {
  readonly folder: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The checkout in which `init` is run, and its bare remote. */
  readonly repository: string;
  readonly remote: string;
  /** Of the jobs, without what a provider adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** SHA-256 of the package that jobs install. */
  readonly packageHash: string;
  readonly version: string;
  /** What the stand-in of `gh` was called with, a line a call. */
  calls(): string;
  git(...words: readonly string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Writes the pipeline, puts in what a user has to fill in, and pushes everything to main. */
  deliver(provider: "github" | "gitlab"): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const CRITICAL = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };

const IMAGE = {
  "web/Dockerfile":
    'FROM scratch\nCOPY rootfs/ /\nUSER 10001:10001\nHEALTHCHECK CMD ["/srv/web", "check"]\nCMD ["/srv/web"]\n',
  "web/.dockerignore": "*\n!rootfs\n",
  "web/rootfs/srv/node_modules/left/package.json": '{"name":"left","version":"1.0.0","license":"MIT"}\n',
  "web/rootfs/srv/web": "#!/bin/sh\n",
};

/**
 * A service, a manifest that names it by an old digest, and a policy with two signers by keys.
 *
 * @param identities - sign in the place of the keys: jobs that may ask for tokens get them there, and the policy names no signer
 */
export async function openSite(identities?: Sigstore): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-delivery-"));
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ["home", "bin", "storage", "run", "registry"]) mkdirSync(at(name));
  const registry = await startDockerRegistry(findDockerRegistry() as string, at("registry"));
  const { host } = registry;
  const version = (
    JSON.parse(readFileSync(join(dirname(program), "..", "package.json"), "utf8")) as { version: string }
  ).version;
  const environment: Record<string, string> = {
    PATH: `${at("bin")}:${process.env.PATH}`,
    HOME: at("home"),
    GIT_CONFIG_GLOBAL: at("home", "gitconfig"),
    GIT_CONFIG_SYSTEM: "/dev/null",
    BUILDAH_ISOLATION: "chroot",
    STORAGE_DRIVER: "vfs",
    CONTAINERS_STORAGE_CONF: at("storage.conf"),
    STAND_INS: at("bin"),
    REAL_PATH: process.env.PATH ?? "",
    ...clock,
  };
  writeFileSync(
    at("storage.conf"),
    `[storage]\ndriver = "vfs"\ngraphroot = "${at("storage")}"\nrunroot = "${at("run")}"\n`,
  );
  writeFileSync(
    at("home", "gitconfig"),
    "[user]\nname = test\nemail = test@example.com\n[safe]\ndirectory = *\n[receive]\nadvertisePushOptions = true\n",
  );
  const run = (command: string, words: readonly string[], cwd = folder) =>
    execFileSync(command, words, {
      cwd,
      env: { ...process.env, ...environment },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });

  // The package: what it runs is the program of this checkout.
  mkdirSync(at("package"));
  const manifest = { name: "bulkhead", version, type: "module", bin: { bulkhead: "bulkhead.js" } };
  writeFileSync(at("package", "package.json"), JSON.stringify(manifest));
  writeFileSync(at("package", "bulkhead.js"), wrapper());
  run("npm", ["pack", "--silent", at("package")]);
  const packed = at(`bulkhead-${version}.tgz`);
  // The real one installs once. Its start takes half a second: the same words with the same package are answered with what it made.
  standIn(
    at("bin", "npm"),
    `case "$1" in
pack)
  test "$1 $2 $3 $5" = "pack --silent --pack-destination bulkhead@${version}" || exit 64
  cp '${packed}' "$4/" && echo 'bulkhead-${version}.tgz' ;;
install)
  if [ "$1 $2 $3 $4 $#" = "install --global --ignore-scripts --offline 5" ] && cmp --silent "$5" '${at("kept.tgz")}'; then
    cp -a '${at("kept")}' "$HOME/installed"
  else
    NODE_COMPILE_CACHE='${compiled.NODE_COMPILE_CACHE}' PATH=$REAL_PATH npm --prefix "$HOME/installed" "$@"
    cp -a "$HOME/installed" '${at("kept")}'
    cp "$5" '${at("kept.tgz")}'
  fi ;;
*) exit 64 ;;
esac`,
  );
  standIn(
    at("bin", "gh"),
    `printf '%s\\n' "$*" >>'${at("gh.log")}'\ncase "$1 $2" in "auth setup-git") ;; "pr create") echo https://example.com/1 ;; *) exit 64 ;; esac`,
  );
  // What npm installs globally is on the PATH of a runner.
  environment.PATH = `${at("home", "installed", "bin")}:${environment.PATH}`;

  const repository = at("repository");
  const remote = at("remote.git");
  run("git", ["init", "--quiet", "--bare", "--initial-branch=main", remote]);
  run("git", ["-C", remote, "config", "receive.advertisePushOptions", "true"]);
  run("git", ["clone", "--quiet", remote, repository]);
  const git = (...words: readonly string[]) => run("git", words, repository);
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), text);
    }
  };
  const key = async (name: string) => {
    const made = await bulkhead(["generate-key", at(name)], {
      cwd: folder,
      home: at("home"),
      environment: { COSIGN_PASSWORD: "for tests" },
    });
    if (made.code !== 0) throw new Error(made.stderr);
    write({ [`keys/${name}.pub`]: readFileSync(at(`${name}.pub`), "utf8") });
    return readFileSync(at(`${name}.key`), "utf8");
  };
  write({ ...IMAGE, ...configuration(host, identities === undefined) });
  if (identities === undefined) {
    environment.RELEASE_KEY = await key("release");
    environment.SECURITY_KEY = await key("security");
    environment.RELEASE_KEY_PASSWORD = "for tests";
    environment.SECURITY_KEY_PASSWORD = "for tests";
  } else {
    writeFileSync(at("root.json"), JSON.stringify(identities.trustedRoot));
    environment.TEST_SIGSTORE = identities.url;
    environment.TEST_ROOT = at("root.json");
  }

  // The advisory database, signed, as one trusted job pushes it.
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(at("database.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  const publicPem = String(publicKey.export({ type: "spki", format: "pem" }));
  write({ ".github/advisories.pub": publicPem, ".gitlab/advisories.pub": publicPem });
  mkdirSync(at("advisories"));
  writeFileSync(
    at("advisories", "npm.jsonl"),
    jsonLines([recordBelow("CVE-2026-1000", "npm", "right", "2.0.0", CRITICAL)]),
  );
  const source = { file: "npm.jsonl", ecosystem: "npm", asOf: readClock().toISOString().slice(0, 10), complete: true };
  writeFileSync(at("advisories", "coverage.json"), JSON.stringify({ sources: [source] }));
  for (const words of [
    ["db", "import", at("advisories"), "--db", at("advisories.db"), "--quiet"],
    [
      "db",
      "push",
      `oci://${host}/security/advisories:today`,
      "--db",
      at("advisories.db"),
      "--key",
      at("database.key"),
      "--plain-http",
    ],
  ]) {
    const made = await bulkhead(words, { cwd: folder, home: at("home") });
    if (made.code !== 0) throw new Error(`${words.join(" ")}: ${made.stdout}${made.stderr}`);
  }
  const packageHash = createHash("sha256").update(readFileSync(packed)).digest("hex");

  return {
    ...{ folder, host, repository, remote, environment, packageHash, version, git, write },
    calls: () => readFileSync(at("gh.log"), "utf8"),
    async deliver(provider) {
      const made = await bulkhead(["init", "--pipeline", provider, "."], { cwd: repository, home: at("home") });
      if (made.code !== 0) throw new Error(made.stdout + made.stderr);
      for (const path of made.stdout.split("\n").filter((line) => /^\.\/.*yml$|^\..*yml$/.test(line))) {
        const filled = readFileSync(join(repository, path), "utf8")
          .replaceAll(/BULKHEAD_SHA256: "0{64}"/g, `BULKHEAD_SHA256: "${packageHash}"`)
          .replaceAll('ADVISORIES: ""', `ADVISORIES: oci://${host}/security/advisories:today`);
        writeFileSync(join(repository, path), filled);
      }
      git("add", "--all");
      git("commit", "--quiet", "--message", "All");
      git("push", "--quiet", "origin", "HEAD:main");
      git("remote", "set-head", "origin", "main");
    },
    async [Symbol.asyncDispose]() {
      await registry.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(host: string, isKeyed: boolean): Record<string, string> {
  return {
    "bulkhead.yaml": `apiVersion: bulkhead/v1
registries: [${host}/shop]
cluster: { cni: cilium, podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12], nodeCIDRs: [10.20.1.0/24] }
network: { mesh: { mtls: strict } }
${isKeyed ? trust(host) : ""}`,
    // The hardened shop's, in which the two other services are somebody else's to build.
    ...Object.fromEntries(
      readdirSync(MANIFESTS).map((name) => [
        `kubernetes/${name}`,
        readFileSync(join(MANIFESTS, name), "utf8").replaceAll("registry.example.com", host),
      ]),
    ),
  };
}

const trust = (host: string) => `trust:
  roots: []
  signers:
    release: { key: keys/release.pub }
    security: { key: keys/security.pub }
  builders:
    - { signer: release, ids: ["urn:bulkhead:builder:unverified"], level: 1 }
  images:
    - match: ${host}/shop/*
      signedBy: { of: [release, security], atLeast: 2 }
      attestations:
        - { type: slsa, signedBy: [release], level: 1 }
        - { type: sbom, signedBy: [release] }
        - { type: vuln, signedBy: [security], maxAgeDays: 7 }
`;

const MANIFESTS = join(import.meta.dirname, "..", "..", "examples", "shop", "hardened", "kubernetes");

/**
 * The program of this checkout. Where Sigstore is on loopback it is named, and stands in the place of GitHub's issuer. That authority
 * certifies every builder as one of github.com, which the token's issuer here is not: provenance is made, and not written.
 */
function wrapper(): string {
  return `#!${process.execPath}
import { enableCompileCache } from "node:module";
enableCompileCache(${JSON.stringify(compiled.NODE_COMPILE_CACHE)});
const { TEST_SIGSTORE: url, TEST_ROOT: root } = process.env;
if (url !== undefined) {
  const issuer = url + "/_services/token";
  const words = process.argv.map((word) => (word === "https://token.actions.githubusercontent.com" ? issuer : word));
  if (words[2] === "sign" || words[2] === "attest") words.push("--fulcio", url, "--rekor", url);
  if (words[2] === "attest" && words.includes("slsa")) words.push("--oidc-issuer", issuer, "--dry-run");
  if (words[2] === "verify") words.push("--root", root, "--offline");
  process.argv = words;
}
await import(${JSON.stringify(program)});
`;
}

function standIn(path: string, script: string): void {
  writeFileSync(path, `#!/bin/bash\nset -e\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A checkout of a commit, as a job gets it. @param whole - with all branches */
export function checkOut(site: Site, folder: string, ref = "main", whole = true): void {
  execFileSync(
    "git",
    ["clone", "--quiet", ...(whole ? [] : ["--depth=1"]), "--branch", ref, `file://${site.remote}`, folder],
    {
      env: { ...process.env, ...site.environment },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
}

/** A job's home, on a machine whose programs speak to the registry by plain HTTP. */
export function makeHome(site: Site, home: string): void {
  mkdirSync(join(home, ".config", "containers"), { recursive: true });
  const conf = `[[registry]]\nlocation = "${site.host}"\ninsecure = true\n`;
  writeFileSync(join(home, ".config", "containers", "registries.conf"), conf);
}

/** Files as an artifact keeps them. */
export function copyFiles(from: string, to: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path));
  }
}
