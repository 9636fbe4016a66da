/** The shop's insecure Dockerfiles are mended by the program: they lint clean, name what the registry has, and build. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  type FixtureEntry,
  fixtureImage,
  json,
  sha256,
  tarOf,
  writeLayoutParts,
} from "../src/engines/oci/image.fixture.ts";
import { selfSigned } from "../src/engines/oci/registry/certificate.fixture.ts";
import { type Buildah, buildahIn, isStatic } from "./buildah.ts";
import { type Answered, inProcess } from "./in-process.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./registry/docker-registry.ts";
import { pushLayout } from "./registry/push.ts";
import { startTokenService, type TokenService } from "./registry/token-service.ts";

const shop = join(import.meta.dirname, "..", "examples", "shop", "insecure");
const services = ["web", "api", "worker"] as const;

const registryProgram = findDockerRegistry();
const certificate = selfSigned();
const missing =
  registryProgram === undefined
    ? "docker-registry is not installed"
    : certificate === undefined && "openssl is not installed";

const busybox = found("busybox");
const noBuild =
  found("buildah") === undefined
    ? "buildah is not installed"
    : busybox === undefined
      ? "busybox-static is not installed"
      : !isStatic(readFileSync(busybox)) && "busybox is not the static one";

function found(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

/** Succeeds where it got what the Dockerfile is to hand it. */
const npm = `#!/bin/sh
case "$*" in *_authToken=) echo "no token came" >&2; exit 1 ;; esac
if [ -n "$GIT_SSH_COMMAND" ] && ! [ -s deploy.key ]; then echo "no key came" >&2; exit 1; fi
`;
const succeeds = "#!/bin/sh\nexit 0\n";

/** A base image of one layer, behind an index as images on a hub have it; the index's digest. */
async function pushBase(folder: string, name: string, tag: string, target: PushedTo): Promise<string> {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const script = (path: string, content: string): FixtureEntry => ({ name: path, content, mode: 0o755 });
  const entries: FixtureEntry[] = [
    ...["bin/", "etc/", "usr/", "usr/bin/", "root/", "run/", "tmp/", "var/"].map((path) => ({
      name: path,
      flag: "5",
      mode: 0o755,
    })),
    { name: "etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\n" },
    { name: "bin/busybox", content: busybox === undefined ? "" : readFileSync(busybox), mode: 0o755 },
    ...["sh", "cat", "rm", "ls", "mkdir"].map((link) => ({ name: `bin/${link}`, flag: "2", link: "/bin/busybox" })),
    script("usr/bin/npm", npm),
    ...["apk", "apt-get", "node"].map((program) => script(`usr/bin/${program}`, `${succeeds}# of ${name}\n`)),
  ];
  const config = { architecture, config: { Env: ["PATH=/usr/bin:/bin"], Cmd: ["/bin/sh"] } };
  const { manifest, blobs } = fixtureImage([{ tar: tarOf(entries) }], { config });
  const index = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: manifest,
        size: blobs.get(manifest)?.length,
        platform: { os: "linux", architecture },
      },
    ],
  });
  const digest = sha256(index);
  const layout = join(folder, `layout-${name}`);
  const descriptor = { mediaType: "application/vnd.oci.image.index.v1+json", digest, size: index.length };
  writeLayoutParts(layout, [descriptor], [...blobs, [digest, index]]);
  await pushLayout(layout, { ...target, repository: `library/${name}`, tag, username: "builder", password: "build" });
  return digest;
}

interface PushedTo {
  readonly host: string;
  readonly tokens: TokenService;
}

describe("the insecure shop's Dockerfiles", { skip: missing }, () => {
  let folder: string;
  let tokens: TokenService;
  let registry: DockerRegistry;
  let auths: Readonly<Record<string, { readonly auth: string }>>;
  let digests: Readonly<Record<(typeof services)[number], string>>;

  before(async () => {
    assert.ok(registryProgram !== undefined && certificate !== undefined);
    folder = mkdtempSync(join(tmpdir(), "bulkhead-fix-"));
    const pull = { "library/alpine": ["pull"], "library/debian": ["pull"] } as const;
    const push = { "library/alpine": ["pull", "push"], "library/debian": ["pull", "push"] } as const;
    const users = { builder: { password: "build", access: push }, reader: { password: "read:me", access: pull } };
    tokens = await startTokenService(users, certificate, folder);
    registry = await startDockerRegistry(registryProgram, folder, tokens);
    const target = { host: registry.host, tokens };
    const alpine = await pushBase(folder, "alpine", "3.10.1", target);
    const debian = await pushBase(folder, "debian", "11.0", target);
    digests = { web: alpine, api: debian, worker: alpine };
    auths = { [registry.host]: { auth: Buffer.from("reader:read:me").toString("base64") } };
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }));
  });
  after(async () => {
    await registry?.stop();
    await tokens?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A copy of what the repository holds of the three. */
  function copied(name: string): string {
    const copy = join(folder, name);
    for (const service of services) cpSync(join(shop, service), join(copy, service), { recursive: true });
    return copy;
  }

  function lint(copy: string, ...options: string[]): Promise<Answered> {
    return inProcess(["build", "lint", copy, "--quiet", ...options], {
      cwd: folder,
      home: folder,
      environment: { DOCKER_CONFIG: folder },
    });
  }

  const mirrored = (): string[] => ["--registry-mirror", `docker.io=${registry.host}`];
  const textOf = (copy: string, service: string): string => readFileSync(join(copy, service, "Dockerfile"), "utf8");

  interface Found {
    readonly check: string;
    readonly findings: readonly { readonly fix?: { readonly text: string } }[];
  }

  /** Check and fix of every finding of a run, whatever its severity. */
  async function findingsOf(copy: string, ...options: string[]): Promise<{ check: string; fix: string }[]> {
    const { code, stderr } = await lint(copy, "--format", `json=${copy}.json`, ...options);
    assert.deepEqual([code === 0 || code === 1, stderr], [true, ""]);
    const report = JSON.parse(readFileSync(`${copy}.json`, "utf8")) as { readonly evaluations: readonly Found[] };
    return report.evaluations.flatMap(({ check, findings }) =>
      findings.map(({ fix }) => ({ check, fix: fix?.text ?? "" })),
    );
  }

  it("are pinned to the very bytes that their tags name, unasked", async () => {
    const copy = copied("safe");
    const { code, stdout } = await lint(copy, "--fix", ...mirrored(), "--format", "plain");
    assert.equal(code, 1);
    for (const service of services) {
      const [base] = /^FROM .*$/m.exec(textOf(copy, service)) ?? [];
      assert.equal(base, `${/^FROM .*$/m.exec(textOf(shop, service))?.[0]}@${digests[service]}`);
      assert.doesNotMatch(textOf(copy, service), /^USER 10001|--no-install-recommends|type=secret/m);
    }
    assert.match(stdout, /^note: 3 findings not fixed: likely: as another user .* \(use --unsafe\): .*and 2 more$/m);
    assert.match(stdout, /^note: 2 findings not fixed: likely: every build must pass the secret with --secret/m);
  });

  it("are mended with --unsafe until recommended packages and public bases alone are found, and a second run changes nothing", async () => {
    const copy = copied("mended");
    assert.ok((await findingsOf(copy)).length > 15);
    const { code, stdout, stderr } = await lint(copy, "--fix", "--unsafe", ...mirrored(), "--format", "plain");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^note: api\/Dockerfile:\d+: fixed: Final stage runs as root \(/m);
    const left = new Set((await findingsOf(copy)).map(({ check }) => check));
    assert.deepEqual(left, new Set(["build/apt-recommends", "registry/public-base"]));
    for (const service of services) {
      const [base] = /^FROM .*$/m.exec(textOf(copy, service)) ?? [];
      assert.equal(base, `${/^FROM .*$/m.exec(textOf(shop, service))?.[0]}@${digests[service]}`);
    }
    const times = services.map((service) => statSync(join(copy, service, "Dockerfile")).mtimeMs);
    assert.equal((await lint(copy, "--fix", "--unsafe", ...mirrored())).code, 0);
    assert.deepEqual(
      services.map((service) => statSync(join(copy, service, "Dockerfile")).mtimeMs),
      times,
    );
  });

  it("are left as they are by --diff, whose patch makes of them what --fix does", async () => {
    const fixed = copied("fixed");
    const patched = copied("patched");
    await lint(fixed, "--fix", "--unsafe", ...mirrored());
    const { code, stdout } = await lint(patched, "--diff", "--unsafe", ...mirrored());
    assert.equal(code, 0);
    for (const service of services) assert.equal(textOf(patched, service), textOf(shop, service));
    writeFileSync(join(folder, "changes.patch"), stdout);
    execFileSync("git", ["apply", "--unsafe-paths", join("..", "changes.patch")], { cwd: patched });
    for (const service of services) assert.equal(textOf(patched, service), textOf(fixed, service));
  });

  it("have no digests where the registry does not answer, and that is said", async () => {
    const copy = copied("unreachable");
    const left = await findingsOf(copy, "--fix", "--unsafe", "--registry-mirror", "docker.io=127.0.0.1:1");
    const unasked = left.filter(({ check }) => check === "build/base-without-digest");
    assert.equal(unasked.length, services.length);
    for (const { fix } of unasked) assert.match(fix, /could not be looked up: registry\.unreachable: .*127\.0\.0\.1:1/);
    assert.match(textOf(copy, "web"), /^FROM alpine:3\.10\.1$/m);
  });

  it("build with buildah once they are mended, and keep no secret", { skip: noBuild }, async (t) => {
    const copy = copied("built");
    await lint(copy, "--fix", "--unsafe", ...mirrored());
    const token = "token-of-this-test";
    writeFileSync(join(folder, "key"), "key of this test\n");
    const buildah = buildahIn(join(folder, "buildah"), {
      mirrors: { "docker.io": registry.host },
      auths,
      environment: { NPM_TOKEN: token },
    });
    const cannot = await whyNot(buildah);
    if (cannot !== undefined) return t.skip(`buildah cannot run here: ${cannot}`);
    const secrets = ["--secret", "id=NPM_TOKEN,env=NPM_TOKEN", "--secret", `id=deploy.key,src=${join(folder, "key")}`];
    for (const service of services) {
      const { code, said } = await buildah.build(join(copy, service), `shop/${service}`, ...secrets);
      assert.equal(code, 0, said);
      const layout = join(folder, `image-${service}`);
      const pushed = await buildah.run(
        "push",
        "--signature-policy",
        join(folder, "buildah", "policy.json"),
        `shop/${service}`,
        `oci:${layout}`,
      );
      assert.equal(pushed.code, 0, pushed.said);
      const { stdout } = await inProcess(
        ["image", "scan", `oci:${layout}`, "--quiet", "--no-cache", "--format", "json"],
        {
          cwd: folder,
          home: folder,
        },
      );
      const { evaluations } = JSON.parse(stdout) as { evaluations: { check: string; verdict: string }[] };
      assert.equal(evaluations.find(({ check }) => check === "image/embedded-secret")?.verdict, "pass", service);
      const shown = await buildah.run(
        "inspect",
        "--type",
        "image",
        "--format",
        "{{.OCIv1.Config.User}}",
        `shop/${service}`,
      );
      assert.equal(shown.said.trim(), "10001:10001");
    }
  });

  /** What stands in the way of a RUN that does nothing; not every container lets one be made in it. */
  async function whyNot(buildah: Buildah): Promise<string | undefined> {
    const probe = mkdtempSync(join(folder, "probe-"));
    cpSync(busybox as string, join(probe, "busybox"));
    writeFileSync(join(probe, "Dockerfile"), 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "true"]\n');
    const { code, said } = await buildah.build(probe, "probe");
    return code === 0 ? undefined : (said.trim().split("\n").at(-1) ?? "");
  }
});
