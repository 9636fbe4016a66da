import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Problem } from "../../core/problem.ts";
import { tarOf } from "../../engines/oci/image.fixture.ts";
import { bounds } from "./bounds.ts";
import { discover } from "./discover.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-discover-"));
after(() => rmSync(root, { recursive: true, force: true }));
let trees = 0;

/** A folder with these files: path → content; a path that ends in a slash is a folder. */
function treeOf(files: Readonly<Record<string, string | Buffer>>): string {
  trees += 1;
  const folder = join(root, String(trees));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function imagesIn(folder: string): Promise<string[]> {
  return (await discover(folder)).images.map((path) => relative(folder, path));
}

const archive = tarOf([{ name: "manifest.json", content: "[]" }]);
const layout = { "oci-layout": "{}", "index.json": "{}" };

function at(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}

test("finds layouts and image archives at any depth, in the order of their paths", async () => {
  const folder = treeOf({
    ...at("z/layout", layout),
    "a/b/c/web.tar": archive,
    "web.tar.gz": gzipSync(archive),
    "web.tgz": gzipSync(archive),
  });
  assert.deepEqual(await imagesIn(folder), ["a/b/c/web.tar", "web.tar.gz", "web.tgz", "z/layout"]);
});

test("the folder itself may be a layout, of which its own files are nothing else", async () => {
  const folder = treeOf({ ...layout, [`blobs/sha256/${"0".repeat(64)}`]: archive });
  assert.deepEqual(await imagesIn(folder), [""]);
});

test("a layout hides nothing that is beside its own files, nor among its blobs", async () => {
  const pod = "apiVersion: v1\nkind: Pod\n";
  const folder = treeOf({
    ...layout,
    Dockerfile: "FROM scratch\n",
    "deploy/pod.yaml": pod,
    "blobs/sha256/pod.yaml": pod,
    "blobs/web.tar": archive,
    "app/package-lock.json": "{}",
    "compose.yaml": "",
    ".github/workflows/ci.yml": "",
    ...at("inner", layout),
  });
  const found = await discover(folder);
  assert.deepEqual(await imagesIn(folder), ["", "blobs/web.tar", "inner"]);
  assert.deepEqual(found.manifests, ["blobs/sha256/pod.yaml", "deploy/pod.yaml"]);
  assert.deepEqual(found.dockerfiles, ["Dockerfile"]);
  assert.deepEqual(found.lockfiles, ["app/package-lock.json"]);
  assert.deepEqual(found.composeFiles, ["compose.yaml"]);
  assert.deepEqual(found.pipelines, [".github/workflows/ci.yml"]);
});

const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n";

test("a link to a file of the folder is that file, once", async () => {
  const folder = treeOf({ "pod.txt": POD, "real/web.yaml": POD, "real/build": "FROM scratch\n", "image.bin": archive });
  symlinkSync("pod.txt", join(folder, "pod.yaml"));
  symlinkSync("real/web.yaml", join(folder, "again.yaml"));
  symlinkSync("real/build", join(folder, "Dockerfile"));
  symlinkSync("image.bin", join(folder, "web.tar"));
  symlinkSync("real", join(folder, "folder"));
  const found = await discover(folder);
  assert.deepEqual(found.manifests, ["pod.yaml", "real/web.yaml"]);
  assert.deepEqual(found.dockerfiles, ["Dockerfile"]);
  assert.deepEqual(await imagesIn(folder), ["web.tar"]);
  assert.deepEqual([found.links, found.unread], [[], []]);
});

test("a link out of the folder is not followed, and said; where it may be a manifest, as not read", async () => {
  const outside = treeOf({ "pod.yaml": POD, "notes.txt": "", "deploy/pod.yaml": POD });
  const folder = treeOf({ file: "" });
  symlinkSync(join(outside, "pod.yaml"), join(folder, "pod.yaml"));
  symlinkSync(join(outside, "notes.txt"), join(folder, "notes.txt"));
  symlinkSync(join(outside, "deploy"), join(folder, "deploy"));
  symlinkSync("nowhere.yaml", join(folder, "gone.yaml"));
  const found = await discover(folder);
  assert.deepEqual(found.manifests, []);
  assert.deepEqual(found.links, ["deploy", "gone.yaml", "notes.txt", "pod.yaml"]);
  assert.deepEqual(
    found.unread.map(({ code, path }) => [code, path]),
    [["kubernetes.link", "pod.yaml"]],
  );
});

test("folders of other people's files are looked into for manifests, and said", async () => {
  const packages = {
    "node_modules/a/package.json": '{"name": "a", "kind": "module", "description": "apiVersion"}',
    "node_modules/a/tsconfig.json": '{"a": "\\u0041"}',
    "node_modules/a/web.tar": archive,
  };
  const clean = await discover(treeOf(packages));
  assert.deepEqual([clean.unread, clean.skipped, clean.images], [[], ["node_modules"], []]);
  const folder = treeOf({
    ...packages,
    "node_modules/b/deploy/pod.yaml": POD,
    "web/node_modules/c/node_modules/d.json": `{"apiVersion": "v1", "\\u006bind": "Pod"}`,
    ".svn/pod.yaml": POD,
    ".git/pod.yaml": POD,
  });
  const { unread, manifests, skipped } = await discover(folder);
  assert.deepEqual(manifests, []);
  assert.deepEqual(skipped, [".git", ".svn", "node_modules", "web/node_modules"]);
  assert.deepEqual(
    unread.map(({ code, path }) => [code, path]),
    skipped.map((path) => ["kubernetes.skipped-folder", path]),
  );
  assert.match(unread[2]?.reason ?? "", /manifests in it: 1, such as node_modules\/b\/deploy\/pod.yaml/);
});

test("other tars, archives by another name, and half a layout are none", async () => {
  const folder = treeOf({
    "src.tar": tarOf([{ name: "src/manifest.json" }]),
    "broken.tar": "no tar at all",
    "empty.tar": "",
    "broken.tar.gz": Buffer.from([0x1f, 0x8b, 8, 0]),
    "web.zip": archive,
    "half/oci-layout": "{}",
    "other/index.json": "{}",
  });
  assert.deepEqual(await imagesIn(folder), []);
});

test("histories and installed packages are not looked into", async () => {
  const skipped = [".git", ".hg", ".svn", "node_modules", "deep/node_modules"];
  const folder = treeOf(Object.fromEntries(skipped.map((name) => [`${name}/web.tar`, archive])));
  assert.deepEqual(await imagesIn(folder), []);
  assert.deepEqual(await imagesIn(treeOf({ ".hidden/web.tar": archive })), [".hidden/web.tar"]);
});

test("no symlink is followed, to a file or to a folder, in a circle or out of the root", async () => {
  const outside = treeOf({ "web.tar": archive, ...at("layout", layout) });
  const folder = treeOf({ "sub/file": "" });
  symlinkSync(join(outside, "web.tar"), join(folder, "web.tar"));
  symlinkSync(join(outside, "layout"), join(folder, "layout"));
  symlinkSync("..", join(folder, "sub", "up"));
  assert.deepEqual(await imagesIn(folder), []);
});

test("counts what the layers to come will judge, by kind", async () => {
  const folder = treeOf({
    Dockerfile: "",
    "api/Dockerfile.debug": "",
    "api/web.dockerfile": "",
    Containerfile: "",
    "compose.yaml": "",
    "docker-compose.prod.yml": "",
    ".github/workflows/ci.yml": "",
    ".gitlab-ci.yml": "",
    "package-lock.json": "",
    "api/go.sum": "",
    "docs/Dockerfiles.md": "",
    "workflows/ci.yml": "",
    "api/Jenkinsfile": "",
    ".travis.yml": "",
  });
  const { lockfiles, pipelines, composeFiles, foreignPipelines } = await discover(folder);
  assert.deepEqual(
    foreignPipelines.map(({ path }) => path),
    [".travis.yml", "api/Jenkinsfile"],
  );
  assert.deepEqual(composeFiles, ["compose.yaml", "docker-compose.prod.yml"]);
  assert.deepEqual(lockfiles, ["package-lock.json"]);
  assert.deepEqual(pipelines, [".github/workflows/ci.yml", ".gitlab-ci.yml"]);
});

test("a file that is called much like a Dockerfile is one by what it begins with", async () => {
  const dockerfile = "# syntax=docker/dockerfile:1\n\n# web\nARG TAG=1\nFROM scratch:$TAG\n";
  const folder = treeOf({
    "Dockerfile-alpine": dockerfile,
    Dockerfile_web: "\ufefffrom scratch\n",
    "web-Dockerfile": "\r\nFROM scratch\r\n",
    dockerfile: "FROM scratch\n",
    "dockerfile.dev": "FROM scratch\n",
    "Dockerfile-notes.md": "# Notes\n\nFrom here on\n",
    "dockerfile-parser.go": "package dockerfile\n",
    "Dockerfile-alpine.dockerignore": "FROM\n",
    "dockerfile_lint.py": `# ${"x".repeat(100_000)}\nFROM a\n`,
    "build/main": "FROM scratch\n",
  });
  const { dockerfiles } = await discover(folder);
  assert.deepEqual(dockerfiles, [
    "Dockerfile-alpine",
    "Dockerfile_web",
    "dockerfile",
    "dockerfile.dev",
    "web-Dockerfile",
  ]);
});

test("what a Compose file builds is a Dockerfile, whatever it is called; one within the file is told", async () => {
  const outside = treeOf({ "secret.build": "FROM scratch\n" });
  const service = (name: string, build: string) => `  ${name}:\n    build: ${build}\n`;
  const folder = treeOf({
    "web/compose.yaml": `services:\n${[
      service("a", "{context: ../api, dockerfile: build/Image.web}"),
      service("b", "{context: ../api, dockerfile: build/Image.web}"),
      service("c", "{context: ., dockerfile: missing}"),
      service("d", "{context: ../.., dockerfile: Image}"),
      service("e", "{context: .., dockerfile: linked/secret.build}"),
      service("f", "{context: ../vendor, dockerfile: Image}"),
      service("g", "."),
      service("h", '{context: ., dockerfile_inline: "FROM scratch"}'),
      service("i", "{context: ../api, dockerfile: build}"),
    ].join("")}`,
    "web/Dockerfile": "FROM scratch\n",
    "api/build/Image.web": "FROM scratch\n",
    "vendor/Image": "FROM scratch\n",
  });
  symlinkSync(outside, join(folder, "linked"));
  const found = await discover(folder, undefined, { excludes: (path) => path.startsWith("vendor") });
  assert.deepEqual(found.dockerfiles, ["api/build/Image.web", "web/Dockerfile"]);
  assert.deepEqual(found.inlineDockerfiles, [
    { path: "web/compose.yaml", service: "h", text: "FROM scratch", context: "web", given: new Map() },
  ]);
  assert.deepEqual((await discover(folder, undefined, undefined, "manifests")).inlineDockerfiles, []);
});

test("what pipelines and other recipes build is a Dockerfile where it begins as one, whatever it is called", async () => {
  const from = "# of the product\nARG BASE=alpine\nFROM $BASE\n";
  const folder = treeOf({
    ".github/workflows/ci.yml":
      "jobs:\n  a:\n    steps:\n      - run: docker build -t a --file build/a.txt . && docker build -f=build/b .\n" +
      "      - uses: docker/build-push-action@v6\n        with:\n          file: ./build/c.image\n",
    Makefile: "IMAGE_DOCKERFILE := build/d\nall:\n\tpodman build -f $(OTHER)/e -f build/notes.txt .\n",
    "app/skaffold.yaml": "apiVersion: skaffold/v4beta13\nbuild: {artifacts: [{docker: {dockerfile: own/f}}]}\n",
    "docker-bake.hcl": 'target "web" {\n  dockerfile = "build/g"\n}\n',
    Jenkinsfile: 'docker.build("a", "-f build/h .")\nsh(["docker", "build", "-f", "build/i", "."])\n',
    "build/notes.txt": "From the beginning, notes.\n",
    "build/unnamed": from,
    e: from,
    "app/own/f": from,
    "api/web.docker": from,
    "vendor/j": from,
    justfile: "build:\n  docker build -f vendor/j -f ../outside .\n",
    ...Object.fromEntries(["a.txt", "b", "c.image", "d", "g", "h", "i"].map((name) => [`build/${name}`, from])),
  });
  const found = await discover(folder, undefined, { excludes: (path) => path.startsWith("vendor") });
  assert.deepEqual(found.dockerfiles, [
    "api/web.docker",
    "app/own/f",
    ...["a.txt", "b", "c.image", "d", "g", "h", "i"].map((name) => `build/${name}`),
  ]);
});

test("a folder that is not there is the caller's error", async () => {
  for (const missing of [join(root, "nowhere"), join(treeOf({ file: "" }), "file")]) {
    await assert.rejects(discover(missing), (error) => error instanceof Problem && error.kind === "usage");
  }
});

test("a folder that cannot be listed is said, and hides nothing else", { skip: process.getuid?.() === 0 }, async () => {
  const folder = treeOf({ "shut/web.tar": archive, "open/web.tar": archive });
  chmodSync(join(folder, "shut"), 0);
  const { images, unlisted } = await discover(folder);
  chmodSync(join(folder, "shut"), 0o700);
  assert.deepEqual(
    images.map((path) => relative(folder, path)),
    ["open/web.tar"],
  );
  assert.deepEqual(unlisted, ["shut"]);
});

test("looking takes no longer than its bound", async () => {
  const folder = treeOf({ a: "", b: "", c: "" });
  let asked = 0;
  const slow = () => asked++ * (bounds.discoverMilliseconds / 2);
  await assert.rejects(discover(folder, slow), (error) => error instanceof Problem && /600 s/.test(error.message));
  assert.ok(asked <= 4);
});
