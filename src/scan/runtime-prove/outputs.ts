/** Where alerts of a detector come: files that it writes, standard input, and a webhook of ours. */
import { timingSafeEqual } from "node:crypto";
import { followFile } from "../../collect/runtime/proofs/alert-file.ts";
import { usageProblem } from "../../core/problem.ts";
import { isLoopback } from "../../engines/oci/registry/url.ts";
import { startServer } from "../../net/server.ts";
import type { ServerCertificate } from "../../net/server-model.ts";
import { bounds } from "../bounds.ts";
import type { AlertSearch } from "./find-alert.ts";

/** One that is open. */
export interface AlertOutput {
  /** `file /var/log/falco.json`. */
  readonly place: string;
  /** Why not everything that came there was read; undefined where it was. */
  fault(): string | undefined;
  close(): Promise<void>;
}

/** @param everyMilliseconds - between two looks */
export function openAlertFile(
  path: string,
  search: Pick<AlertSearch, "line" | "body">,
  everyMilliseconds: number = bounds.provenLookMilliseconds,
): AlertOutput {
  const place = `file ${path}`;
  const lines = cutLines((line) => search.line(line, place));
  const file = followFile(path, (chunk, isStart) => lines.write(chunk, isStart));
  const timer = setInterval(() => file.read(), everyMilliseconds);
  return {
    place,
    fault: () => file.fault() ?? lines.fault(),
    async close() {
      clearInterval(timer);
      file.read();
      lines.end();
      file.close();
    },
  };
}

/** What ends before the time is over says so. */
export function openAlertStream(
  stream: AsyncIterable<Buffer>,
  place: string,
  search: Pick<AlertSearch, "line">,
): AlertOutput {
  const lines = cutLines((line) => search.line(line, place));
  let ended: string | undefined;
  let closing = false;
  const iterator = stream[Symbol.asyncIterator]();
  void (async () => {
    try {
      let isStart = true;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) break;
        lines.write(next.value, isStart);
        isStart = false;
      }
      lines.end();
      ended = "ended";
    } catch (error) {
      ended = error instanceof Error ? error.message : String(error);
    }
  })();
  return {
    place,
    fault: () => (closing ? undefined : ended) ?? lines.fault(),
    async close() {
      closing = true;
      // A pipe whose writer stays is not waited for.
      void iterator.return?.();
    },
  };
}

export interface WebhookOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Absent: plain HTTP, on loopback alone. */
  readonly certificate?: ServerCertificate;
  /** That a client must have; beyond loopback there must be one. */
  readonly token?: string;
}

/** Whatever is posted is looked through. @throws Problem `cli.usage`, `server.listen`, `server.certificate` */
export async function openAlertWebhook(
  { host, port, certificate, token }: WebhookOptions,
  search: Pick<AlertSearch, "line" | "body">,
): Promise<AlertOutput & { readonly port: number }> {
  if (!isLoopback(host) && (certificate === undefined || token === undefined)) {
    const cause = "alerts from beyond loopback need TLS and a token: whoever reaches it could make one up";
    throw usageProblem(host, cause, "--certificate, --key and --token-file, or listen on 127.0.0.1");
  }
  let fault: string | undefined;
  const place = "webhook";
  const server = await startServer({
    host,
    port,
    ...(certificate === undefined ? {} : { certificate }),
    bodyBytes: bounds.provenBodyBytes,
    admit({ method, headers }) {
      if (token !== undefined && !isToken(headers.authorization, token)) return { status: 401 };
      return method === "POST" || method === "PUT" ? undefined : { status: 405, headers: { allow: "POST" } };
    },
    tooLarge() {
      fault = `a message over ${bounds.provenBodyBytes} bytes came`;
      return { status: 413 };
    },
    handle({ body }) {
      search.body(body, place);
      return { status: 200 };
    },
    onError(error) {
      fault = error instanceof Error ? error.message : String(error);
    },
  });
  return {
    place: `${place} on port ${server.port}`,
    port: server.port,
    fault: () => fault,
    async close() {
      await server.close(1_000);
    },
  };
}

function isToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(/^bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** One over the limit is left out, and said. */
export function cutLines(onLine: (line: string) => void) {
  let held: Buffer[] = [];
  let size = 0;
  let isOver = false;
  let fault: string | undefined;

  function add(piece: Buffer): void {
    size += piece.length;
    if (size > bounds.provenLineBytes) {
      fault = `a line over ${bounds.provenLineBytes} bytes came`;
      isOver = true;
      held = [];
    } else held.push(Buffer.from(piece));
  }

  function end(): void {
    if (!isOver && size > 0) onLine(Buffer.concat(held, size).toString("utf8"));
    held = [];
    size = 0;
    isOver = false;
  }

  return {
    /** @param isStart - nothing that came before goes on */
    write(chunk: Buffer, isStart: boolean): void {
      if (isStart) end();
      let from = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
        add(chunk.subarray(from, at));
        end();
        from = at + 1;
      }
      if (from < chunk.length) add(chunk.subarray(from));
    },
    end,
    fault: () => fault,
  };
}
