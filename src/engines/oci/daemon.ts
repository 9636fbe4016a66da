/**
 * Images that a docker or podman daemon has, through its API on a local socket (Docker Engine API, "Export an image":
 * GET /images/{name}/get; podman serves the same). The export is spooled, for an archive must be seekable.
 */
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { parseJson } from "../../core/parse-json.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { bounds as netBounds } from "../../net/bounds.ts";
import { type Archive, openArchive } from "./archive.ts";
import { spool } from "./spool.ts";

export type Engine = "docker" | "podman";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Exports an image and opens the archive.
 *
 * @throws Problem `daemon.unreachable`, `daemon.not-found`, `daemon.answer`, and what openArchive throws
 */
export async function openFromDaemon(
  engine: Engine,
  name: string,
  environment: Environment = process.env,
): Promise<Archive> {
  const place = `${engine}-daemon:${name}`;
  const socket = engineAddress(engine, environment);
  const answer = await get(socket, `/images/${encodeURIComponent(name)}/get`, place);
  if (answer.statusCode !== 200) {
    throw new Problem({
      kind: "unavailable",
      code: answer.statusCode === 404 ? "daemon.not-found" : "daemon.answer",
      place,
      cause: `the daemon answers ${answer.statusCode}: ${await messageOf(answer)}`,
      ...(answer.statusCode === 404 ? { remedy: `write registry:${name} for the image in its registry` } : {}),
    });
  }
  return await openArchive(await spool(answer, undefined, place), place);
}

export interface EngineAddress {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
}

/** DOCKER_HOST and CONTAINER_HOST as the engines' own clients read them; SSH and TLS are not spoken. */
export function engineAddress(engine: Engine, environment: Environment): EngineAddress {
  const variable = engine === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
  const stated = environment[variable];
  if (stated !== undefined && stated !== "") {
    const unix = /^unix:\/\/(\/.+)$/.exec(stated)?.[1];
    if (unix !== undefined) return { socketPath: unix };
    const tcp = /^tcp:\/\/([^/:]+):(\d+)\/?$/.exec(stated);
    if (tcp?.[1] !== undefined && environment.DOCKER_TLS_VERIFY === undefined) {
      return { host: tcp[1], port: Number(tcp[2]) };
    }
    throw new Problem({
      kind: "usage",
      code: "daemon.host",
      place: `${variable}=${stated}`,
      cause: "only unix:///path and tcp://host:port without TLS are spoken",
    });
  }
  if (engine === "docker") return { socketPath: "/var/run/docker.sock" };
  const runtime = environment.XDG_RUNTIME_DIR;
  const root = process.getuid?.() === 0;
  return { socketPath: root || !runtime ? "/run/podman/podman.sock" : join(runtime, "podman/podman.sock") };
}

function get(socket: EngineAddress, path: string, place: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...socket, path, method: "GET", headers: { host: "localhost" } }, resolve);
    sent.setTimeout(netBounds.documentMilliseconds, () => sent.destroy(new Error("no answer")));
    sent.on("error", (error) =>
      reject(
        new Problem(
          {
            kind: "unavailable",
            code: "daemon.unreachable",
            place,
            cause: `the daemon at ${socket.socketPath ?? `${socket.host}:${socket.port}`} cannot be reached: ${error.message}`,
          },
          { cause: error },
        ),
      ),
    );
    sent.end();
  });
}

/** `{"message": "…"}`, cut: it is the daemon's text. */
async function messageOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > netBounds.errorBytes) break;
  }
  try {
    const { message } = parseJson(text) as { message?: unknown };
    if (typeof message === "string") text = message;
  } catch {
    // Not JSON: the text itself is shown.
  }
  return printable(text.trim().slice(0, 300));
}
