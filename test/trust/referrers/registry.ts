/** go-containerregistry's registry as a child process on loopback: it has the referrers API, which docker-registry has not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildGo } from "../../differential/go-program.ts";
import { missing } from "../../differential/run.ts";

const lacks = missing({ needs: ["go", "/usr/share/gocode/src/github.com/google/go-containerregistry"] });

/** Why tests with it are skipped, or false. */
export const withoutReferrersRegistry: string | false = lacks === undefined ? false : `${lacks} is not installed`;

export interface ReferrersRegistry {
  /** `127.0.0.1:PORT`. Everybody may do everything, and nothing is kept. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Built at the first use, which takes a while. */
export async function startReferrersRegistry(): Promise<ReferrersRegistry> {
  const child = spawn(buildGo(join(import.meta.dirname, "registry.go")), { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const onExit = () => child.kill();
  process.once("exit", onExit);
  const ended = exited.then(() => {
    throw new Error("the registry ended before it listened");
  });
  const [host] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended])) as [string];
  ended.catch(() => undefined);
  return {
    host,
    async stop() {
      process.off("exit", onExit);
      child.kill();
      await exited;
    },
  };
}
