/** Debian's docker-registry (distribution 2.8) as a child process on loopback, for tests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findProgram } from "./client-programs.ts";
import type { TokenService } from "./token-service.ts";

export interface DockerRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Ends the process that was started, and waits for its end. */
  stop(): Promise<void>;
}

/** Where it is installed; undefined where it is not. */
export function findDockerRegistry(): string | undefined {
  return findProgram("docker-registry");
}

/**
 * Starts it with storage and configuration in `folder`, asking `tokens` for who may do what; without any everybody may do
 * everything. Resolves once it listens.
 *
 * @param more - of its configuration: `{ notifications: … }`
 */
export async function startDockerRegistry(
  program: string,
  folder: string,
  tokens?: TokenService,
  more: object = {},
): Promise<DockerRegistry> {
  const configuration = join(folder, "registry.yml");
  // JSON is YAML. The port is the system's choice: the registry says which in its log.
  const content = {
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "storage") }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0", secret: "for tests only" },
    ...(tokens === undefined ? {} : { auth: authentication(tokens) }),
    ...more,
  };
  await writeFile(configuration, JSON.stringify(content));

  const child = spawn(program, ["serve", configuration], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit");
  const onExit = () => child.kill();
  process.once("exit", onExit);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    const host = /listening on (127\.0\.0\.1:[0-9]+)/.exec(line)?.[1];
    if (host !== undefined) resolve(host);
  });
  child.on("error", reject);
  exited.then(
    () => reject(new Error(`docker-registry ended before it listened:\n${said.slice(-20).join("\n")}`)),
    reject,
  );

  return {
    host: await promise,
    async stop() {
      process.off("exit", onExit);
      child.kill();
      await exited;
    },
  };
}

function authentication({ realm, service, issuer, certificateFile }: TokenService) {
  return { token: { realm, service, issuer, rootcertbundle: certificateFile } };
}
