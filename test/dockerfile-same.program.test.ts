/** Changes of Dockerfiles that are called safe and need no network: what buildah makes is the same before and after. */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Buildah, buildahIn, isStatic } from "./buildah.ts";
import { inProcess } from "./in-process.ts";

const BUSYBOX = "/bin/busybox";
const missing = !existsSync("/usr/bin/buildah")
  ? "buildah is not installed"
  : !(existsSync(BUSYBOX) && isStatic(readFileSync(BUSYBOX))) && "busybox-static is not installed";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-same-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Each check whose kind of change the table calls safe for this test is found in it. */
const WRITTEN = `FROM --platform=$TARGETPLATFORM scratch AS tools
COPY busybox /bin/busybox
RUN ["/bin/busybox", "mkdir", "/srv"]
FROM tools
MAINTAINER somebody@example.com
ENV GREETING hello to you
env PLACE /srv
LABEL kind test
WORKDIR /srv
ADD . /srv/all/
COPY one.txt two.txt /srv/both
USER 10001:10001
CMD ["/bin/busybox", "sh", "-c", "echo $GREETING; cat all/one.txt both/two.txt"]
`;

const CHANGED = [
  "build/add-instead-of-copy",
  "build/instruction-casing",
  "build/legacy-env-format",
  "build/maintainer-deprecated",
  "build/redundant-platform",
  "build/several-sources-to-file",
];

function contextOf(name: string, dockerfile: string): string {
  const context = join(folder, name);
  mkdirSync(context);
  cpSync(BUSYBOX, join(context, "busybox"));
  writeFileSync(join(context, "one.txt"), "one\n");
  writeFileSync(join(context, "two.txt"), "two\n");
  // ADD of a folder unpacks nothing in it.
  writeFileSync(join(context, "packed.tar"), "x".repeat(1024));
  writeFileSync(join(context, ".dockerignore"), "Dockerfile\n");
  writeFileSync(join(context, "Dockerfile"), dockerfile);
  return context;
}

/** Every file of the image with its rights, owner and content, and what of its configuration a runtime reads. */
async function madeOf(buildah: Buildah, name: string): Promise<unknown> {
  const made = await buildah.run("from", "--name", `of-${name}`, name);
  assert.equal(made.code, 0, made.said);
  const mounted = await buildah.run("mount", `of-${name}`);
  assert.equal(mounted.code, 0, mounted.said);
  const root = mounted.said.trim();
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => {
    const { mode, uid, gid } = lstatSync(join(root, path));
    const content = (mode & 0o170000) === 0o100000 ? hash("sha256", readFileSync(join(root, path))) : "";
    return `${path} ${mode.toString(8)} ${uid} ${gid} ${content}`;
  });
  const inspected = await buildah.run("inspect", "--type", "image", name);
  const { OCIv1 } = JSON.parse(inspected.said) as { OCIv1: { config: { Labels?: Record<string, string> } } };
  const { Labels = {}, ...config } = OCIv1.config;
  const { "org.opencontainers.image.authors": _, "io.buildah.version": __, ...labels } = Labels;
  return { files: files.sort(), config, labels };
}

test("what is safe without a network builds the same files and configuration", { skip: missing }, async (t) => {
  const before = contextOf("before", WRITTEN);
  const after = contextOf("after", WRITTEN);
  const { stdout } = await inProcess(["build", "lint", after, "--fix", "--offline", "--format", "plain"], {
    cwd: folder,
    home: folder,
  });
  const text = readFileSync(join(after, "Dockerfile"), "utf8");
  const left = await inProcess(["build", "lint", after, "--quiet", "--format", "json"], { cwd: folder, home: folder });
  const { evaluations } = JSON.parse(left.stdout) as {
    readonly evaluations: readonly { readonly check: string; readonly findings: readonly unknown[] }[];
  };
  for (const check of CHANGED) {
    assert.equal(evaluations.find((one) => one.check === check)?.findings.length, 0, `${check}\n${stdout}\n${text}`);
  }
  const buildah = buildahIn(join(folder, "buildah"), { mirrors: {}, auths: {} });
  const first = await buildah.build(before, "before", "--timestamp", "0");
  if (/operation not permitted|clone: /i.test(first.said)) return t.skip("buildah cannot run here");
  assert.equal(first.code, 0, first.said);
  const second = await buildah.build(after, "after", "--timestamp", "0");
  assert.equal(second.code, 0, second.said);
  assert.deepEqual(await madeOf(buildah, "after"), await madeOf(buildah, "before"));
});
