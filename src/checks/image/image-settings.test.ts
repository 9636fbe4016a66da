/** The checks of the configuration and of accounts: user, ports, volumes, passwd and shadow, tools, history. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FindingDraft } from "../../core/finding.ts";
import type { Account, Accounts } from "../../engines/contents/model.ts";
import { placedCommands } from "../../engines/dockerfile/commands.ts";
import { dockerfileOfHistory } from "../../engines/dockerfile/history.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import type { ImageConfig } from "../../engines/oci/model.ts";
import { buildChecks } from "../build/index.ts";
import { historyChecks } from "../knowledge/history-checks.ts";
import { exposedPort } from "./exposed-port.ts";
import { historyLint } from "./history-lint.ts";
import { runsAsRoot } from "./runs-as-root.ts";
import { sensitiveVolume } from "./sensitive-volume.ts";
import { shellOrPackageManager } from "./shell-or-package-manager.ts";
import { unsafeAccounts } from "./unsafe-accounts.ts";
import { userByName } from "./user-by-name.ts";

const epoch = new Date(0);
const diffId = sha256(Buffer.from("layer"));

function account(name: string, uid: number, password: Account["password"] = "elsewhere", shell = "/bin/sh"): Account {
  return { name, uid, password, shell };
}

const plain: ImageConfig = {
  platform: { os: "linux", architecture: "amd64" },
  user: "",
  env: [],
  entrypoint: [],
  cmd: [],
  exposedPorts: [],
  volumes: [],
} as unknown as ImageConfig;

const passwd = [account("root", 0), account("toor", 0), account("app", 10001)];

function told(drafts: Iterable<FindingDraft>): string[] {
  return [...drafts].map(({ severity, subject }) => `${severity} ${subject}`);
}

function asRoot(
  user: string,
  application: "some" | "none" | "unknown" = "some",
  known: readonly Account[] | undefined = passwd,
) {
  return [...runsAsRoot.evaluate({ config: { ...plain, user }, passwd: known, application }, epoch)].map(
    ({ severity }) => severity,
  );
}

test("root by every name and number that engines take for it", () => {
  for (const user of ["", "0", "00", "+0", "-0", "root", "root:root", "0:1000", ":1000", "toor"]) {
    assert.deepEqual(asRoot(user), ["high"], user);
  }
  for (const user of ["10001", "app", "app:app", "10001:0", "1"]) assert.deepEqual(asRoot(user), [], user);
});

test("a base alone, or an image whose base is not known, runs as root at medium", () => {
  assert.deepEqual([asRoot("", "none"), asRoot("root", "unknown"), asRoot("1", "none")], [["medium"], ["medium"], []]);
});

test("a name that nobody knows is medium, and root needs no passwd", () => {
  assert.deepEqual(asRoot("ghost"), ["medium"]);
  assert.deepEqual(asRoot("app", "some", []), ["medium"]);
  const without = [
    ...runsAsRoot.evaluate({ config: { ...plain, user: "app" }, passwd: undefined, application: "some" }, epoch),
  ];
  assert.match(without[0]?.title ?? "", /has no \/etc\/passwd/);
  assert.deepEqual(asRoot("root", "some", []), ["high"]);
});

test("a user by name is low, unless it is root's or a number", () => {
  const named = (user: string) => [...userByName.evaluate({ config: { ...plain, user }, passwd }, epoch)];
  assert.deepEqual(told(named("app:app")), ["low user app"]);
  assert.equal(named("app")[0]?.fix?.text, "set the user by UID: USER 10001");
  for (const user of ["", "root", "0", "10001:10001", "toor"]) assert.deepEqual(named(user), [], user);
});

test("ports below 1024 are low, those for administration medium", () => {
  const exposedPorts = [
    "80/tcp",
    "8080/tcp",
    "22/tcp",
    "2375",
    "514/udp",
    "1024/tcp",
    "443-445/tcp",
    "odd",
    "0/tcp",
    "99999999",
  ];
  assert.deepEqual(told(exposedPort.evaluate({ config: { ...plain, exposedPorts } }, epoch)), [
    "low port 80/tcp",
    "medium port 22/tcp",
    "medium port 2375",
    "low port 514/udp",
    "low port 443-445/tcp",
  ]);
  assert.deepEqual([...exposedPort.evaluate({ config: { ...plain, exposedPorts: ["8080/tcp"] } }, epoch)], []);
});

test("volumes over the engine's socket are high, over the system medium, whatever way they are written", () => {
  const volumes = [
    "/var/run/docker.sock",
    "//run/./docker.sock",
    "/",
    "/etc/",
    "/srv/../usr",
    "/var/lib/kubelet/pods",
    "/data",
    "/var/lib/app",
    "/home/app",
  ];
  assert.deepEqual(told(sensitiveVolume.evaluate({ config: { ...plain, volumes } }, epoch)), [
    "high volume /var/run/docker.sock",
    "high volume //run/./docker.sock",
    "medium volume /",
    "medium volume /etc/",
    "medium volume /srv/../usr",
    "medium volume /var/lib/kubelet/pods",
  ]);
  assert.deepEqual([...sensitiveVolume.evaluate({ config: { ...plain, volumes: ["/data"] } }, epoch)], []);
});

test("accounts without a password, in passwd or in shadow, and other names for root", () => {
  const hidden = (name: string, password: Account["password"]) => ({ name, password });
  const accounts: Accounts = {
    passwd: {
      path: "etc/passwd",
      layer: 0,
      accounts: [
        account("root", 0),
        account("open", 1, "none"),
        account("shut", 2, "none", "/usr/sbin/nologin"),
        account("second", 0, "locked"),
        account("fine", 3),
        account("fine", 4, "none"),
        account("nowhere", 5),
      ],
    },
    shadow: { path: "etc/shadow", accounts: [hidden("root", "none"), hidden("fine", "set"), hidden("ghost", "none")] },
    unread: [],
  };
  const layers = [{ index: 0, of: 1, diffId }];
  const drafts = [...unsafeAccounts.evaluate({ accounts, layers }, epoch)];
  assert.deepEqual(told(drafts), [
    "high password of root",
    "high password of open",
    "low password of shut",
    "high user id 0 of second",
  ]);
  assert.deepEqual(drafts[0]?.locations, [{ kind: "file", path: "/etc/shadow" }]);
  assert.deepEqual(drafts[1]?.locations, [{ kind: "image", path: "etc/passwd", layer: layers[0] }]);
  assert.deepEqual(told(unsafeAccounts.evaluate({ accounts: { unread: [] }, layers }, epoch)), []);
});

test("a package manager is low, a shell alone negligible, a loader nothing", () => {
  const evaluate = (...tools: ("shell" | "package-manager" | "loader")[]) => [
    ...shellOrPackageManager.evaluate(
      { tools: tools.map((kind) => ({ kind, path: `bin/${kind}` })), layers: [] },
      epoch,
    ),
  ];
  assert.deepEqual(told(evaluate("shell", "package-manager")), ["low shells and package managers"]);
  assert.equal(evaluate("shell")[0]?.severity, "negligible");
  assert.deepEqual(evaluate("loader"), []);
});

function linted(...steps: readonly string[]) {
  const read = dockerfileOfHistory(steps.map((createdBy) => ({ createdBy })));
  if (read === undefined) return [];
  const { dockerfile } = read;
  const layers = steps.map((instruction, i) => ({ index: i, of: steps.length, diffId, instruction, historyIndex: i }));
  return [
    ...historyLint.evaluate(
      { history: { dockerfile, steps: read.steps, total: steps.length }, commands: placedCommands(dockerfile), layers },
      epoch,
    ),
  ];
}

test("the history is judged by the checks over Dockerfiles, and each finding names step, layer and check", () => {
  const drafts = linted(
    "/bin/sh -c true",
    "RUN |1 NPM_TOKEN=abcdefgh /bin/sh -c curl https://example.org/i.sh | sh # buildkit",
  );
  const pipe = drafts.find(({ subject }) => subject.startsWith("build/curl-pipe-shell"));
  assert.deepEqual(pipe?.locations, [{ kind: "config", field: "history[1]" }]);
  assert.deepEqual(pipe?.matches.ids, ["build/curl-pipe-shell", "image/history-lint"]);
  assert.deepEqual([pipe?.severity, pipe?.evidence.layer, pipe?.evidence["told by"]], ["high", "2", "the history"]);
  const token = drafts.find(({ subject }) => subject === "build/secret-in-arg-or-env: ARG NPM_TOKEN");
  assert.ok(token !== undefined && !JSON.stringify(token).includes("abcdefgh"), "no value is shown");
});

test("what a history cannot prove is low or left out", () => {
  const drafts = linted("ADD https://example.org/a /a # buildkit", "/bin/sh -c apt-get install -y curl");
  assert.deepEqual(told(drafts), ["low build/add-url: ADD https://example.org/a"]);
});

test("every check that is named for histories is there", () => {
  const ids = new Set<string>(buildChecks.map(({ id }) => id));
  assert.deepEqual(
    historyChecks.filter(({ id }) => !ids.has(id)),
    [],
  );
});
