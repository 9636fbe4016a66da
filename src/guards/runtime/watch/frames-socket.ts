/** Connections over which a sensor's frames go straight to the process that evaluates them: nobody with rights reads them. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sensorProblem } from "../sensor/commands.ts";

export interface FramesSocket {
  readonly path: string;
  /**
   * The end of the next connection that a sensor writes to. Nothing is read of it but the token.
   *
   * @param offer - tells the other side the token that it must say
   * @throws Problem `runtime.sensor` where nobody comes
   */
  accept(offer: (token: string) => void): Promise<Socket>;
  close(): void;
}

const TOKEN_BYTES = 32;
/** Milliseconds that are waited for the other side. */
const PATIENCE = 10_000;

/** In a directory that only its user can enter. @param user - whom the directory is given to; absent: this process's own */
export async function openFramesSocket(user?: { readonly uid: number; readonly gid: number }): Promise<FramesSocket> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-watch-"));
  const path = join(folder, "frames");
  let expected: { readonly token: Buffer; take(socket: Socket): void } | undefined;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => undefined);
    const wanted = expected;
    if (wanted === undefined) return void socket.destroy();
    const timer = setTimeout(() => socket.destroy(), PATIENCE);
    socket.once("data", (said: Buffer) => {
      // It says nothing more: all that comes from now on is the sensor's, on its way out.
      socket.pause();
      clearTimeout(timer);
      if (said.length !== wanted.token.length || !timingSafeEqual(said, wanted.token)) return void socket.destroy();
      expected = undefined;
      wanted.take(socket);
    });
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  server.unref();
  chmodSync(path, 0o600);
  if (user !== undefined) for (const each of [path, folder]) chownSync(each, user.uid, user.gid);
  return {
    path,
    async accept(offer) {
      const token = randomBytes(TOKEN_BYTES).toString("hex");
      const { promise, resolve } = Promise.withResolvers<Socket>();
      expected = { token: Buffer.from(token), take: resolve };
      offer(token);
      const timeout = new AbortController();
      const late = delay(PATIENCE, undefined, { signal: timeout.signal }).catch(() => undefined);
      const socket = await Promise.race([promise, late]);
      timeout.abort();
      if (socket === undefined) throw sensorProblem("the sensor", "nobody came for its frames");
      return socket;
    },
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
