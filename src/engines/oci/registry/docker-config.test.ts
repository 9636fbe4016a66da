import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { parseReference } from "../reference.ts";
import type { Environment } from "./credentials.ts";
import { findCredentials } from "./docker-config.ts";

let root = "";
let count = 0;

before(() => {
  root = mkdtempSync(join(tmpdir(), "bulkhead-credentials-"));
});
after(() => rmSync(root, { recursive: true }));

/** A home of its own with these files in it. */
function home(files: Readonly<Record<string, unknown>>): {
  readonly folder: string;
  readonly environment: Environment;
} {
  count += 1;
  const folder = join(root, String(count));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }
  return { folder, environment: { HOME: folder } };
}

function auth(user: string, password = "secret"): { readonly auth: string } {
  return { auth: Buffer.from(`${user}:${password}`).toString("base64") };
}

async function userFor(image: string, auths: unknown): Promise<string | undefined> {
  const { environment } = home({ ".docker/config.json": { auths } });
  const { credentials } = await findCredentials(parseReference(image), environment);
  return credentials?.kind === "password" ? credentials.username : credentials?.kind;
}

describe("findCredentials", () => {
  it("finds none where there is no file", async () => {
    assert.deepEqual(await findCredentials(parseReference("nginx"), { HOME: join(root, "nobody") }), {});
  });

  it("reads user and password, which may hold colons", async () => {
    const { folder, environment } = home({ ".docker/config.json": { auths: { "r.example": auth("ann", "a:b:é") } } });
    assert.deepEqual(await findCredentials(parseReference("r.example/web"), environment), {
      credentials: {
        kind: "password",
        username: "ann",
        password: "a:b:é",
        source: join(folder, ".docker/config.json"),
      },
    });
  });

  it("knows docker.io by all its names", async () => {
    for (const key of ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "https://registry-1.docker.io"]) {
      assert.equal(await userFor("nginx", { [key]: auth("hub") }), "hub", key);
    }
  });

  it("takes a registry's URL as its host", async () => {
    for (const key of ["https://r.example", "http://r.example/v2/", "r.example/v1/", "R.Example", "r.example/"]) {
      assert.equal(await userFor("r.example/web", { [key]: auth("ann") }), "ann", key);
    }
  });

  it("takes the most specific key, whatever the order", async () => {
    const auths = {
      "r.example": auth("host"),
      "r.example/team/app": auth("app"),
      "r.example/team": auth("team"),
      "r.example/te": auth("prefix of a name"),
    };
    assert.equal(await userFor("r.example/team/app:v1", auths), "app");
    assert.equal(await userFor("r.example/team/other", auths), "team");
    assert.equal(await userFor("r.example/team/application", auths), "team");
    assert.equal(await userFor("r.example/web", auths), "host");
  });

  it("does not take those of another port or host", async () => {
    assert.equal(await userFor("r.example:5000/web", { "r.example": auth("ann") }), undefined);
    assert.equal(
      await userFor("r.example/web", { "sub.r.example": auth("ann"), "r.example.evil": auth("bob") }),
      undefined,
    );
    assert.equal(await userFor("[::1]:5000/web", { "[::1]:5000": auth("ann") }), "ann");
  });

  it("reads identity tokens, registry tokens, and user and password apart", async () => {
    assert.equal(
      await userFor("r.example/web", { "r.example": { ...auth("x"), identitytoken: "t" } }),
      "identity-token",
    );
    assert.equal(await userFor("r.example/web", { "r.example": { registrytoken: "t" } }), "registry-token");
    assert.equal(await userFor("r.example/web", { "r.example": { username: "ann", password: "p" } }), "ann");
  });

  it("notes a credential helper where it is the only source", async () => {
    const { environment } = home({ ".docker/config.json": { auths: { "r.example": {} }, credsStore: "desktop" } });
    const found = await findCredentials(parseReference("r.example/web"), environment);
    assert.equal(found.credentials, undefined);
    assert.match(
      found.note ?? "",
      /config\.json names a credential helper: docker-credential-desktop failed \(ENOENT\)/,
    );

    const other = home({
      ".docker/config.json": { credHelpers: { "r.example": "cloud" }, auths: { "s.example": auth("s") } },
    });
    assert.match((await findCredentials(parseReference("r.example/web"), other.environment)).note ?? "", /helper/);
    assert.equal((await findCredentials(parseReference("t.example/web"), other.environment)).note, undefined);
    assert.equal(
      (await findCredentials(parseReference("s.example/web"), other.environment)).credentials?.kind,
      "password",
    );
  });

  it("looks into podman's files as well; those that the environment names come first", async () => {
    const auths = (user: string) => ({ auths: { "r.example": auth(user) } });
    const { folder, environment } = home({
      ".docker/config.json": auths("docker"),
      ".config/containers/auth.json": auths("config"),
      "xdg/containers/auth.json": auths("config-home"),
      "run/containers/auth.json": auths("runtime"),
      "named.json": auths("named"),
      "elsewhere/config.json": auths("elsewhere"),
    });
    const user = async (more: Environment) => {
      const found = await findCredentials(parseReference("r.example/web"), { ...environment, ...more });
      return found.credentials?.kind === "password" ? found.credentials.username : undefined;
    };
    assert.equal(await user({}), "docker");
    assert.equal(await user({ REGISTRY_AUTH_FILE: join(folder, "named.json") }), "named");
    assert.equal(await user({ DOCKER_CONFIG: join(folder, "elsewhere") }), "elsewhere");
    const none = { DOCKER_CONFIG: join(folder, "none") };
    assert.equal(await user(none), "config");
    assert.equal(await user({ ...none, XDG_CONFIG_HOME: join(folder, "xdg") }), "config-home");
    assert.equal(await user({ ...none, XDG_RUNTIME_DIR: join(folder, "run") }), "runtime");
  });

  it("finds podman's login without XDG_RUNTIME_DIR, as root has it, by the number of the user", async () => {
    const own = `containers/${process.getuid?.()}/auth.json`;
    const { folder, environment } = home({
      [own]: { auths: { "r.example": auth("root") } },
      "xdg/containers/auth.json": { auths: { "r.example": auth("runtime") } },
    });
    const user = async (more: Environment) => {
      const all = { ...environment, ...more };
      const { credentials } = await findCredentials(parseReference("r.example/web"), all, join(folder, "containers"));
      return credentials?.kind === "password" ? `${credentials.username} ${credentials.source}` : undefined;
    };
    assert.equal(await user({}), `root ${join(folder, own)}`);
    assert.match((await user({ XDG_RUNTIME_DIR: join(folder, "xdg") })) ?? "", /^runtime /);
    // Logged in by sudo without -i, which sets the variable, and read by cron, which does not, or the other way round.
    assert.match((await user({ XDG_RUNTIME_DIR: join(folder, "nowhere") })) ?? "", /^root /);
  });

  const broken: [string, string][] = [
    ["no JSON", '{"auths": hunter2'],
    ["no object", '"hunter2"'],
    ["auths that are no object", '{"auths": ["hunter2"]}'],
    ["an entry that is not an object", '{"auths": {"r.example": "hunter2"}}'],
    ["an auth that is not a string", '{"auths": {"r.example": {"auth": 5}}}'],
    ["an auth without a colon", `{"auths": {"r.example": {"auth": "${Buffer.from("hunter2").toString("base64")}"}}}`],
    [
      "a registry token that would break its header",
      '{"auths": {"r.example": {"registrytoken": "hunter2\\r\\nX: y"}}}',
    ],
  ];
  for (const [what, text] of broken) {
    it(`refuses ${what}, names the file and tells nothing of its content`, async () => {
      const { folder, environment } = home({ ".docker/config.json": text });
      await assert.rejects(findCredentials(parseReference("r.example/web"), environment), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.code, "registry.credentials-file");
        assert.equal(error.place, join(folder, ".docker/config.json"));
        assert.doesNotMatch(`${error.line()} ${error.stack}`, /hunter2/);
        return true;
      });
    });
  }

  it("never fails with anything but a Problem", async () => {
    const { folder, environment } = home({ ".docker/config.json": "{}" });
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({ auth: fc.oneof(fc.base64String(), fc.string()), identitytoken: fc.string() }, { requiredKeys: [] }),
    );
    const key = fc.oneof(fc.constantFrom("r.example", "https://r.example", "r.example/web", "__proto__"), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, entry), fc.jsonValue(), async (auths, helpers) => {
        writeFileSync(join(folder, ".docker/config.json"), JSON.stringify({ auths, credHelpers: helpers }));
        try {
          await findCredentials(parseReference("r.example/web"), environment);
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      }),
      runs(200),
    );
  });
});
