/** npm with the published package alone: packed, and served by a registry on loopback. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { json, listen } from "../../src/engines/oci/registry/loopback.fixture.ts";

const run = promisify(execFile);

/** Node 24 first, as in the clone. */
const path = `${join(process.execPath, "..")}${delimiter}${process.env.PATH ?? ""}`;

/** Where npm is; undefined where it is not. */
export function findNpm(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return folders.map((folder) => join(folder, "npm")).find((file) => existsSync(file));
}

/** npm asks nothing but loopback, and keeps what it writes in the folder. */
export function npmEnvironment(folder: string, registry = "http://127.0.0.1:9"): Record<string, string> {
  mkdirSync(join(folder, "home"), { recursive: true });
  return {
    PATH: path,
    HOME: join(folder, "home"),
    npm_config_registry: registry,
    npm_config_cache: join(folder, "npm-cache"),
    npm_config_update_notifier: "false",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_fetch_retries: "0",
  };
}

/** @returns standard output @throws Error with what npm said */
export async function npm(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return (await run(findNpm() ?? "npm", words, { cwd, env })).stdout;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** `npm pack` of a release's tree. @returns the archive, and the files in it */
export async function pack(release: string, folder: string): Promise<{ archive: string; files: string[] }> {
  const written = await npm(["pack", release, "--json", "--pack-destination", folder], folder, npmEnvironment(folder));
  const [packed] = JSON.parse(written) as readonly Packed[];
  if (packed === undefined) throw new Error("npm packed nothing");
  return { archive: join(folder, packed.filename), files: packed.files.map((file) => file.path).sort() };
}

/** A registry that has this one package. @returns its URL */
export async function serve(
  t: TestContext,
  archive: string,
  manifest: Readonly<Record<string, unknown>>,
): Promise<string> {
  const bytes = readFileSync(archive);
  const { name, version } = manifest as { readonly name: string; readonly version: string };
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const server = await listen(t, (request, response) => {
    if (request.url === `/${name}.tgz`) return response.end(bytes);
    if (request.url !== `/${name}`) return json(response, 404, { error: "not found" });
    const dist = { tarball: `http://${request.headers.host}/${name}.tgz`, integrity };
    json(response, 200, { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } });
  });
  return server.origin;
}
