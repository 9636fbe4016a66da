/** The real cosign (Debian's, 2.5), as a child process: keys, signatures and attestations without a log. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { findDockerRegistry } from "../registry/docker-registry.ts";

const run = promisify(execFile);

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Why tests over a real registry and the real cosign are skipped; false where both are there. */
export const withoutCosign: string | false =
  findDockerRegistry() === undefined
    ? "docker-registry is not installed"
    : !isInstalled("cosign")
      ? "cosign is not installed"
      : !isInstalled("openssl") && "openssl is not installed";

/** Of every key made here: good for nothing else. */
export const PASSWORD = "for tests only";

export interface Cosign {
  /** Runs `cosign WORDS…` in the folder. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  /** Makes `NAME.key` and `NAME.pub` in the folder. */
  keyPair(name: string): Promise<void>;
  /** A layer of the tag `sha256-….sig`. */
  sign(image: string, key: string, more?: readonly string[]): Promise<void>;
  /** @param bundle - as a referrer; else a layer of the tag `sha256-….att` */
  attest(image: string, key: string, statement: { type: string; predicate: string; bundle?: boolean }): Promise<void>;
}

const OFFLINE = ["--tlog-upload=false", "--allow-http-registry", "--yes"];

/** @param folder - its HOME, and where keys are */
export async function cosignIn(folder: string): Promise<Cosign> {
  const home = join(folder, "cosign-home");
  await mkdir(home, { recursive: true });
  const cosign: Cosign = {
    async run(words, environment = {}) {
      const env = { PATH: process.env.PATH ?? "", HOME: home, COSIGN_PASSWORD: PASSWORD, ...environment };
      // What it asks for and does not get (a root, an answer) it waits for.
      const { stdout } = await run("cosign", words, { cwd: folder, env, timeout: 120_000 });
      return stdout;
    },
    async keyPair(name) {
      await cosign.run(["generate-key-pair", "--output-key-prefix", name]);
    },
    async sign(image, key, more = []) {
      await cosign.run(["sign", ...OFFLINE, "--key", key, ...more, image]);
    },
    async attest(image, key, { type, predicate, bundle = false }) {
      const form = bundle ? ["--new-bundle-format"] : [];
      await cosign.run(["attest", ...OFFLINE, ...form, "--key", key, "--type", type, "--predicate", predicate, image]);
    },
  };
  return cosign;
}
