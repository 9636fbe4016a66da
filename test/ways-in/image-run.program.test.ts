import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { alpine310, imageOf, npmPackage } from "../../src/collect/image/image-files.fixture.ts";
import { writeTree } from "./tree.ts";

/** The image that `npm run image` made, in a container that may do nothing. */

const root = join(import.meta.dirname, "..", "..");
const layout = join(root, ".cache", "image");
const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/sbin");
const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
const podman = find("podman");
const runtime = find("runc") ?? find("crun");
const read = (path: string) => JSON.parse(readFileSync(join(layout, path), "utf8"));
/** The commit that the image is of. */
function revisionOf(): string | undefined {
  if (!existsSync(join(layout, "index.json"))) return undefined;
  const [{ digest }] = read("index.json").manifests;
  return read(join("blobs", ...digest.split(":"))).annotations["org.opencontainers.image.revision"];
}
const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const skip =
  revisionOf() !== head
    ? "there is no image of this commit: npm run image makes it (it fetches packages of Debian)"
    : podman === undefined
      ? "podman is not installed"
      : runtime === undefined && "neither runc nor crun is installed";

describe("the image in a read-only container without capabilities", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-image-run-"));
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const env = { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" };
  const [entry] = skip === false ? JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests : [];
  let id: string;
  before(() => {
    const source = `oci:${layout}:${entry.annotations["org.opencontainers.image.ref.name"]}`;
    id = execFileSync(podman ?? "", [...storage, "pull", "--quiet", source], { env, encoding: "utf8" }).trim();
    mkdirSync(join(folder, "tree"));
    writeTree(join(folder, "tree"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(engine: readonly string[], words: readonly string[]) {
    const confined = ["--rm", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    const mount = ["--volume", `${join(folder, "tree")}:/work:ro`];
    const all = [...storage, "--runtime", runtime ?? "", "run", ...confined, ...mount, ...engine, id, ...words];
    const ended = await promisify(execFile)(podman ?? "", all, { env }).catch((error) => error);
    return { code: ended.code ?? 0, stdout: String(ended.stdout), stderr: String(ended.stderr) };
  }

  for (const [name, engine] of [
    ["with a temporary file system", ["--user", "65532"]],
    ["with nothing that can be written", ["--read-only-tmpfs=false"]],
  ] as const) {
    test(`check of a directory, ${name}`, async () => {
      const { code, stdout, stderr } = await run(
        ["--network", "none", ...engine],
        ["check", ".", "--format", "plain", "--details"],
      );
      assert.equal(code, 1, stderr);
      assert.match(stdout, /^finding: high over build\/curl-pipe-shell /m);
      assert.match(stdout, /^result: fail: /m);
    });
  }

  test("image scan of a registry on this machine's loopback", async () => {
    const image = imageOf([alpine310], [npmPackage("flawed", "1.0.0")]);
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url ?? "");
      const [, kind, digest = ""] = /^\/v2\/shop\/web\/(manifests|blobs)\/(.+)$/.exec(request.url ?? "") ?? [];
      const bytes = image.blobs.get((digest === "1" ? image.manifest : digest) as typeof image.manifest);
      if (request.url === "/v2/") return response.end("{}");
      if (bytes === undefined) return response.writeHead(404).end();
      const type = kind === "manifests" ? "application/vnd.oci.image.manifest.v1+json" : "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-length": bytes.length }).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const reference = `127.0.0.1:${(server.address() as AddressInfo).port}/shop/web:1`;
      const { code, stdout, stderr } = await run(
        ["--network", "host"],
        ["image", "scan", reference, "--format", "json", "--quiet"],
      );
      // There is no advisory database: what is asked of it is unknown, and the exit code says that something is.
      assert.ok(code === 1 || code === 3, stderr);
      const { evaluations } = JSON.parse(stdout);
      assert.ok(
        evaluations.some(
          ({ check, verdict }: Record<string, string>) => check === "image/embedded-secret" && verdict === "pass",
        ),
      );
      assert.ok(seen.some((url) => url.includes("/blobs/")));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("nothing of it can be run but the program", () => {
    assert.throws(
      () =>
        execFileSync(
          podman ?? "",
          [
            ...storage,
            "--runtime",
            runtime ?? "",
            "run",
            "--rm",
            "--network",
            "none",
            "--entrypoint",
            "/bin/sh",
            id,
            "-c",
            "true",
          ],
          { env, stdio: "pipe" },
        ),
      /no such file|not found/i,
    );
  });
});
