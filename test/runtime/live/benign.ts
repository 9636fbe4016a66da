/**
 * `node test/runtime/live/benign.ts FILE [EVENTS]`: records what an ordinary node does, as the sensor tells it, until there are
 * so many events (2,000,000): servers under load, builds of images, compilers, package installs, cron, logins, health checks.
 * Our rules are to be silent over it: `bulkhead runtime replay FILE --rules bulkhead --all-matching`. Needs what `make test-live`
 * needs, and Debian's mirror for the image, which is made once.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventType } from "../../../src/engines/events/types/table.ts";
import { hooksOf } from "../../../src/guards/runtime/sensor/hooks.ts";
import { benignSteps, type Step, services } from "./benign-steps.ts";
import { bundledRules } from "./bundled.ts";
import { cannotSense, startSensor } from "./sensor.ts";

const CACHE = join(import.meta.dirname, "../../../.cache/live");
const IMAGE = "localhost/bulkhead-live/benign:13";
const PREFIX = "bulkhead-benign";
const PACKAGES = [
  ...["postgresql", "redis-server", "redis-tools", "nginx-light", "apache2-utils", "php-cli", "nodejs", "python3"],
  ...["python3-venv", "gcc", "make", "libc6-dev", "git", "openssh-server", "openssh-client", "cron", "logrotate"],
  ...["procps", "curl", "passwd", "login", "util-linux"],
];

/** Of the containers' own network, which has no name server: each knows the others by /etc/hosts. */
const NETWORK = "10.89.77";
const hosts = services.map(({ name }, at) => `--add-host=${name}:${NETWORK}.${at + 10}`);

const podman = ["--runtime=runc", "--log-level=error"];
const run = promisify(execFile);

const [file, wanted = "2000000"] = process.argv.slice(2);
const missing = cannotSense();
if (file === undefined || missing !== undefined) {
  process.stderr.write(`benign: ${missing ?? "usage: node test/runtime/live/benign.ts FILE [EVENTS]"}\n`);
  process.exit(2);
}
await record(file, Number(wanted));

async function record(into: string, events: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-benign-"));
  const shared = join(folder, "shared");
  mkdirSync(shared);
  importImage();
  for (const step of [...services, ...benignSteps]) writeFileSync(join(shared, `${step.name}.sh`), `${step.script}\n`);
  const counts = new Map<string, number>();
  const sensor = await startSensor({
    words: ["--ring", "64"],
    hooks: hooksOf(await bundledRules()),
    denied: true,
    scope: "all",
    file: into,
    onEvent({ code }) {
      const name = eventType(code)?.name ?? String(code);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
  });
  const started: string[] = [];
  try {
    await run("podman", [...podman, "network", "create", "--disable-dns", `--subnet=${NETWORK}.0/24`, PREFIX]);
    for (const [at, service] of services.entries()) {
      await inContainer(shared, service, ["--detach", `--ip=${NETWORK}.${at + 10}`]);
      started.push(service.name);
    }
    for (let turn = 1; sensor.told.events < events; turn += 1) {
      for (const step of benignSteps) {
        if (sensor.told.events >= events) break;
        const before = sensor.told.events;
        await one(shared, folder, step);
        note(`turn ${turn}, ${step.name}: ${sensor.told.events - before} events, ${sensor.told.events} in all`);
      }
    }
  } finally {
    const names = started.map((name) => `${PREFIX}-${name}`);
    await run("podman", [...podman, "rm", "--force", "--time=3", ...names]).catch(note);
    await run("podman", [...podman, "network", "rm", "--force", PREFIX]).catch(note);
    await sensor.end();
    rmSync(folder, { recursive: true, force: true });
  }
  const types = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
  note(`${sensor.told.events} events: ${types.slice(0, 20).join(", ")}`);
  note(`lost: ${JSON.stringify([...sensor.told.lost])}`);
}

async function one(shared: string, folder: string, step: Step): Promise<void> {
  try {
    if (step.on === "host") await run("bash", [join(shared, `${step.name}.sh`), folder, IMAGE], { maxBuffer: 1 << 26 });
    else if (step.on === "container") await inContainer(shared, step, ["--rm"]);
    else await run("podman", [...podman, "exec", `${PREFIX}-${step.on}`, "bash", `/opt/benign/${step.name}.sh`]);
  } catch (error) {
    note(`${step.name}: ${(error as { stderr?: string }).stderr?.trim().split("\n").at(-1) ?? String(error)}`);
  }
}

async function inContainer(
  shared: string,
  { name, script, options = [] }: Step,
  words: readonly string[],
): Promise<void> {
  const command = script.startsWith("exec ") ? script.slice(5).split(" ") : ["bash", `/opt/benign/${name}.sh`];
  await run(
    "podman",
    [
      ...[
        ...podman,
        "run",
        ...words,
        `--name=${PREFIX}-${name}`,
        `--network=${PREFIX}`,
        `--volume=${shared}:/opt/benign:ro`,
      ],
      ...[...hosts, ...options, IMAGE, ...command],
    ],
    { maxBuffer: 1 << 26 },
  );
}

function importImage(): void {
  mkdirSync(CACHE, { recursive: true });
  const tar = join(CACHE, "benign.tar");
  if (!existsSync(tar)) {
    const packages = `--include=${PACKAGES.join(",")}`;
    execFileSync("mmdebstrap", ["--variant=minbase", packages, "trixie", `${tar}.part`], { stdio: "ignore" });
    execFileSync("mv", [`${tar}.part`, tar]);
  }
  try {
    execFileSync("podman", ["image", "exists", IMAGE], { stdio: "ignore" });
  } catch {
    execFileSync("podman", [...podman, "import", tar, IMAGE], { stdio: "ignore" });
  }
}

function note(line: unknown): void {
  process.stderr.write(`benign: ${line}\n`);
}
