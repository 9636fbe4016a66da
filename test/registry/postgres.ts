/** Debian's PostgreSQL as a child process in a folder of its own, for tests: on a socket there, and on loopback. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { findProgram, type ServerProcess, startProcess } from "../cluster/process.ts";
import { freePort } from "../free-ports.ts";

export interface Postgres {
  /** Over the socket, without a password. */
  readonly url: string;
  /** On loopback, with a password. */
  readonly loopbackUrl: string;
  readonly folder: string;
  /** As if the power failed: no transaction is ended in order. */
  kill(): Promise<void>;
  /** After {@link kill} or {@link halt}, in the same folder and on the same port. Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it in order; its data stay. */
  halt(): Promise<void>;
  /** Ends it and takes its folder away. */
  stop(): Promise<void>;
  /** A statement by psql, as the database's owner. */
  psql(statement: string): Promise<string>;
}

/** The folder of its programs, which are in no PATH; undefined where it is not installed. */
export function findPostgres(): string | undefined {
  const versions = "/usr/lib/postgresql";
  let installed: string[];
  try {
    installed = readdirSync(versions).filter((version) => /^\d+$/.test(version));
  } catch {
    return undefined;
  }
  const newest = installed.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined || (isRoot() && findProgram("setpriv") === undefined)) return undefined;
  return join(versions, newest, "bin");
}

const run = promisify(execFile);
/** Debian's `nobody`: PostgreSQL refuses to be run by root. */
const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = (): boolean => process.getuid?.() === 0;
/** Its patience under load; it is there in two seconds. */
const START_MILLISECONDS = 60_000;

/**
 * @param programs - what {@link findPostgres} found
 * @param tls - PEM; absent: it has no TLS
 */
export async function startPostgres(
  programs: string,
  tls?: { readonly certificate: string; readonly key: string },
): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-pg-"));
  const data = join(folder, "data");
  const sockets = join(folder, "s");
  const password = randomBytes(12).toString("hex");
  await mkdir(data);
  await mkdir(sockets);
  await writeFile(join(folder, "password"), password);
  await chmod(folder, 0o711);
  if (isRoot()) for (const path of [data, sockets, join(folder, "password")]) await chown(path, nobody.uid, nobody.gid);
  const files = tls === undefined ? {} : { "server.crt": tls.certificate, "server.key": tls.key };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    if (isRoot()) await chown(join(folder, name), nobody.uid, nobody.gid);
  }
  const encrypted = [
    "ssl=on",
    `ssl_cert_file=${join(folder, "server.crt")}`,
    `ssl_key_file=${join(folder, "server.key")}`,
  ];
  const port = await freePort();
  const as = isRoot() ? ["--reuid=nobody", `--regid=${nobody.gid}`, "--clear-groups", "--pdeathsig=KILL", "--"] : [];
  const commandOf = (program: string): [string, string[]] =>
    isRoot() ? ["setpriv", [...as, join(programs, program)]] : [join(programs, program), []];
  const call = async (program: string, ...args: string[]): Promise<string> => {
    const [command, before] = commandOf(program);
    const { stdout } = await run(command, [...before, ...args], {
      cwd: "/",
      env: { PATH: process.env.PATH, LC_ALL: "C" },
    });
    return stdout;
  };
  await call(
    "initdb",
    ...["--pgdata", data, "--username=bulkhead", `--pwfile=${join(folder, "password")}`],
    ...["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"],
  );
  const psql = (statement: string, database = "bulkhead"): Promise<string> =>
    call("psql", "-XqAt", "-h", sockets, "-p", String(port), "-U", "bulkhead", "-d", database, "-c", statement);

  let server: ServerProcess | undefined;
  const start = async (): Promise<void> => {
    const until = performance.now() + START_MILLISECONDS;
    let reason: unknown;
    while (performance.now() < until) {
      if (server === undefined) {
        const [command, before] = commandOf("postgres");
        const settings = [
          "fsync=off",
          "listen_addresses=127.0.0.1",
          `port=${port}`,
          `unix_socket_directories=${sockets}`,
          ...(tls === undefined ? [] : encrypted),
        ];
        const started = startProcess(
          command,
          [...before, "-D", data, ...settings.flatMap((setting) => ["-c", setting])],
          join(folder, "log"),
        );
        // One that was killed leaves children, which hold its memory until they notice.
        server = started;
        started.ended.catch((error: unknown) => {
          reason = error;
          if (server === started) server = undefined;
        });
      }
      try {
        await psql("select 1", "postgres");
        return;
      } catch (error) {
        reason ??= error;
        await setTimeout(50);
      }
    }
    throw new Error("PostgreSQL did not start", { cause: reason });
  };
  const halt = async (): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending === undefined) return;
    // "Fast": it does not wait for its clients.
    process.kill(ending.pid, "SIGINT");
    await ending.stop();
  };
  await start();
  await psql("create database bulkhead", "postgres");
  return {
    url: `postgresql:///bulkhead?host=${sockets}&port=${port}&user=bulkhead`,
    loopbackUrl: `postgresql://bulkhead:${password}@127.0.0.1:${port}/bulkhead`,
    folder,
    start,
    halt,
    psql,
    kill: async () => {
      const killed = server;
      server = undefined;
      if (killed === undefined) return;
      process.kill(killed.pid, "SIGKILL");
      await killed.ended.catch(() => {});
    },
    stop: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
